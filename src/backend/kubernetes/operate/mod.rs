//! Writing to clusters.
//!
//! An order becomes an [`action`](action::Action) once, and a [`request`](request::Request) for the object as it is read
//! right before each sending ([`send`]). What is common to all kinds (sending, dry run, rights, owners) knows nothing of
//! any of them; how a template is put back is one function for each ([`rollback`]). A delivery controller that comes
//! later is its own actions and requests beside these.

mod access;
mod action;
mod api;
mod available;
mod choice;
mod dry_run;
mod execute;
mod first;
mod ground;
mod json;
mod operator;
mod owner;
mod promote;
mod propose;
mod request;
mod revision;
mod risks;
mod rollback;
mod same_binary;
mod scene;
mod selector;
mod send;
mod source;
mod stuck;
mod subject;
mod switch;
mod template;
mod verify;

pub use access::{Access, Answer, Right};
pub use api::Api;

#[cfg(test)]
mod tests;

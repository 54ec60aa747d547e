//! The cockpit without its looks: one [`State`], one [`Msg`], [`update`] from one to the next, and effects as values.
//!
//! Nothing in here reads a clock, waits, or names a terminal: `update` is told what time it is and what happened, and
//! says what to do. What is drawn is `ui`'s business, what is outside comes through [`World`].

pub mod attention;
pub mod commands;
pub mod crumbs;
pub mod dialog;
pub mod effect;
pub mod fuzzy;
pub mod gate;
pub mod history;
pub mod input;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod marks;
pub mod memory;
pub mod message;
pub mod msg;
pub mod pane;
pub mod parting;
pub mod place;
pub mod scroll;
pub mod state;
pub mod stats;
pub mod update;
pub mod wake;
pub mod world;
pub mod wrap;

#[cfg(test)]
pub mod fixture;

pub use effect::{Effect, Request};
pub use memory::{Keep, Memory};
pub use message::Message;
pub use msg::{Msg, Reply};
pub use state::{Start, State, Views};
pub use update::update;
pub use world::{Failure, Found, LogOf, Lying, Mark, Outcome, World};

//! Repositories on GitHub.

mod app;
mod changes;
mod client;
mod deployments;
mod error;
mod graphql;
mod host;
mod limits;
mod link;
mod login;
mod rules;
mod runs;
mod session;
mod settings;
mod wire;

pub use self::settings::Settings;

//! Configuration: the project's `flightdeck.toml` over the user's over the defaults.
//!
//! [`load()`] reads and checks, and never fails: what is wrong is listed with file, line and column. [`Config::resolve`]
//! turns entries into the model's environments and services.

mod check;
mod file;
mod init;
pub mod load;
pub mod metrics;
mod model;
mod node;
pub mod origin;
pub mod problem;
pub mod resolve;
pub mod schema;
#[cfg(test)]
mod tests;
mod zero;

pub use init::{Clusters, Finds, Forge, Releases, Stages, look as finds, starting_file, starting_file_with};
pub use load::{FILE_NAME, Loaded, Sources, is_repository, load, user_file};
pub use metrics::MetricsEntry;
pub use model::{
    BackendEntry, Config, EnvironmentEntry, Freeze, KeyRow, Period, Policy, ProjectEntry, RiskRule, ServiceEntry,
    ThemeChoice, ThemePair, UiEntry, ViewEntry,
};
pub use origin::{Origin, Origins, Setting};
pub use problem::{Problem, Spot};
pub use resolve::{Resolved, ServiceRules};
pub use schema::schema;
pub use zero::for_repository;

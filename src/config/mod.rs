//! Configuration: the project's `flightdeck.toml` over the user's over the defaults.

pub mod model;

pub use model::{
    BackendEntry, Config, EnvironmentEntry, Freeze, KeyRow, Period, Policy, ProjectEntry, RiskRule, ServiceEntry,
    UiEntry,
};

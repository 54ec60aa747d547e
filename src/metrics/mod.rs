//! Delivery metrics: pure functions over the graph and deployments. Now is an argument.

pub mod bands;
pub mod bootstrap;
pub mod cadence;
pub mod calendar;
pub mod decompose;
pub mod histogram;
pub mod limits;
pub mod milestone;
mod quantile;
mod random;
pub mod survival;
pub mod weeks;
mod wilson;

#[cfg(test)]
mod statistics_tests;

pub use bootstrap::median_interval;
pub use cadence::Cadence;
pub use decompose::{Decomposition, decompose};
pub use histogram::histogram;
pub use limits::Limits;
pub use milestone::Milestone;
pub use quantile::{quantile, sorted_quantile};
pub use survival::Survival;
pub use weeks::Weeks;
pub use wilson::wilson;

//! Delivery metrics: pure functions over the graph and deployments. Now is an argument.

pub mod bootstrap;
pub mod calendar;
pub mod histogram;
pub mod limits;
mod quantile;
mod random;
pub mod survival;
pub mod weeks;
mod wilson;

pub use bootstrap::median_interval;
pub use histogram::histogram;
pub use limits::Limits;
pub use quantile::{quantile, sorted_quantile};
pub use survival::Survival;
pub use weeks::Weeks;
pub use wilson::wilson;

//! Delivery metrics: pure functions over the graph and deployments. Now is an argument.

pub mod calendar;
mod quantile;
pub mod survival;
pub mod weeks;
mod wilson;

pub use quantile::{quantile, sorted_quantile};
pub use survival::Survival;
pub use weeks::Weeks;
pub use wilson::wilson;

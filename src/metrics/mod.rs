//! Delivery metrics: pure functions over the graph and deployments. Now is an argument.

mod quantile;

pub use quantile::quantile;

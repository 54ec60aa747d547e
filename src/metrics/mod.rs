//! Delivery metrics: pure functions over the graph and deployments. Now is an argument.

pub mod bands;
pub mod bootstrap;
pub mod cadence;
pub mod calendar;
pub mod code;
mod cohort;
pub mod counterparts;
pub mod decompose;
pub mod definition;
pub mod failure;
mod frequency;
pub mod group;
pub mod histogram;
mod lead;
pub mod ledger;
pub mod limits;
pub mod measure;
pub mod milestone;
pub mod policy;
mod quantile;
mod random;
pub mod report;
pub mod survival;
pub mod twins;
pub mod verdict;
pub mod weeks;
mod wilson;

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod statistics_tests;

pub use bootstrap::median_interval;
pub use cadence::Cadence;
pub use code::{Class, Classes, Code, Scope};
pub use counterparts::counterparts;
pub use decompose::{Decomposition, decompose};
pub use definition::{Definition, Metric};
pub use failure::judge;
pub use histogram::histogram;
pub use ledger::{Codebase, Entry, Ledger, Reported};
pub use limits::Limits;
pub use measure::{Subject, Traced, measure};
pub use milestone::Milestone;
pub use policy::Policy;
pub use quantile::{quantile, sorted_quantile};
pub use report::{TrackMetrics, Window};
pub use survival::Survival;
pub use verdict::Verdicts;
pub use weeks::Weeks;
pub use wilson::wilson;

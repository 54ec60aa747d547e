mod approvals;
mod candidates;
pub mod fixture;
mod forge;
mod plans;
mod runs;
mod settling;
mod verbs;

mod candidates;
pub mod fixture;
mod plans;
mod runs;
mod settling;
mod verbs;

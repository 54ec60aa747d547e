//! Checking a configuration: first its shape against the schema, then what it means.

mod meaning;
mod nearest;
mod period;
mod shape;

pub(super) use meaning::{check_meaning, problem_at};
pub(super) use nearest::nearest;
pub(super) use shape::check_shape;

use super::problem::Problem;

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is wrong.
    pub errors: Vec<Problem>,
    /// What is likely not meant.
    pub warnings: Vec<Problem>,
}

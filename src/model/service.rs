//! Services: what is deployed as one unit.

use serde::{Deserialize, Serialize};

use super::{RepositoryId, ServiceId, Text};

/// What is deployed as one unit: a repository, or some paths of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub id: ServiceId,
    /// Where its code is, where known.
    pub repository: Option<RepositoryId>,
    /// Globs over the repository's paths that make up the service; empty means the whole repository.
    pub paths: Vec<String>,
    /// The branch that is deployed; absent means the repository's default branch.
    pub branch: Option<String>,
    /// The regular expression that a whole tag name has to match to be a release; absent means the shape that most
    /// release-like tags of the repository have.
    pub release_tags: Option<String>,
    /// What it is shown under on a crowded board.
    pub group: Option<Text>,
}

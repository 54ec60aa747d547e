//! Environments: where services run.

use serde::{Deserialize, Serialize};

use super::{EnvironmentId, SourceId};

/// Where services run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub id: EnvironmentId,
    /// Its place in the order of promotion: 0 comes first.
    pub rank: u16,
    /// Whether users are there.
    pub production: bool,
    /// Whether an operation has to be confirmed by typing the environment's name.
    pub protected: bool,
    /// Whether deployments into it are release tags of a repository, and nothing can be promoted to it.
    pub release_line: bool,
    /// The name under which it is measured together with others: regions, clusters.
    pub group: Option<EnvironmentId>,
    /// The backend that is asked to change what runs here, where several can; absent means the first of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<SourceId>,
    /// In which days and weeks are counted, and freeze windows are written.
    pub time_zone: chrono_tz::Tz,
}

//! Why a question has no answer.

use crate::model::{RepositoryId, ServiceId, Text};

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is no such service.
    #[error("there is no service {0}")]
    NoService(ServiceId),
    /// Nothing is known of the code of the service.
    #[error("no repository is known for {0}")]
    NoRepository(ServiceId),
    /// The words mean nothing to the service's repository.
    #[error("{asked} is no version, environment, tag, branch or commit of {repository}")]
    NotFound {
        /// The words.
        asked: Text,
        /// The repository.
        repository: RepositoryId,
    },
    /// The words mean several commits.
    #[error("{asked} can mean {}", shown(.can_mean))]
    Ambiguous {
        /// The words.
        asked: Text,
        /// What they can mean.
        can_mean: Vec<Text>,
    },
    /// The version or environment is known, and its commit is not.
    #[error("the commit of {asked} is not known")]
    NoCommit {
        /// The words.
        asked: Text,
    },
}

impl QueryError {
    /// What the person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoService(_) => Some("`flightdeck status` lists the services"),
            Self::NoRepository(_) => Some("name it with `repository` in the service's entry of flightdeck.toml"),
            Self::NotFound { .. } => Some("what was made a moment ago may not have been read yet: `flightdeck sync`"),
            Self::Ambiguous { .. } => Some("ask with more digits, or with the whole name"),
            Self::NoCommit { .. } => Some("the backend that reports it has to tell the commit it was built from"),
        }
    }
}

fn shown(all: &[Text]) -> String {
    all.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

//! What a deployment did to what was live (metrics documentation, "deployment kinds").

use crate::model::Kind;

/// Which of three sets of commits hold anything: all that tells kinds of deployments apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Commits delivered for the first time.
    pub new: bool,
    /// Commits that what was live before does not hold. What is new is added.
    pub added: bool,
    /// Commits of what was live before that it does not hold.
    pub removed: bool,
}

impl Change {
    /// The kind: each combination that can be has exactly one.
    pub fn kind(self) -> Kind {
        match (self.new, self.added, self.removed) {
            (false, false, false) => Kind::Redeploy,
            (false, false, true) => Kind::Rollback,
            (false, true, false) => Kind::Rollforward,
            (false, true, true) => Kind::Switch,
            (true, _, false) => Kind::Forward,
            (true, _, true) => Kind::Divergent,
        }
    }

    /// What a deployment did that changed several repositories at once.
    pub fn and(self, other: Self) -> Self {
        Self { new: self.new || other.new, added: self.added || other.added, removed: self.removed || other.removed }
    }
}

//! What the engine is made of.

use std::sync::Arc;
use std::time::Duration;

use crate::backend::{Backend, Operator, owner};
use crate::config::Policy;
use crate::model::{Clock, Environment, EnvironmentId, TrackId};
use crate::operation::ids::Ids;
use crate::operation::{Freezes, Journal, OperationError};

/// What the engine is made of.
pub struct Deps {
    /// All backends: those that can write are asked to, those that read commits tell which paths they touch.
    pub backends: Vec<Arc<dyn Backend>>,
    /// The journal. Its state directory is where operations on one track exclude each other.
    pub journal: Arc<Journal>,
    /// What makes operations safe.
    pub policy: Policy,
    /// Windows in which nothing is deployed.
    pub freezes: Freezes,
    /// Environments in the order of promotion.
    pub environments: Arc<[Environment]>,
    /// Where the present comes from.
    pub clock: Clock,
    /// Where ids of operations come from.
    pub ids: Ids,
    /// How long verification waits.
    pub patience: Patience,
}

/// How long verification waits: between two looks, and in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Before the second look. Each later wait is half as long again.
    pub first: Duration,
    /// The longest wait between two looks.
    pub longest: Duration,
    /// In all; then the operation is called timed out.
    pub whole: Duration,
}

impl From<&Policy> for Patience {
    fn from(policy: &Policy) -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(5),
            whole: Duration::from_secs(policy.verify_timeout_seconds),
        }
    }
}

impl Deps {
    /// The environment of that name.
    pub(in crate::operation) fn environment(&self, id: &EnvironmentId) -> Result<&Environment, OperationError> {
        let found = self.environments.iter().find(|environment| environment.id == *id);
        found.ok_or_else(|| OperationError::UnknownEnvironment(id.clone()))
    }

    /// The backend that can be asked to change the track.
    pub(in crate::operation) fn operator(&self, track: &TrackId) -> Option<(&dyn Backend, &dyn Operator)> {
        let backend = *self.operators(track).first()?;
        Some((&**backend, backend.operator()?))
    }

    /// The backends that could be asked, the one that is asked first.
    pub(in crate::operation) fn operators(&self, track: &TrackId) -> Vec<&Arc<dyn Backend>> {
        let environment = self.environments.iter().find(|it| it.id == track.environment);
        owner::operators(&self.backends, track, environment.and_then(|it| it.operator.as_ref()))
    }
}

//! What the picture is painted into: the part that comes from configuration and not from facts.

use std::sync::Arc;

use crate::metrics::Policy;
use crate::model::{Environment, EnvironmentId, Gate, Service, ServiceId, SourceId, TrackId};

/// What a service is, by its name; `None` for a name that is no service.
pub type ServiceRule = Arc<dyn Fn(&ServiceId) -> Option<Service> + Send + Sync>;

/// Who can be asked to change a track.
pub type OwnerRule = Arc<dyn Fn(&TrackId) -> Option<SourceId> + Send + Sync>;

/// The part of the picture that comes from configuration.
#[derive(Clone)]
pub struct Frame {
    /// Environments in the order of promotion.
    pub environments: Arc<[Environment]>,
    /// Services that are named and therefore shown even when no fact speaks of them.
    pub named: Vec<ServiceId>,
    /// The rule for a service; `None` leaves it out of the picture.
    pub service: ServiceRule,
    /// The backend that can be asked to change a track.
    pub owner: OwnerRule,
    /// What is counted, and how.
    pub measures: Arc<Policy>,
    /// Configured freeze windows around now.
    pub freezes: Vec<Gate>,
}

impl Frame {
    /// The place of an environment in the order of promotion; unknown ones come last.
    pub fn place(&self, id: &EnvironmentId) -> usize {
        self.environments.iter().position(|it| it.id == *id).unwrap_or(usize::MAX)
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frame")
            .field("environments", &self.environments)
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}

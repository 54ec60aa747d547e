//! The part of the picture that somebody asked for.

use std::sync::Arc;

use crate::model::{EnvironmentId, ServiceId};
use crate::picture::{ServicePicture, Snapshot};

/// Which services and environments; empty means all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Services.
    pub services: Vec<ServiceId>,
    /// Environments.
    pub environments: Vec<EnvironmentId>,
}

impl Selection {
    /// The picture of these alone.
    pub fn of(&self, snapshot: &Snapshot) -> Snapshot {
        let mut part = snapshot.clone();
        if !self.services.is_empty() {
            part.services.retain(|id, _| self.services.contains(id));
        }
        if !self.environments.is_empty() {
            part.environments =
                snapshot.environments.iter().filter(|it| self.environments.contains(&it.id)).cloned().collect();
            part.services.values_mut().for_each(|service| *service = Arc::new(self.narrow(service)));
        }
        part
    }

    fn narrow(&self, service: &ServicePicture) -> ServicePicture {
        let mut service = service.clone();
        service.tracks.retain(|track| self.environments.contains(&track.id.environment));
        service
    }
}

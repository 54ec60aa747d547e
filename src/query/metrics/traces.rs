//! What is known of where a service's versions come from.

use std::collections::HashSet;

use crate::metrics::Traced;
use crate::model::{CommitId, Deployment, Digest, Version};
use crate::picture::ServicePicture;

/// What is known of where a service's versions come from.
pub struct Traces<'a> {
    versions: HashSet<&'a Version>,
    digests: HashSet<&'a Digest>,
    built: HashSet<&'a Version>,
    ran: HashSet<CommitId>,
}

impl<'a> Traces<'a> {
    /// The traces of a service.
    pub fn of(service: &'a ServicePicture) -> Self {
        let artifacts = || service.artifacts.iter();
        Self {
            versions: artifacts().map(|it| &it.version).collect(),
            digests: artifacts().filter_map(|it| it.digest.as_ref()).collect(),
            built: artifacts().filter(|it| it.run.is_some()).map(|it| &it.version).collect(),
            ran: service.runs.iter().filter_map(|it| it.commit).collect(),
        }
    }

    /// What is known of where a deployment's artifact comes from.
    pub fn traced(&self, deployment: &Deployment) -> Traced {
        let version = deployment.version.as_ref();
        Traced {
            run: version.is_some_and(|it| self.built.contains(it))
                || deployment.commit.is_some_and(|it| self.ran.contains(&it)),
            artifact: version.is_some_and(|it| self.versions.contains(it))
                || deployment.digest.as_ref().is_some_and(|it| self.digests.contains(it)),
        }
    }
}

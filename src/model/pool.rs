//! One allocation for equal names: ten thousand deployments speak of the same few services, versions and people.

use std::collections::HashSet;

use arcstr::ArcStr;

use super::{Artifact, Deployment, Run, TrackState};

/// The names that were seen. It keeps each of them for as long as it lives.
#[derive(Clone, Debug, Default)]
pub struct Pool(HashSet<ArcStr>);

impl Pool {
    /// Puts the name that was seen first in the place of an equal one.
    pub(super) fn share(&mut self, name: &mut ArcStr) {
        match self.0.get(name) {
            Some(known) => *name = known.clone(),
            None => drop(self.0.insert(name.clone())),
        }
    }
}

/// A thing whose names can be shared with others like it.
pub trait Share {
    /// Shares the names that other things are likely to have too; what is its own alone stays.
    fn share(&mut self, pool: &mut Pool);
}

impl<T: Share> Share for Option<T> {
    fn share(&mut self, pool: &mut Pool) {
        self.iter_mut().for_each(|it| it.share(pool));
    }
}

impl<T: Share> Share for Vec<T> {
    fn share(&mut self, pool: &mut Pool) {
        self.shrink_to_fit();
        self.iter_mut().for_each(|it| it.share(pool));
    }
}

impl Share for Deployment {
    fn share(&mut self, pool: &mut Pool) {
        self.service.share(pool);
        self.environment.share(pool);
        self.version.share(pool);
        self.digest.share(pool);
        self.actor.share(pool);
        self.reason.share(pool);
        self.labels.share(pool);
    }
}

impl Share for Run {
    fn share(&mut self, pool: &mut Pool) {
        self.pipeline.share(pool);
        self.service.share(pool);
        self.branch.share(pool);
        self.trigger.share(pool);
        self.version.share(pool);
        for job in &mut self.jobs {
            job.name.share(pool);
            job.steps.iter_mut().for_each(|step| step.name.share(pool));
        }
    }
}

impl Share for Artifact {
    fn share(&mut self, pool: &mut Pool) {
        self.service.share(pool);
        self.version.share(pool);
        self.location.share(pool);
        self.digest.share(pool);
    }
}

impl Share for TrackState {
    fn share(&mut self, pool: &mut Pool) {
        self.track.service.share(pool);
        self.track.environment.share(pool);
        for installed in self.live.iter_mut().chain(&mut self.desired).chain(&mut self.installed) {
            installed.version.share(pool);
            installed.digest.share(pool);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    #[test]
    fn equal_names_become_one_and_stay_equal() {
        let mut pool = Pool::default();
        let (mut one, mut other) = (Text::from("1.4.2"), Text::from("1.4.2"));
        one.share(&mut pool);
        other.share(&mut pool);
        assert_eq!(one, other);
        assert!(std::ptr::eq(one.as_str(), other.as_str()));
    }
}

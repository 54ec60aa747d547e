//! The environment that a promotion takes its version from.

use crate::model::{Environment, EnvironmentId, Health, Installed, Outcome, Text, Time, TrackId, TrackState, Version};
use crate::picture::ServicePicture;

/// The environment that a promotion takes its version from, as far as it is known.
#[derive(Clone, Debug)]
pub struct Source {
    /// Which.
    pub environment: EnvironmentId,
    /// What runs there.
    pub live: Option<Installed>,
    /// How it fares there.
    pub health: Health,
    /// What lies there.
    pub installed: Vec<Installed>,
    /// When that was seen, where it was not seen just now.
    pub seen_at: Option<Time>,
    /// Why it could not be seen just now, where that was tried.
    pub unread: Option<Text>,
    /// Versions that were deployed there with success, or of which an artifact lies there.
    pub seen: Vec<Version>,
}

impl Source {
    /// From what the snapshot has, and from `fresh` where its backend could be asked.
    pub fn new(
        environment: EnvironmentId,
        service: Option<&ServicePicture>,
        fresh: Option<Result<TrackState, Text>>,
    ) -> Self {
        let track = service.and_then(|service| service.track(&environment));
        let known = track.and_then(|track| track.state.as_ref());
        let live = track.and_then(|track| track.live.as_ref());
        let history = track.map(|track| track.history.as_slice()).unwrap_or_default();
        let artifacts = service.map(|service| service.artifacts.as_slice()).unwrap_or_default();
        let lie_there = artifacts.iter().filter(|it| it.location.as_str() == environment.as_str());
        let successes = history.iter().filter(|it| it.deployment.outcome == Outcome::Success);
        let delivered = successes.filter_map(|it| it.deployment.version.clone());
        let seen = delivered.chain(lie_there.map(|it| it.version.clone())).collect();
        let mut source = Self {
            environment,
            live: live.map(|live| live.installed.clone()),
            health: live.map_or(Health::Unknown, |live| live.health.clone()),
            installed: known.map(|(_, state)| state.installed.clone()).unwrap_or_default(),
            seen_at: known.map(|(at, _)| *at),
            unread: None,
            seen,
        };
        match fresh {
            Some(Ok(state)) => {
                (source.live, source.health, source.installed) = (state.live, state.health, state.installed);
                source.seen_at = None;
            }
            Some(Err(problem)) => source.unread = Some(problem),
            None => {}
        }
        source
    }

    /// The version as it lies there.
    pub fn installed(&self, version: &Version) -> Option<&Installed> {
        self.live.iter().chain(&self.installed).find(|installed| installed.version == *version)
    }

    /// Whether the version is or was there.
    pub fn has(&self, version: &Version) -> bool {
        self.installed(version).is_some() || self.seen.contains(version)
    }
}

/// The environment before the track's in the order of promotion, among those that the service is in.
pub fn before<'a>(
    environments: &'a [Environment],
    service: Option<&ServicePicture>,
    track: &TrackId,
) -> Option<&'a Environment> {
    let here = environments.iter().find(|environment| environment.id == track.environment)?;
    let service = service?;
    environments
        .iter()
        .filter(|it| it.rank < here.rank && !it.release_line && service.track(&it.id).is_some())
        .max_by_key(|it| it.rank)
}

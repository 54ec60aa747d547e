//! What an order is about: the version that should be live, and why.

use crate::backend::{Place, Verb};
use crate::model::{EnvironmentId, Installed, Text, Version};
use crate::operation::planner::Ground;
use crate::operation::{Candidate, Intent, OperationError};

/// What should be live. Where a version is chosen it is the named one, the default, or what the environment before runs
/// even where that is no default, so that the guards can say why not. Otherwise it is what should be live anyway, and for
/// an abort what is live still.
pub fn target(intent: &Intent, ground: &Ground<'_>, candidates: &[Candidate]) -> Result<Installed, OperationError> {
    if intent.verb.chooses() {
        return Ok(installed(&chosen(intent, ground, candidates)?, ground, candidates));
    }
    let (verb, here) = (intent.verb, &intent.track.environment);
    let found = if verb == Verb::Abort { ground.state.live.as_ref() } else { ground.state.wanted() };
    let why = || match verb {
        Verb::Abort => format!("nothing is live in {here}: there is nothing to stay with"),
        _ => format!("nothing is live in {here}: there is nothing to {}", verb.word()),
    };
    found
        .map(|found| Installed {
            commit: found.commit.or_else(|| ground.service?.commit_of(&found.version)),
            since: None,
            ..found.clone()
        })
        .ok_or_else(|| OperationError::NoTarget { why: Text::from(why()), candidates: Vec::new() })
}

fn chosen(intent: &Intent, ground: &Ground<'_>, candidates: &[Candidate]) -> Result<Version, OperationError> {
    if let Some(named) = &intent.version {
        return Ok(named.clone());
    }
    if let Some(default) = candidates.iter().find(|candidate| candidate.default) {
        return Ok(default.version.version.clone());
    }
    let here = &intent.track.environment;
    let before = ground.source.as_ref();
    let why = match (intent.verb, before.and_then(|source| source.live.as_ref()), before) {
        (Verb::Promote, Some(live), Some(source)) => {
            let bad = ground.service.and_then(|service| service.bad_mark(&live.version));
            match bad {
                Some(mark) => {
                    format!("{}, which {} runs, is marked bad: {}", live.version, source.environment, mark.why)
                }
                None => return Ok(live.version.clone()),
            }
        }
        (Verb::Promote, _, Some(source)) => {
            format!("nothing is live in {}, where it would come from", source.environment)
        }
        (Verb::Promote, ..) => format!("there is no environment before {here} and nothing that could be taken"),
        _ if candidates.is_empty() => format!("nothing else was live in {here} before"),
        _ => format!("no version that was live in {here} before is known to be good"),
    };
    Err(OperationError::NoTarget { why: Text::from(why), candidates: candidates.to_vec() })
}

/// The environment that the backend would take the version from.
pub fn place_of(version: &Version, ground: &Ground<'_>) -> Option<EnvironmentId> {
    let offered = ground.available.as_deref().unwrap_or_default();
    offered.iter().filter(|it| it.version == *version).find_map(|it| match &it.place {
        Place::Environment(environment) => Some(environment.clone()),
        _ => None,
    })
}

/// The target as it lies where it would be taken from.
fn installed(version: &Version, ground: &Ground<'_>, candidates: &[Candidate]) -> Installed {
    let here = ground.state.installed.iter().find(|installed| installed.version == *version);
    let there = ground.source.as_ref().and_then(|source| source.installed(version));
    let known = candidates.iter().find(|candidate| candidate.version.version == *version).map(|it| &it.version);
    // A promotion means what the environment before has, a rollback what lies here.
    let first = if ground.source.is_some() { there } else { here };
    let digest = first.and_then(|it| it.digest.clone()).or_else(|| known?.digest.clone());
    let commit = first.and_then(|it| it.commit).or_else(|| known?.commit);
    Installed {
        version: version.clone(),
        digest: digest.or_else(|| here?.digest.clone()),
        commit: commit.or_else(|| here?.commit).or_else(|| ground.service?.commit_of(version)),
        since: None,
    }
}

/// The reason that is proposed.
pub fn proposed_reason(verb: Verb, ground: &Ground<'_>, version: &Version) -> Text {
    Text::from(match (verb, &ground.source, &ground.state.live) {
        (Verb::Promote, Some(source), _) => format!("promote {version} from {}", source.environment),
        (Verb::Promote, None, _) => format!("promote {version}"),
        (Verb::RollBack, _, Some(live)) => format!("roll back from {} to {version}", live.version),
        (Verb::RollBack, _, None) => format!("put {version} back"),
        (Verb::Restart, ..) => format!("restart {version}"),
        (Verb::Pause | Verb::Resume | Verb::Abort, ..) => match ground.state.coming() {
            Some(coming) => format!("{} the rollout of {}", verb.word(), coming.version),
            None => format!("{} the rollout", verb.word()),
        },
    })
}

//! Environments that the version would pass by.

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::Outcome;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let (Verb::Promote, Some(source), Some(service)) = (case.order.verb, case.source, case.service) else {
        return Vec::new();
    };
    let version = &case.order.to.version;
    let from = case.environments.iter().find(|it| it.id == source.environment).map_or(0, |it| it.rank);
    let between =
        case.environments.iter().filter(|it| it.rank > from && it.rank < case.environment.rank && !it.release_line);
    let skipped = between.filter(|it| {
        service.track(&it.id).is_some_and(|track| {
            let live = track.live.as_ref().is_some_and(|live| live.version() == version);
            let was = track.history.iter().map(|it| &it.deployment);
            !live && !was.into_iter().any(|it| it.outcome == Outcome::Success && it.version.as_ref() == Some(version))
        })
    });
    skipped.map(|it| Said::warn(format!("{version} never was in {}, which it would pass by", it.id))).collect()
}

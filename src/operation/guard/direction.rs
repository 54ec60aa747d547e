//! Whether it goes the way that its name says.

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::Kind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let to = &case.order.to.version;
    let Some(live) = case.state.live.as_ref().map(|live| &live.version) else { return Vec::new() };
    let older = to.natural_cmp(live).is_lt();
    let never_here = case.candidate.is_some_and(|candidate| candidate.ran.is_empty());
    match (case.order.verb, case.kind) {
        (Verb::Promote, Kind::Rollback) => vec![Said::warn(format!("{to} is older than {live}: this is a rollback"))],
        (Verb::Promote, Kind::Unknown) if older => {
            vec![Said::warn(format!("{to} has a lower number than {live}: this may be a rollback"))]
        }
        (Verb::RollBack, _) if never_here => {
            vec![Said::warn(format!("{to} is not known to have been live in {}", case.environment.id))]
        }
        (Verb::RollBack, Kind::Forward | Kind::Rollforward) => {
            vec![Said::warn(format!("{to} is newer than {live}: this is not a rollback"))]
        }
        _ => Vec::new(),
    }
}

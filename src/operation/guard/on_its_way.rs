//! Whether there is something to pause, to resume or to abort. The backend sees more than the state of a track tells: where
//! it has something to write and does not refuse, its word holds.

use super::{Case, Said};
use crate::backend::Verb;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let state = case.state;
    let here = &case.environment.id;
    let coming = state.coming();
    let moves = coming.is_some() || state.progress.is_some();
    let what = coming.map_or_else(|| "a rollout".to_owned(), |coming| coming.version.to_string());
    match case.order.verb {
        Verb::Pause if state.paused => vec![idle(case, format!("{here} is paused already: there is nothing to pause"))],
        Verb::Pause if !moves => {
            vec![Said::warn(format!("nothing is on its way in {here}: what comes next would be held"))]
        }
        Verb::Pause => vec![Said::allow(format!("{what} is on its way and would stay where it is"))],
        Verb::Resume if !state.paused => {
            vec![idle(case, format!("{here} is not paused: there is nothing to resume"))]
        }
        Verb::Resume if moves => vec![Said::allow(format!("{what} was paused on its way and would go on"))],
        Verb::Abort if !moves => {
            vec![idle(case, format!("nothing is on its way in {here}: there is nothing to abort"))]
        }
        Verb::Abort => vec![Said::allow(format!("{what} is on its way and would be given up"))],
        Verb::Restart if state.paused => {
            vec![Said::warn(format!("{here} is paused: nothing starts anew before it is resumed"))]
        }
        Verb::Restart if moves => {
            vec![Said::warn(format!("{what} is on its way: it is what would start anew, everywhere at once"))]
        }
        Verb::Promote | Verb::RollBack if state.paused => {
            vec![Said::warn(format!("{here} is paused: nothing reaches users before it is resumed"))]
        }
        Verb::RollBack if coming.is_some() && state.live.is_some() => {
            let live = state.live.as_ref().map(|live| live.version.to_string()).unwrap_or_default();
            let why = format!("{what} is on its way and {live} still serves: this goes back behind {live}");
            vec![Said::warn(why).hint(format!("abort gives {what} up and keeps {live}"))]
        }
        _ => Vec::new(),
    }
}

/// There seems to be nothing to do.
fn idle(case: &Case<'_>, why: String) -> Said {
    let knows_better = case.proposal.refused.is_none() && !case.proposal.writes.is_empty();
    if knows_better { Said::warn(why).hint("the backend has something to write all the same") } else { Said::deny(why) }
}

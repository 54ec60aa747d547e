//! Something is under way on the track.

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::{Deployment, Outcome, Replicas, Text, TrackState};
use crate::operation::{Ending, OperationSummary};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let all = under_way(case);
    match case.order.verb {
        // What is under way is what they are for.
        Verb::Pause | Verb::Resume | Verb::Abort => all.into_iter().map(Said::at_most_a_warning).collect(),
        Verb::Promote | Verb::RollBack | Verb::Restart => all,
    }
}

fn under_way(case: &Case<'_>) -> Vec<Said> {
    let mut all: Vec<Said> = case.unsettled.iter().filter_map(|it| journalled(it, case.order.verb)).collect();
    if let Some(progress) = case.state.progress.as_ref().filter(|_| !case.order.verb.acts_on_what_is_coming()) {
        let busy = Said::hold(format!("the environment is busy: {}", progress.what)).hint("wait until it is done");
        all.push(if gives_up(case) { busy.at_most_a_warning() } else { busy });
    }
    // What our own journal knows better than the history that was read before it.
    let history = case.track.map(|track| track.history.as_slice()).unwrap_or_default();
    let newest = history
        .first()
        .filter(|_| !case.order.verb.acts_on_what_is_coming())
        .map(|it| &it.deployment)
        .filter(|it| it.outcome == Outcome::Running && !has_come(case.state, it));
    if let Some(running) = newest.filter(|_| all.is_empty()) {
        let what = running.version.as_ref().map_or_else(|| "something".to_owned(), ToString::to_string);
        let who = running.actor.as_ref().map(|actor| format!(" by {actor}")).unwrap_or_default();
        all.push(Said::hold(format!("a deployment of {what}{who} is under way")).hint("wait until it is done"));
    }
    all
}

/// Whether a deployment that the history has as running has come meanwhile: what was just observed is newer than the
/// history. Only a backend that counts replicas tells so.
fn has_come(state: &TrackState, running: &Deployment) -> bool {
    let live = state.live.as_ref().map(|live| &live.version);
    let whole = |it: Replicas| it.updated >= it.wanted && it.available >= it.wanted;
    let settled = state.coming().is_none() && state.progress.is_none() && !state.paused;
    live.is_some() && live == running.version.as_ref() && settled && state.replicas.is_some_and(whole)
}

/// Whether it puts back what is live and gives up what is on its way: an abort by another name.
fn gives_up(case: &Case<'_>) -> bool {
    let order = case.order;
    let stays = order.from.as_ref().is_some_and(|live| live.version == order.to.version);
    order.verb == Verb::RollBack && stays && order.coming.is_some()
}

fn journalled(summary: &OperationSummary, verb: Verb) -> Option<Said> {
    let what = format!("operation {} of {} to {}", Text::from(summary.operation.as_str()), summary.who, summary.to);
    match &summary.ending {
        // Nobody has to wait for the end of a rollout that goes wrong.
        Ending::Running(stage) if summary.watched && verb == Verb::RollBack => {
            Some(Said::hold(format!("{what} is under way: {stage}")).hint("override it to go back without waiting"))
        }
        Ending::Running(stage) => {
            Some(Said::deny(format!("{what} is under way: {stage}")).hint("wait until it is done"))
        }
        Ending::Unfinished(left) => Some(
            Said::hold(format!("{what} was never finished: {left}")).hint("let what became of it be looked up first"),
        ),
        _ => None,
    }
}

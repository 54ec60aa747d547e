//! What was found in the environment, and how old and how whole the picture is.

use chrono::TimeDelta;

use super::{Case, Said};

/// From which age on what is known of the environment before is called old.
const OLD: TimeDelta = TimeDelta::hours(1);

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let mut all: Vec<Said> = case.state.problems.iter().map(|problem| Said::warn(problem.clone())).collect();
    if case.state.live.is_none() {
        all.push(Said::warn(format!("nothing is live in {}", case.environment.id)));
    }
    all.extend(case.unread.iter().map(|problem| Said::warn(problem.clone())));
    let owner = case.track.and_then(|track| track.owner.as_ref()).and_then(|owner| case.snapshot.sources.get(owner));
    let partial = owner.map(|status| status.problems.as_slice()).unwrap_or_default();
    if let [newest, rest @ ..] = partial {
        let more = if rest.is_empty() { String::new() } else { format!(", and {} more problems", rest.len()) };
        all.push(Said::warn(format!("the picture is partial: {newest}{more}")));
    }
    if let Some(source) = case.source
        && let Some(seen_at) = source.seen_at.filter(|seen_at| case.now - *seen_at > OLD)
    {
        let when = seen_at.with_timezone(&case.environment.time_zone).format("%Y-%m-%d %H:%M %Z");
        all.push(Said::warn(format!("{} was last looked at {when}", source.environment)));
    }
    all
}

//! Backends: whether they can be read, how long that takes, how much they tell, whether they can write, and with which
//! credentials.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Check;
use crate::model::{SourceId, Time};
use crate::picture::{Snapshot, SourceStatus};
use crate::view::{budget, format};

const AREA: &str = "backend";

/// What reading showed.
pub struct Readings {
    /// How long each took that was read now.
    pub took: BTreeMap<SourceId, Duration>,
    /// How many facts hold of each.
    pub facts: BTreeMap<SourceId, u64>,
    /// The present.
    pub now: Time,
}

/// Looks at what became of the last reading of every backend.
pub fn check(snapshot: &Snapshot, readings: &Readings) -> Vec<Check> {
    if snapshot.sources.is_empty() {
        return vec![Check::warn(AREA, "there is none", "flightdeck init writes a configuration from what it finds")];
    }
    snapshot.sources.iter().flat_map(|(id, status)| of(id, status, snapshot, readings)).collect()
}

fn of(id: &SourceId, status: &SourceStatus, snapshot: &Snapshot, readings: &Readings) -> Vec<Check> {
    let can = if status.writes() { "reads and writes" } else { "reads only" };
    let when = match (readings.took.get(id), status.read_at) {
        (Some(took), _) => {
            format!("read now in {} ms", format::count(u64::try_from(took.as_millis()).unwrap_or(u64::MAX)))
        }
        (None, Some(at)) => format!("read {} ago", format::age(readings.now, at)),
        (None, None) => "never read whole".to_owned(),
    };
    let facts = format::counted(readings.facts.get(id).copied().unwrap_or_default(), "fact");
    let asked = status.requests.as_ref().map(|it| {
        let limits = budget::limits(it, snapshot, readings.now).into_iter().map(|it| format!("; {it}"));
        format!(", {}{}", budget::asked(it), limits.collect::<String>())
    });
    let says = format!("{id} ({}): {can}, {when}, {facts}{}", status.kind, asked.unwrap_or_default());
    let restricted = status.restricted.iter().map(|it| {
        let what = format!("{id} ({}): {} is restricted: {}", status.kind, it.scope, it.why);
        Check::warn(AREA, what, "what may not be read is not shown; who gives rights there can give them")
    });
    let restricted: Vec<Check> = restricted.collect();
    if status.problems.is_empty() {
        return restricted.into_iter().chain([Check::ok(AREA, says)]).collect();
    }
    let hint = match status.read_at {
        Some(at) => format!("the rest is shown; it was last read whole at {}", at.format("%Y-%m-%d %H:%M UTC")),
        None => "the rest is shown; it was never read whole".to_owned(),
    };
    let problems = status.problems.iter();
    let mut checks: Vec<Check> =
        problems.map(|what| Check::warn(AREA, format!("{id} ({}): {what}", status.kind), hint.as_str())).collect();
    checks.extend(restricted);
    checks.push(Check::ok(AREA, says));
    checks
}

/// Where each backend's credentials would come from; never what they are.
pub fn credentials(snapshot: &Snapshot, user: &str) -> Vec<Check> {
    const AREA: &str = "credentials";
    if snapshot.sources.is_empty() {
        return Vec::new();
    }
    let spoken_to = snapshot.sources.iter().filter_map(|(id, it)| Some((id, it, it.credentials.as_ref()?)));
    let mut checks: Vec<Check> =
        spoken_to.map(|(id, it, from)| Check::ok(AREA, format!("{id} ({}): from {from}", it.kind))).collect();
    let files = snapshot.sources.values().filter(|it| it.credentials.is_none());
    let kinds: std::collections::BTreeSet<&str> = files.map(|it| it.kind.as_str()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    if !kinds.is_empty() {
        let says = format!("none is needed: {} read this machine's files with the rights of {user}", kinds.join(", "));
        checks.push(Check::ok(AREA, says));
    }
    checks
}

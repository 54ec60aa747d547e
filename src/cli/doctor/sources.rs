//! The backends: whether they can be read, and whether they can write.

use super::Check;
use crate::picture::{Snapshot, SourceStatus};

const AREA: &str = "backend";

/// Looks at what became of the last reading of every backend.
pub fn check(snapshot: &Snapshot) -> Vec<Check> {
    if snapshot.sources.is_empty() {
        return vec![Check::warn(AREA, "there is none", "flightdeck init writes a configuration from what it finds")];
    }
    snapshot.sources.iter().flat_map(|(id, status)| of(&id.to_string(), status)).collect()
}

fn of(name: &str, status: &SourceStatus) -> Vec<Check> {
    let can = if status.writes { "reads and writes" } else { "reads only" };
    if status.problems.is_empty() {
        return vec![Check::ok(AREA, format!("{name} ({}): {can}, nothing is missing", status.kind))];
    }
    let hint = match status.read_at {
        Some(at) => format!("the rest is shown; it was last read whole at {}", at.format("%Y-%m-%d %H:%M UTC")),
        None => "the rest is shown; it was never read whole".to_owned(),
    };
    let problems = status.problems.iter();
    problems.map(|what| Check::warn(AREA, format!("{name} ({}): {what}", status.kind), hint.as_str())).collect()
}

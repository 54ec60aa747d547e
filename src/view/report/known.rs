//! What is not known of a track, in sentences: whoever believes a number should have read them.

use super::words::{self, counted};
use crate::metrics::TrackMetrics;
use crate::view::format::{count_of, duration_of};
use crate::view::metrics::figures;

/// How much is known of the track, and what has to be known before its numbers are believed.
pub(super) fn sentences(metrics: &TrackMetrics) -> Vec<String> {
    let mut all = vec![format!("Known: {}.", figures::coverage(&metrics.coverage))];
    all.push(match &metrics.waiting {
        None => "Which changes wait is not known: nothing tells the branch that is deployed.".to_owned(),
        Some(it) if it.changes.is_empty() => "No landed change waits.".to_owned(),
        Some(it) => {
            let wait = if it.changes.len() == 1 { "waits" } else { "wait" };
            let changes = counted(it.changes.len(), "landed change");
            format!("{changes} {wait}, the oldest for {}.", duration_of(it.oldest))
        }
    });
    let lead = &metrics.lead_time;
    if lead.skewed > 0 {
        let changes = counted(lead.skewed, "change");
        all.push(format!("{changes} written after users had them, by their clock: counted as 0."));
    }
    if lead.imported > 0 {
        let changes = counted(lead.imported, "change");
        all.push(format!("{changes} written more than a year before being committed: imported history, perhaps."));
    }
    let flags = words::flags(&metrics.deployments);
    all.extend(
        flags.into_iter().map(|(flag, count)| format!("`{}` ({}): {}.", flag.word(), count_of(count), flag.says())),
    );
    all
}

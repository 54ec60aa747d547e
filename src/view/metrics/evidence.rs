//! Why a deployment counts as failed or as repair, and what has to be known of its numbers, in words.

use crate::metrics::report::{Flag, Measured};
use crate::metrics::verdict::{Evidence, Remedy, Signal, Witness};
use crate::model::{Deployment, DeploymentId};
use crate::query::TrackReport;
use crate::view::format::short_commit;

/// What a deployment is called: its version, else its commit.
pub fn name(it: &Deployment) -> String {
    it.version.as_ref().map_or_else(|| short_commit(it.commit), ToString::to_string)
}

fn named(report: &TrackReport, id: &DeploymentId) -> String {
    let entries = report.ledger.entries();
    let found = entries.iter().find(|it| it.deployment.id == *id);
    found.map_or_else(|| format!("deployment {id}"), |it| name(&it.deployment))
}

/// What bears witness, in words.
pub fn witness(report: &TrackReport, it: &Witness) -> String {
    match it {
        Witness::Incident(id) => format!("incident {id}"),
        Witness::Deployment(id) => named(report, id),
        Witness::Mark(version) => format!("the mark on {version}"),
        Witness::Itself => "its own report".to_owned(),
    }
}

/// Evidence in words: `rolled back by 1.4.1 (S2)`.
pub fn evidence(report: &TrackReport, it: &Evidence) -> String {
    let by = witness(report, &it.by);
    let words = match (it.signal, &it.by) {
        (Signal::Explicit, Witness::Incident(_)) => format!("caused {by}"),
        (Signal::Explicit, Witness::Deployment(_)) => format!("repaired by {by}, which says so"),
        (Signal::Explicit, _) => format!("marked bad: {by}"),
        (Signal::Rollback, _) => format!("rolled back by {by}"),
        (Signal::Revert, _) => format!("reverted in {by}"),
        (Signal::Hotfix, _) => format!("followed by the hotfix {by}"),
        (Signal::Inferred, _) => format!("{by} was opened soon after"),
        (Signal::Traffic, _) => "failed after it had taken traffic".to_owned(),
    };
    format!("{words} ({})", it.signal.code())
}

/// Why a deployment is unplanned repair.
pub fn remedy(report: &TrackReport, it: &Remedy) -> String {
    match it {
        Remedy::Rollback => "takes something back".to_owned(),
        Remedy::Fixes(what) => {
            let id = DeploymentId::from(what.as_str());
            let known = report.ledger.entries().iter().any(|it| it.deployment.id == id);
            if known { format!("repairs {}", named(report, &id)) } else { format!("repairs {what}") }
        }
        Remedy::Hotfix => "is called a hotfix".to_owned(),
        Remedy::Reverts => "holds nothing but reverts".to_owned(),
        Remedy::Restart(id) => format!("restarts during incident {id}"),
    }
}

/// What has to be known before numbers are believed.
pub fn flag(it: Flag) -> &'static str {
    match it {
        Flag::Baseline => "the baseline: what it holds was delivered before anything is counted",
        Flag::Truncated => "history is cut off below it: no lead times",
        Flag::MayOvercount => "an unknown commit was deployed before it: some of this may have come with that",
        Flag::Skewed => "some changes were written after it finished: a clock ran ahead, they count as 0",
        Flag::Imported => "some changes were written over a year before they were committed: imported history?",
        Flag::Noop => "nothing of the service was in it",
        Flag::Config => "the same code with other configuration or another build",
        Flag::OverwroteNewer => "it began before what it took away had finished: older code overwrote newer",
        Flag::Provisional => "too young for a verdict",
        Flag::Undated => "it has no time of its own",
        Flag::Future => "it is dated after now",
    }
}

/// Flags in a word each, for a cell.
pub fn flags(it: &Measured) -> String {
    it.flags.iter().map(|it| it.word().replace('_', " ")).collect::<Vec<_>>().join(", ")
}

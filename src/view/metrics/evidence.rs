//! Why a deployment counts as failed or as repair, and what has to be known of its numbers: in the words of reports.

use crate::metrics::report::Measured;
use crate::metrics::verdict::{Evidence, Remedy, Witness};
use crate::model::{Deployment, DeploymentId};
use crate::query::TrackReport;
use crate::view::format::short_commit;
use crate::view::report::words::Names;

/// What a deployment is called: by its version, else its commit, else its id.
pub fn name(it: &Deployment) -> String {
    match (&it.version, it.commit) {
        (Some(version), _) => version.to_string(),
        (None, Some(commit)) => short_commit(Some(commit)),
        (None, None) => it.id.to_string(),
    }
}

/// What ended an episode.
pub fn ended_by(report: &TrackReport, it: &Witness) -> String {
    Names::of(&report.ledger).ended_by(it)
}

/// Evidence with the code of its signal: `S2: 1.4.1 took its changes back`.
pub fn evidence(report: &TrackReport, it: &Evidence) -> String {
    Names::of(&report.ledger).failed_by(std::slice::from_ref(it))
}

/// Why a deployment is unplanned repair; what it repairs by its name.
pub fn remedy(report: &TrackReport, it: &Remedy) -> String {
    let Remedy::Fixes(what) = it else { return crate::view::report::words::remedy(it) };
    let id = DeploymentId::from(what.as_str());
    let found = report.ledger.entries().iter().find(|it| it.deployment.id == id);
    format!("says that it fixes {}", found.map_or_else(|| what.to_string(), |it| name(&it.deployment)))
}

/// Flags in a word each, for a cell.
pub fn flags(it: &Measured) -> String {
    it.flags.iter().map(|it| it.word().replace('_', " ")).collect::<Vec<_>>().join(", ")
}

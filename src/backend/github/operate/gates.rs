//! What holds an order, or may get in its way: rights that we do not have, checks that failed, runs that are on their way.

use super::ground::Ground;
use super::scene::Scene;
use super::way::{Way, called};
use crate::backend::github::wire::{ChecksPage, CombinedStatus, Repository as About, Run};
use crate::backend::{Result, Verb};
use crate::model::{CommitId, Gate, GateKind, Holds, Override, Scope, Text};

/// How many runs of a workflow are asked where they go.
const ASKED: usize = 5;
/// How many checks are named.
const NAMED: usize = 3;

fn gate(ground: &Ground<'_>, kind: GateKind, who: &str, why: String, overridden_by: Override) -> Gate {
    let track = ground.track;
    Gate {
        kind,
        scope: Scope { service: Some(track.service.clone()), environment: Some(track.environment.clone()) },
        holds: Holds::Both,
        who: who.into(),
        why: why.into(),
        since: None,
        until: None,
        overridden_by,
        verbs: Vec::new(),
        url: None,
    }
}

/// That who asks may only read, or that the token was not given what it takes.
pub fn permission(ground: &Ground<'_>, about: &About, scopes: Option<&str>, way: &Way) -> Option<Gate> {
    let slug = &ground.place.repository.slug;
    let why = if about.permissions.as_ref().is_some_and(|it| !it.push) {
        format!("the token may read {slug} and not write to it")
    } else {
        let has = scopes.filter(|it| !suffices(it, way))?;
        let has = if has.trim().is_empty() { "none" } else { has };
        format!("the token needs the scope repo and has {has}: `gh auth refresh --scopes repo`")
    };
    Some(gate(ground, GateKind::Permission, &ground.place.api.host.name, why, Override::None))
}

/// Whether the scopes of a classic token are enough.
fn suffices(scopes: &str, way: &Way) -> bool {
    let enough = |it: &str| matches!(it, "repo" | "public_repo") || (it == "repo_deployment" && way.is_deployment());
    scopes.split(',').any(|it| enough(it.trim()))
}

/// What the checks of a commit say: what failed, and what is not over.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Those that failed.
    pub failed: Vec<String>,
    /// Those that are not over.
    pub pending: Vec<String>,
}

impl Checks {
    /// Reads the checks of a commit.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn read(ground: &Ground<'_>, commit: &CommitId) -> Result<Self> {
        let checks = ground.place.checks(commit).await?;
        let combined = ground.place.combined(commit).await?;
        Ok(Self::of(checks, combined))
    }

    fn of(checks: ChecksPage, combined: CombinedStatus) -> Self {
        let mut all = Self::default();
        for check in checks.check_runs.all {
            match check.conclusion.as_deref() {
                Some("failure" | "timed_out" | "startup_failure" | "action_required") => all.failed.push(check.name),
                None if check.status != "completed" => all.pending.push(check.name),
                _ => {}
            }
        }
        for status in combined.statuses.all {
            match status.state.as_str() {
                "failure" | "error" => all.failed.push(status.context),
                "pending" => all.pending.push(status.context),
                _ => {}
            }
        }
        all.failed.dedup();
        all
    }

    /// The gate of checks that failed. Nobody has to prove a commit that ran before to go back to it.
    pub fn gate(&self, ground: &Ground<'_>, commit: &CommitId, verb: Verb) -> Option<Gate> {
        if self.failed.is_empty() || verb != Verb::Promote {
            return None;
        }
        let why = format!("checks of {} failed: {}", commit.short(), named(&self.failed));
        let mut gate = gate(ground, GateKind::Checks, "checks", why, Override::Reason);
        gate.verbs = vec![Verb::Promote];
        Some(gate)
    }

    /// What people read of them beside the gate.
    pub fn risks(&self, commit: &CommitId, verb: Verb) -> Vec<Text> {
        let told = |what: &str, all: &[String]| {
            (!all.is_empty()).then(|| format!("checks of {} {what}: {}", commit.short(), named(all)).into())
        };
        let failed = told("failed", &self.failed).filter(|_| verb != Verb::Promote);
        failed.into_iter().chain(told("are not over", &self.pending)).collect()
    }
}

fn named(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let first: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    let first = first.join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// A run of the same workflow that goes on, in words. What is known to go here is told by the state of the track; where the
/// others go nobody can say before they get there.
///
/// # Errors
/// When it cannot be read.
pub async fn running(ground: &Ground<'_>, scene: &Scene, way: &Way) -> Result<Vec<Text>> {
    let Way::Dispatch { file, .. } = way else { return Ok(Vec::new()) };
    let all = ground.place.dispatched(file, None).await?;
    let known: Vec<u64> = scene.deployments.iter().filter_map(|it| it.run()).collect();
    let mut told = Vec::new();
    for run in all.into_iter().filter(|it| !it.is_over() && !known.contains(&it.id)).take(ASKED) {
        if goes_elsewhere(ground, &run).await? {
            continue;
        }
        let by = run.actor.as_ref().map(|it| format!(" by {}", it.login)).unwrap_or_default();
        let standing = run.status.replace('_', " ");
        let number = called(&run);
        told.push(format!("run {number}, dispatched{by}, is {standing}: it may deploy here too").into());
    }
    Ok(told)
}

/// Whether a run waits before another environment.
///
/// # Errors
/// When it cannot be read.
pub async fn goes_elsewhere(ground: &Ground<'_>, run: &Run) -> Result<bool> {
    if run.status != "waiting" {
        return Ok(false);
    }
    let pending = ground.place.pending(run.id).await?;
    Ok(!pending.is_empty() && pending.iter().all(|it| it.environment.name != ground.environment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn checks_that_failed_are_told_apart_from_those_that_go_on() {
        let checks: ChecksPage = serde_json::from_value(json!({ "check_runs": [
            { "name": "build", "status": "completed", "conclusion": "success" },
            { "name": "lint", "status": "completed", "conclusion": "skipped" },
            { "name": "test", "status": "completed", "conclusion": "failure" },
            { "name": "e2e", "status": "in_progress", "conclusion": null },
            { "name": "new", "status": "completed", "conclusion": "brand_new" },
        ] }))
        .expect("checks");
        let combined: CombinedStatus = serde_json::from_value(json!({ "statuses": [
            { "context": "ci/old", "state": "error" }, { "context": "ci/slow", "state": "pending" },
        ] }))
        .expect("statuses");
        let all = Checks::of(checks, combined);
        assert_eq!((all.failed.join(" "), all.pending.join(" ")), ("test ci/old".to_owned(), "e2e ci/slow".to_owned()));
    }

    #[test]
    fn a_classic_token_needs_a_scope() {
        let (cancel, deploy) = (Way::Cancel { run: Run::default() }, Way::Deploy { body: json!({}) });
        assert!(suffices("gist, repo", &cancel) && suffices("public_repo", &cancel));
        assert!(!suffices("", &cancel) && !suffices("repo:status, workflow", &cancel));
        assert!(suffices("repo_deployment", &deploy) && !suffices("repo_deployment", &cancel));
    }

    #[test]
    fn few_are_named() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(named(&all), "a, b, c and 2 more");
        assert_eq!(named(&all[..2]), "a, b");
    }
}

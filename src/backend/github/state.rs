//! What a track runs by its deployments, as a state: the same for who reads and for who writes.

use chrono::Duration;

use super::deployments::{Deployed, Situation, Standing};
use super::rules;
use super::wire::{Deployment, Pending, Run};
use crate::model::{
    Gate, GateKind, Health, Holds, Installed, Override, Progress, Scope, Text, Time, TrackId, TrackState, Version,
};

/// A run that waits before it deploys, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'a> {
    /// The run.
    pub run: &'a Run,
    /// What it waits for.
    pub pending: &'a Pending,
}

impl Wait<'_> {
    /// Who may answer; empty where only time has to pass.
    pub fn reviewers(&self) -> Vec<Text> {
        self.pending.reviewers.iter().map(|it| it.called().into()).collect()
    }

    /// When its time has passed, where it waits for time.
    pub fn until(&self) -> Option<Time> {
        let since = self.pending.wait_timer_started_at.filter(|_| self.pending.wait_timer > 0)?;
        let minutes = i64::try_from(self.pending.wait_timer).ok().and_then(Duration::try_minutes)?;
        since.checked_add_signed(minutes)
    }

    /// What it waits for, in words: `waits for an answer of ann or team ops`.
    pub fn in_words(&self) -> String {
        let reviewers: Vec<String> = self.pending.reviewers.iter().map(super::wire::Reviewer::called).collect();
        let timer = self.pending.wait_timer;
        match (reviewers.is_empty(), self.until()) {
            (false, _) => format!("waits for an answer of {}", reviewers.join(" or ")),
            (true, Some(until)) => format!("waits until {} ({timer} min timer)", until.format("%H:%M UTC")),
            (true, None) if timer > 0 => format!("waits {timer} min"),
            (true, None) => "waits at a protection rule of the environment".to_owned(),
        }
    }

    /// The same as something that holds a track.
    pub fn gate(&self, track: &TrackId) -> Gate {
        let timer_only = self.pending.reviewers.is_empty() && self.pending.wait_timer > 0;
        let number = self.run.run_number.map_or_else(|| self.run.id.to_string(), |it| format!("#{it}"));
        let reviewers: Vec<String> = self.pending.reviewers.iter().map(super::wire::Reviewer::called).collect();
        Gate {
            kind: if timer_only { GateKind::Soak } else { GateKind::Approval },
            scope: Scope { service: Some(track.service.clone()), environment: Some(track.environment.clone()) },
            holds: Holds::Both,
            who: if reviewers.is_empty() { "GitHub".to_owned() } else { reviewers.join(" or ") }.into(),
            why: format!("run {number} {}", self.in_words()).into(),
            since: self.pending.wait_timer_started_at.or(self.run.updated_at),
            until: if timer_only { self.until() } else { None },
            overridden_by: Override::Role,
            verbs: Vec::new(),
            url: self.run.html_url.as_deref().map(Text::from),
        }
    }
}

/// The state of a track by its deployments, newest first, all with their statuses, and by what waits before it deploys
/// there. `version_of` says what the version of a deployment is called.
pub fn state(
    track: &TrackId,
    deployments: &[&Deployed],
    version_of: impl Fn(&Deployment) -> Option<Version>,
    waits: &[Wait<'_>],
) -> TrackState {
    let situation = Situation::of(deployments);
    let installed = |deployed: &Deployed| installed(deployed, &version_of);
    let coming = situation.coming.filter(|_| is_ahead(situation.coming, situation.failed));
    let failed = situation.failed.filter(|_| is_ahead(situation.failed, situation.coming));
    TrackState {
        live: situation.live.and_then(installed),
        desired: coming.and_then(installed),
        health: health(coming, failed, &version_of),
        progress: coming.map(|it| progress(it, &version_of, waits)),
        installed: lying(deployments, installed),
        token: token(deployments),
        gates: waits.iter().map(|it| it.gate(track)).collect(),
        problems: situation.live.filter(|it| installed(it).is_none()).map(nameless).into_iter().collect(),
        ..TrackState::new(track.clone())
    }
}

/// Whether `one` is newer than `other`.
fn is_ahead(one: Option<&Deployed>, other: Option<&Deployed>) -> bool {
    one.map(|it| it.it.id) > other.map(|it| it.it.id)
}

/// A deployment as a version in an environment; none where it has no version.
pub fn installed(deployed: &Deployed, version_of: impl Fn(&Deployment) -> Option<Version>) -> Option<Installed> {
    Some(Installed {
        version: version_of(&deployed.it)?,
        digest: None,
        commit: rules::commit(&deployed.it.sha),
        since: deployed.ended_at().or(deployed.it.created_at),
    })
}

/// The versions that users had there, the newest first, each once.
fn lying(deployments: &[&Deployed], installed: impl Fn(&Deployed) -> Option<Installed>) -> Vec<Installed> {
    let mut all: Vec<Installed> = Vec::new();
    for one in deployments.iter().filter(|it| it.standing() == Standing::Success).filter_map(|it| installed(it)) {
        if !all.iter().any(|it| it.version == one.version) {
            all.push(one);
        }
    }
    all
}

/// Nobody checks what is live; only a deployment that failed may have left it broken.
fn health(
    coming: Option<&Deployed>,
    failed: Option<&Deployed>,
    version_of: impl Fn(&Deployment) -> Option<Version>,
) -> Health {
    match (coming, failed) {
        (Some(coming), _) if coming.standing() == Standing::Running => Health::Progressing,
        (None, Some(failed)) => {
            let said = failed.statuses.first().and_then(|it| it.description.as_deref()).filter(|it| !it.is_empty());
            let said = said.map(|it| format!(": {it}")).unwrap_or_default();
            Health::Degraded(format!("the deployment of {} failed{said}", called(failed, version_of)).into())
        }
        _ => Health::Unknown,
    }
}

fn progress(coming: &Deployed, version_of: impl Fn(&Deployment) -> Option<Version>, waits: &[Wait<'_>]) -> Progress {
    let its = waits.iter().find(|wait| Some(wait.run.id) == coming.run()).or_else(|| waits.first());
    let how = match (coming.standing(), its) {
        (Standing::Running, _) => "is being deployed".to_owned(),
        (_, Some(wait)) => wait.in_words(),
        _ => match coming.statuses.first().map(|it| it.state.as_str()) {
            Some("queued") => "is queued".to_owned(),
            Some("waiting") => "waits for an answer or a timer".to_owned(),
            _ => "waits for somebody to act on the deployment".to_owned(),
        },
    };
    Progress { what: format!("{} {how}", called(coming, version_of)).into(), done: 0, total: 0 }
}

fn called(deployed: &Deployed, version_of: impl Fn(&Deployment) -> Option<Version>) -> String {
    version_of(&deployed.it).map_or_else(|| format!("#{}", deployed.it.id), |it| it.to_string())
}

/// Changes when there is another deployment, or when one moves that is not older than what is live.
fn token(deployments: &[&Deployed]) -> Option<String> {
    let end = deployments.iter().position(|it| it.standing() == Standing::Success);
    let newer = deployments.iter().take(end.map_or(deployments.len(), |it| it + 1));
    let each = newer.map(|it| {
        let state = it.statuses.first().map_or("none", |it| it.state.as_str());
        format!("{}:{state}", it.it.id)
    });
    let all: Vec<String> = each.collect();
    Some(if all.is_empty() { "none".to_owned() } else { all.join(" ") })
}

fn nameless(live: &Deployed) -> Text {
    format!("deployment {} is live and does not say its version: see `version` of the backend", live.it.id).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::github::wire::gate::{Named, PendingEnvironment};
    use crate::backend::github::wire::{DeploymentStatus, Reviewer};

    fn deployed(id: u64, states: &[&str]) -> Deployed {
        let at = Time::from_timestamp(1_700_000_000 + i64::try_from(id).unwrap_or(0), 0);
        let statuses = states.iter().map(|state| DeploymentStatus {
            state: (*state).to_owned(),
            created_at: at,
            log_url: Some(format!("https://github.com/acme/shop/actions/runs/{id}/job/1")),
            ..DeploymentStatus::default()
        });
        let it = Deployment { id, reference: format!("1.{id}"), created_at: at, ..Deployment::default() };
        Deployed { it, statuses: statuses.collect() }
    }

    fn told(all: &[Deployed], waits: &[Wait<'_>]) -> TrackState {
        let all: Vec<&Deployed> = all.iter().collect();
        let version = |it: &Deployment| (!it.reference.is_empty()).then(|| Version::from(it.reference.as_str()));
        state(&TrackId::new("shop", "production"), &all, version, waits)
    }

    #[test]
    fn what_waits_is_on_its_way_and_says_for_whom() {
        let ann = Reviewer { kind: "User".into(), reviewer: Named { login: Some("ann".into()), ..Named::default() } };
        let ops = Reviewer { kind: "Team".into(), reviewer: Named { slug: Some("ops".into()), ..Named::default() } };
        let pending = Pending {
            environment: PendingEnvironment { id: 1, name: "production".into() },
            reviewers: vec![ann, ops],
            ..Pending::default()
        };
        let run = Run { id: 4, ..Run::default() };
        let waits = [Wait { run: &run, pending: &pending }];
        let state = told(
            &[deployed(4, &["waiting"]), deployed(3, &["success"]), deployed(2, &["inactive", "success"])],
            &waits,
        );
        let version = |it: &Option<Installed>| it.as_ref().map(|it| it.version.to_string());
        assert_eq!((version(&state.live).as_deref(), version(&state.desired).as_deref()), (Some("1.3"), Some("1.4")));
        assert_eq!(
            state.progress.map(|it| it.what.to_string()).as_deref(),
            Some("1.4 waits for an answer of ann or team ops")
        );
        assert_eq!(state.gates[0].kind, GateKind::Approval);
        assert_eq!(state.installed.len(), 2);
        assert_eq!(state.token.as_deref(), Some("4:waiting 3:success"));
    }

    #[test]
    fn a_failure_is_told_until_the_next_deployment() {
        let failed = told(&[deployed(2, &["failure", "in_progress"]), deployed(1, &["success"])], &[]);
        assert_eq!(failed.health, Health::Degraded("the deployment of 1.2 failed".into()));
        assert!(failed.progress.is_none() && failed.desired.is_none());
        let next = told(&[deployed(3, &["in_progress"]), deployed(2, &["failure"]), deployed(1, &["success"])], &[]);
        assert_eq!(next.health, Health::Progressing);
        let stale = told(&[deployed(2, &["failure"]), deployed(1, &["queued"])], &[]);
        assert!(matches!(stale.health, Health::Degraded(_)) && stale.progress.is_none());
    }

    #[test]
    fn a_timer_ends_by_itself_however_long_it_is() {
        let since = Time::from_timestamp(1_700_000_000, 0);
        let run = Run { id: 1, ..Run::default() };
        let mut pending = Pending { wait_timer: 10, wait_timer_started_at: since, ..Pending::default() };
        let gate = Wait { run: &run, pending: &pending }.gate(&TrackId::new("a", "b"));
        assert_eq!((gate.kind, gate.until), (GateKind::Soak, Time::from_timestamp(1_700_000_600, 0)));
        pending.wait_timer = u64::MAX;
        assert_eq!(Wait { run: &run, pending: &pending }.until(), None);
    }

    #[test]
    fn nothing_is_live_where_nothing_was_deployed_and_a_version_is_never_made_up() {
        let none = told(&[], &[]);
        assert_eq!((none.live, none.token.as_deref()), (None, Some("none")));
        let mut nameless = deployed(1, &["success"]);
        nameless.it.reference.clear();
        let state = told(&[nameless], &[]);
        assert!(state.live.is_none() && state.problems.len() == 1);
    }
}

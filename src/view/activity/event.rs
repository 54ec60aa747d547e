//! What happened, in one shape whatever it was.

use std::sync::Arc;

use crate::model::{BadMark, Deployment, Gate, GateKind, Incident, Kind, Outcome, Run, ServiceId, Status, Time};
use crate::operation::{Ending, OperationSummary};
use crate::picture::{Deployed, ServicePicture, Snapshot};

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub at: Time,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A deployment ended or began.
    Deployed(Box<Deployed>),
    /// A run of a service's pipeline.
    Ran(ServiceId, Arc<Run>),
    /// An incident began, or (true) was over.
    Hurt(Option<ServiceId>, Arc<Incident>, bool),
    /// An operation was carried out.
    Operated(Box<OperationSummary>),
    /// A lock or freeze began.
    Held(Box<Gate>),
    /// A version was marked bad.
    Marked(Box<BadMark>),
}

/// Everything that happened, newest first.
pub fn all(snapshot: &Snapshot, operations: &[OperationSummary], now: Time) -> Vec<Event> {
    let mut events = Vec::new();
    for service in snapshot.services.values() {
        of_service(service, &mut events);
    }
    let shared = snapshot.incidents.iter().map(|it| Arc::new(it.clone()));
    shared.for_each(|it| hurt(it.service.clone(), &it, &mut events));
    for gate in snapshot.gates.iter() {
        if let Some(at) = gate.since.filter(|since| *since <= now) {
            events.push(Event { at, what: What::Held(Box::new(gate.clone())) });
        }
    }
    for operation in operations.iter().filter(|it| !is_told_by_its_deployment(snapshot, it)) {
        let at = operation.ended_at.unwrap_or(operation.began_at);
        events.push(Event { at, what: What::Operated(Box::new(operation.clone())) });
    }
    // Histories are in order already: the sort finds them as runs and merges them.
    events.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.identity().cmp(&b.identity())));
    // A run of a repository that several services share is one event.
    events.dedup_by(|a, b| a.at == b.at && a.identity() == b.identity());
    events
}

fn of_service(service: &ServicePicture, events: &mut Vec<Event>) {
    for it in service.tracks.iter().flat_map(|track| &track.history) {
        if let Some(at) = it.deployment.at() {
            events.push(Event { at, what: What::Deployed(Box::new(it.clone())) });
        }
    }
    for run in &service.runs {
        if let Some(at) = run.finished_at.max(run.started_at).max(run.queued_at) {
            events.push(Event { at, what: What::Ran(service.service.id.clone(), Arc::clone(run)) });
        }
    }
    for it in &service.incidents {
        hurt(Some(service.service.id.clone()), it, events);
    }
    for mark in &service.bad {
        events.push(Event { at: mark.at, what: What::Marked(Box::new(mark.clone())) });
    }
}

fn hurt(service: Option<ServiceId>, incident: &Arc<Incident>, events: &mut Vec<Event>) {
    let what = |over| What::Hurt(service.clone(), Arc::clone(incident), over);
    events.push(Event { at: incident.opened_at, what: what(false) });
    if let Some(at) = incident.resolved_at {
        events.push(Event { at, what: what(true) });
    }
}

/// Whether the deployment that an operation brought about is recorded and says the same.
fn is_told_by_its_deployment(snapshot: &Snapshot, operation: &OperationSummary) -> bool {
    let (Ending::Succeeded(_), Some(ended)) = (&operation.ending, operation.ended_at) else { return false };
    let slack = chrono::TimeDelta::minutes(2);
    let within = |at: Time| at >= operation.began_at - slack && at <= ended + slack;
    let same = |it: &Deployment| {
        it.outcome == Outcome::Success && it.version.as_ref() == Some(&operation.to) && it.at().is_some_and(within)
    };
    snapshot.track(&operation.track).is_some_and(|track| track.history.iter().any(|it| same(&it.deployment)))
}

impl Event {
    /// What it is about among the events of one moment: the parts of [`key`](Self::key), without putting them together.
    fn identity(&self) -> (u8, [&str; 4]) {
        match &self.what {
            What::Deployed(it) => {
                let deployment = &it.deployment;
                let track = (deployment.service.as_str(), deployment.environment.as_str());
                (0, [it.source.as_str(), track.0, track.1, deployment.id.as_str()])
            }
            What::Ran(_, run) => (1, [run.pipeline.as_str(), run.id.as_str(), "", ""]),
            What::Hurt(_, it, over) => (2 + u8::from(*over), [it.id.as_str(), "", "", ""]),
            What::Operated(it) => (4, [it.operation.as_str(), "", "", ""]),
            What::Held(it) => {
                let service = it.scope.service.as_ref().map_or("", |it| it.as_str());
                let environment = it.scope.environment.as_ref().map_or("", |it| it.as_str());
                (5, [it.kind.word(), service, environment, ""])
            }
            What::Marked(it) => (6, [it.service.as_str(), it.version.as_str(), "", ""]),
        }
    }

    /// What it is about, unique among events.
    pub fn key(&self) -> String {
        match &self.what {
            What::Deployed(it) => format!(
                "deployment/{}/{}/{}/{}",
                it.source.as_str(),
                it.deployment.service.as_str(),
                it.deployment.environment.as_str(),
                it.deployment.id.as_str()
            ),
            What::Ran(_, run) => format!("run/{}/{}", run.pipeline, run.id.as_str()),
            What::Hurt(_, it, over) => format!("incident/{}/{over}", it.id.as_str()),
            What::Operated(it) => format!("operation/{}", it.operation.as_str()),
            What::Held(it) => format!("gate/{}/{}/{}", it.kind.word(), it.scope, self.at.timestamp()),
            What::Marked(it) => format!("bad/{}/{}", it.service.as_str(), it.version.as_str()),
        }
    }

    /// What sort of thing it is, for filters.
    pub fn sort(&self) -> &'static str {
        match &self.what {
            What::Deployed(_) => "deployment",
            What::Ran(..) => "run",
            What::Hurt(..) => "incident",
            What::Operated(_) => "operation",
            What::Held(_) => "gate",
            What::Marked(_) => "mark",
        }
    }

    /// How it stands and the words for it.
    pub fn says(&self) -> (Status, String) {
        match &self.what {
            What::Deployed(it) => deployed(it),
            What::Ran(_, run) => (run.status, format!("run {}", run.status.word())),
            What::Hurt(.., true) => (Status::Ok, "incident over".to_owned()),
            What::Hurt(.., false) => (Status::Failed, "incident".to_owned()),
            What::Operated(it) => (it.ending.status(), operated(it)),
            What::Held(it) if it.kind == GateKind::Lock => (Status::Frozen, "locked".to_owned()),
            What::Held(it) => (Status::Frozen, it.kind.word().to_owned()),
            What::Marked(_) => (Status::Failed, "marked bad".to_owned()),
        }
    }
}

fn operated(it: &OperationSummary) -> String {
    match (&it.ending, it.verb) {
        (Ending::Succeeded(_), verb) => verb.done().to_owned(),
        (Ending::Running(_), verb) => verb.doing().to_owned(),
        (ending, verb) => format!("{} {}", verb.word(), crate::view::journal::ending(ending)),
    }
}

fn deployed(it: &Deployed) -> (Status, String) {
    let (status, word) = crate::view::track::outcome(it.deployment.outcome);
    let words = match (it.deployment.outcome, it.kind) {
        (Outcome::Success, Kind::Rollback) => "rolled back",
        (Outcome::Success, Kind::Rollforward) => "rolled forward",
        (Outcome::Success, Kind::Redeploy) => "redeployed",
        (Outcome::Success, _) => "deployed",
        (Outcome::Failed, _) => "deploy failed",
        (Outcome::Running, _) => "deploying",
        _ => return (status, format!("deployment {word}")),
    };
    (status, words.to_owned())
}

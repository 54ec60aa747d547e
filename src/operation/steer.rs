//! Stopping runs and running them again: planned, looked at by guards, confirmed, looked at again, journalled, carried
//! out, verified.

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::engine::Deps;
use super::journal::{Body, Note};
use super::{Actor, Confirm, Engine, Finding, OperationError, Weight, WritePermit, holds_at};
use crate::backend::{Backend, BackendError, ErrorKind, RunDraft, RunOrder, Runner, Verdict};
use crate::model::{EnvironmentId, GateKind, RunAct, RunId, ServiceId, SourceId, Text, TrackId};
use crate::picture::Snapshot;

/// What somebody wants done to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunIntent {
    /// What.
    pub act: RunAct,
    /// To which run.
    pub run: RunId,
    /// To which of its jobs, for [`RunAct::RerunJob`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Text>,
}

/// What it would take and mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    /// The backend whose run it is.
    pub backend: SourceId,
    /// What the backend will be asked.
    pub order: RunOrder,
    /// What would be written, and what may go wrong.
    pub draft: RunDraft,
    /// The service of the run, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// The environments into which the run is known to have deployed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deploys_to: Vec<EnvironmentId>,
    /// What speaks for and against it, heaviest first.
    pub findings: Vec<Finding>,
    /// What it takes to confirm.
    pub confirm: Confirm,
}

/// What somebody said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunConfirmation {
    /// That this session may write.
    pub permit: WritePermit,
    /// What was typed.
    pub typed: String,
    /// Why; needed where something holds it.
    pub reason: Text,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDone {
    /// What the backend said it did; absent where its answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Text>,
    /// What was observed then; still pending where patience ended first.
    pub verdict: Verdict,
}

impl RunDone {
    /// Whether it took effect, or is about to: where the answer was lost, only what was observed counts.
    pub fn succeeded(&self) -> bool {
        match self.verdict {
            Verdict::Healthy(_) => true,
            Verdict::Pending(_) => self.said.is_some(),
            Verdict::Failed(_) | Verdict::NoEffect(_) => false,
        }
    }
}

impl RunPlan {
    /// What forbids it.
    pub fn denials(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.weight == Weight::Deny)
    }

    /// What holds it until a reason is given.
    pub fn holds(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.weight == Weight::Override)
    }

    /// What came of it, in words.
    pub fn told(&self, done: &RunDone) -> Text {
        let (act, run) = (self.order.act, &self.order.run);
        Text::from(match &done.verdict {
            Verdict::Healthy(why) => format!("{} run {run}: {why}", act.done()),
            Verdict::Pending(why) if done.said.is_none() => {
                format!("no answer came when it was asked to {} run {run}, and no effect is seen: {why}", act.word())
            }
            Verdict::Pending(why) => format!("asked to {} run {run}: {why}", act.word()),
            Verdict::Failed(why) | Verdict::NoEffect(why) => format!("could not {} run {run}: {why}", act.word()),
        })
    }

    /// Why it would not be carried out with `reason`, if so.
    pub fn refusal(&self, reason: &str) -> Option<Text> {
        let said = |finding: &Finding| Text::from(format!("{}: {}", finding.guard, finding.why));
        if let Some(denied) = self.denials().next() {
            return Some(said(denied));
        }
        let held = self.holds().next().filter(|_| reason.trim().is_empty())?;
        Some(Text::from(format!("{}; it takes a reason", said(held))))
    }
}

impl Engine {
    /// What it would take and mean to do something to a run. Reads only.
    ///
    /// # Errors
    /// When no backend can do that to it, or it cannot be read.
    pub async fn plan_run(
        &self,
        intent: &RunIntent,
        actor: &Actor,
        snapshot: &Snapshot,
    ) -> Result<RunPlan, OperationError> {
        let deps = self.deps();
        let mut order = RunOrder {
            operation: (deps.ids)(),
            act: intent.act,
            run: intent.run.clone(),
            job: intent.job.clone(),
            expected: None,
            actor: actor.who.clone(),
            reason: Text::default(),
        };
        let (backend, draft) = draft(deps, &order).await?;
        order.expected.clone_from(&draft.token);
        let (service, tracks) = deploys(snapshot, &intent.run);
        let findings = findings(self, snapshot, intent.act, &draft, &tracks);
        let protected = |track: &&TrackId| deps.environment(&track.environment).is_ok_and(|it| it.protected);
        let confirm = match tracks.iter().find(protected).filter(|_| !intent.act.only_stops()) {
            Some(track) => Confirm::Environment(track.environment.clone()),
            None => Confirm::Yes,
        };
        let deploys_to = tracks.into_iter().map(|track| track.environment).collect();
        Ok(RunPlan { backend, order, draft, service, deploys_to, findings, confirm })
    }

    /// Carries out a plan that somebody confirmed. Nothing is sent unless the run is as it was and the intent is on disk.
    ///
    /// # Errors
    /// What stopped it, or that it failed.
    pub async fn steer(&self, plan: &RunPlan, confirmation: &RunConfirmation) -> Result<RunDone, OperationError> {
        let stopped = |why: &str| OperationError::NotSteered(Text::from(why));
        if let Some(why) = plan.refusal(confirmation.reason.as_str()) {
            return Err(OperationError::NotSteered(why));
        }
        if !plan.confirm.accepts(&confirmation.typed) {
            return Err(stopped(&plan.confirm.asks_for()));
        }
        let deps = self.deps();
        let order = RunOrder { reason: confirmation.reason.clone(), ..plan.order.clone() };
        let runner = deps.backends.iter().find(|it| *it.id() == plan.backend).and_then(|it| it.runner());
        let runner = runner.ok_or_else(|| stopped("its backend is gone"))?;
        let fresh = runner.draft(&RunOrder { expected: None, ..order.clone() }).await?;
        if fresh.token != plan.draft.token {
            return Err(stopped("the run is not as it was when this was planned: look again"));
        }
        if let Some(why) = fresh.refused {
            return Err(OperationError::NotSteered(why));
        }
        let verbatim: Vec<&str> = plan.draft.writes.iter().map(|write| write.verbatim.as_str()).collect();
        let why = if order.reason.is_empty() {
            verbatim.join("; ")
        } else {
            format!("{}: {}", order.reason, verbatim.join("; "))
        };
        deps.journal.append(None, note(plan, Told::Asks, why.into()))?;
        let done = self.carry_out(runner, &order).await;
        let (what, said) = match &done {
            Ok(RunDone { verdict: Verdict::Healthy(why), .. }) => (Told::Saw, why.clone()),
            Ok(RunDone { verdict: Verdict::Pending(why), said: None }) => (Told::Lost, why.clone()),
            Ok(RunDone { verdict: Verdict::Pending(why), .. }) => (Told::Asked, why.clone()),
            Ok(RunDone { verdict: Verdict::Failed(why) | Verdict::NoEffect(why), .. }) => (Told::CouldNot, why.clone()),
            Err(error) => (Told::CouldNot, Text::from(error.to_string())),
        };
        // What came of it is told, whether or not this can be written.
        let _ = deps.journal.append(None, note(plan, what, said));
        done
    }

    async fn carry_out(&self, runner: &dyn Runner, order: &RunOrder) -> Result<RunDone, OperationError> {
        let said = match runner.act(order).await {
            Ok(said) => Some(said),
            // The answer was lost, and perhaps not the write: it is looked up and never sent again.
            Err(error) if error.may_have_written() => None,
            Err(error) => return Err(error.into()),
        };
        let patience = self.deps().patience;
        let (since, mut wait) = (Instant::now(), patience.first);
        loop {
            let left = patience.whole.saturating_sub(since.elapsed());
            let pending = match tokio::time::timeout(left, runner.verify(order)).await {
                Ok(Ok(Verdict::Pending(why))) => why,
                Ok(Ok(verdict)) => return Ok(RunDone { said, verdict }),
                Ok(Err(error)) if !error.is_transient() => {
                    return Ok(RunDone { said, verdict: Verdict::Pending(unseen(&error)) });
                }
                Ok(Err(error)) => unseen(&error),
                Err(_) => Text::from("it could not be observed in time"),
            };
            let left = patience.whole.saturating_sub(since.elapsed());
            if left.is_zero() {
                return Ok(RunDone { said, verdict: Verdict::Pending(pending) });
            }
            tokio::time::sleep(wait.min(left)).await;
            wait = wait.mul_f32(1.5).min(patience.longest);
        }
    }
}

fn unseen(error: &BackendError) -> Text {
    Text::from(format!("it could not be observed: {error}"))
}

/// The backend that knows the run and can do that to it, with what it would write.
async fn draft(deps: &Deps, order: &RunOrder) -> Result<(SourceId, RunDraft), OperationError> {
    let mut unknown = None;
    let can = |backend: &dyn Backend| backend.runner().is_some_and(|runner| runner.acts().contains(&order.act));
    for backend in deps.backends.iter().filter(|backend| can(&***backend)) {
        let Some(runner) = backend.runner() else { continue };
        match runner.draft(order).await {
            Ok(draft) => return Ok((backend.id().clone(), draft)),
            // Another backend may know the run.
            Err(error) if error.kind == ErrorKind::NotFound => unknown = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match unknown {
        Some(error) => Err(error.into()),
        None => {
            let why = format!("no backend can {} runs", order.act.command());
            Err(OperationError::NotSteered(Text::from(why)))
        }
    }
}

/// The service of a run and the tracks into which it is known to have deployed: deployments that lead to its page.
fn deploys(snapshot: &Snapshot, run: &RunId) -> (Option<ServiceId>, Vec<TrackId>) {
    let found = snapshot.services.values().find_map(|it| Some((it, it.runs.iter().find(|it| it.id == *run)?)));
    let Some((service, run)) = found else { return (None, Vec::new()) };
    let came = |track: &&crate::picture::Track| track.history.iter().any(|it| run.carried_out(&it.deployment));
    let tracks = snapshot.services.values().flat_map(|it| &it.tracks).filter(came).map(|track| track.id.clone());
    (Some(service.service.id.clone()), tracks.collect())
}

fn findings(engine: &Engine, snapshot: &Snapshot, act: RunAct, draft: &RunDraft, tracks: &[TrackId]) -> Vec<Finding> {
    let say = |guard: &str, weight, why: String| Finding {
        guard: guard.into(),
        weight,
        why: why.into(),
        gate: None,
        hint: None,
    };
    let mut all: Vec<Finding> = Vec::new();
    all.extend(draft.refused.iter().map(|why| say("run", Weight::Deny, why.to_string())));
    let now = (engine.deps().clock)();
    for track in tracks.iter().filter(|_| !act.only_stops()) {
        let holds = |kind| matches!(kind, GateKind::Freeze | GateKind::Lock);
        let gates = engine.deps().freezes.gates_on(track, now).into_iter();
        let locks =
            snapshot.gates.iter().filter(|gate| gate.kind == GateKind::Lock && gate.scope.covers(track)).cloned();
        for gate in gates.chain(locks).filter(|gate| holds(gate.kind) && holds_at(gate, now)) {
            let why = format!("it deploys to {}: {} ({})", track.environment, gate.why, gate.who);
            all.push(Finding { gate: Some(gate.clone()), ..say(gate.kind.word(), Weight::Override, why) });
        }
        all.push(say("deploys", Weight::Warn, format!("it deployed to {} before", track.environment)));
    }
    all.extend(draft.risks.iter().map(|why| say("run", Weight::Warn, why.to_string())));
    all.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
    all
}

/// What a note tells.
enum Told {
    Asks,
    Asked,
    Lost,
    Saw,
    CouldNot,
}

fn note(plan: &RunPlan, told: Told, why: Text) -> Body {
    let (order, backend) = (&plan.order, &plan.backend);
    let (word, done) = (order.act.word(), order.act.done());
    let job = order.job.as_ref().map(|job| format!(" ({job})")).unwrap_or_default();
    let of = plan.service.as_ref().map(|it| format!(" of {it}")).unwrap_or_default();
    let run = format!("run {}{of}{job}", order.run);
    let what = match told {
        Told::Asks => format!("asks {backend} to {word} {run}"),
        Told::Asked => format!("asked {backend} to {word} {run} and saw no end of it"),
        Told::Lost => format!("had no answer of {backend} when asking it to {word} {run} and saw no effect"),
        Told::Saw => format!("saw {run} {done}"),
        Told::CouldNot => format!("could not {word} {run}"),
    };
    Body::Note(Note { scope: None, version: None, who: order.actor.clone(), what: what.into(), why })
}

//! What a forge can be asked for beside deploying: runs that are stopped and run again, and records of what others deploy.

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use rstest::rstest;

use super::fixture::{World, actor, at, deployment, permit, production, promote, sink, yes};
use crate::backend::{
    self, Backend, BackendError, ErrorKind, RecordDraft, Recorder, Recording, RunDraft, RunOrder, Runner, Verb,
    Verdict, Write,
};
use crate::fact::FactKind;
use crate::model::{Deployment, GateKind, Lock, Outcome, Run, RunAct, RunId, Scope, SourceId, Status, Text};
use crate::operation::{
    Confirm, Deps, Ending, Engine, OperationError, PlannedRecord, RunConfirmation, RunDone, RunIntent, RunPlan, Weight,
};

/// What the forge keeps and is told to do.
#[derive(Default)]
struct Script {
    token: u64,
    refused: Option<Text>,
    failure: Option<ErrorKind>,
    unwritten: bool,
    acted: Vec<RunOrder>,
    verdicts: Vec<Verdict>,
    unrecorded: bool,
    unknown_commit: bool,
    recorded: Vec<Recording>,
}

struct Forge(SourceId, Mutex<Script>);

impl Forge {
    fn new() -> Arc<Self> {
        Arc::new(Self("forge".into(), Mutex::default()))
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.1.lock().expect("no test panicked in it")
    }

    fn error(&self, kind: ErrorKind, what: &str) -> BackendError {
        BackendError::new(&self.0, kind, what)
    }
}

impl Backend for Forge {
    fn id(&self) -> &SourceId {
        &self.0
    }
    fn kind(&self) -> &'static str {
        "forge"
    }
    fn reports(&self) -> &'static [FactKind] {
        &[]
    }
    fn runner(&self) -> Option<&dyn Runner> {
        Some(self)
    }
    fn recorder(&self) -> Option<&dyn Recorder> {
        Some(self)
    }
}

fn write(verbatim: String) -> Write {
    Write { what: "ask the forge".into(), verbatim: verbatim.into(), precondition: None }
}

#[async_trait]
impl Runner for Forge {
    fn acts(&self) -> &'static [RunAct] {
        &[RunAct::Cancel, RunAct::Rerun, RunAct::RerunFailed]
    }

    async fn draft(&self, order: &RunOrder) -> backend::Result<RunDraft> {
        if order.run.as_str() != "812" {
            return Err(self.error(ErrorKind::NotFound, "there is no such run"));
        }
        let script = self.script();
        Ok(RunDraft {
            writes: vec![write(format!("POST /runs/{}/{}", order.run, order.act.command()))],
            risks: vec!["its artifacts expire tomorrow".into()],
            refused: script.refused.clone(),
            token: Some(script.token.to_string()),
        })
    }

    async fn act(&self, order: &RunOrder) -> backend::Result<Text> {
        let mut script = self.script();
        script.acted.push(order.clone());
        match script.failure {
            Some(ref kind) => {
                Err(BackendError { unwritten: script.unwritten, ..self.error(kind.clone(), "it went wrong") })
            }
            None => Ok("202 Accepted".into()),
        }
    }

    async fn verify(&self, _: &RunOrder) -> backend::Result<Verdict> {
        Ok(self.script().verdicts.pop().unwrap_or_else(|| Verdict::Healthy("it is so".into())))
    }
}

#[async_trait]
impl Recorder for Forge {
    fn draft(&self, record: &Recording) -> Option<RecordDraft> {
        if record.order.track != production() || !record.order.verb.chooses() {
            return None;
        }
        let ending = record.ended.as_ref().map_or("STATE", |it| if it.succeeded { "success" } else { "failure" });
        let refused = self.script().unknown_commit.then(|| Text::from("its commit is not known"));
        Some(RecordDraft { writes: vec![write(format!("POST /deployments {ending}"))], refused })
    }

    async fn record(&self, record: &Recording) -> backend::Result<Text> {
        let mut script = self.script();
        if script.unrecorded {
            return Err(self.error(ErrorKind::Network, "no way to it"));
        }
        script.recorded.push(record.clone());
        Ok("deployment 7".into())
    }
}

/// The world with a forge beside the backend that deploys.
fn engine(world: &World, forge: &Arc<Forge>) -> Engine {
    let deps = world.engine();
    let deps = deps.deps();
    Engine::new(Deps {
        backends: vec![world.backend.clone(), forge.clone()],
        journal: world.journal(),
        policy: deps.policy.clone(),
        freezes: deps.freezes.clone(),
        environments: deps.environments.clone(),
        clock: deps.clock.clone(),
        ids: deps.ids.clone(),
        patience: deps.patience,
    })
}

fn wants(act: RunAct, run: &str) -> RunIntent {
    RunIntent { act, run: RunId::from(run), job: None }
}

async fn plan(world: &World, forge: &Arc<Forge>, intent: &RunIntent) -> Result<RunPlan, OperationError> {
    engine(world, forge).plan_run(intent, &actor(), &world.snapshot()).await
}

fn confirmed(typed: &str, reason: &str) -> RunConfirmation {
    RunConfirmation { permit: permit(), typed: typed.to_owned(), reason: reason.into() }
}

/// Run 812, which deployed to production by its job 5.
fn with_a_run(world: &mut World) {
    let page = "https://forge.example/runs/812";
    let job = Some(format!("{page}/job/5").into());
    world.fact(Deployment { url: job, ..deployment(&production(), "1.3", 31, Outcome::Success) });
    world.fact(Run {
        id: "812".into(),
        number: Some(12),
        attempt: Some(1),
        pipeline: "deploy".into(),
        service: Some("checkout".into()),
        commit: None,
        branch: None,
        trigger: None,
        status: Status::Failed,
        queued_at: Some(at(28)),
        started_at: Some(at(29)),
        finished_at: Some(at(31)),
        version: None,
        jobs: Vec::new(),
        url: Some(page.into()),
    });
}

fn notes(world: &World) -> Vec<String> {
    let notes = world.journal().notes().expect("a journal");
    notes.into_iter().map(|(_, note)| note.sentence().to_string()).collect()
}

#[tokio::test]
async fn a_run_is_planned_confirmed_journalled_and_looked_at() {
    let (world, forge) = (World::new(), Forge::new());
    let plan = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    assert_eq!((plan.backend.as_str(), &plan.confirm), ("forge", &Confirm::Yes));
    assert_eq!(plan.draft.writes[0].verbatim.as_str(), "POST /runs/812/cancel");
    assert!(plan.findings.iter().any(|it| it.weight == Weight::Warn && it.why.as_str().contains("expire")));
    forge.script().verdicts = vec![Verdict::Healthy("cancelled".into()), Verdict::Pending("it stops".into())];
    let done = engine(&world, &forge).steer(&plan, &confirmed("y", "")).await.expect("done");
    assert!(done.succeeded());
    assert_eq!(plan.told(&done).as_str(), "cancelled run 812: cancelled");
    assert_eq!(forge.script().acted.len(), 1);
    assert_eq!(
        notes(&world),
        ["ida asks forge to cancel run 812: POST /runs/812/cancel", "ida saw run 812 cancelled: cancelled"]
    );
}

#[rstest]
#[case("", "")]
#[case("n", "")]
#[case("812", "")]
#[tokio::test]
async fn nothing_is_sent_without_a_yes(#[case] typed: &str, #[case] reason: &str) {
    let (world, forge) = (World::new(), Forge::new());
    let plan = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    assert!(engine(&world, &forge).steer(&plan, &confirmed(typed, reason)).await.is_err());
    assert!(forge.script().acted.is_empty() && notes(&world).is_empty());
}

#[tokio::test]
async fn a_run_that_changed_or_is_refused_is_left_alone() {
    let (world, forge) = (World::new(), Forge::new());
    let before = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    forge.script().token += 1;
    let why = engine(&world, &forge).steer(&before, &confirmed("y", "")).await.expect_err("it changed").to_string();
    assert!(why.contains("not as it was"), "{why}");
    forge.script().refused = Some("it has ended".into());
    let refused = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    assert_eq!(refused.refusal("").as_ref().map(Text::as_str), Some("run: it has ended"));
    assert!(engine(&world, &forge).steer(&refused, &confirmed("y", "anyhow")).await.is_err());
    assert!(forge.script().acted.is_empty());
}

#[rstest]
#[case(wants(RunAct::RerunJob, "812"), "no backend can rerun-job runs")]
#[case(wants(RunAct::Cancel, "813"), "forge: there is no such run")]
#[tokio::test]
async fn what_no_backend_can_or_knows_is_said(#[case] intent: RunIntent, #[case] why: &str) {
    let (world, forge) = (World::new(), Forge::new());
    let refused = plan(&world, &forge, &intent).await.expect_err("nothing to plan");
    assert_eq!(refused.to_string(), why);
}

#[rstest]
#[case(ErrorKind::Timeout, 1, true)]
#[case(ErrorKind::Protocol, 1, true)]
#[case(ErrorKind::Conflict, 1, false)]
#[case(ErrorKind::Forbidden, 1, false)]
#[tokio::test]
async fn a_write_is_sent_once_whatever_comes_of_it(#[case] kind: ErrorKind, #[case] sent: usize, #[case] looked: bool) {
    let (world, forge) = (World::new(), Forge::new());
    let plan = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    forge.script().failure = Some(kind);
    let done = engine(&world, &forge).steer(&plan, &confirmed("y", "")).await;
    assert_eq!((forge.script().acted.len(), done.is_ok()), (sent, looked));
    assert_eq!(notes(&world).len(), 2);
}

#[tokio::test]
async fn what_was_never_sent_is_an_error_and_not_looked_up() {
    let (world, forge) = (World::new(), Forge::new());
    let plan = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    forge.script().failure = Some(ErrorKind::Network);
    forge.script().unwritten = true;
    let why = engine(&world, &forge).steer(&plan, &confirmed("y", "")).await.expect_err("nothing was sent");
    assert!(why.to_string().contains("it went wrong"), "{why}");
    assert!(notes(&world)[1].starts_with("ida could not cancel run 812"), "{:?}", notes(&world));
}

#[tokio::test]
async fn without_an_answer_only_what_was_seen_is_a_success() {
    let (world, forge) = (World::new(), Forge::new());
    let plan = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    let done = |said: Option<&str>, verdict| RunDone { said: said.map(Text::from), verdict };
    let pending = || Verdict::Pending("it runs still".into());
    assert!(done(Some("202"), pending()).succeeded() && done(None, Verdict::Healthy("over".into())).succeeded());
    let lost = done(None, pending());
    assert!(!lost.succeeded());
    let told = "no answer came when it was asked to cancel run 812, and no effect is seen: it runs still";
    assert_eq!(plan.told(&lost).as_str(), told);
}

#[tokio::test]
async fn a_rerun_that_deploys_to_production_is_held_like_a_deployment_and_a_stop_is_not() {
    let (mut world, forge) = (World::new(), Forge::new());
    with_a_run(&mut world);
    world.fact(Lock {
        id: "l".into(),
        scope: Scope { service: None, environment: Some("production".into()) },
        who: "lena".into(),
        why: "stocktaking".into(),
        since: at(1),
        until: None,
        released: None,
    });
    let rerun = plan(&world, &forge, &wants(RunAct::Rerun, "812")).await.expect("a plan");
    assert_eq!(rerun.confirm, Confirm::Environment("production".into()));
    assert_eq!(rerun.deploys_to, ["production".into()]);
    let held = rerun.holds().next().expect("held");
    assert_eq!(held.gate.as_ref().map(|gate| gate.kind), Some(GateKind::Lock));
    assert!(engine(&world, &forge).steer(&rerun, &confirmed("production", "")).await.is_err());
    assert!(engine(&world, &forge).steer(&rerun, &confirmed("y", "on fire")).await.is_err());
    assert!(forge.script().acted.is_empty());
    engine(&world, &forge).steer(&rerun, &confirmed("production", "on fire")).await.expect("done");
    assert_eq!(forge.script().acted[0].reason.as_str(), "on fire");
    let stop = plan(&world, &forge, &wants(RunAct::Cancel, "812")).await.expect("a plan");
    assert_eq!((stop.holds().count(), &stop.confirm), (0, &Confirm::Yes));
}

#[tokio::test]
async fn what_another_backend_deploys_is_shown_before_and_written_down_after() {
    let (world, forge) = (World::new(), Forge::new());
    let (engine, snapshot) = (engine(&world, &forge), world.snapshot());
    let plan = engine.plan(&promote(), &actor(), &snapshot).await.expect("a plan");
    let PlannedRecord { by, writes, refused } = &plan.records[0];
    assert_eq!((by.as_str(), refused), ("forge", &None));
    assert_eq!(writes[0].verbatim.as_str(), "POST /deployments STATE");
    let done = engine.run(&plan, &yes(), &snapshot, &sink()).await.expect("carried out");
    assert!(done.succeeded() && done.problems.is_empty(), "{:?}", done.problems);
    let recorded = forge.script().recorded.clone();
    assert_eq!(recorded.len(), 1);
    assert!(recorded[0].ended.as_ref().is_some_and(|it| it.succeeded));
    assert_eq!((recorded[0].order.verb, recorded[0].by.as_str()), (Verb::Promote, "places"));
    let past = world.journal().past(&plan.operation).expect("a journal").expect("an operation");
    let told: Vec<&str> = past.notes.iter().map(Text::as_str).collect();
    assert!(
        told.len() == 2 && told[0].contains("writes down in forge") && told[1].contains("deployment 7"),
        "{told:?}"
    );
}

#[rstest]
#[case(|script: &mut Script| script.unrecorded = true, "it could not be written down in forge: no way to it")]
#[case(|script: &mut Script| script.unknown_commit = true, "it was not written down in forge: its commit is not known")]
#[tokio::test]
async fn what_cannot_be_written_down_makes_no_deployment_a_failure(
    #[case] change: fn(&mut Script),
    #[case] problem: &str,
) {
    let (world, forge) = (World::new(), Forge::new());
    change(&mut forge.script());
    let (engine, snapshot) = (engine(&world, &forge), world.snapshot());
    let plan = engine.plan(&promote(), &actor(), &snapshot).await.expect("a plan");
    let done = engine.run(&plan, &yes(), &snapshot, &sink()).await.expect("carried out");
    assert!(done.succeeded());
    assert_eq!(done.problems, [Text::from(problem)]);
}

#[tokio::test]
async fn a_failure_is_written_down_as_one_and_what_had_no_effect_is_not() {
    for (verdict, expected) in
        [(Verdict::Failed("it crashes".into()), vec![false]), (Verdict::NoEffect("1.3 is live still".into()), vec![])]
    {
        let (world, forge) = (World::new(), Forge::new());
        world.backend.script().verdicts = vec![Ok(verdict)];
        let (engine, snapshot) = (engine(&world, &forge), world.snapshot());
        let plan = engine.plan(&promote(), &actor(), &snapshot).await.expect("a plan");
        let done = engine.run(&plan, &yes(), &snapshot, &sink()).await.expect("carried out");
        assert!(!matches!(done.summary.ending, Ending::Succeeded(_)));
        let recorded: Vec<bool> =
            forge.script().recorded.iter().filter_map(|it| Some(it.ended.as_ref()?.succeeded)).collect();
        assert_eq!(recorded, expected);
    }
}

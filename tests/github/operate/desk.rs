//! A backend over a forge, and orders for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use flightdeck::backend::approver::{Approver, Waiting};
use flightdeck::backend::{
    Backend, ErrorKind, Logs, Opening, Operator, Order, ProgressSink, Proposal, Receipt, Recorder, Result, RunOrder,
    Runner, Verb, Verdict, github,
};
use flightdeck::model::{EnvironmentId, Installed, OperationId, RunAct, TrackId, TrackState};
use serde_json::Value;

use crate::forge::world::{FROM_INPUT, Plan};
use crate::forge::{Forge, TOKEN};

/// The repository of these tests.
pub const SHOP: &str = "acme/shop";
/// A workflow that is told the version and the environment.
pub const BY_WORKFLOW: &str = r#"promote = { by = "workflow", workflow = "deploy.yml", ref = "{version}", inputs = { environment = "{environment}" } }"#;
/// A deployment that automation acts on.
pub const BY_DEPLOYMENT: &str = r#"promote = { by = "deployment", payload = { who = "{service}" } }"#;

/// A forge and a backend over it.
pub struct Desk {
    pub forge: Forge,
    backend: Arc<dyn Backend>,
}

impl Desk {
    /// A shop with the releases v1.0.0 and v1.1.0, a workflow that deploys, and v1.0.0 live in production.
    pub fn new(settings: &str) -> Self {
        let forge = Forge::new();
        forge.repository(SHOP, |shop| {
            for (tag, message) in [("v1.0.0", "First"), ("v1.1.0", "Second")] {
                let sha = shop.commit("author", message);
                shop.release("author", tag, &sha);
            }
            let deploy = Plan::new("deploy", &["Roll out"]).deploys_to(FROM_INPUT);
            shop.workflow("deploy.yml", "Deploy", Some(&["environment", "version"]), vec![deploy]);
            shop.environment("staging");
            shop.environment("production");
        });
        forge.pass(60);
        let desk = Self::over(forge, settings);
        desk.deploys("v1.0.0", "production");
        desk.forge.pass(3_600);
        desk.forge.forget();
        desk
    }

    /// A backend over a forge as it is.
    pub fn over(forge: Forge, settings: &str) -> Self {
        Self::of(forge, &format!("{SHOP:?}"), settings)
    }

    /// The same over one or several repositories, as TOML.
    pub fn of(forge: Forge, repositories: &str, settings: &str) -> Self {
        // As the program does before it speaks to anybody.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let text = format!(
            "repository = {repositories}\napi = {:?}\ntoken_command = [\"printf\", {TOKEN:?}]\nmirror = false\n{settings}",
            forge.url()
        );
        let settings: BTreeMap<String, toml::Value> = toml::from_str(&text).expect("settings");
        let environments: [EnvironmentId; 2] = ["staging".into(), "production".into()];
        let clock = forge.world(|it| it.clock.clone());
        let opening = Opening {
            id: "github".into(),
            settings: &settings,
            base: Path::new("/"),
            environments: &environments,
            cache: Path::new("/nowhere"),
            clock: Arc::new(move || clock.now()),
        };
        let backend = github::open(&opening).unwrap_or_else(|why| panic!("{why:?}"));
        Self { forge, backend }
    }

    /// The workflow deploys a version, as somebody dispatched it before. Its run.
    pub fn deploys(&self, version: &str, environment: &str) -> u64 {
        let run = self.dispatches(version, environment);
        self.forge.at(SHOP, |it| it.play(run));
        run
    }

    /// Somebody else dispatches the workflow. Its run.
    pub fn dispatches(&self, version: &str, environment: &str) -> u64 {
        self.forge.at(SHOP, |shop| {
            let sha = shop.resolve(version).expect("a version").sha.clone();
            shop.start_run(crate::forge::world::NewRun {
                workflow: "deploy.yml".into(),
                event: "workflow_dispatch".into(),
                branch: version.into(),
                sha,
                actor: "somebody".into(),
                inputs: [("environment".to_owned(), environment.to_owned())].into(),
            })
        })
    }

    /// Deployments to an environment wait for one of these from now on: `@team` or a login.
    pub fn is_reviewed(&self, environment: &str, by: &[&str]) {
        self.forge.at(SHOP, |it| it.environment(environment).reviewers(by).id);
    }

    pub fn operator(&self) -> &dyn Operator {
        self.backend.operator().expect("it writes")
    }

    pub fn approver(&self) -> &dyn Approver {
        self.backend.approver().expect("it answers")
    }

    pub fn runner(&self) -> &dyn Runner {
        self.backend.runner().expect("it steers runs")
    }

    pub fn recorder(&self) -> &dyn Recorder {
        self.backend.recorder().expect("it records")
    }

    pub fn logs(&self) -> &dyn Logs {
        self.backend.logs().expect("it has logs")
    }

    /// What runs in production.
    pub async fn state(&self) -> TrackState {
        self.operator().observe(&production()).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// An order about production, as it would be planned now.
    pub async fn order(&self, verb: Verb, version: &str) -> Order {
        let state = self.state().await;
        let stamp = self.forge.now().format("%Y%m%d-%H%M%S");
        Order {
            operation: OperationId::from(format!("{stamp}-0123456789")),
            verb,
            track: production(),
            from: state.live.clone(),
            coming: state.coming().cloned(),
            to: Installed { version: version.into(), digest: None, commit: None, since: None },
            source: (verb == Verb::Promote).then(|| "staging".into()),
            expected: state.token,
            actor: "ann".into(),
            reason: "because".into(),
        }
    }

    /// What would be written.
    pub async fn propose(&self, order: &Order) -> Proposal {
        self.operator().propose(order).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Carries it out.
    pub async fn execute(&self, order: &Order) -> Result<Receipt> {
        let (progress, _) = tokio::sync::watch::channel(None);
        let progress: ProgressSink = progress;
        self.operator().execute(order, &progress).await
    }

    /// Carries it out and is refused.
    pub async fn refused(&self, order: &Order) -> (ErrorKind, String) {
        let error = self.execute(order).await.expect_err("a refusal");
        let hint = error.hint.map(|it| format!(" | {it}")).unwrap_or_default();
        (error.kind, format!("{}{hint}", error.what))
    }

    /// Plans it, carries it out.
    pub async fn done(&self, order: &Order) -> Receipt {
        let proposal = self.propose(order).await;
        assert_eq!(proposal.refused, None, "{proposal:?}");
        self.execute(order).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// How it stands.
    pub async fn verdict(&self, order: &Order, receipt: Option<&Receipt>) -> Verdict {
        self.operator().verify(order, receipt).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// What was written since the requests were forgotten: `POST PATH BODY -> STATUS`, with the repository left out.
    pub fn writes(&self) -> Vec<String> {
        let all = self.forge.requests().into_iter().filter(|it| it.method != "GET" && it.path != "/graphql");
        let told = all.map(|it| {
            let body = if it.body == Value::Null { String::new() } else { format!(" {}", it.body) };
            let path = it.path.replace("/repos/acme/shop", "");
            format!("{} {path}{body} -> {}", it.method, it.status)
        });
        told.collect()
    }

    /// The newest run.
    pub fn newest_run(&self) -> u64 {
        self.forge.at(SHOP, |it| it.runs.last().expect("a run").id)
    }

    /// Lets the newest run go on until it waits or is over.
    pub fn plays(&self) {
        let run = self.newest_run();
        self.forge.at(SHOP, |it| it.play(run));
    }

    /// Lets a run go on until its job works.
    pub fn begins(&self, run: u64) {
        self.forge.at(SHOP, |it| (0..2).all(|_| it.advance(run)));
    }

    /// What waits for an answer in production.
    pub async fn waiting(&self) -> Vec<Waiting> {
        self.approver().waiting(&production()).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// An order about a run, as it would be planned now: what its draft says is expected.
    pub async fn run_order(&self, act: RunAct, run: u64, job: Option<&str>) -> RunOrder {
        let mut order = RunOrder {
            operation: "op".into(),
            act,
            run: run.to_string().into(),
            job: job.map(Into::into),
            expected: None,
            actor: "ann".into(),
            reason: "because".into(),
        };
        order.expected = self.runner().draft(&order).await.unwrap_or_else(|why| panic!("{why}")).token;
        order
    }
}

/// The track of these tests.
pub fn production() -> TrackId {
    TrackId::new("shop", "production")
}

/// What a verdict says, with its word before it.
pub fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Healthy(why) => format!("healthy: {why}"),
        Verdict::Pending(why) => format!("pending: {why}"),
        Verdict::Failed(why) => format!("failed: {why}"),
        Verdict::NoEffect(why) => format!("no effect: {why}"),
    }
}

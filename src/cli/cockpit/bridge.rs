//! The world as the cockpit asks for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;

use super::look;
use super::notes::Notes;
use crate::app::{self, Failure, Found, Keep, LogOf, Lying, Mark, Outcome};
use crate::backend::{BackendError, LogCursor, LogPart, Output, ProgressSink};
use crate::cli::{self, names};
use crate::model::{Attention, Scope, ServiceId, Text, Time, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{
    ApprovalPlan, Comparison, Confirmation, Intent, OperationError, OperationSummary, Plan, RunConfirmation, RunIntent,
    RunPlan, Stopped,
};
use crate::picture::Snapshot;
use crate::query;
use crate::world::{World, WorldError};

/// How many changes of each side of a comparison are told line by line.
const CHANGES: usize = 500;
/// How long a plan waits at most for the first reading to end.
const FIRST: Duration = Duration::from_secs(10);
/// How many lines of an output are read at once.
const LINES: usize = 5_000;

/// The world as the cockpit asks for it.
pub struct Bridge(World, Arc<Notes>, Arc<AtomicBool>);

impl Bridge {
    /// A bridge to `world`, where `notes` are taken. What is `begun` is whether a configuration was written.
    pub fn new(world: World, notes: Notes, begun: Arc<AtomicBool>) -> Self {
        Self(world, Arc::new(notes), begun)
    }
}

#[async_trait]
impl app::World for Bridge {
    fn now(&self) -> Time {
        self.0.now()
    }

    fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.0.snapshots()
    }

    fn operations(&self) -> watch::Receiver<Arc<[OperationSummary]>> {
        self.0.operations()
    }

    fn attend(&self, attention: &Attention) {
        self.0.attend(attention);
    }

    async fn plan(&self, intent: Intent) -> Result<Plan, Failure> {
        self.0.read_once(FIRST).await;
        self.0.plan(&intent).await.map_err(|error| of_operation(&error))
    }

    async fn run(&self, plan: Plan, confirmation: Confirmation, progress: ProgressSink) -> Result<Outcome, Failure> {
        match self.0.run(&plan, &confirmation, &progress).await {
            Ok(done) => Ok(Outcome::Ended(Box::new(done))),
            Err(Stopped::Changed { why, plan }) => Ok(Outcome::Changed { why, plan }),
            Err(Stopped::Conflict { first, plan: Some(plan), .. }) => {
                Ok(Outcome::Changed { why: Text::from(format!("somebody else was first: {first}")), plan })
            }
            Err(stopped) => Err(Failure { what: Text::from(stopped.to_string()), hint: stopped.hint() }),
        }
    }

    async fn sync(&self) -> Result<(), Failure> {
        self.0.whole().await;
        let refreshed = self.0.refresh().await.map_err(|error| of_world(&error))?;
        let mut problems = refreshed.problems.iter().flat_map(|(source, all)| all.iter().map(move |it| (source, it)));
        let Some((source, first)) = problems.next() else { return Ok(()) };
        let more = match problems.count() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let hint = refreshed.errors.iter().find_map(|error| error.hint.clone());
        Err(Failure { what: Text::from(format!("{source}: {first}{more}")), hint })
    }

    async fn log(&self, of: LogOf, after: Option<LogCursor>) -> Result<LogPart, Failure> {
        let (found, nobody) = match &of {
            LogOf::Run(run, job) => {
                let job = job.as_ref().map_or("", Text::as_str);
                (self.0.log(run, job, after.as_ref()).await, "no backend keeps the output of runs".to_owned())
            }
            LogOf::Track(track, which) => {
                (self.0.output(track, which, after.as_ref(), LINES).await, nobody_keeps(track))
            }
        };
        found.map_err(of_backend)?.ok_or_else(|| Failure::new(nobody))
    }

    async fn follow(&self, of: LogOf, after: LogCursor) -> Result<LogPart, Failure> {
        match &of {
            LogOf::Run(run, job) => {
                let job = job.as_ref().map_or("", Text::as_str);
                let part = self.0.follow_log(run, job, &after).await.map_err(|error| of_world(&error))?;
                part.ok_or_else(|| Failure::new("its backend does not tell when there is more").hint("r reads again"))
            }
            LogOf::Track(track, which) => {
                let part = self.0.follow_output(track, which, &after).await.map_err(of_backend)?;
                part.ok_or_else(|| Failure::new("it has ended"))
            }
        }
    }

    async fn outputs(&self, track: TrackId) -> Result<Vec<Output>, Failure> {
        let found = self.0.outputs(&track).await.map_err(of_backend)?;
        found.ok_or_else(|| Failure::new(nobody_keeps(&track)))
    }

    async fn find(&self, what: String) -> Result<Vec<Found>, Failure> {
        self.0.whole().await;
        let answer = query::where_is(&self.0.snapshot(), &what, self.0.now());
        let all: Vec<Found> = answer.found.iter().flat_map(of_commit).collect();
        match (all.is_empty(), answer.unplaced.first()) {
            (false, _) => Ok(all),
            (true, Some(it)) => {
                let what = format!("the commit that {} of {} was built from is not known", it.version, it.service);
                Err(Failure::new(what))
            }
            (true, None) => {
                let failure = Failure::new(format!("nothing here is called `{}`", answer.asked));
                Err(failure.hint("a commit, tag, branch, version, #pull request, ticket or words of a subject"))
            }
        }
    }

    async fn compare(&self, service: ServiceId, from: String, to: String) -> Result<Arc<Comparison>, Failure> {
        self.0.read_once(FIRST).await;
        let compared = self.0.compare(&service, (&from, &to), CHANGES).await;
        compared.map(Arc::new).map_err(|error| told(names::of_query(error, &self.0.snapshot(), &service)))
    }

    async fn look(&self) -> Result<Box<Lying>, Failure> {
        let directory = self.0.loaded().base_dir.clone();
        let looked = tokio::task::spawn_blocking(move || look::at(&directory, |name| std::env::var(name).ok())).await;
        looked.map(Box::new).map_err(|_| Failure::new("what lies here could not be looked at"))
    }

    async fn begin(&self, text: String) -> Result<Text, Failure> {
        let written = look::begin(&self.0.loaded().base_dir, &text)?;
        self.2.store(true, Ordering::SeqCst);
        Ok(written)
    }

    async fn keep(&self, what: Keep) -> Result<(), Failure> {
        let notes = Arc::clone(&self.1);
        let written = tokio::task::spawn_blocking(move || notes.keep(&what)).await;
        written.unwrap_or_else(|_| Err(Failure::new("what should be remembered was not written")))
    }

    async fn approvals(&self, track: TrackId) -> Result<Vec<ApprovalPlan>, Failure> {
        self.0.approvals(&track).await.map_err(|error| of_operation(&error))
    }

    async fn answer(&self, plan: ApprovalPlan, verdict: Verdict) -> Result<Text, Failure> {
        self.0.answer(&plan, &verdict).await.map_err(|error| of_operation(&error))
    }

    async fn plan_run(&self, intent: RunIntent) -> Result<RunPlan, Failure> {
        self.0.plan_run(&intent).await.map_err(|error| of_operation(&error))
    }

    async fn steer(&self, plan: RunPlan, confirmation: RunConfirmation) -> Result<Text, Failure> {
        let done = self.0.steer(&plan, &confirmation).await.map_err(|error| of_operation(&error))?;
        let told = plan.told(&done);
        if done.succeeded() { Ok(told) } else { Err(Failure::new(told)) }
    }

    async fn mark(&self, mark: Mark) -> Result<Text, Failure> {
        self.0.whole().await;
        self.set(mark).map_err(|error| of_world(&error))
    }
}

impl Bridge {
    fn set(&self, mark: Mark) -> Result<Text, WorldError> {
        let said = match mark {
            Mark::Lock { scopes, why, until } => {
                let until = until.map(|until| until.to_rfc3339());
                let lock = |scope: &Scope| {
                    self.0.lock(scope.clone(), why.clone(), until.as_deref()).map(|lock| lock.scope.to_string())
                };
                format!("locked {}", scopes.iter().map(lock).collect::<Result<Vec<_>, _>>()?.join(", "))
            }
            Mark::Unlock { scopes, .. } => {
                let mut taken = Vec::new();
                for scope in &scopes {
                    if !self.0.unlock(scope)?.is_empty() {
                        taken.push(scope.to_string());
                    }
                }
                match taken.as_slice() {
                    [] => "no lock held any of it".to_owned(),
                    _ => format!("unlocked {}", taken.join(", ")),
                }
            }
            Mark::Bad { service, version, why } => {
                let mark = self.0.mark_bad(service, version, why)?;
                format!("marked {} of {} bad", mark.version, mark.service)
            }
            Mark::Good { service, version, .. } => match self.0.lift(&service, &version)? {
                Some(mark) => format!("took back the mark of {} of {}", mark.version, mark.service),
                None => format!("{version} of {service} is not marked bad"),
            },
        };
        Ok(Text::from(said))
    }
}

fn of_commit(found: &query::Found) -> Vec<Found> {
    let meaning = found.is_asked_as.first().map(|it| format!("{} {}: ", it.kind.word(), it.name));
    let says = Text::from(format!("{}{}", meaning.unwrap_or_default(), found.commit.subject));
    let of_service = |service: &query::ServiceFacts| Found {
        service: service.service.clone(),
        commit: found.commit.id,
        says: says.clone(),
    };
    found.services.iter().map(of_service).collect()
}

/// What the command line would say.
fn told(failure: cli::failure::Failure) -> Failure {
    match failure {
        cli::failure::Failure::Told { what, hint, .. } => Failure { what: what.into(), hint: hint.map(Text::from) },
        cli::failure::Failure::Closed => Failure::new(failure.to_string()),
    }
}

fn nobody_keeps(track: &TrackId) -> String {
    format!("no backend keeps the output of what runs in {track}")
}

fn of_backend(error: BackendError) -> Failure {
    Failure { what: Text::from(error.to_string()), hint: error.hint }
}

fn of_operation(error: &OperationError) -> Failure {
    Failure { what: Text::from(error.to_string()), hint: error.hint() }
}

fn of_world(error: &WorldError) -> Failure {
    Failure { what: Text::from(error.to_string()), hint: error.hint() }
}

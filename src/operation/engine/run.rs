//! Carrying a confirmed plan out.
//!
//! Each step is journalled before the next begins. Dropping the future anywhere leaves a journal that tells how far it
//! came, and the lock of the operation goes with it, so that the next look calls it unfinished.

use tokio::time::Instant;

use super::{Confirmation, Engine};
use crate::backend::{BackendError, ErrorKind, Operator, Order, ProgressSink, Receipt, Verb, Verdict};
use crate::model::{Installed, Progress, Text, Time, TrackState};
use crate::operation::journal::{Body, Filter, Intended, Sent, Settled, hash};
use crate::operation::planner::Planner;
use crate::operation::record;
use crate::operation::{Ending, Intent, OperationError, OperationSummary, Plan, Stopped};
use crate::picture::Snapshot;

/// How often in a row verification may fail to look, for a reason that waiting does not mend, before it gives up.
const BLIND: u32 = 3;

/// An operation that came to an end, good or bad: `summary.ending` says which.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What the journal says of it.
    pub summary: OperationSummary,
    /// What was observed last; absent when execution failed.
    pub verdict: Option<Verdict>,
    /// What is live now, where it could be observed.
    pub live: Option<Installed>,
    /// What would take it back, to be planned anew; absent where nothing was changed.
    pub undo: Option<Intent>,
    /// What leads out of it where it did not work, the fastest first: giving up what is still on its way, putting back
    /// what was live. Each is planned and confirmed like anything else.
    pub ways_out: Vec<Intent>,
    /// The step that makes it last, where it does not by itself.
    pub follow_up: Option<Text>,
    /// What went wrong beside the operation itself: records that could not be written.
    pub problems: Vec<Text>,
}

impl Done {
    /// Whether the target is live and serves.
    pub fn succeeded(&self) -> bool {
        matches!(self.summary.ending, Ending::Succeeded(_))
    }
}

impl Engine {
    /// Carries a plan out that somebody confirmed. Nothing is sent unless the confirmation is the one that the plan asks
    /// for, the world is as it was, nobody else changes the track, and the intent is on disk.
    ///
    /// # Errors
    /// What stopped it. An operation that was sent and failed is no error: it is done, and its summary says how it ended.
    pub async fn run(
        &self,
        plan: &Plan,
        confirmation: &Confirmation,
        snapshot: &Snapshot,
        progress: &ProgressSink,
    ) -> Result<Done, Stopped> {
        Self::confirmed(plan, confirmation)?;
        let journal = &self.deps.journal;
        let track = &plan.order.track;
        let Some(writing) = journal.hold_track(track)? else { return Err(self.busy(plan)?) };
        self.look_again(plan, snapshot).await?;
        let (_, operator) = self.deps.operator(track).ok_or_else(|| OperationError::UnknownTrack(track.clone()))?;

        let order = order(plan, confirmation);
        let id = &order.operation;
        if journal.past(id)?.is_some() {
            return Err(Stopped::Unconfirmed("this plan was carried out before: make a new one".into()));
        }
        let Some(held) = journal.hold_operation(id)? else { return Err(OperationError::CarriedOut(id.clone()).into()) };
        let began = match journal.append(Some(id), Body::Intent(Box::new(intended(plan, &order, confirmation)))) {
            Ok(record) => record.time,
            Err(error) => {
                journal.release(id, held);
                return Err(error.into());
            }
        };
        let writes = plan.writes.iter().map(|write| write.verbatim.clone()).collect();
        if let Err(error) = journal.append(Some(id), Body::Sent(Sent { writes })) {
            // Nothing was sent. If this cannot be written either, the next start says the same.
            let ending = Ending::NoEffect(Text::from("never sent: the journal could not be written"));
            let _ = journal.append(Some(id), Body::Outcome(Settled { ending, live: order.from.clone() }));
            return Err(error.into());
        }
        let mut course = Course { engine: self, operator, plan, order: &order, progress, began, problems: Vec::new() };
        let (ending, verdict) = match operator.execute(&order, progress).await {
            Ok(receipt) => {
                course.write(Body::Acknowledged(receipt.clone()));
                // Whoever sees it go wrong can stop it while it is still being watched.
                drop(writing);
                course.verify(Some(&receipt)).await
            }
            Err(error) if error.kind == ErrorKind::Conflict => {
                let stopped = course.lost(snapshot, &error).await;
                journal.release(id, held);
                return Err(stopped);
            }
            // The answer was lost, and perhaps not the write.
            Err(error) if error.may_have_written() => {
                course.problems.push(Text::from(format!("the backend's answer was lost: {error}")));
                course.verify(None).await
            }
            // It stopped before the write for a reason that passes: nobody's fault, and nothing to undo.
            Err(error) if error.is_transient() => (Ending::NoEffect(course.with_live(&error).await), None),
            Err(error) => (Ending::Failed(course.with_live(&error).await), None),
        };
        let done = course.end(ending, verdict).await;
        journal.release(id, held);
        Ok(done)
    }

    fn busy(&self, plan: &Plan) -> Result<Stopped, OperationError> {
        let track = plan.order.track.clone();
        let filter = Filter {
            service: Some(track.service.clone()),
            environment: Some(track.environment.clone()),
            ..Filter::default()
        };
        let all = self.deps.journal.summaries(&filter)?;
        let by = all.into_iter().find(|summary| matches!(summary.ending, Ending::Running(_))).map(Box::new);
        Ok(Stopped::Busy { track, by })
    }
}

/// An operation from `sent` on.
struct Course<'a> {
    engine: &'a Engine,
    operator: &'a dyn Operator,
    plan: &'a Plan,
    order: &'a Order,
    progress: &'a ProgressSink,
    began: Time,
    problems: Vec<Text>,
}

impl Course<'_> {
    /// Writes a record. What happens outside goes on without it, so a failure is told and stops nothing.
    fn write(&mut self, body: Body) {
        let kind = body.kind();
        if let Err(error) = self.engine.deps.journal.append(Some(&self.order.operation), body) {
            self.problems.push(Text::from(format!("the record `{kind}` could not be written: {error}")));
        }
    }

    /// Looks until it settles or patience is over.
    async fn verify(&mut self, receipt: Option<&Receipt>) -> (Ending, Option<Verdict>) {
        let patience = self.engine.deps.patience;
        let since = Instant::now();
        let mut wait = patience.first;
        let mut blind = 0;
        let mut known: Option<Text> = None;
        loop {
            let left = patience.whole.saturating_sub(since.elapsed());
            let look = self.operator.verify(self.order, receipt);
            let (seen, pending) = match tokio::time::timeout(left, look).await {
                Ok(Ok(Verdict::Pending(why))) => match self.overtaken() {
                    Some(by) => return (Ending::Failed(by), None),
                    None => {
                        known = Some(why.clone());
                        (Some(Verdict::Pending(why.clone())), why)
                    }
                },
                Ok(Ok(verdict)) => return (ending(&verdict), Some(verdict)),
                Ok(Err(error)) => {
                    blind = if error.is_transient() { 0 } else { blind + 1 };
                    (None, Text::from(format!("it could not be observed: {error}")))
                }
                // The last look was cut off: what the one before saw says more than that.
                Err(_) => (None, known.clone().unwrap_or_else(|| "it could not be observed in time".into())),
            };
            let left = patience.whole.saturating_sub(since.elapsed());
            if left.is_zero() || blind >= BLIND {
                return (Ending::TimedOut(pending), seen);
            }
            // Whoever waits wants to know what for: an approval is somebody's to give.
            self.progress.send_replace(Some(Progress { what: pending, done: 0, total: 0 }));
            tokio::time::sleep(wait.min(left)).await;
            wait = wait.mul_f32(1.5).min(patience.longest);
        }
    }

    /// What is live now, where it can be observed.
    async fn live(&self) -> Option<Installed> {
        self.operator.observe(&self.order.track).await.ok()?.live
    }

    /// What stopped it, and what is live.
    async fn with_live(&self, error: &BackendError) -> Text {
        // A backend says it itself, as far as it came to it.
        if error.what.as_str().contains("is live") {
            return error.what.clone();
        }
        let live = self.operator.observe(&self.order.track).await;
        let now = match live.as_ref().map(|state| &state.live) {
            Ok(Some(live)) => format!("{} is live", live.version),
            Ok(None) => "nothing is live".to_owned(),
            Err(_) => "what is live could not be observed".to_owned(),
        };
        Text::from(format!("{}; {now}", error.what))
    }

    /// Somebody else was first: says who, and what the plan would be now.
    async fn lost(&mut self, snapshot: &Snapshot, error: &BackendError) -> Stopped {
        let live = self.live().await;
        let first = self.who_was_first(live.as_ref()).unwrap_or_else(|| error.what.clone());
        let why = Text::from(format!("somebody else was first: {first}"));
        let ending = Ending::NoEffect(why);
        self.write(Body::Outcome(Settled { ending: ending.clone(), live }));
        let deps = &self.engine.deps;
        let version = Some(self.order.to.version.clone());
        let intent = Intent { version, ..self.plan.intent.clone() };
        let anew = Planner::new(deps, snapshot).plan((deps.ids)(), &intent, &self.plan.actor).await;
        Stopped::Conflict { first, lost: Box::new(self.summary(ending)), plan: anew.ok().map(Box::new) }
    }

    /// The newest other operation on the track in the journal that put what is live there. Without one the backend's own
    /// words have to do.
    fn who_was_first(&self, live: Option<&Installed>) -> Option<Text> {
        let live = live?;
        let winner = self.others()?.into_iter().find(|it| it.to == live.version);
        winner.map(|it| Text::from(format!("{} put {} there: {}", it.who, it.to, it.reason)))
    }

    /// The later operation that put something else on the track, while this one was still waited for.
    fn overtaken(&self) -> Option<Text> {
        let all = self.others()?;
        let later = |it: &OperationSummary| it.began_at >= self.began && matches!(it.ending, Ending::Succeeded(_));
        let by = all.into_iter().find(|it| later(it) && !matches!(it.verb, Verb::Pause | Verb::Resume))?;
        Some(Text::from(format!("overtaken: {} {} it: {}; {} is live", by.who, by.verb.done(), by.reason, by.to)))
    }

    /// The other operations on the track that the journal knows, the newest first.
    fn others(&self) -> Option<Vec<OperationSummary>> {
        let track = &self.order.track;
        let filter = Filter {
            service: Some(track.service.clone()),
            environment: Some(track.environment.clone()),
            ..Filter::default()
        };
        let all = self.engine.deps.journal.summaries(&filter).ok()?;
        Some(all.into_iter().filter(|it| it.operation != self.order.operation).collect())
    }

    async fn end(mut self, ending: Ending, verdict: Option<Verdict>) -> Done {
        let observed = self.operator.observe(&self.order.track).await.ok();
        let changed = self.changed(&ending, observed.as_ref());
        let ways_out = self.ways_out(&ending, observed.as_ref());
        let live = observed.and_then(|state| state.live);
        let undo = changed.then(|| undo(self.plan)).flatten();
        let follow_up = if matches!(ending, Ending::Succeeded(_)) { follow_up(self.plan) } else { None };
        self.write(Body::Outcome(Settled { ending: ending.clone(), live: live.clone() }));
        let written = record::write(&self.engine.deps, &self.plan.backend, self.order, self.began, &ending).await;
        self.problems.extend(written);
        let summary = self.summary(ending);
        Done { summary, verdict, live, undo, ways_out, follow_up, problems: self.problems }
    }

    /// Whether there is something to take back. Where no other version becomes live, what was observed does not tell.
    fn changed(&self, ending: &Ending, observed: Option<&TrackState>) -> bool {
        let was = self.order.from.as_ref().map(|from| &from.version);
        let set = |state: &TrackState| state.wanted().map(|wanted| &wanted.version) != was;
        match observed.filter(|_| self.order.verb.chooses()) {
            Some(state) => state.live.as_ref().map(|live| &live.version) != was || set(state),
            None => matches!(ending, Ending::Succeeded(_) | Ending::TimedOut(_)),
        }
    }

    /// What leads out of an operation that did not work.
    fn ways_out(&self, ending: &Ending, observed: Option<&TrackState>) -> Vec<Intent> {
        let order = self.order;
        if !matches!(ending, Ending::Failed(_) | Ending::TimedOut(_)) || order.verb.only_stops() {
            return Vec::new();
        }
        let reason = Some(Text::from(format!("{} did not work: {}", order.verb.word(), ending.why())));
        let moves = observed.is_some_and(|state| state.coming().is_some() || state.progress.is_some());
        let mut all: Vec<Intent> = self.plan.abort().filter(|_| moves).into_iter().collect();
        let set = observed.map(|state| state.wanted().or(state.live.as_ref()).map(|it| &it.version));
        // Who rolled back does not want to have back what was there.
        let before = order.from.as_ref().filter(|_| order.verb != Verb::RollBack).map(|from| &from.version);
        let back = before.filter(|before| set.is_none_or(|set| set != Some(*before)));
        all.extend(back.filter(|_| self.plan.declaration.verbs.contains(&Verb::RollBack)).map(|version| Intent {
            verb: Verb::RollBack,
            track: order.track.clone(),
            version: Some(version.clone()),
            source: None,
            reason: None,
        }));
        all.iter_mut().for_each(|way| way.reason.clone_from(&reason));
        all
    }

    /// What is known of it here: where records could not be written, the journal knows less.
    fn summary(&self, ending: Ending) -> OperationSummary {
        let (order, actor) = (self.order, &self.plan.actor);
        OperationSummary {
            operation: order.operation.clone(),
            verb: order.verb,
            track: order.track.clone(),
            from: order.leaves().map(|from| from.version.clone()),
            to: order.to.version.clone(),
            who: order.actor.clone(),
            host: actor.host.clone(),
            origin: actor.from.clone(),
            reason: order.reason.clone(),
            began_at: self.began,
            ended_at: Some((self.engine.deps.clock)()),
            ending,
            watched: false,
            notes: Vec::new(),
        }
    }
}

pub(super) fn ending(verdict: &Verdict) -> Ending {
    match verdict {
        Verdict::Healthy(why) => Ending::Succeeded(why.clone()),
        Verdict::Failed(why) => Ending::Failed(why.clone()),
        Verdict::NoEffect(why) => Ending::NoEffect(why.clone()),
        Verdict::Pending(why) => Ending::TimedOut(why.clone()),
    }
}

/// The order as it was confirmed: the reason may have been edited.
fn order(plan: &Plan, confirmation: &Confirmation) -> Order {
    let edited = confirmation.reason.clone().filter(|reason| !reason.as_str().trim().is_empty());
    let reason = edited.unwrap_or_else(|| plan.order.reason.clone());
    Order { reason, ..plan.order.clone() }
}

fn intended(plan: &Plan, order: &Order, confirmation: &Confirmation) -> Intended {
    let passed = plan.overrides().map(|finding| finding.guard.clone());
    let mut overrides: Vec<Text> = passed.filter(|guard| confirmation.overrides.contains(guard)).collect();
    overrides.dedup();
    Intended {
        plan: hash(&serde_json::to_vec(plan).unwrap_or_default()),
        order: order.clone(),
        host: plan.actor.host.clone(),
        origin: plan.actor.from.clone(),
        mode: plan.takes_back().unwrap_or(plan.declaration.rollback),
        overrides,
    }
}

/// What would take it back: what was live is put back, what was given up is promoted again, a pause ends. It is planned
/// and confirmed like anything else. What was started anew stays so.
fn undo(plan: &Plan) -> Option<Intent> {
    let order = &plan.order;
    let (verb, version) = match order.verb {
        Verb::Promote | Verb::RollBack => (Verb::RollBack, Some(order.from.as_ref()?)),
        Verb::Pause => (Verb::Resume, None),
        Verb::Resume => (Verb::Pause, None),
        Verb::Restart => return None,
        Verb::Abort => (Verb::Promote, Some(order.coming.as_ref()?)),
    };
    Some(Intent {
        verb,
        track: order.track.clone(),
        version: version.map(|it| it.version.clone()),
        source: None,
        reason: Some(Text::from(format!("undo of {}: {}", plan.operation, order.reason))),
    })
}

fn follow_up(plan: &Plan) -> Option<Text> {
    let meaning = plan.takes_back()?.meaning();
    let (code, survives) = (meaning.code, meaning.survives);
    let told = || format!("make it durable: a rollback of kind {code} does not last by itself (survives: {survives})");
    (!plan.lasts()).then(told).map(Text::from)
}

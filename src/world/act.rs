//! Changing things: operations through the engine, and the locks and marks that Flightdeck itself keeps.

use std::sync::Arc;

use super::{World, WorldError};
use crate::backend::ProgressSink;
use crate::fact::{Body as FactBody, Fact};
use crate::model::{BadMark, Lock, Scope, ServiceId, SourceId, Text, TrackId, Version};
use crate::operation::approve::Verdict;
use crate::operation::journal::{Body, Filter};
use crate::operation::{
    ApprovalPlan, Comparison, Confirmation, Done, Intent, OperationError, Plan, RunConfirmation, RunDone, RunIntent,
    RunPlan, Stopped, lock,
};
use crate::query::QueryError;
use crate::store::OWN_SOURCE;

/// What waits for a yes or no in several tracks.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// What waits, each with what answering would write.
    pub plans: Vec<ApprovalPlan>,
    /// What could not be read, each with where.
    pub problems: Vec<Text>,
}

impl World {
    /// What it would take and mean to do as `intent` says. Reads only.
    ///
    /// # Errors
    /// When no plan can be made.
    pub async fn plan(&self, intent: &Intent) -> Result<Plan, OperationError> {
        let snapshot = self.snapshot();
        self.engine().plan(intent, self.actor(), &snapshot).await
    }

    /// What changed for `service` between two of its environments, versions, tags, branches or commits, of each set the
    /// first `most` line by line. Reads only.
    ///
    /// # Errors
    /// When one of them is not known or can mean several commits.
    pub async fn compare(
        &self,
        service: &ServiceId,
        points: (&str, &str),
        most: usize,
    ) -> Result<Comparison, QueryError> {
        let snapshot = self.snapshot();
        self.engine().compare(&snapshot, service, points, most).await
    }

    /// What waits for a yes or no in a track. Reads only.
    ///
    /// # Errors
    /// When nothing needs approvals there, or it cannot be read.
    pub async fn approvals(&self, track: &TrackId) -> Result<Vec<ApprovalPlan>, OperationError> {
        self.engine().approvals(track, self.actor()).await
    }

    /// What waits for a yes or no in the tracks that `fits` lets through, and what could not be read. Reads only.
    pub async fn approvals_where(&self, fits: impl Fn(&TrackId) -> bool) -> Waiting {
        let snapshot = self.snapshot();
        // What waits may never have been where it waits for.
        let environments = &snapshot.environments;
        let tracks = snapshot.services.keys().flat_map(|service| {
            environments.iter().map(|it| TrackId { service: service.clone(), environment: it.id.clone() })
        });
        let mut all = Waiting::default();
        for track in tracks.filter(|track| fits(track) && self.engine().guards(track)) {
            match self.approvals(&track).await {
                Ok(plans) => all.plans.extend(plans),
                Err(error) => all.problems.push(Text::from(format!("{track}: {error}"))),
            }
        }
        all
    }

    /// Gives an answer that somebody confirmed, then reads what it changed; what was done, in words.
    ///
    /// # Errors
    /// When it was not given.
    pub async fn answer(&self, plan: &ApprovalPlan, verdict: &Verdict) -> Result<Text, OperationError> {
        let said = self.engine().answer(plan, verdict).await;
        // What was answered stands in the journal, whether or not the picture can be read again.
        let _ = self.refresh_sources(&[plan.backend.clone()].into()).await;
        said
    }

    /// What it would take and mean to do something to a run. Reads only.
    ///
    /// # Errors
    /// When no backend can, or it cannot be read.
    pub async fn plan_run(&self, intent: &RunIntent) -> Result<RunPlan, OperationError> {
        let snapshot = self.snapshot();
        self.engine().plan_run(intent, self.actor(), &snapshot).await
    }

    /// Does to a run what somebody confirmed, then reads what it changed.
    ///
    /// # Errors
    /// When it was not done.
    pub async fn steer(&self, plan: &RunPlan, confirmation: &RunConfirmation) -> Result<RunDone, OperationError> {
        let done = self.engine().steer(plan, confirmation).await;
        // What was done stands in the journal, whether or not the picture can be read again.
        let _ = self.refresh_sources(&[plan.backend.clone()].into()).await;
        done
    }

    /// Carries a confirmed plan out, then reads what it changed.
    ///
    /// # Errors
    /// What stopped it before anything was sent, or that somebody else was first.
    pub async fn run(
        &self,
        plan: &Plan,
        confirmation: &Confirmation,
        progress: &ProgressSink,
    ) -> Result<Done, Stopped> {
        let snapshot = self.snapshot();
        let done = self.engine().run(plan, confirmation, &snapshot, progress).await;
        self.publish_operations();
        // What was done stands in the journal, whether or not the picture can be read again.
        let _ = self.refresh_sources(&[plan.backend.clone()].into()).await;
        done
    }

    /// Finds out what became of the operations whose process is gone, and says so in the journal.
    ///
    /// # Errors
    /// When the journal cannot be read or mended.
    pub async fn settle(&self) -> Result<Vec<Text>, OperationError> {
        let settled = self.engine().settle_all().await?;
        if !settled.is_empty() {
            self.publish_operations();
        }
        let failures = settled.into_iter().filter_map(|(id, result)| Some((id, result.err()?)));
        Ok(failures.map(|(id, error)| Text::from(format!("{id}: {error}"))).collect())
    }

    /// Locks what `scope` covers; `until` is a moment or a span of time.
    ///
    /// # Errors
    /// Without a reason, when `until` makes no sense, or when it cannot be written down.
    pub fn lock(&self, scope: Scope, why: Text, until: Option<&str>) -> Result<Lock, WorldError> {
        let now = self.now();
        let zone =
            scope.environment.as_ref().and_then(|id| self.resolved().environments.iter().find(|it| it.id == *id));
        let zone = zone.map_or(chrono_tz::UTC, |it| it.time_zone);
        let id = (self.engine().deps().ids)();
        let id = Text::from(id.as_str());
        let lock = lock::set(id, scope, self.actor().who.clone(), why, until, now, zone).map_err(mark_error)?;
        self.note(lock.clone(), Body::Note(lock::note_of_lock(&lock)))?;
        Ok(lock)
    }

    /// Takes away every lock whose scope is exactly `scope`; those that were.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn unlock(&self, scope: &Scope) -> Result<Vec<Lock>, WorldError> {
        let now = self.now();
        let held: Vec<Lock> =
            self.painter().locks().into_iter().filter(|it| it.scope == *scope && it.holds_at(now)).collect();
        for lock in &held {
            let released = lock::release(lock, self.actor().who.clone(), now);
            self.note(released.clone(), Body::Note(lock::note_of_lock(&released)))?;
        }
        Ok(held)
    }

    /// Marks a version bad.
    ///
    /// # Errors
    /// Without a reason, or when it cannot be written down.
    pub fn mark_bad(&self, service: ServiceId, version: Version, why: Text) -> Result<BadMark, WorldError> {
        let mark = lock::mark_bad(service, version, self.actor().who.clone(), why, self.now()).map_err(mark_error)?;
        self.note(mark.clone(), Body::Note(lock::note_of_mark(&mark)))?;
        Ok(mark)
    }

    /// Takes a bad mark back; absent when there is none.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn lift(&self, service: &ServiceId, version: &Version) -> Result<Option<BadMark>, WorldError> {
        let snapshot = self.snapshot();
        let Some(mark) = snapshot.service(service).and_then(|it| it.bad_mark(version)) else { return Ok(None) };
        let lifted = lock::lift(mark, self.actor().who.clone(), self.now());
        self.note(lifted.clone(), Body::Note(lock::note_of_mark(&lifted)))?;
        Ok(Some(lifted))
    }

    /// Journal first: what is not in the journal did not happen.
    fn note(&self, fact: impl Into<FactBody>, record: Body) -> Result<(), WorldError> {
        self.engine().deps().journal.append(None, record)?;
        let fact = Fact::new(SourceId::from(OWN_SOURCE), self.now(), fact);
        let applied = self.shelves().store.put(&[fact])?;
        self.paint(|painter| _ = painter.fold(applied.changed));
        Ok(())
    }

    /// Tells those who watch what the journal says now.
    pub(super) fn publish_operations(&self) {
        // A journal that cannot be read is told by `doctor` and by the next operation; a list is not the place.
        let Ok(all) = self.engine().deps().journal.summaries(&Filter::default()) else { return };
        self.0.operations.send_if_modified(|current| {
            let changed = **current != *all;
            if changed {
                *current = Arc::from(all);
            }
            changed
        });
    }
}

fn mark_error(error: lock::LockError) -> WorldError {
    WorldError::Mark(Text::from(error.to_string()))
}

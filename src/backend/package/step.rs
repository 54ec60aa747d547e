//! The steps of a write, told one by one.

use std::io;

use crate::backend::ProgressSink;
use crate::model::Progress;

/// One step of a promotion or a rollback, in the order in which they happen. Not every order has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The lock is held.
    Lock,
    /// The world is as it was when the order was planned, and what somebody left unfinished is gone.
    Check,
    /// The bytes are in a directory that nothing points to, and they are the right ones.
    Copy,
    /// The smoke test said yes.
    Smoke,
    /// The directory has its name.
    Place,
    /// The history says that a deployment is under way.
    Announce,
    /// The pointer leads to the target.
    Switch,
    /// The health check was asked.
    Health,
    /// The history says how it ended.
    Record,
    /// Old versions are gone.
    Prune,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 10] = [
        Self::Lock,
        Self::Check,
        Self::Copy,
        Self::Smoke,
        Self::Place,
        Self::Announce,
        Self::Switch,
        Self::Health,
        Self::Record,
        Self::Prune,
    ];

    /// What is being done, for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lock => "taking the lock",
            Self::Check => "checking that nothing changed",
            Self::Copy => "copying",
            Self::Smoke => "running the smoke test",
            Self::Place => "putting it in place",
            Self::Announce => "announcing it in the history",
            Self::Switch => "switching the pointer",
            Self::Health => "checking health",
            Self::Record => "recording how it ended",
            Self::Prune => "removing old versions",
        }
    }
}

/// Who watches the steps: what stands between a test and the disk.
pub trait Observer: Send + Sync {
    /// The step has been taken. A panic here is a process that dies at this point.
    fn after(&self, step: Step) {
        let _ = step;
    }

    /// So many bytes are about to be written.
    ///
    /// # Errors
    /// Whatever the disk would say.
    fn writes(&self, bytes: u64) -> io::Result<()> {
        let _ = bytes;
        Ok(())
    }
}

/// Nobody watches.
pub struct Unwatched;

impl Observer for Unwatched {}

/// Tells the steps of one order: to the person through the sink, and to whoever watches.
pub struct Steps<'a> {
    observer: &'a dyn Observer,
    sink: Option<&'a ProgressSink>,
    of: &'a [Step],
}

impl<'a> Steps<'a> {
    /// Tells `sink` and `observer` of the steps in `of`.
    pub fn new(of: &'a [Step], sink: Option<&'a ProgressSink>, observer: &'a dyn Observer) -> Self {
        Self { observer, sink, of }
    }

    /// `step` begins; `detail` says on what.
    pub fn begin(&self, step: Step, detail: &str) {
        let Some(sink) = self.sink else { return };
        let done = self.of.iter().take_while(|&&it| it != step).count() as u64;
        let what = if detail.is_empty() { step.word().to_owned() } else { format!("{}: {detail}", step.word()) };
        sink.send_replace(Some(Progress { what: what.into(), done, total: self.of.len() as u64 }));
    }

    /// `step` has been taken.
    pub fn end(&self, step: Step) {
        self.observer.after(step);
    }

    /// So many bytes are about to be written.
    ///
    /// # Errors
    /// Whatever the disk would say.
    pub fn writes(&self, bytes: u64) -> io::Result<()> {
        self.observer.writes(bytes)
    }
}

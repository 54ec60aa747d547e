//! Reading: records folded into operations, going on where the last reading ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::sync::PoisonError;

use super::record::{Body, GENESIS, Intended, Note, Record, Settled, hash};
use super::{Journal, JournalError};
use crate::backend::Receipt;
use crate::model::{EnvironmentId, OperationId, ServiceId, Text, Time};
use crate::operation::{Ending, OperationSummary};

/// What the journal holds of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// When the intent was written.
    pub began_at: Time,
    /// Who wants what, where and why.
    pub intended: Intended,
    /// Whether the outside may have been changed.
    pub sent: bool,
    /// That the backend made the writes.
    pub receipt: Option<Receipt>,
    /// What came of it, and when that was written. The first outcome holds.
    pub settled: Option<(Time, Settled)>,
    /// Notes, oldest first.
    pub notes: Vec<Text>,
}

/// Which operations are asked for; an absent part means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this service.
    pub service: Option<ServiceId>,
    /// In this environment.
    pub environment: Option<EnvironmentId>,
    /// Asked for by this person.
    pub who: Option<String>,
    /// Ended in this way.
    pub outcome: Option<OutcomeWord>,
}

/// How an operation ended, in one word, for filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeWord {
    /// [`Ending::Running`].
    Running,
    /// [`Ending::Succeeded`].
    Succeeded,
    /// [`Ending::Failed`].
    Failed,
    /// [`Ending::NoEffect`].
    NoEffect,
    /// [`Ending::TimedOut`].
    TimedOut,
    /// [`Ending::Unfinished`].
    Unfinished,
}

impl OutcomeWord {
    /// All of them with the words that people write.
    pub const ALL: [(&'static str, Self); 6] = [
        ("running", Self::Running),
        ("succeeded", Self::Succeeded),
        ("failed", Self::Failed),
        ("no-effect", Self::NoEffect),
        ("timed-out", Self::TimedOut),
        ("unfinished", Self::Unfinished),
    ];

    /// The word for an ending.
    pub fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Running(_) => Self::Running,
            Ending::Succeeded(_) => Self::Succeeded,
            Ending::Failed(_) => Self::Failed,
            Ending::NoEffect(_) => Self::NoEffect,
            Ending::TimedOut(_) => Self::TimedOut,
            Ending::Unfinished(_) => Self::Unfinished,
        }
    }

    /// The word as people write it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, outcome)| *outcome == self).map_or("", |(word, _)| word)
    }
}

impl Filter {
    /// Whether `summary` is asked for.
    pub fn fits(&self, summary: &OperationSummary) -> bool {
        self.service.as_ref().is_none_or(|service| *service == summary.track.service)
            && self.environment.as_ref().is_none_or(|environment| *environment == summary.track.environment)
            && self.who.as_ref().is_none_or(|who| who == summary.who.as_str())
            && self.outcome.is_none_or(|outcome| outcome == OutcomeWord::of(&summary.ending))
    }
}

/// What has been read so far.
#[derive(Debug)]
pub(super) struct Folded {
    offset: u64,
    hash: String,
    operations: BTreeMap<OperationId, Past>,
    notes: Vec<(Time, Note)>,
}

impl Default for Folded {
    fn default() -> Self {
        Self { offset: 0, hash: GENESIS.to_owned(), operations: BTreeMap::new(), notes: Vec::new() }
    }
}

impl Folded {
    /// Takes in what was appended since; begins again when the file is not the one that was read.
    fn catch_up(&mut self, journal: &Journal) -> io::Result<()> {
        let mut file = match File::open(&journal.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *self = Self::default();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if file.metadata()?.len() < self.offset {
            *self = Self::default();
        }
        file.seek(SeekFrom::Start(self.offset))?;
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        let mut goes_on = self.offset > 0;
        while lines.read_until(b'\n', &mut line)? > 0 && line.pop_if(|byte| *byte == b'\n').is_some() {
            let record = serde_json::from_slice::<Record>(&line).ok();
            if goes_on && record.as_ref().is_none_or(|record| record.before != self.hash) {
                // Another file stands in its place: what was read means nothing.
                *self = Self::default();
                return self.catch_up(journal);
            }
            goes_on = false;
            self.offset += line.len() as u64 + 1;
            self.hash = hash(&line);
            if let Some(record) = record {
                self.take(record);
            }
            line.clear();
        }
        Ok(())
    }

    fn take(&mut self, record: Record) {
        let Record { time, operation, body, .. } = record;
        let past = operation.as_ref().and_then(|id| self.operations.get_mut(id));
        match (body, past) {
            (Body::Intent(intended), None) => {
                let Some(id) = operation else { return };
                let past = Past {
                    began_at: time,
                    intended: *intended,
                    sent: false,
                    receipt: None,
                    settled: None,
                    notes: vec![],
                };
                self.operations.insert(id, past);
            }
            (Body::Sent(_), Some(past)) => past.sent = true,
            (Body::Acknowledged(receipt), Some(past)) => past.receipt = Some(receipt),
            (Body::Outcome(settled), Some(past)) if past.settled.is_none() => past.settled = Some((time, settled)),
            (Body::Note(note), Some(past)) => past.notes.push(note.sentence()),
            (Body::Note(note), None) => self.notes.push((time, note)),
            _ => {}
        }
    }
}

impl Journal {
    /// The operations that `filter` asks for: those without an outcome first, then the newest.
    ///
    /// # Errors
    /// When the file is there and cannot be read. A damaged line is passed over: [`verify`](Self::verify) tells.
    pub fn summaries(&self, filter: &Filter) -> Result<Vec<OperationSummary>, JournalError> {
        let mut all = self.with_folded(|folded| {
            let summaries = folded.operations.iter().map(|(id, past)| self.summary(id, past));
            summaries.filter(|summary| filter.fits(summary)).collect::<Vec<_>>()
        })?;
        all.sort_by(|a, b| {
            let key = |it: &OperationSummary| (it.ended_at.is_none(), it.began_at);
            key(b).cmp(&key(a)).then_with(|| b.operation.cmp(&a.operation))
        });
        Ok(all)
    }

    /// Everything about one operation.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn past(&self, operation: &OperationId) -> Result<Option<Past>, JournalError> {
        self.with_folded(|folded| folded.operations.get(operation).cloned())
    }

    /// The summary of one operation.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn summary_of(&self, operation: &OperationId) -> Result<Option<OperationSummary>, JournalError> {
        Ok(self.past(operation)?.map(|past| self.summary(operation, &past)))
    }

    /// Notes that belong to no operation: locks, marks, repairs. Oldest first.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn notes(&self) -> Result<Vec<(Time, Note)>, JournalError> {
        self.with_folded(|folded| folded.notes.clone())
    }

    /// Every record that can be read, oldest first.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn records(&self) -> Result<Vec<Record>, JournalError> {
        Ok(self.lines()?.iter().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// The lines of the file as they stand, without a torn end.
    pub(super) fn lines(&self) -> Result<Vec<String>, JournalError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(JournalError::io(&self.path)(error)),
        };
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
        let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default());
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn with_folded<T>(&self, look: impl FnOnce(&Folded) -> T) -> Result<T, JournalError> {
        let mut folded = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        folded.catch_up(self).map_err(JournalError::io(&self.path))?;
        Ok(look(&folded))
    }

    fn summary(&self, id: &OperationId, past: &Past) -> OperationSummary {
        let Intended { order, host, origin, .. } = &past.intended;
        let (ended_at, ending) = match &past.settled {
            Some((at, settled)) => (Some(*at), settled.ending.clone()),
            None if self.is_carried_out(id) => (None, Ending::Running(Text::from(past.stage()))),
            None => (None, Ending::Unfinished(Text::from(past.left()))),
        };
        OperationSummary {
            operation: id.clone(),
            verb: order.verb,
            track: order.track.clone(),
            from: order.leaves().map(|from| from.version.clone()),
            to: order.to.version.clone(),
            who: order.actor.clone(),
            host: host.clone(),
            origin: origin.clone(),
            reason: order.reason.clone(),
            began_at: past.began_at,
            ended_at,
            watched: past.receipt.is_some() && matches!(ending, Ending::Running(_)),
            ending,
            notes: past.notes.clone(),
        }
    }
}

impl Past {
    /// How far it has come, while somebody carries it out.
    fn stage(&self) -> &'static str {
        match (self.sent, &self.receipt) {
            (false, _) => "confirmed, nothing sent yet",
            (true, None) => "the backend is making the writes",
            (true, Some(_)) => "written, being verified",
        }
    }

    /// How far it had come when its process ended.
    fn left(&self) -> &'static str {
        match (self.sent, &self.receipt) {
            (false, _) => "its process ended before anything was sent",
            (true, None) => "its process ended while the backend made the writes",
            (true, Some(_)) => "its process ended before the writes were verified",
        }
    }
}

//! Records of deployments, one JSON object a line, only ever appended to.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{At, PackageError, Result};
use crate::backend::{Order, Verb};
use crate::model::{
    CommitId, Deployment, DeploymentId, Digest, Installed, OperationId, Outcome, Text, Time, TrackId, Version,
};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Unique in its file; absent means that version and time name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<DeploymentId>,
    /// What was deployed.
    pub version: Version,
    /// Its content address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When users had it, or when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// What was live before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Version>,
    /// `promote` or `rollback`; other systems may have other words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<Text>,
    /// The operation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationId>,
    /// How it ended.
    #[serde(default = "success")]
    pub outcome: Outcome,
    /// Whether a failed deployment took users' traffic before it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<bool>,
    /// Free labels: `hotfix`, `planned` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Text>,
    /// The deployment whose damage this one repairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<DeploymentId>,
    /// What else has to be said: why it failed, what the health check said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Whether users were left with something that its health check said no to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<bool>,
}

fn success() -> Outcome {
    Outcome::Success
}

/// The records of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The records in the order in which they were announced; of one id the last.
    pub entries: Vec<Entry>,
    /// Lines that could not be read, each with file and line.
    pub problems: Vec<Text>,
    /// The length of the file in bytes: it changes with each record.
    pub length: u64,
}

impl Entry {
    /// The record of an order that begins now.
    pub fn running(order: &Order, now: Time) -> Self {
        Self {
            id: Some(DeploymentId::from(order.operation.as_str())),
            version: order.to.version.clone(),
            digest: order.to.digest.clone(),
            commit: order.to.commit,
            started_at: Some(now),
            at: None,
            by: Some(order.actor.clone()),
            reason: Some(order.reason.clone()),
            from: order.from.as_ref().map(|from| from.version.clone()),
            verb: Some(verb_word(order.verb).into()),
            operation: Some(order.operation.clone()),
            outcome: Outcome::Running,
            traffic: None,
            labels: Vec::new(),
            fixes: None,
            note: None,
            degraded: None,
        }
    }

    /// The same, ended.
    #[must_use]
    pub fn ended(&self, outcome: Outcome, at: Time) -> Self {
        Self { outcome, at: Some(at), ..self.clone() }
    }

    /// The name of the record: its id, or what makes one.
    pub fn key(&self) -> DeploymentId {
        if let Some(id) = &self.id {
            return id.clone();
        }
        let when = self.at.or(self.started_at).map_or_else(|| "?".to_owned(), |at| at.to_rfc3339());
        DeploymentId::from(format!("{} {when}", self.version.as_str()))
    }

    /// Whether users were left with its version.
    pub fn took_effect(&self) -> bool {
        self.outcome == Outcome::Success
    }

    /// The deployment that it records.
    pub fn deployment(&self, track: &TrackId) -> Deployment {
        Deployment {
            id: self.key(),
            service: track.service.clone(),
            environment: track.environment.clone(),
            version: Some(self.version.clone()),
            commit: self.commit,
            digest: self.digest.clone(),
            started_at: self.started_at,
            finished_at: self.at,
            also: Vec::new(),
            outcome: self.outcome,
            actor: self.by.clone(),
            reason: self.reason.clone(),
            labels: self.labels.clone(),
            fixes: self.fixes.clone(),
            traffic: self.traffic,
            url: None,
        }
    }

    /// Who did what and when, for the one who came second.
    pub fn told(&self) -> String {
        let by = self.by.as_ref().map_or("somebody", Text::as_str);
        let when = self.at.or(self.started_at).map(|at| format!(" at {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
        let did = match (self.outcome, self.verb.as_ref().map(Text::as_str)) {
            (Outcome::Running, _) => "began with",
            (Outcome::Failed, _) => "tried",
            (_, Some("rollback")) => "rolled back to",
            _ => "promoted",
        };
        format!("{by} {did} {}{}", self.version, when.unwrap_or_default())
    }
}

/// The word of a verb in a record.
pub fn verb_word(verb: Verb) -> &'static str {
    verb.command()
}

impl History {
    /// Reads a file of records; a file that is not there is empty.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(PackageError::io(path, &error)),
        };
        let mut history = Self { length: bytes.len() as u64, ..Self::default() };
        let mut places: HashMap<DeploymentId, usize> = HashMap::new();
        for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice::<Entry>(line) {
                Ok(entry) => history.put(entry, &mut places),
                Err(error) => {
                    let what = format!("{}:{}: not a record: {error}", path.display(), at + 1);
                    history.problems.push(what.into());
                }
            }
        }
        Ok(history)
    }

    fn put(&mut self, entry: Entry, places: &mut HashMap<DeploymentId, usize>) {
        let key = entry.key();
        match places.get(&key).and_then(|&at| self.entries.get_mut(at)) {
            Some(earlier) => *earlier = entry,
            None => {
                places.insert(key, self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    /// The record of an operation.
    pub fn of(&self, operation: &OperationId) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.operation.as_ref() == Some(operation))
    }

    /// The newest record of a deployment that took effect.
    pub fn newest_success(&self) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.took_effect())
    }

    /// The newest record by which `version` took effect.
    pub fn newest_of(&self, version: &Version) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.took_effect() && entry.version == *version)
    }

    /// The first record by which `version` took effect.
    pub fn first_of(&self, version: &Version) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.took_effect() && entry.version == *version)
    }

    /// Records that never ended. Whoever holds the lock knows that their writers are dead.
    pub fn left_open(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.outcome == Outcome::Running)
    }
}

/// Appends one record and makes it last. A line that a dying process left half-written stays a line of its own.
///
/// # Errors
/// When it cannot be written; then at most half a line was added, which readers report and pass.
pub fn append(path: &Path, entry: &Entry) -> Result<()> {
    let line = serde_json::to_string(entry)
        .map_err(|error| PackageError::integrity(format!("{}: {error}", path.display())))?;
    append_line(path, &line)
}

/// Appends one line to a text file and makes it last.
///
/// # Errors
/// When it cannot be written.
pub fn append_line(path: &Path, line: &str) -> Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path).at(path)?;
    let mut bytes = Vec::with_capacity(line.len() + 2);
    if !ends_with_newline(&mut file).at(path)? {
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes).at(path)?;
    file.sync_all().at(path)
}

fn ends_with_newline(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Ends the records that dead writers left open, by what is live now. Call it only while holding the lock.
///
/// # Errors
/// When a record cannot be written.
pub fn settle(path: &Path, history: &History, live: Option<&Version>, now: Time) -> Result<usize> {
    let newest = history.entries.last().map(Entry::key);
    let mut count = 0;
    for open in history.left_open() {
        // Only the newest can have switched last; an older one was overtaken before it could say how it ended.
        let live_now = newest.as_ref() == Some(&open.key()) && live == Some(&open.version);
        let (outcome, note) = if live_now {
            (Outcome::Success, "its process died after the switch, before it could say so")
        } else {
            (Outcome::Failed, "its process died; its version is not live")
        };
        append(path, &Entry { note: Some(note.into()), ..open.ended(outcome, now) })?;
        count += 1;
    }
    Ok(count)
}

/// A version as it lies somewhere, from the record of it.
pub fn installed(entry: &Entry) -> Installed {
    Installed {
        version: entry.version.clone(),
        digest: entry.digest.clone(),
        commit: entry.commit,
        since: entry.at.or(entry.started_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, version: &str, outcome: Outcome) -> Entry {
        let text = format!(r#"{{"id":"{id}","version":"{version}","operation":"{id}"}}"#);
        Entry { outcome, ..serde_json::from_str(&text).unwrap() }
    }

    #[test]
    fn a_bad_line_is_told_with_its_number_and_the_rest_is_read() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("history.jsonl");
        fs::write(&path, "{\"version\":\"1\"}\n\nnonsense\n{\"version\":\"2\"}\n{\"version\":").unwrap();
        let history = History::read(&path).unwrap();
        assert_eq!(history.entries.iter().map(|it| it.version.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        let problems: Vec<&str> = history.problems.iter().map(Text::as_str).collect();
        assert!(problems[0].contains("history.jsonl:3: not a record"), "{problems:?}");
        assert!(problems[1].contains("history.jsonl:5: not a record"), "{problems:?}");
    }

    #[test]
    fn a_half_written_line_does_not_swallow_the_next_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("history.jsonl");
        fs::write(&path, "{\"version\":\"1\"").unwrap();
        append(&path, &entry("a", "2", Outcome::Success)).unwrap();
        let history = History::read(&path).unwrap();
        assert_eq!(history.entries.len(), 1);
        assert_eq!(history.problems.len(), 1);
    }

    #[test]
    fn the_last_word_of_an_id_holds_and_keeps_its_place() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("history.jsonl");
        for it in
            [entry("a", "1", Outcome::Running), entry("b", "2", Outcome::Success), entry("a", "1", Outcome::Failed)]
        {
            append(&path, &it).unwrap();
        }
        let history = History::read(&path).unwrap();
        let seen: Vec<_> = history.entries.iter().map(|it| (it.version.as_str(), it.outcome)).collect();
        assert_eq!(seen, [("1", Outcome::Failed), ("2", Outcome::Success)]);
    }

    #[test]
    fn records_of_the_dead_are_ended_by_what_is_live() {
        for (live, expected) in [(Some("2"), Outcome::Success), (Some("1"), Outcome::Failed), (None, Outcome::Failed)] {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("history.jsonl");
            append(&path, &entry("a", "1", Outcome::Success)).unwrap();
            append(&path, &entry("b", "2", Outcome::Running)).unwrap();
            let live = live.map(Version::from);
            settle(&path, &History::read(&path).unwrap(), live.as_ref(), Time::UNIX_EPOCH).unwrap();
            let history = History::read(&path).unwrap();
            assert_eq!(history.of(&"b".into()).map(|it| it.outcome), Some(expected), "{live:?}");
            assert_eq!(history.left_open().count(), 0);
        }
    }
}

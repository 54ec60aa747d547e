//! `revisions.log`, which Capistrano made common: one sentence a deployment.
//!
//! ```text
//! Branch main (at 8f3a2b1) deployed as release 20160101120000 by deploy
//! deploy rolled back to release 20151201120000
//! ```
//!
//! Lines that Flightdeck adds end in `(flightdeck <operation>)`: what `deployments.jsonl` records too is not told twice.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use crate::backend::package::{Entry, History};
use crate::model::{CommitId, Deployment, OperationId, Outcome, Text, Time, TrackId, Version};

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// The release.
    pub release: Version,
    /// What stands for the commit: often only the first digits.
    pub commit: Option<String>,
    /// Who did it.
    pub by: Text,
    /// Whether it went back.
    pub back: bool,
    /// The operation of Flightdeck that wrote it.
    pub operation: Option<OperationId>,
}

/// Reads the sentences; what is none is passed over, because people write notes into such files.
pub fn read(text: &str) -> Vec<Line> {
    text.lines().enumerate().filter_map(|(at, line)| parse(line, at + 1)).collect()
}

fn parse(line: &str, number: usize) -> Option<Line> {
    let line = line.trim();
    let (line, operation) = match line.strip_suffix(')').and_then(|it| it.rsplit_once(" (flightdeck ")) {
        Some((sentence, operation)) => (sentence, Some(OperationId::from(operation))),
        None => (line, None),
    };
    if let Some((by, release)) = line.split_once(" rolled back to release ") {
        let release = Version::from(release.trim());
        return Some(Line { number, release, commit: None, by: by.into(), back: true, operation });
    }
    let (_, rest) = line.strip_prefix("Branch ")?.split_once(" (at ")?;
    let (commit, rest) = rest.split_once(") deployed as release ")?;
    let (release, by) = rest.split_once(" by ").unwrap_or((rest, ""));
    Some(Line {
        number,
        release: release.into(),
        commit: Some(commit.to_owned()),
        by: by.into(),
        back: false,
        operation,
    })
}

/// The sentence for a deployment of ours.
pub fn sentence(entry: &Entry, back: bool) -> String {
    let by = entry.by.as_ref().map_or("somebody", Text::as_str);
    let operation = entry.operation.as_ref().map(ToString::to_string).unwrap_or_default();
    let version = &entry.version;
    if back {
        return format!("{by} rolled back to release {version} (flightdeck {operation})");
    }
    let commit = entry.commit.map_or_else(|| "unknown".to_owned(), |commit| commit.to_string());
    format!("Branch {version} (at {commit}) deployed as release {version} by {by} (flightdeck {operation})")
}

/// The time that a release's name is, where it is one: `20160101120000`, UTC.
pub fn named_time(release: &Version) -> Option<Time> {
    let raw = release.as_str();
    (raw.len() == 14).then(|| NaiveDateTime::parse_from_str(raw, "%Y%m%d%H%M%S").ok()).flatten().map(|it| it.and_utc())
}

impl Line {
    /// The deployment that it tells of. The name of the release is the time at which it began; when a rollback happened
    /// the file does not say. `commit` is what lies in the release's `REVISION`.
    pub fn deployment(&self, track: &TrackId, commit: Option<CommitId>) -> Deployment {
        let at = named_time(&self.release).filter(|_| !self.back);
        Deployment {
            id: format!("revisions.log:{}", self.number).into(),
            service: track.service.clone(),
            environment: track.environment.clone(),
            version: Some(self.release.clone()),
            commit: commit.or_else(|| self.commit.as_ref().and_then(|it| it.parse().ok())),
            digest: None,
            started_at: at,
            finished_at: at,
            also: Vec::new(),
            outcome: Outcome::Success,
            actor: (!self.by.is_empty()).then(|| self.by.clone()),
            reason: None,
            labels: Vec::new(),
            fixes: None,
            traffic: None,
            url: None,
        }
    }
}

/// The sentences that the records do not hold.
pub fn untold(lines: Vec<Line>, history: &History) -> Vec<Line> {
    let told: BTreeSet<&OperationId> = history.entries.iter().filter_map(|entry| entry.operation.as_ref()).collect();
    lines.into_iter().filter(|line| line.operation.as_ref().is_none_or(|it| !told.contains(it))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
Branch main (at 8f3a2b1) deployed as release 20160101120000 by deploy
a note by hand
Branch fix/a (b) (at 00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101) deployed as release 20160102120000 by deploy
deploy rolled back to release 20160101120000
Branch 1.4.2 (at unknown) deployed as release 1.4.2 by Ada (flightdeck op-1)
";

    #[test]
    fn sentences_are_read_and_notes_are_passed_over() {
        let lines = read(LOG);
        let told: Vec<_> = lines
            .iter()
            .map(|it| (it.number, it.release.as_str(), it.by.as_str(), it.back, it.operation.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                (1, "20160101120000", "deploy", false, false),
                (3, "20160102120000", "deploy", false, false),
                (4, "20160101120000", "deploy", true, false),
                (5, "1.4.2", "Ada", false, true),
            ]
        );
        let track = TrackId::new("checkout", "production");
        let first = lines[0].deployment(&track, None);
        assert_eq!(first.finished_at.unwrap().to_rfc3339(), "2016-01-01T12:00:00+00:00");
        assert_eq!(first.commit, None, "seven digits are no commit id");
        assert!(lines[1].deployment(&track, None).commit.is_some());
        assert_eq!(lines[2].deployment(&track, None).finished_at, None);
    }

    #[test]
    fn what_is_recorded_is_not_told_twice() {
        let text = r#"{"version":"1.4.2","operation":"op-1"}"#;
        let history = History { entries: vec![serde_json::from_str(text).unwrap()], ..History::default() };
        assert_eq!(untold(read(LOG), &history).len(), 3);
        assert_eq!(untold(read(LOG), &History::default()).len(), 4);
    }

    #[test]
    fn our_sentences_can_be_read_back() {
        let entry: Entry = serde_json::from_str(r#"{"version":"a b","by":"Ada","operation":"op-1"}"#).unwrap();
        for back in [false, true] {
            let line = parse(&sentence(&entry, back), 1).unwrap();
            assert_eq!((line.release.as_str(), line.by.as_str(), line.back), ("a b", "Ada", back));
            assert_eq!(line.operation, Some("op-1".into()));
        }
    }

    #[test]
    fn names_that_are_times_are_told_from_names_that_are_not() {
        assert!(named_time(&"20160101120000".into()).is_some());
        for other in ["1.4.2", "20161301120000", "2016010112000", "99999999999999"] {
            assert_eq!(named_time(&other.into()), None, "{other}");
        }
    }
}

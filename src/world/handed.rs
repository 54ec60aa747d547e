//! Deployments and incidents that somebody hands over in files of JSON lines, for measuring what no backend reports.
//!
//! A line that makes no sense is told and left out; the others count. Of two lines with one id the later holds.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use chrono::Datelike;
use serde::de::{self, DeserializeOwned, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::graph::{CommitGraph, Prefix};
use crate::metrics::Reported;
use crate::model::{
    CommitId, Deployment, DeploymentId, EnvironmentId, Incident, IncidentId, Outcome, ServiceId, SourceId, Text, Time,
    Version,
};

/// A longer line is not read.
const LONGEST_LINE: u64 = 1 << 20;

/// What some editors begin a file with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How many bad lines are named.
const NAMED: usize = 5;

/// The environment of a deployment that names none.
pub const PRODUCTION: &str = "production";

/// What a file held.
#[derive(Debug)]
pub struct Handed<T> {
    /// What was understood, in the order of the file.
    pub all: Vec<T>,
    /// How many lines were not.
    pub bad: usize,
    /// The first of those, each as `FILE:LINE: reason`.
    pub named: Vec<Text>,
}

/// Words for what a file does not say itself.
#[derive(Clone, Copy, Debug)]
pub struct Defaults<'a> {
    /// The service of a line that names none.
    pub service: &'a str,
    /// The commits, for abbreviated ids.
    pub graph: Option<&'a CommitGraph>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct DeploymentLine {
    id: DeploymentId,
    service: Option<ServiceId>,
    environment: Option<EnvironmentId>,
    commit: Option<String>,
    version: Option<Version>,
    started_at: Option<Moment>,
    finished_at: Moment,
    outcome: Outcome,
    #[serde(default)]
    labels: Vec<Text>,
    fixes: Option<DeploymentId>,
    traffic: Option<bool>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct IncidentLine {
    id: IncidentId,
    service: Option<ServiceId>,
    environment: Option<EnvironmentId>,
    title: Option<Text>,
    #[serde(alias = "opened")]
    opened_at: Moment,
    #[serde(alias = "detected")]
    detected_at: Option<Moment>,
    #[serde(alias = "resolved")]
    resolved_at: Option<Moment>,
    caused_by: Option<DeploymentId>,
}

/// An instant as RFC 3339 writes it: of the years 0 to 9999.
#[derive(Clone, Copy)]
struct Moment(Time);

impl Moment {
    fn time(self) -> Time {
        self.0
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Instant)
    }
}

/// Reads a [`Moment`] without keeping its text.
struct Instant;

impl Visitor<'_> for Instant {
    type Value = Moment;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a time like 2026-12-24T18:00:00Z")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
        let read = text.parse().ok().filter(|at: &Time| (0..=9999).contains(&at.year()));
        read.map(Moment).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Reads deployments.
///
/// # Errors
/// When the file cannot be read. Lines that make no sense are no error.
pub fn deployments(path: &Path, defaults: &Defaults<'_>) -> io::Result<Handed<Reported>> {
    let source = SourceId::from("handed over");
    let read = lines(path, |line: DeploymentLine| Reported {
        source: source.clone(),
        deployment: Arc::new(Deployment {
            id: line.id,
            service: line
                .service
                .filter(|it| !it.as_str().is_empty())
                .unwrap_or_else(|| ServiceId::from(defaults.service)),
            environment: (line.environment.filter(|it| !it.as_str().is_empty()))
                .unwrap_or_else(|| EnvironmentId::from(PRODUCTION)),
            version: line.version.filter(|it| !it.as_str().is_empty()),
            commit: line.commit.and_then(|commit| commit_of(&commit, defaults.graph)),
            also: Vec::new(),
            digest: None,
            started_at: line.started_at.map(Moment::time),
            finished_at: Some(line.finished_at.time()),
            outcome: line.outcome,
            actor: None,
            reason: None,
            labels: line.labels,
            fixes: line.fixes,
            traffic: line.traffic,
            url: None,
        }),
    })?;
    Ok(last_of_each(read, |it| (it.deployment.track(), it.deployment.id.clone())))
}

/// Reads incidents.
///
/// # Errors
/// When the file cannot be read. Lines that make no sense are no error.
pub fn incidents(path: &Path) -> io::Result<Handed<Arc<Incident>>> {
    let read = lines(path, |line: IncidentLine| {
        Arc::new(Incident {
            id: line.id,
            service: line.service,
            environment: line.environment,
            title: line.title.unwrap_or_default(),
            opened_at: line.opened_at.time(),
            detected_at: line.detected_at.map(Moment::time),
            resolved_at: line.resolved_at.map(Moment::time),
            caused_by: line.caused_by,
            url: None,
        })
    })?;
    Ok(last_of_each(read, |it| it.id.clone()))
}

/// The commit that a whole id names, or an abbreviated one that is unique.
fn commit_of(words: &str, graph: Option<&CommitGraph>) -> Option<CommitId> {
    words.parse().ok().or_else(|| match graph?.find_prefix(words) {
        Prefix::One(pos) => Some(graph?.id(pos)),
        Prefix::None | Prefix::Many(_) => None,
    })
}

fn lines<L: DeserializeOwned, T>(path: &Path, make: impl Fn(L) -> T) -> io::Result<Handed<T>> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut handed = Handed { all: Vec::new(), bad: 0, named: Vec::new() };
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let whole = line.last() == Some(&b'\n') || (line.len() as u64) < LONGEST_LINE;
        if !whole {
            skip_line(&mut file)?;
        }
        let text = match number {
            1 => line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line),
            _ => &line,
        };
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let read =
            if whole { serde_json::from_slice::<L>(text).map_err(|error| reason(&error)) } else { Err(too_long()) };
        match read {
            Ok(read) => handed.all.push(make(read)),
            Err(reason) => {
                handed.bad += 1;
                if handed.named.len() < NAMED {
                    handed.named.push(Text::from(format!("{}:{number}: {reason}", path.display())));
                }
            }
        }
    }
    Ok(handed)
}

fn skip_line(file: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = file.fill_buf()?;
        let (taken, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        file.consume(taken);
        if ended {
            return Ok(());
        }
    }
}

/// What is wrong, without the place that serde names: every line is its line 1.
fn reason(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.rsplit_once(" at line ").map_or(told.clone(), |(reason, _)| reason.to_owned())
}

fn too_long() -> String {
    format!("longer than {LONGEST_LINE} bytes")
}

fn last_of_each<T, K: std::hash::Hash + Eq>(mut handed: Handed<T>, key: impl Fn(&T) -> K) -> Handed<T> {
    let mut last: HashMap<K, usize> = HashMap::with_capacity(handed.all.len());
    for (at, it) in handed.all.iter().enumerate() {
        last.insert(key(it), at);
    }
    if last.len() < handed.all.len() {
        let mut at = 0..handed.all.len();
        handed.all.retain(|it| at.next().is_some_and(|at| last.get(&key(it)) == Some(&at)));
    }
    handed
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text).expect("a disk that takes it");
        file
    }

    const NOTHING: Defaults<'_> = Defaults { service: "shop", graph: None };

    #[test]
    fn a_bad_line_is_told_and_the_others_count() {
        let good = |id: &str| {
            format!(r#"{{"id":"{id}","commit":"ZZ","finished_at":"2026-01-01T10:00:00Z","outcome":"success"}}"#)
        };
        let long = format!("\"{}\"", "x".repeat(LONGEST_LINE as usize));
        let text = [&good("d1"), "", "{", r#"{"id":"d2"}"#, "\u{1b}[2J", &long, &good("d3"), &good("d1")].join("\r\n");
        let read = deployments(file(text.as_bytes()).path(), &NOTHING).expect("it can be read");
        let ids: Vec<&str> = read.all.iter().map(|it| it.deployment.id.as_str()).collect();
        assert_eq!((ids, read.bad), (vec!["d3", "d1"], 4));
        assert!(read.named[1].as_str().ends_with(":4: missing field `finished_at`"), "{:?}", read.named);
        let deployment = &read.all[0].deployment;
        assert_eq!((deployment.commit, deployment.track().to_string()), (None, "shop in production".to_owned()));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_line_and_an_empty_name_is_none() {
        let line =
            r#"{"id":"d1","service":"","environment":"","finished_at":"2026-01-01T10:00:00Z","outcome":"success"}"#;
        let read = deployments(file(format!("\u{feff}{line}").as_bytes()).path(), &NOTHING).expect("it can be read");
        assert_eq!(read.bad, 0);
        assert_eq!(read.all[0].deployment.track().to_string(), "shop in production");
    }

    #[test]
    fn a_time_that_nobody_can_write_back_is_a_bad_line() {
        for wrong in ["2026-01-07", "+12026-01-07T00:00:00Z", "-2026-01-07T00:00:00Z", "9999-12-31T23:59:59-01:00", ""]
        {
            let line = format!(r#"{{"id":"d1","finished_at":"{wrong}","outcome":"success"}}"#);
            let read = deployments(file(line.as_bytes()).path(), &NOTHING).expect("it can be read");
            assert_eq!((read.all.len(), read.bad), (0, 1), "{wrong}");
            assert!(read.named[0].as_str().ends_with("expected a time like 2026-12-24T18:00:00Z"), "{:?}", read.named);
        }
    }

    #[test]
    fn incidents_are_read() {
        let text = br#"{"id":"i1","opened_at":"2026-01-01T10:00:00Z","caused_by":"d1"}
            {"id":"i2","opened":"2026-01-01T10:00:00Z","resolved":"2026-01-01T11:00:00+01:00"}"#;
        let read = incidents(file(text).path()).expect("it can be read");
        assert_eq!((read.all.len(), read.bad), (2, 0));
        assert_eq!(read.all[1].resolved_at, Some(read.all[0].opened_at));
        assert!(incidents(Path::new("/nowhere/at/all")).is_err());
    }
}

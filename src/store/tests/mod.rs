//! The store as its callers see it.

mod algebra;
mod apply;
mod damage;
mod processes;

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use super::{Opened, Store};
use crate::fact::{Body, Complete, Fact, FactKind, Withdrawn};
use crate::model::{BadMark, Clock, Run, RunId, SourceId, Status, Text, Time, Version};

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn clock(seconds: i64) -> Clock {
    Arc::new(move || at(seconds))
}

fn open(dir: &Path) -> Store {
    let Opened { store, set_aside } = Store::open(dir, clock(1000)).unwrap();
    assert_eq!(set_aside, None);
    store
}

fn fresh() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    (dir, store)
}

fn source() -> SourceId {
    SourceId::from("ci")
}

/// A fact about the version `name`, whose content is `why`.
fn mark(name: &str, why: &str, seconds: i64) -> Fact {
    let body = BadMark {
        service: "checkout".into(),
        version: Version::from(name),
        who: Text::from("ada"),
        why: Text::from(why),
        at: at(0),
        lifted: false,
    };
    Fact::new(source(), at(seconds), body)
}

fn withdrawn(fact: &Fact, seconds: i64) -> Fact {
    let key = fact.key();
    Fact::new(key.source, at(seconds), Withdrawn { kind: key.kind, name: key.name })
}

fn run(id: &str, finished: i64) -> Fact {
    let body = Run {
        id: RunId::from(id),
        number: None,
        attempt: None,
        pipeline: Text::from("build"),
        service: None,
        commit: None,
        branch: None,
        trigger: None,
        status: Status::Ok,
        queued_at: None,
        started_at: None,
        finished_at: Some(at(finished)),
        version: None,
        jobs: Vec::new(),
        url: None,
    };
    Fact::new(source(), at(finished), body)
}

fn everything() -> Complete {
    Complete { kind: FactKind::BadMark, within: Vec::new() }
}

fn is_withdrawn(fact: &Fact) -> bool {
    matches!(fact.body, Body::Withdrawn(_))
}

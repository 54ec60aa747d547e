//! Folding all facts at once, in batches, in any order and again and again gives the same picture.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Commits, Frame, Picture};
use crate::fact::{Body, Fact, Withdrawn};
use crate::graph::{CommitGraph, CommitTexts, NewCommit, Pos, Touched};
use crate::model::{
    BadMark, CommitId, CommitText, Deployment, Environment, EnvironmentId, Health, Incident, Installed, Kind, Lock,
    Outcome, Reference, ReferenceKind, Run, Scope, Service, ServiceId, SourceId, Status, Text, Time, TrackId,
    TrackState,
};

const COMMITS: u8 = 6;

#[derive(Debug)]
struct NoTexts;

impl CommitTexts for NoTexts {
    fn text(&self, _: Pos) -> CommitText {
        CommitText::default()
    }

    fn find(&self, _: &str, _: usize) -> Vec<Pos> {
        Vec::new()
    }
}

fn commit(number: u8) -> CommitId {
    CommitId([number; 20])
}

fn time(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).expect("in range")
}

fn environment(name: &str, rank: u16) -> Environment {
    Environment {
        id: name.into(),
        rank,
        production: rank == 1,
        protected: false,
        operator: None,
        group: None,
        release_line: false,
        time_zone: chrono_tz::UTC,
    }
}

fn frame() -> Frame {
    Frame {
        environments: [environment("test", 0), environment("live", 1)].into(),
        named: vec!["a".into()],
        service: Arc::new(|id| {
            (id.as_str() != "ignored").then(|| Service {
                id: id.clone(),
                repository: Some("repo".into()),
                paths: Vec::new(),
                branch: None,
                release_tags: None,
                group: None,
            })
        }),
        owner: Arc::new(|_| None),
        measures: Arc::default(),
        freezes: Vec::new(),
    }
}

/// A line of commits, one second apart.
fn commits() -> Commits {
    let mut graph = CommitGraph::default();
    for number in 0..COMMITS {
        let parents: Vec<CommitId> = number.checked_sub(1).map(commit).into_iter().collect();
        let at = i64::from(number);
        graph.append(&NewCommit {
            id: commit(number),
            parents: &parents,
            authored: at,
            committed: at,
            ..NewCommit::default()
        });
    }
    Commits {
        graph: Arc::new(graph),
        texts: Arc::new(NoTexts),
        touched: Arc::new(Touched::default()),
        filters: Default::default(),
        same: Arc::default(),
    }
}

fn painted(batches: &[Vec<Fact>], commits_after: usize) -> String {
    let mut picture = Picture::new(frame());
    for (number, batch) in batches.iter().enumerate() {
        if number == commits_after {
            picture.set_commits("repo".into(), commits());
        }
        picture.fold(batch.iter().cloned());
    }
    if commits_after >= batches.len() {
        picture.set_commits("repo".into(), commits());
    }
    let snapshot = picture.snapshot();
    let references: Vec<_> = snapshot.repositories.values().map(|it| &it.references).collect();
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:?}",
        snapshot.services, references, snapshot.gates, snapshot.incidents, snapshot.observed_at
    )
}

prop_compose! {
    fn track()(service in 0..3_usize, environment in 0..2_usize) -> TrackId {
        TrackId::new(["a", "b", "ignored"][service], ["test", "live"][environment])
    }
}

fn body() -> impl Strategy<Value = Body> {
    let deployment =
        (track(), 0..4_u8, 0..COMMITS + 1, 0..20_i64, 0..3_u8).prop_map(|(track, id, at, finished, outcome)| {
            let outcome = [Outcome::Success, Outcome::Failed, Outcome::Running][usize::from(outcome)];
            Body::from(deployment(&track, &format!("d{id}"), commit(at), finished, outcome))
        });
    let state = (track(), 0..COMMITS, any::<bool>()).prop_map(|(track, at, sick)| {
        Body::from(TrackState {
            live: Some(Installed { version: "1".into(), digest: None, commit: Some(commit(at)), since: None }),
            health: if sick { Health::Degraded("sick".into()) } else { Health::Healthy },
            ..TrackState::new(track)
        })
    });
    let run = (0..3_u8, prop::option::of(0..2_usize), 0..COMMITS).prop_map(|(id, service, at)| {
        Body::from(Run {
            id: format!("r{id}").into(),
            number: None,
            attempt: None,
            pipeline: "build".into(),
            service: service.map(|it| ServiceId::from(["a", "b"][it])),
            commit: Some(commit(at)),
            branch: None,
            trigger: None,
            status: Status::Ok,
            queued_at: None,
            started_at: None,
            finished_at: Some(time(at.into())),
            version: None,
            jobs: Vec::new(),
            url: None,
        })
    });
    let incident = (0..2_u8, prop::option::of(0..2_usize), any::<bool>()).prop_map(|(id, service, over)| {
        Body::from(Incident {
            id: format!("i{id}").into(),
            service: service.map(|it| ServiceId::from(["a", "b"][it])),
            environment: None,
            title: "down".into(),
            opened_at: time(5),
            detected_at: None,
            resolved_at: over.then(|| time(9)),
            caused_by: None,
            url: None,
        })
    });
    let lock = (0..2_u8, any::<bool>()).prop_map(|(id, released)| {
        Body::from(Lock {
            id: Text::from(format!("l{id}")),
            scope: Scope::default(),
            who: "ann".into(),
            why: "busy".into(),
            since: time(1),
            until: None,
            released: released.then(|| (time(2), "ann".into())),
        })
    });
    let mark = any::<bool>().prop_map(|lifted| {
        Body::from(BadMark {
            service: "a".into(),
            version: "1".into(),
            who: "ann".into(),
            why: "leaks".into(),
            at: time(3),
            lifted,
        })
    });
    let reference = (0..COMMITS).prop_map(|at| {
        Body::from(Reference {
            repository: "repo".into(),
            name: "refs/heads/main".into(),
            kind: ReferenceKind::Branch,
            commit: commit(at),
            created_at: time(at.into()),
            annotated: false,
        })
    });
    prop_oneof![3 => deployment, 2 => state, 2 => run, 1 => incident, 1 => lock, 1 => mark, 1 => reference]
}

fn fact() -> impl Strategy<Value = Fact> {
    (body(), 0..6_i64, any::<bool>(), prop::bool::weighted(0.15)).prop_map(|(body, at, other, gone)| {
        let source = SourceId::from(if other { "other" } else { "one" });
        let fact = Fact::new(source, time(at), body);
        if !gone {
            return fact;
        }
        let key = fact.key();
        Fact { body: Body::from(Withdrawn { kind: key.kind, name: key.name }), ..fact }
    })
}

fn deployment(track: &TrackId, id: &str, commit: CommitId, finished: i64, outcome: Outcome) -> Deployment {
    Deployment {
        id: id.into(),
        service: track.service.clone(),
        environment: track.environment.clone(),
        version: Some(commit.short().into()),
        commit: Some(commit),
        digest: None,
        started_at: None,
        finished_at: Some(time(finished)),
        also: Vec::new(),
        outcome,
        actor: None,
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    }
}

proptest! {
    #[test]
    fn any_order_and_any_batches_give_the_same_picture(
        facts in prop::collection::vec(fact(), 0..24),
        shuffled in any::<prop::sample::Index>(),
        sizes in prop::collection::vec(1..5_usize, 1..12),
        commits_after in 0..4_usize,
    ) {
        let whole = painted(std::slice::from_ref(&facts), 0);
        let mut order = facts.clone();
        if !order.is_empty() {
            let pivot = shuffled.index(order.len());
            order.rotate_left(pivot);
            order[..pivot.max(1)].reverse();
        }
        let mut batches = Vec::new();
        for size in sizes.into_iter().cycle() {
            if order.is_empty() {
                break;
            }
            batches.push(order.drain(..size.min(order.len())).collect::<Vec<_>>());
        }
        prop_assert_eq!(&painted(&batches, commits_after), &whole);
        batches.push(facts);
        prop_assert_eq!(painted(&batches, commits_after), whole, "replay changes nothing");
    }
}

#[test]
fn a_run_that_was_withdrawn_and_came_back_without_its_service_is_there_once() {
    let run = |service: Option<&str>| Run {
        id: "r1".into(),
        number: None,
        attempt: None,
        pipeline: "build".into(),
        service: service.map(ServiceId::from),
        commit: Some(commit(0)),
        branch: None,
        trigger: None,
        status: Status::Ok,
        queued_at: None,
        started_at: None,
        finished_at: Some(time(0)),
        version: None,
        jobs: Vec::new(),
        url: None,
    };
    let first = Fact::new("one".into(), time(0), run(Some("a")));
    let key = first.key();
    let gone = Fact::new("one".into(), time(1), Withdrawn { kind: key.kind, name: key.name });
    let back = Fact::new("one".into(), time(2), run(None));
    let mut picture = Picture::new(frame());
    picture.set_commits("repo".into(), commits());
    for fact in [first, gone, back] {
        picture.fold([fact]);
    }
    assert_eq!(picture.snapshot().services[&ServiceId::from("a")].runs.len(), 1);
}

#[test]
fn a_rollback_is_told_from_a_delivery() {
    let mut picture = Picture::new(frame());
    picture.set_commits("repo".into(), commits());
    let track = TrackId::new("a", "live");
    let deployments = [("d1", 1), ("d2", 4), ("d3", 1), ("d4", 4)];
    picture.fold(deployments.iter().enumerate().map(|(at, (id, number))| {
        let finished = 100 + i64::try_from(at).expect("small");
        Fact::new("one".into(), time(200), deployment(&track, id, commit(*number), finished, Outcome::Success))
    }));
    let snapshot = picture.snapshot();
    let track = snapshot.track(&track).expect("the track is there");
    let kinds: Vec<Kind> = track.history.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Rollforward, Kind::Rollback, Kind::Forward, Kind::Initial]);
    let lead = track.lead_time(time(200));
    assert_eq!((lead.n, lead.p50), (3, Some(98.0)), "authored at 2, 3 and 4, delivered at 101");
}

#[test]
fn a_service_that_did_not_change_is_shared_with_the_snapshot_before() {
    let mut picture = Picture::new(frame());
    let of = |service: &str, id: &str| {
        let track = TrackId::new(service, EnvironmentId::from("live"));
        Fact::new("one".into(), time(1), deployment(&track, id, commit(1), 1, Outcome::Success))
    };
    picture.fold([of("a", "d1"), of("b", "d1")]);
    let before = picture.snapshot();
    picture.fold([of("a", "d2")]);
    let after = picture.snapshot();
    let same = |id: &str| Arc::ptr_eq(&before.services[&ServiceId::from(id)], &after.services[&ServiceId::from(id)]);
    assert!(same("b") && !same("a"));
}

#[test]
fn a_version_has_the_commit_that_another_source_or_its_name_tells() {
    let mut picture = Picture::new(frame());
    picture.set_commits("repo".into(), commits());
    let track = TrackId::new("a", "live");
    let deployed = |id: &str, version: &str, at: i64| {
        let it = deployment(&track, id, commit(0), at, Outcome::Success);
        let it = crate::model::Deployment { commit: None, version: Some(version.into()), ..it };
        Fact::new("cluster".into(), time(200), it)
    };
    let built = crate::model::Artifact {
        service: "a".into(),
        version: "1.1".into(),
        location: "registry".into(),
        digest: None,
        commit: Some(commit(2)),
        built_at: None,
        arrived_at: None,
        run: None,
        size: None,
        url: None,
    };
    let named = format!("main-{}", commit(4));
    picture.fold([
        deployed("d1", "1.1", 100),
        deployed("d2", &named, 101),
        deployed("d3", "nobody-knows", 102),
        Fact::new("registry".into(), time(200), built),
    ]);
    let snapshot = picture.snapshot();
    let history = &snapshot.track(&track).expect("the track is there").history;
    let told: Vec<_> = history.iter().map(|it| (it.kind, it.deployment.commit)).collect();
    assert_eq!(told, [(Kind::Unknown, None), (Kind::Forward, Some(commit(4))), (Kind::Initial, Some(commit(2)))]);
}

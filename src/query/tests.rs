//! Questions to a small world: a rollback in production, a lock, a pull request, names that mean several things.

use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::fact::{Body, Fact};
use crate::graph::{CommitGraph, CommitTexts, NewCommit, Pos, Touched};
use crate::model::{
    Artifact, CommitId, CommitText, Deployment, Environment, Kind, Lock, Outcome, PullRequest, RefName, Reference,
    ReferenceKind, Run, Scope, Service, ServiceId, SourceId, Status, Text, Time,
};
use crate::picture::{Commits, Frame, Picture, Snapshot};

/// Subject and parents. 0 ─ 1 ─ 2 ─ 4 ─ 5 ─ 6, with 3 from 1 into 4; 5 touches only the documentation.
const HISTORY: &[(&str, &[u8])] = &[
    ("Start", &[]),
    ("Totals", &[0]),
    ("ABC-7 fix rounding (#12)", &[1]),
    ("Retry (#123)", &[1]),
    ("Merge pull request #44", &[2, 3]),
    ("Describe ABC-7", &[4]),
    ("Revert \"Retry\"", &[5]),
];

#[derive(Debug)]
struct Texts;

impl CommitTexts for Texts {
    fn text(&self, pos: Pos) -> CommitText {
        let subject = HISTORY.get(pos.index()).map(|(subject, _)| Text::from(*subject)).unwrap_or_default();
        CommitText { author: Text::from(["Ada", "Ben"][pos.index() % 2]), email: Text::default(), subject }
    }

    fn find(&self, needle: &str, most: usize) -> Vec<Pos> {
        let needle = needle.to_ascii_lowercase();
        let all = (0_u32..7).zip(HISTORY).rev();
        all.filter(|(_, (subject, _))| subject.to_ascii_lowercase().contains(&needle))
            .map(|(at, _)| Pos(at))
            .take(most)
            .collect()
    }
}

fn id(number: u8) -> CommitId {
    // Commits 2 and 3 begin with the same four digits.
    let first = if number == 3 { 2 } else { number };
    CommitId(std::array::from_fn(|at| if at < 2 { first * 0x11 } else { number }))
}

pub(super) fn at(minutes: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + minutes * 60, 0).expect("a time")
}

pub(super) fn commits() -> Commits {
    let mut graph = CommitGraph::default();
    for (number, (_, parents)) in (0_u8..).zip(HISTORY) {
        let parents: Vec<CommitId> = parents.iter().map(|parent| id(*parent)).collect();
        let seconds = at(i64::from(number)).timestamp();
        let reverts = if number == 6 { vec![id(3)] } else { Vec::new() };
        graph.append(&NewCommit {
            id: id(number),
            parents: &parents,
            authored: seconds,
            committed: seconds,
            reverts: &reverts,
            ..NewCommit::default()
        });
    }
    let mut touched = Touched::new(1);
    touched.append(&[vec![1, 1, 1, 1, 1, 0, 1]]);
    Commits {
        graph: Arc::new(graph),
        texts: Arc::new(Texts),
        touched: Arc::new(touched),
        filters: [(ServiceId::from("checkout"), 0)].into(),
        same: Arc::default(),
    }
}

pub(super) fn environment(name: &str, rank: u16) -> Environment {
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

pub(super) fn frame() -> Frame {
    Frame {
        environments: [environment("testing", 0), environment("production", 1)].into(),
        named: vec!["checkout".into()],
        service: Arc::new(|id| {
            Some(Service {
                id: id.clone(),
                repository: (id.as_str() != "elsewhere").then(|| "shop".into()),
                paths: vec!["src/**".to_owned()],
                branch: Some("main".to_owned()),
                release_tags: None,
                group: None,
            })
        }),
        owner: Arc::new(|_| None),
        measures: Arc::default(),
        freezes: Vec::new(),
    }
}

pub(super) fn reference(name: &str, kind: ReferenceKind, commit: u8, minutes: i64) -> Body {
    Body::from(Reference {
        repository: "shop".into(),
        name: RefName::from(name),
        kind,
        commit: id(commit),
        created_at: at(minutes),
        annotated: false,
    })
}

fn artifact(version: &str, commit: Option<u8>, minutes: i64) -> Body {
    Body::from(Artifact {
        service: "checkout".into(),
        version: version.into(),
        location: "dev".into(),
        digest: None,
        commit: commit.map(id),
        built_at: Some(at(minutes)),
        arrived_at: None,
        run: None,
        size: None,
        url: None,
    })
}

pub(super) fn deployment(environment: &str, version: &str, commit: u8, minutes: i64, outcome: Outcome) -> Body {
    Body::from(Deployment {
        id: format!("{environment}-{minutes}").into(),
        service: "checkout".into(),
        environment: environment.into(),
        version: Some(version.into()),
        commit: Some(id(commit)),
        digest: None,
        started_at: Some(at(minutes)),
        also: Vec::new(),
        finished_at: (outcome != Outcome::Running).then(|| at(minutes + 1)),
        outcome,
        actor: None,
        reason: None,
        labels: Vec::new(),
        fixes: None,
        traffic: None,
        url: None,
    })
}

fn request() -> Body {
    Body::from(PullRequest {
        first_commit_at: None,
        repository: "shop".into(),
        number: "44".into(),
        title: "Retry".into(),
        author: None,
        opened_at: None,
        first_review_at: None,
        approved_at: None,
        merged_at: None,
        closed_at: None,
        merge_commit: Some(id(4)),
        commits: vec![id(3)],
        ticket: Some("ABC-9".into()),
        labels: Vec::new(),
        url: None,
    })
}

fn run() -> Body {
    Body::from(Run {
        id: "812".into(),
        number: None,
        attempt: None,
        pipeline: "build".into(),
        service: Some("checkout".into()),
        commit: Some(id(6)),
        branch: None,
        trigger: None,
        status: Status::Running,
        queued_at: None,
        started_at: Some(at(31)),
        finished_at: None,
        version: None,
        jobs: Vec::new(),
        url: None,
    })
}

fn lock() -> Body {
    Body::from(Lock {
        id: "l".into(),
        scope: Scope { service: None, environment: Some("production".into()) },
        who: "Ada".into(),
        why: "stocktaking".into(),
        since: at(0),
        until: Some(at(1_000)),
        released: None,
    })
}

fn world() -> Vec<Body> {
    use Outcome::{Failed, Success};
    vec![
        reference("refs/heads/main", ReferenceKind::Branch, 6, 6),
        reference("refs/heads/side", ReferenceKind::Branch, 3, 3),
        reference("refs/remotes/origin/main", ReferenceKind::RemoteBranch, 4, 4),
        reference("refs/tags/v1.1", ReferenceKind::Tag, 4, 9),
        reference("refs/tags/also-1.1", ReferenceKind::Tag, 4, 9),
        reference("refs/tags/v1.0", ReferenceKind::Tag, 1, 8),
        reference("refs/tags/side", ReferenceKind::Tag, 1, 8),
        artifact("1.0", Some(1), 8),
        artifact("1.1", Some(4), 9),
        artifact("mystery", None, 9),
        deployment("testing", "1.0", 1, 10, Success),
        deployment("testing", "1.1", 4, 20, Success),
        deployment("production", "1.0", 1, 12, Success),
        deployment("production", "1.1", 4, 22, Success),
        deployment("production", "1.2", 6, 24, Failed),
        deployment("production", "1.0", 1, 26, Success),
        request(),
        run(),
        lock(),
    ]
}

fn snapshot_of(bodies: Vec<Body>) -> Snapshot {
    let mut picture = Picture::new(frame());
    picture.set_commits("shop".into(), commits());
    picture.fold(bodies.into_iter().map(|body| Fact::new(SourceId::from("s"), at(30), body)));
    picture.snapshot()
}

fn ask(words: &str) -> Answer {
    where_is(&snapshot_of(world()), words, at(40))
}

fn only(words: &str) -> Found {
    let mut answer = ask(words);
    assert_eq!(answer.found.len(), 1, "{words}: {answer:#?}");
    answer.found.pop().expect("one")
}

fn standings(found: &Found) -> Vec<(String, Standing)> {
    let service = found.services.first().expect("a service");
    service.environments.iter().map(|it| (it.environment.to_string(), it.standing.clone())).collect()
}

fn version(version: &str) -> crate::model::Version {
    version.into()
}

#[rstest]
#[case::whole_id(&id(2).to_string(), &[2])]
#[case::digits("22220202", &[2])]
#[case::digits_of_two("2222", &[2, 3])]
#[case::branch("main", &[6])]
#[case::branch_of_a_remote("origin/main", &[4])]
#[case::full_name("refs/heads/side", &[3])]
#[case::tag_and_branch("side", &[1, 3])]
#[case::tag("v1.0", &[1])]
#[case::version("1.1", &[4])]
#[case::request_known("#44", &[4])]
#[case::request_in_a_subject("#12", &[2])]
#[case::merge_request_form("!123", &[3])]
#[case::ticket("ABC-7", &[5, 2])]
#[case::ticket_in_small_letters("abc-7", &[5, 2])]
#[case::ticket_of_a_request("ABC-9", &[4, 3])]
#[case::words_of_a_subject("rounding fix", &[2])]
#[case::a_word_of_several("retry", &[6, 3])]
#[case::words_of_a_merge("pull request", &[])]
#[case::words_of_no_one_subject("rounding retry", &[])]
#[case::with_spaces_around(" v1.0 ", &[1])]
#[case::nothing("no-such-thing", &[])]
#[case::empty("", &[])]
#[case::hostile("\u{1b}[31m../../x", &[])]
fn words_find_the_commits_that_they_mean(#[case] words: &str, #[case] expected: &[u8]) {
    let found: Vec<CommitId> = ask(words).found.iter().map(|it| it.commit.id).collect();
    let mut expected: Vec<CommitId> = expected.iter().map(|number| id(*number)).collect();
    if words == "side" {
        expected.sort();
        assert_eq!(
            {
                let mut found = found;
                found.sort();
                found
            },
            expected
        );
    } else {
        assert_eq!(found, expected);
    }
}

#[test]
fn a_name_of_one_commit_in_several_ways_is_one_answer() {
    let found = only(&id(4).to_string());
    assert_eq!(found.is_asked_as.iter().map(|it| it.kind).collect::<Vec<_>>(), [Meaning::Commit]);
    assert!(found.commit.merge);
    assert_eq!(found.commit.pull_request, Some(Text::from("44")));
    assert_eq!(only("#44").is_asked_as[0].name.as_str(), "#44 Retry");
}

#[test]
fn tags_and_branches_that_hold_a_commit_are_listed_as_git_lists_them() {
    let found = only(&id(2).to_string());
    assert_eq!(found.first_tag.map(|tag| tag.name.to_string()).as_deref(), Some("also-1.1"), "same date: by name");
    assert_eq!(found.tags.names, [Text::from("also-1.1"), Text::from("v1.1")]);
    assert_eq!(found.branches.names, [Text::from("main"), Text::from("origin/main")]);
    assert_eq!(only("main").first_tag, None);
    assert_eq!(only(&id(3).to_string()).commit.reverted_by, [id(6)]);
}

#[test]
fn a_commit_that_was_rolled_back_says_by_what_and_when() {
    let found = only("22220202");
    let service = &found.services[0];
    assert_eq!((service.touches, service.landed), (true, Some(true)));
    assert_eq!(service.versions.names, [Text::from("1.1 in dev")]);
    let standings = standings(&found);
    let came = |environment: &str, minutes: i64| Arrived {
        version: Some(version("1.1")),
        at: Some(at(minutes + 1)),
        deployment: Some(format!("{environment}-{minutes}").into()),
        baseline: false,
    };
    let gone = Arrived { version: Some(version("1.0")), ..came("production", 26) };
    assert_eq!(
        standings,
        [
            ("testing".to_owned(), Standing::Live { version: version("1.1"), arrived: Some(came("testing", 20)) }),
            (
                "production".to_owned(),
                Standing::Removed {
                    version: version("1.0"),
                    arrived: came("production", 22),
                    by: Some(gone),
                    kind: Some(Kind::Rollback),
                }
            ),
        ]
    );
}

#[test]
fn a_commit_of_the_baseline_is_live_since_nobody_knows_when() {
    let standings = standings(&only(&id(0).to_string()));
    let baseline = |version: &str| Standing::Live {
        version: version.into(),
        arrived: Some(Arrived { baseline: true, ..Arrived::default() }),
    };
    assert_eq!(standings, [("testing".to_owned(), baseline("1.1")), ("production".to_owned(), baseline("1.0"))]);
}

#[test]
fn what_waits_says_for_what_and_who_holds_it() {
    let found = only(&id(6).to_string());
    assert_eq!(found.services[0].runs.iter().map(|run| run.id.to_string()).collect::<Vec<_>>(), ["812"]);
    let standings = standings(&found);
    assert_eq!(standings[0].1, Standing::Waiting { waits_for: WaitsFor::Build, held_by: Vec::new() });
    let Standing::Waiting { waits_for, held_by } = &standings[1].1 else { panic!("{standings:?}") };
    assert_eq!(*waits_for, WaitsFor::Environment { before: "testing".into() });
    assert_eq!(held_by.iter().map(|gate| gate.why.to_string()).collect::<Vec<_>>(), ["stocktaking"]);
    let later = where_is(&snapshot_of(world()), "main", at(2_000));
    assert!(format!("{later:?}").contains("held_by: []"), "the lock has ended");
}

#[test]
fn a_built_version_waits_for_its_deployment_and_then_for_promotion() {
    let first = |more: Body, words: &str| {
        let answer = where_is(&snapshot_of(world().into_iter().chain([more]).collect()), words, at(40));
        standings(answer.found.first().expect("found")).into_iter().map(|(_, standing)| standing).collect::<Vec<_>>()
    };
    let built = first(artifact("1.3", Some(6), 30), "main");
    let expected = WaitsFor::Deployment { version: version("1.3"), location: "dev".into() };
    assert!(matches!(&built[0], Standing::Waiting { waits_for, .. } if *waits_for == expected), "{built:?}");
    let promoted = first(deployment("testing", "1.3", 6, 32, Outcome::Success), "main");
    let expected = WaitsFor::Promotion { from: "testing".into(), version: version("1.3") };
    assert!(matches!(&promoted[1], Standing::Waiting { waits_for, .. } if *waits_for == expected), "{promoted:?}");
    let running = first(deployment("testing", "1.3", 6, 32, Outcome::Running), "main");
    let expected = WaitsFor::Running { version: Some(version("1.3")) };
    assert!(matches!(&running[0], Standing::Waiting { waits_for, .. } if *waits_for == expected), "{running:?}");
}

#[test]
fn a_commit_outside_the_deployed_branch_waits_for_the_merge() {
    let mut bodies = world();
    bodies[0] = reference("refs/heads/main", ReferenceKind::Branch, 1, 6);
    let answer = where_is(&snapshot_of(bodies), "22220202", at(40));
    let service = &answer.found[0].services[0];
    assert_eq!(service.landed, Some(false));
    bodies = world()
        .into_iter()
        .filter(|body| !matches!(body, Body::Deployment(it) if it.version == Some("1.1".into())))
        .collect();
    bodies[0] = reference("refs/heads/main", ReferenceKind::Branch, 1, 6);
    let answer = where_is(&snapshot_of(bodies), "22220202", at(40));
    let standings = standings(&answer.found[0]);
    let expected = WaitsFor::Merge { branch: "main".into() };
    assert!(matches!(&standings[0].1, Standing::Waiting { waits_for, .. } if *waits_for == expected), "{standings:?}");
}

#[test]
fn a_commit_outside_every_service_is_seen_from_all_of_them() {
    let found = only(&id(5).to_string());
    assert_eq!(
        found.services.iter().map(|it| (it.service.to_string(), it.touches)).collect::<Vec<_>>(),
        [("checkout".to_owned(), false)]
    );
}

#[test]
fn a_version_whose_commit_nobody_told_is_told_apart() {
    let answer = ask("mystery");
    assert!(answer.found.is_empty());
    assert_eq!(
        answer.unplaced,
        [Unplaced { service: "checkout".into(), version: version("mystery"), live_in: Vec::new() }]
    );
    assert!(ask("1.1").unplaced.is_empty());
}

#[test]
fn answers_survive_their_encoding() {
    for words in ["22220202", "main", "mystery", "side"] {
        let answer = ask(words);
        let text = serde_json::to_string(&answer).expect("json");
        assert_eq!(serde_json::from_str::<Answer>(&text).expect("the same"), answer);
    }
}

fn between(from: &str, to: &str) -> Result<ChangesAnswer, QueryError> {
    changes_between(&snapshot_of(world()), &"checkout".into(), from, to, 200)
}

#[rstest]
#[case("1.0", "main", Kind::Forward, &[6, 3, 2], &[])]
#[case("main", "1.0", Kind::Rollback, &[], &[6, 3, 2])]
#[case("v1.0", "v1.1", Kind::Forward, &[3, 2], &[])]
#[case("production", "testing", Kind::Forward, &[3, 2], &[])]
#[case("testing", "1.1", Kind::Redeploy, &[], &[])]
#[case("22220202", "refs/heads/side", Kind::Divergent, &[3], &[2])]
#[case("side", "1.1", Kind::Forward, &[3, 2], &[])]
fn the_difference_of_two_points_is_told(
    #[case] from: &str,
    #[case] to: &str,
    #[case] kind: Kind,
    #[case] added: &[u8],
    #[case] removed: &[u8],
) {
    let answer = between(from, to).expect("an answer");
    let ids = |changes: &crate::model::Changes| changes.list.iter().map(|line| line.commit).collect::<Vec<_>>();
    let expected = |all: &[u8]| all.iter().map(|number| id(*number)).collect::<Vec<_>>();
    assert_eq!((answer.kind, ids(&answer.added), ids(&answer.removed)), (kind, expected(added), expected(removed)));
}

#[test]
fn merges_and_other_paths_are_not_among_the_changes() {
    let answer = between("1.0", "main").expect("an answer");
    assert_eq!((answer.added.count, answer.added.merges), (3, 1));
    assert_eq!(answer.added.authors, [Text::from("Ada"), Text::from("Ben")]);
    assert_eq!(answer.added.list[1].pull_request, Some(Text::from("44")));
    let short = changes_between(&snapshot_of(world()), &"checkout".into(), "1.0", "main", 1).expect("an answer");
    assert_eq!((short.added.count, short.added.list.len()), (3, 1));
}

#[test]
fn a_question_without_an_answer_says_why() {
    let error = |from: &str| between(from, "main").expect_err(from);
    assert!(matches!(error("nothing"), QueryError::NotFound { .. }));
    assert_eq!(error("mystery"), QueryError::NoCommit { asked: "mystery".into() });
    let ambiguous = error("2222").to_string();
    assert!(ambiguous.starts_with("2222 can mean commit 22220202"), "{ambiguous}");
    let snapshot = snapshot_of(world());
    let no_service = changes_between(&snapshot, &"nobody".into(), "a", "b", 1).expect_err("no service");
    assert_eq!(no_service.to_string(), "there is no service nobody");
    assert!(no_service.hint().is_some());
}

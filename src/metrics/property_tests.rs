//! What holds for every history: the algebra of what is new, and how the measures move when history does.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::failure::judge;
use super::policy::{Baseline, Policy};
use super::verdict::{Remedy, Signal, Verdicts};
use super::{Classes, Code, Codebase, Ledger, Reported, Scope, Subject, Traced, TrackMetrics, Window, measure};
use crate::graph::random::{ancestors, graphs, id, linear};
use crate::graph::{CommitGraph, NewCommit, Pos};
use crate::model::{CommitId, Deployment, Incident, Kind, Outcome, RepositoryId, Text, Time};

/// A deployment in a few numbers: hours, a position, and what is told of it.
#[derive(Clone, Copy, Debug)]
struct Move {
    at: i64,
    took: i64,
    commit: u32,
    ok: bool,
    traffic: bool,
    hotfix: bool,
    fixes: Option<usize>,
}

/// A history: commits of which some revert others, deployments, and incidents as (opened, resolved, cause).
#[derive(Clone, Debug)]
struct History {
    graph: CommitGraph,
    moves: Vec<Move>,
    incidents: Vec<(i64, Option<i64>, Option<usize>)>,
}

/// A history as it was lived: shifted and stretched in time, under other names.
#[derive(Clone, Copy)]
struct Lived {
    shift: i64,
    stretch: i64,
    names: &'static str,
}

const PLAIN: Lived = Lived { shift: 1_700_000_000, stretch: 1, names: "d" };
const HOUR: i64 = 3_600;

struct Told {
    graph: CommitGraph,
    ledger: Ledger,
    verdicts: Verdicts,
    metrics: TrackMetrics,
}

fn moves(most: u32) -> impl Strategy<Value = Move> {
    let fixes = prop::option::weighted(0.2, 0_usize..12);
    let chance = |likely: f64| prop::bool::weighted(likely);
    (0_i64..400, 0_i64..6, 0..most, chance(0.85), chance(0.5), chance(0.2), fixes).prop_map(
        |(at, took, commit, ok, traffic, hotfix, fixes)| Move { at, took, commit, ok, traffic, hotfix, fixes },
    )
}

prop_compose! {
    fn histories()(
        shape in graphs(24),
        reverts in prop::collection::vec((0_u32..24, 0_u32..24), 0..5),
        moves in prop::collection::vec(moves(24), 1..12),
        incidents in prop::collection::vec((0_i64..400, prop::option::of(0_i64..50), prop::option::of(0_usize..12)), 0..3),
    ) -> History {
        let last = u32::try_from(shape.len()).unwrap() - 1;
        let moves = moves.into_iter().map(|it| Move { commit: it.commit.min(last), ..it }).collect();
        let incidents = incidents.into_iter().map(|(at, long, cause)| (at, long.map(|long| at + long), cause)).collect();
        History { graph: with_reverts(&shape, &reverts), moves, incidents }
    }
}

fn with_reverts(shape: &CommitGraph, reverts: &[(u32, u32)]) -> CommitGraph {
    let mut graph = CommitGraph::default();
    for pos in shape.positions() {
        let parents: Vec<CommitId> = shape.parents(pos).iter().map(|it| shape.id(*it)).collect();
        let targets = reverts.iter().filter(|(revert, of)| *revert == pos.0 && of < revert);
        let targets: Vec<CommitId> = targets.map(|(_, of)| shape.id(Pos(*of))).collect();
        let at = shape.authored(pos);
        graph.append(&NewCommit {
            id: shape.id(pos),
            parents: &parents,
            authored: at,
            committed: at,
            reverts: &targets,
            ..NewCommit::default()
        });
    }
    graph
}

impl Lived {
    fn time(&self, hours: i64) -> Time {
        Time::from_timestamp(self.shift + hours * HOUR * self.stretch, 0).unwrap()
    }

    fn id(&self, number: usize) -> String {
        format!("{}{number:05}", self.names)
    }

    /// The same commits at other times.
    fn graph(&self, of: &CommitGraph) -> CommitGraph {
        let mut graph = CommitGraph::default();
        for pos in of.positions() {
            let ids = |all: &[Pos]| all.iter().map(|it| of.id(*it)).collect::<Vec<CommitId>>();
            let (parents, reverts): (_, Vec<CommitId>) = (ids(of.parents(pos)), of.reverts(pos).collect());
            let at = self.shift + of.authored(pos) * self.stretch;
            graph.append(&NewCommit {
                id: of.id(pos),
                parents: &parents,
                authored: at,
                committed: at,
                reverts: &reverts,
                ..NewCommit::default()
            });
        }
        graph
    }

    fn reported(&self, history: &History) -> Vec<Reported> {
        let all = history.moves.iter().enumerate();
        all.map(|(number, it)| {
            let deployment = Deployment {
                id: self.id(number).into(),
                service: "api".into(),
                environment: "production".into(),
                version: None,
                commit: Some(history.graph.id(Pos(it.commit))),
                also: Vec::new(),
                digest: None,
                started_at: Some(self.time(it.at - it.took)),
                finished_at: Some(self.time(it.at)),
                outcome: if it.ok { Outcome::Success } else { Outcome::Failed },
                actor: None,
                reason: None,
                labels: it.hotfix.then(|| Text::from("hotfix")).into_iter().collect(),
                fixes: it.fixes.map(|it| self.id(it).into()),
                traffic: Some(it.traffic),
                url: None,
            };
            Reported { source: "test".into(), deployment: Arc::new(deployment) }
        })
        .collect()
    }

    fn incidents(&self, history: &History) -> Vec<Arc<Incident>> {
        let all = history.incidents.iter().enumerate();
        all.map(|(number, (opened, resolved, cause))| {
            Arc::new(Incident {
                id: format!("i{number}").into(),
                service: None,
                environment: None,
                title: Text::from("it hurt"),
                opened_at: self.time(*opened),
                detected_at: None,
                resolved_at: resolved.map(|it| self.time(it)),
                caused_by: cause.map(|it| self.id(it).into()),
                url: None,
            })
        })
        .collect()
    }

    fn tell(&self, history: &History) -> Told {
        let policy = Policy { horizon: TimeDelta::hours(168 * self.stretch), ..Policy::default() };
        let (graph, now) = (self.graph(&history.graph), self.time(500));
        let repository = RepositoryId::from("own");
        let codebases = [Codebase { id: &repository, graph: &graph }];
        let ledger = Ledger::new(self.reported(history), &codebases, &policy.baseline);
        let classes = Classes::new(&graph, &[], &[], &policy);
        let code = Code::new(&graph, graph.positions().next_back(), &[], &classes, &policy);
        let (scopes, incidents) = ([Scope { code: &code, within: None }], self.incidents(history));
        let verdicts = judge(&ledger, &scopes, &incidents, &[], &policy, now);
        let subject = Subject {
            ledger: &ledger,
            scopes: &scopes,
            incidents: &incidents,
            bad: &[],
            zone: chrono_tz::Tz::UTC,
            traced: &|_| Traced::default(),
        };
        let metrics = measure(&subject, &policy, Window::default(), now);
        Told { ledger, verdicts, metrics, graph }
    }
}

impl Told {
    fn brought(&self, entry: usize) -> BTreeSet<Pos> {
        self.ledger.new_commits(0, entry).iter().copied().collect()
    }

    fn delivered(&self) -> BTreeSet<Pos> {
        (0..self.ledger.entries().len()).flat_map(|it| self.brought(it)).collect()
    }

    fn kinds(&self) -> Vec<Kind> {
        self.ledger.entries().iter().map(|it| it.kind).collect()
    }

    fn at(&self, entry: usize) -> Time {
        self.ledger.entries()[entry].deployment.at().unwrap()
    }

    fn commit(&self, entry: usize) -> Pos {
        self.graph.position(&self.ledger.entries()[entry].deployment.commit.unwrap()).unwrap()
    }

    /// Every duration that is measured, in seconds.
    fn durations(&self) -> Vec<f64> {
        let it = &self.metrics;
        let some = [it.lead_time.p50, it.lead_time.landed.p50, it.frequency.gap_p50, it.recovery.p50];
        let rest = [it.waiting.as_ref().and_then(|it| it.oldest), it.frequency.since_last];
        let some = some.into_iter().chain(rest).map(|it| it.unwrap_or(-1.0));
        it.lead_time.seconds.iter().copied().chain(some).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_new_is_new_once_and_nothing_is_lost(history in histories()) {
        let told = PLAIN.tell(&history);
        let mut seen = BTreeSet::new();
        for (number, entry) in told.ledger.entries().iter().enumerate() {
            let new = told.brought(number);
            prop_assert!(seen.is_disjoint(&new));
            prop_assert_eq!(entry.is_success() && entry.kind.is_new(), !new.is_empty());
            if entry.is_success() {
                let all = ancestors(&told.graph, told.commit(number));
                prop_assert_eq!(&new, &all.difference(&seen).copied().collect());
                seen.extend(all);
            }
        }
        prop_assert_eq!(told.delivered(), seen);
    }

    #[test]
    fn another_order_brings_the_same_in_all(history in histories(), seed in 0_usize..1_000) {
        let mut other = history.clone();
        let count = other.moves.len();
        for (number, it) in other.moves.iter_mut().enumerate() {
            it.at = history.moves[(number + seed) % count].at;
        }
        prop_assert_eq!(PLAIN.tell(&other).delivered(), PLAIN.tell(&history).delivered());
    }

    #[test]
    fn a_redeployment_brings_nothing(history in histories()) {
        let told = PLAIN.tell(&history);
        let mut again = history.clone();
        let last = told.ledger.entries().iter().rposition(|it| it.is_success());
        let Some(last) = last else { return Ok(()) };
        again.moves.push(Move {
            at: 450, took: 0, commit: told.commit(last).0, ok: true, traffic: false, hotfix: false, fixes: None,
        });
        let more = PLAIN.tell(&again);
        let end = more.ledger.entries().len() - 1;
        prop_assert_eq!((more.ledger.entries()[end].kind, more.brought(end).len()), (Kind::Redeploy, 0));
        prop_assert_eq!(more.metrics.lead_time.seconds, told.metrics.lead_time.seconds);
        prop_assert_eq!(more.metrics.frequency.deployments, told.metrics.frequency.deployments);
        prop_assert_eq!(more.metrics.change_fail, told.metrics.change_fail);
    }

    #[test]
    fn a_later_deployment_changes_no_earlier_one(history in histories(), commit in 0_u32..24) {
        let told = PLAIN.tell(&history);
        let mut longer = history.clone();
        let commit = commit.min(u32::try_from(told.graph.len()).unwrap() - 1);
        longer.moves.push(Move { at: 450, took: 1, commit, ok: true, traffic: false, hotfix: false, fixes: None });
        let more = PLAIN.tell(&longer);
        let count = told.ledger.entries().len();
        prop_assert_eq!(&more.kinds()[..count], &told.kinds()[..]);
        prop_assert!((0..count).all(|it| more.ledger.new_commits(0, it) == told.ledger.new_commits(0, it)));
        let times = |told: &Told| told.metrics.deployments[..count].iter().map(|it| it.lead_time).collect::<Vec<_>>();
        prop_assert_eq!(times(&more), times(&told));
        // What was held against a deployment stays, and what repaired stays repair.
        for (before, after) in told.verdicts.entries.iter().zip(&more.verdicts.entries) {
            prop_assert!(before.failed_by.iter().all(|it| after.failed_by.contains(it)));
            prop_assert_eq!(&before.remedy, &after.remedy);
        }
    }

    #[test]
    fn time_may_be_shifted_and_stretched(history in histories(), shift in -1_000_000_i64..1_000_000, stretch in 1_i64..50) {
        let told = PLAIN.tell(&history);
        let shifted = Lived { shift: PLAIN.shift + shift, ..PLAIN }.tell(&history);
        prop_assert_eq!(shifted.durations(), told.durations());
        prop_assert_eq!(&shifted.verdicts.entries, &told.verdicts.entries);
        let stretched = Lived { stretch, ..PLAIN }.tell(&history);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let scaled: Vec<f64> =
            told.durations().iter().map(|it| if *it < 0.0 { *it } else { it * stretch as f64 }).collect();
        let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        prop_assert!(stretched.durations().iter().zip(&scaled).all(close));
        prop_assert_eq!(&stretched.verdicts.entries, &told.verdicts.entries);
        prop_assert_eq!(stretched.metrics.change_fail, told.metrics.change_fail);
        prop_assert_eq!(stretched.metrics.rework, told.metrics.rework);
    }

    #[test]
    fn names_mean_nothing(history in histories()) {
        let (told, other) = (PLAIN.tell(&history), Lived { names: "x", ..PLAIN }.tell(&history));
        prop_assert_eq!(told.durations(), other.durations());
        prop_assert_eq!(told.kinds(), other.kinds());
        let failed = |it: &Told| it.verdicts.entries.iter().map(|it| it.failed_by.len()).collect::<Vec<_>>();
        prop_assert_eq!(failed(&told), failed(&other));
        prop_assert_eq!(told.metrics.change_fail, other.metrics.change_fail);
    }

    #[test]
    fn a_batch_in_two_parts_at_one_instant_takes_no_longer(history in histories(), number in 0_usize..12, down in 0_usize..24) {
        let whole = PLAIN.tell(&history);
        let number = number % history.moves.len();
        let it = history.moves[number];
        let below: Vec<Pos> = ancestors(&whole.graph, Pos(it.commit)).into_iter().collect();
        let mut split = history.clone();
        split.moves.push(Move { commit: below[down % below.len()].0, fixes: None, hotfix: false, ..it });
        let parts = PLAIN.tell(&split);
        prop_assert_eq!(parts.delivered(), whole.delivered());
        // Where it is the first, what is baseline and what came with it are told apart by the deployments.
        if whole.ledger.entries().iter().position(|it| it.is_success()) != whole.number(number) {
            prop_assert_eq!(parts.metrics.lead_time.seconds, whole.metrics.lead_time.seconds);
        }
    }

    #[test]
    fn a_ledger_that_grew_is_like_one_made_at_once(history in histories(), late in prop::collection::vec(any::<bool>(), 12)) {
        let graph = PLAIN.graph(&history.graph);
        let repository = RepositoryId::from("own");
        let codebases = [Codebase { id: &repository, graph: &graph }];
        let all = PLAIN.reported(&history);
        let early: Vec<Reported> = all.iter().zip(&late).filter(|(_, late)| !**late).map(|(it, _)| it.clone()).collect();
        let baseline = Baseline::First;
        let grown = Ledger::new(early, &codebases, &baseline).updated(all.clone(), &codebases, &baseline);
        let made = Ledger::new(all, &codebases, &baseline);
        prop_assert_eq!(grown.entries(), made.entries());
        prop_assert!((0..made.entries().len()).all(|it| grown.new_commits(0, it) == made.new_commits(0, it)));
        prop_assert!(graph.positions().all(|pos| grown.first(pos) == made.first(pos)));
    }

    #[test]
    fn shares_and_episodes_are_sound(history in histories()) {
        let told = PLAIN.tell(&history);
        for (number, verdict) in told.verdicts.entries.iter().enumerate() {
            let entry = &told.ledger.entries()[number];
            let traffic = verdict.failed_by.iter().any(|it| it.signal == Signal::Traffic);
            prop_assert!(verdict.failed_by.is_empty() || traffic || (entry.is_success() && entry.kind.is_new()));
            prop_assert!(verdict.remedy.is_none() || entry.is_success());
            prop_assert!(verdict.failed_by.is_sorted_by_key(|it| it.signal));
        }
        let episodes = &told.verdicts.episodes;
        prop_assert!(episodes.iter().all(|it| it.until.is_none_or(|until| it.from <= until)));
        prop_assert!(episodes.windows(2).all(|it| it[0].until.is_some_and(|until| until < it[1].from)));
        let mut hurt: Vec<usize> = episodes.iter().flat_map(|it| it.deployments.clone()).collect();
        hurt.sort_unstable();
        let failed: Vec<usize> = (0..told.verdicts.entries.len()).filter(|it| told.verdicts.failed(*it)).collect();
        prop_assert_eq!(hurt, failed);
        let it = &told.metrics;
        prop_assert!(it.change_fail.some <= it.change_fail.of && it.rework.some <= it.rework.of);
        prop_assert!(it.lead_time.seconds.iter().all(|it| *it >= 0.0));
    }

    /// Rollbacks and reverts once more, by sets.
    #[test]
    fn rollbacks_and_reverts_blame_by_the_algebra_of_sets(history in histories()) {
        let told = PLAIN.tell(&history);
        let count = told.ledger.entries().len();
        let soon = |d: usize, later: usize| told.at(later) - told.at(d) <= TimeDelta::days(7);
        let new: Vec<BTreeSet<Pos>> = (0..count).map(|it| told.brought(it)).collect();
        let (mut live, mut expected) = (None, BTreeSet::new());
        for later in (0..count).filter(|it| told.ledger.entries()[*it].is_success()) {
            let entry = &told.ledger.entries()[later];
            let has = ancestors(&told.graph, told.commit(later));
            let removed: BTreeSet<Pos> = live.iter().flatten().copied().filter(|pos| !has.contains(pos)).collect();
            let took = |d: &usize| !new[*d].is_disjoint(&removed);
            let before = |d: &usize| entry.deployment.started_at.is_some_and(|started| told.at(*d) <= started);
            if matches!(entry.kind, Kind::Rollback | Kind::Switch) {
                let blamed = (0..later).find(|d| took(d) && before(d) && soon(*d, later));
                expected.extend(blamed.map(|it| (it, Signal::Rollback)));
                prop_assert_eq!(told.verdicts.entries[later].overwrote_newer, (0..later).any(|d| took(&d) && !before(&d)));
                if entry.kind == Kind::Rollback {
                    let meant = (0..later).any(|d| took(&d) && before(&d));
                    prop_assert_eq!(told.verdicts.entries[later].remedy == Some(Remedy::Rollback), meant);
                }
            }
            for of in new[later].iter().flat_map(|pos| told.graph.reverts(*pos)).filter_map(|id| told.graph.position(&id)) {
                let plain = told.graph.reverts(of).next().is_none();
                let brought = (0..later).find(|d| new[*d].contains(&of) && plain && soon(*d, later));
                expected.extend(brought.map(|it| (it, Signal::Revert)));
            }
            live = Some(has);
        }
        let entries = told.verdicts.entries.iter().enumerate();
        let told: BTreeSet<(usize, Signal)> = entries
            .flat_map(|(number, it)| it.failed_by.iter().map(move |by| (number, by.signal)))
            .filter(|(_, signal)| matches!(signal, Signal::Rollback | Signal::Revert))
            .collect();
        prop_assert_eq!(told, expected);
    }
}

impl Told {
    /// Where the move of that number stands in the ledger.
    fn number(&self, of: usize) -> Option<usize> {
        let id = PLAIN.id(of);
        self.ledger.entries().iter().position(|it| it.deployment.id.as_str() == id)
    }
}

fn step(at: i64, commit: u32) -> Move {
    Move { at, took: 0, commit, ok: true, traffic: false, hotfix: false, fixes: None }
}

#[test]
fn a_long_history_with_many_deployments_is_walked_without_recursion() {
    let graph = linear(100_000);
    // Forward by five commits, and every seventh time back by ten.
    let commit = |it: u32| if it % 7 == 6 { it * 5 - 10 } else { it * 5 };
    let moves = (0..20_000).map(|it| step(i64::from(it / 50), commit(it))).collect();
    let told = PLAIN.tell(&History { graph, moves, incidents: Vec::new() });
    let back = told.kinds().iter().filter(|it| **it == Kind::Rollback).count();
    assert_eq!((told.delivered().len(), back), (19_999 * 5 + 1, 2_857));
    let entries = &told.verdicts.entries;
    assert_eq!(entries.iter().filter(|it| it.remedy == Some(Remedy::Rollback)).count(), 2_857);
    assert_eq!((0..entries.len()).filter(|it| told.verdicts.failed(*it)).count(), 2_857);
}

#[test]
fn times_at_the_ends_of_time_are_only_numbers() {
    let mut graph = CommitGraph::default();
    for (number, at) in (0..).zip([i64::MIN, 0, i64::MAX, -1]) {
        let parent: Vec<CommitId> = (0_u32..number).next_back().map(id).into_iter().collect();
        graph.append(&NewCommit {
            id: id(number),
            parents: &parent,
            authored: at,
            committed: at,
            ..NewCommit::default()
        });
    }
    let repository = RepositoryId::from("own");
    let codebases = [Codebase { id: &repository, graph: &graph }];
    let history = History {
        graph: graph.clone(),
        moves: (0..4).map(|it| step(i64::from(it), it)).collect(),
        incidents: Vec::new(),
    };
    let mut reported = Lived { shift: 0, ..PLAIN }.reported(&history);
    for (it, at) in reported.iter_mut().zip([Time::MIN_UTC, Time::MAX_UTC, Time::UNIX_EPOCH, Time::MIN_UTC]) {
        let started_at = Some(Time::MAX_UTC);
        it.deployment = Arc::new(Deployment { finished_at: Some(at), started_at, ..Deployment::clone(&it.deployment) });
    }
    let policy = Policy { horizon: TimeDelta::MAX, infer_within: Some(TimeDelta::MAX), ..Policy::default() };
    let ledger = Ledger::new(reported, &codebases, &policy.baseline);
    let classes = Classes::new(&graph, &[], &[], &policy);
    let code = Code::new(&graph, Some(Pos(3)), &[], &classes, &policy);
    for now in [Time::MIN_UTC, Time::UNIX_EPOCH, Time::MAX_UTC] {
        let subject = Subject {
            ledger: &ledger,
            scopes: &[Scope { code: &code, within: None }],
            incidents: &[],
            bad: &[],
            zone: chrono_tz::Tz::Pacific__Kiritimati,
            traced: &|_| Traced::default(),
        };
        let told = measure(&subject, &policy, Window::default(), now);
        assert!(told.lead_time.seconds.iter().all(|it| it.is_finite() && *it >= 0.0));
    }
}

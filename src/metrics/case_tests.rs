//! The cases of `cases/graph.json` and `cases/failure.json`: every key of what they expect is asked for.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Measured, Track, commit_id, name_of, time};
use super::lead;
use super::verdict::{Remedy, Signal, Witness};
use crate::graph::Pos;
use crate::model::Time;

fn all(text: &str) -> Vec<Track> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_graphs_tell_is_as_the_cases_say() {
    let cases = all(include_str!("cases/graph.json"));
    assert_eq!(cases.len(), 33);
    cases.iter().for_each(check);
}

#[test]
fn what_failed_and_what_repaired_it_is_as_the_cases_say() {
    let cases = all(include_str!("cases/failure.json"));
    let told = |number| cases.iter().any(|it| it.id == format!("F{number:02}"));
    assert!((1..=20).all(told));
    cases.iter().for_each(check);
}

fn check(case: &Track) {
    let measured = case.measured();
    for (key, expected) in &case.expect {
        let Some(answer) = answer(case, &measured, key, expected) else { panic!("{}: nobody knows {key}", case.id) };
        assert!(same(&answer, expected), "{} {}: {key} is {answer}, not {expected}", case.id, case.title);
    }
}

/// The answer for the keys that are expected, where there may be more.
fn answer(case: &Track, it: &Measured, key: &str, expected: &Value) -> Option<Value> {
    let metrics = &it.metrics;
    let of_each = |answer: &dyn Fn(usize) -> Value| {
        let asked = expected.as_object().into_iter().flatten().map(|(id, _)| id.as_str());
        asked.map(|id| (id.to_owned(), answer(number(it, id)))).collect::<Value>()
    };
    let measure = |at: usize| metrics.deployments.iter().find(|it| it.entry == at).unwrap();
    Some(match key {
        "new" => of_each(&|at| json!(new(case, it, at))),
        "lead" => of_each(&|at| {
            let Some(batch) = measure(at).lead_time else { return Value::Null };
            match batch.n {
                0 => json!({"n": 0}),
                n => json!({"n": n, "p50": hours(batch.p50), "max": hours(batch.max)}),
            }
        }),
        "kinds" => of_each(&|at| json!(it.ledger.entries()[at].kind.word())),
        "flags" => of_each(&|at| json!(measure(at).flags.iter().map(|flag| flag.word()).collect::<Vec<_>>())),
        "n" => json!(metrics.lead_time.n()),
        "p50" => json!(hours(metrics.lead_time.p50)),
        "km_p50" => json!(hours(metrics.lead_time.landed.p50)),
        "undelivered" => json!(waiting(case, it)),
        "blame" => blame(it),
        "failed" => signals(it),
        "possible" => by_entry(it, |at| {
            let codes: Vec<&str> = it.verdicts.entries[at].possible.iter().map(|by| by.signal.code()).collect();
            (!codes.is_empty()).then(|| json!(codes))
        }),
        "remedies" => by_entry(it, |at| it.verdicts.entries[at].remedy.as_ref().map(|it| json!(word(it)))),
        "races" => by_entry(it, |at| it.verdicts.entries[at].overwrote_newer.then_some(json!(true))),
        "episodes" => metrics.recovery.episodes.iter().map(|it| json!([since(it.from), it.until.map(since)])).collect(),
        "episode_of" => {
            let id = |at: &usize| it.ledger.entries()[*at].deployment.id.as_str().to_owned();
            let ids = metrics.recovery.episodes.iter().map(|it| it.deployments.iter().map(id).collect::<Vec<_>>());
            json!(ids.collect::<Vec<_>>())
        }
        "recovery" => json!(hours(metrics.recovery.p50)),
        "open" => json!(metrics.recovery.open),
        "change_fail" => json!([metrics.change_fail.some, metrics.change_fail.of]),
        "change_fail_rate" => json!(metrics.change_fail.rate),
        "change_fail_interval" => json!(metrics.change_fail.interval.map(|(low, high)| [low, high])),
        "provisional" => json!(metrics.provisional),
        "rework" => json!([metrics.rework.some, metrics.rework.of]),
        "frequency" => json!(metrics.frequency.deployments),
        "deploy_days" => json!(metrics.frequency.deploy_days),
        "days_per_week" => json!(metrics.frequency.median_days_per_week),
        "weeks" => json!(metrics.frequency.weeks.count()),
        "gap_p50" => json!(hours(metrics.frequency.gap_p50)),
        "since_last" => json!(hours(metrics.frequency.since_last)),
        "finished" => of_each(&|at| json!(it.ledger.entries()[at].deployment.finished_at.map(since))),
        "started" => of_each(&|at| json!(it.ledger.entries()[at].deployment.started_at.map(since))),
        "exposed" => {
            let grouped = case.grouped();
            of_each(&|at| {
                let id = &it.ledger.entries()[at].deployment.id;
                let exposed = grouped.iter().find(|it| it.reported.deployment.id == *id).and_then(|it| it.exposed_at);
                json!(exposed.map(since))
            })
        }
        "deployments" => json!(it.ledger.entries().len()),
        _ => return None,
    })
}

fn number(it: &Measured, id: &str) -> usize {
    let at = it.ledger.entries().iter().position(|it| it.deployment.id.as_str() == id);
    at.unwrap_or_else(|| panic!("no deployment {id}"))
}

/// The commits of the service that a deployment brought, by name.
fn new(case: &Track, it: &Measured, at: usize) -> Vec<String> {
    let graphs = case.graphs();
    let names = |line: usize| {
        let graph = &graphs[line].1;
        it.ledger.new_commits(line, at).iter().map(move |pos| name_of(graph.id(*pos))).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = (0..it.ledger.repositories()).flat_map(names).collect();
    all.retain(|name| !case.exclude.contains(name));
    all.sort();
    all
}

fn waiting(case: &Track, it: &Measured) -> Vec<String> {
    let graphs = case.graphs();
    let name = |(line, pos): &(usize, Pos)| name_of(graphs[*line].1.id(*pos));
    let mut all: Vec<String> = it.metrics.waiting.iter().flat_map(|it| &it.changes).map(name).collect();
    all.sort();
    all
}

/// Which rollback blames which deployment.
fn blame(it: &Measured) -> Value {
    by_entry(it, |at| {
        let by = it.verdicts.entries[at].failed_by.iter().find(|by| by.signal == Signal::Rollback)?;
        let Witness::Deployment(id) = &by.by else { panic!("a rollback is a deployment") };
        Some(json!(id.as_str()))
    })
}

fn signals(it: &Measured) -> Value {
    by_entry(it, |at| {
        let codes: Vec<&str> = it.verdicts.entries[at].failed_by.iter().map(|by| by.signal.code()).collect();
        (!codes.is_empty()).then(|| json!(codes))
    })
}

fn by_entry(it: &Measured, of: impl Fn(usize) -> Option<Value>) -> Value {
    let entries = it.ledger.entries().iter().enumerate();
    let all = entries.filter_map(|(at, entry)| Some((entry.deployment.id.as_str().to_owned(), of(at)?)));
    json!(all.collect::<BTreeMap<_, _>>())
}

fn word(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::Rollback => "rollback",
        Remedy::Fixes(_) => "fixes",
        Remedy::Hotfix => "hotfix",
        Remedy::Reverts => "reverts",
        Remedy::Restart(_) => "restart",
    }
}

fn hours(seconds: Option<f64>) -> Option<f64> {
    seconds.map(|it| it / 3_600.0)
}

fn since(at: Time) -> f64 {
    lead::between(time(0.0), at) / 3_600.0
}

/// Numbers to three places; everything else exactly.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 0.000_6)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn ids_are_names() {
    assert_eq!(name_of(commit_id("R1")), "R1");
}

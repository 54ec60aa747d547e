//! What counting costs once commits are in memory: sets, kinds and all measures of a real history, and of a made-up
//! company of a million commits.

#[path = "../tests/histories/history.rs"]
mod history;
#[path = "../tests/histories/measured.rs"]
mod measured;
#[path = "synthetic/company.rs"]
mod synthetic;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use flightdeck::metrics::policy::Start;
use flightdeck::metrics::{Ledger, Reported};

use self::history::history;
use self::measured::{deployed, ledger, measures};
use self::synthetic::Company;

/// The git project: 82 thousand commits, 601 releases.
fn git(criterion: &mut Criterion) {
    let git = history("git");
    let graph = &git.graph;
    let releases: Vec<Reported> = git.releases.iter().map(|it| deployed(graph, &it.tag, it.at, it.commit)).collect();
    let painted = ledger(graph, releases.clone(), None);
    let mut group = criterion.benchmark_group("git");
    group.bench_function("sets and kinds", |it| {
        it.iter_batched(|| releases.clone(), |all| ledger(graph, all, None), BatchSize::LargeInput);
    });
    group.bench_function("measures from the sets", |it| it.iter(|| measures(graph, &painted, Start::Author)));
    group.bench_function("sets, kinds and measures", |it| {
        let all = |releases| measures(graph, &ledger(graph, releases, None), Start::Author);
        it.iter_batched(|| releases.clone(), all, BatchSize::LargeInput);
    });
    group.finish();
}

fn company(criterion: &mut Criterion) {
    let company = Company::new(1);
    let graph = &company.graph;
    let reported = |all: &Vec<_>| -> Vec<Reported> {
        let numbered = all.iter().enumerate();
        numbered.map(|(number, (at, commit))| deployed(graph, &format!("v{number}"), *at, *commit)).collect()
    };
    let environments: Vec<Vec<Reported>> = company.environments.iter().map(reported).collect();
    let mut group = criterion.benchmark_group("a million commits");
    group.sample_size(10);
    group.bench_function("sets and kinds of 20 thousand deployments in 6 environments", |it| {
        let all = |all: Vec<_>| all.into_iter().map(|one| ledger(graph, one, None)).collect::<Vec<Ledger>>();
        it.iter_batched(|| environments.clone(), all, BatchSize::PerIteration);
    });
    let Some(one) = environments.last() else { return };
    let painted = ledger(graph, one[..one.len() - 1].to_vec(), None);
    group.bench_function("one deployment more", |it| {
        it.iter_batched(|| one.clone(), |one| ledger(graph, one, Some(&painted)), BatchSize::PerIteration);
    });
    group.bench_function("measures of one environment", |it| it.iter(|| measures(graph, &painted, Start::Author)));
    group.finish();
}

criterion_group!(benches, git, company);
criterion_main!(benches);

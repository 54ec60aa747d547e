//! What counting costs once commits are in memory: sets, kinds and pooled lead times of a real history, and of a
//! made-up company of a million commits.

#[path = "../tests/histories/history.rs"]
mod history;
mod synthetic;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use flightdeck::graph::{CommitGraph, Deliveries, Pos};
use flightdeck::metrics::sorted_quantile;

use self::history::history;
use self::synthetic::Company;

/// Paints the deployments and says what each did.
fn paint(graph: &CommitGraph, deployments: &[(i64, Pos)]) -> Deliveries {
    let mut deliveries = Deliveries::default();
    for (_, commit) in deployments {
        black_box(deliveries.deploy(graph, Some(*commit)));
    }
    deliveries
}

/// Paints the deployments and pools the lead times of what is no merge: P50, P75 and P90 in seconds.
fn lead_times(graph: &CommitGraph, deployments: &[(i64, Pos)]) -> [Option<f64>; 3] {
    let mut deliveries = Deliveries::default();
    let mut seconds: Vec<f64> = Vec::with_capacity(graph.len());
    for (at, commit) in deployments {
        let new = deliveries.deploy(graph, Some(*commit)).new;
        let changes = new.into_iter().filter(|pos| !graph.is_merge(*pos));
        seconds.extend(changes.map(|pos| (at - graph.authored(pos)).max(0) as f64));
    }
    seconds.sort_unstable_by(f64::total_cmp);
    [0.5, 0.75, 0.9].map(|p| sorted_quantile(&seconds, p))
}

/// The git project: 82 thousand commits, 601 releases.
fn git(criterion: &mut Criterion) {
    let git = history("git");
    let releases: Vec<(i64, Pos)> = git.releases.iter().map(|it| (it.at, it.commit)).collect();
    let mut group = criterion.benchmark_group("git");
    group.bench_function("sets and kinds", |it| it.iter(|| paint(&git.graph, &releases)));
    group.bench_function("sets, kinds and pooled quantiles", |it| it.iter(|| lead_times(&git.graph, &releases)));
    group.finish();
}

fn company(criterion: &mut Criterion) {
    let company = Company::new(1);
    let graph = &company.graph;
    let mut group = criterion.benchmark_group("a million commits");
    group.sample_size(10);
    group.bench_function("20 thousand deployments in 6 environments", |it| {
        it.iter(|| company.environments.iter().map(|all| lead_times(graph, all)).collect::<Vec<_>>());
    });
    let Some((last, before)) = company.environments.last().and_then(|all| all.split_last()) else { return };
    let painted = paint(graph, before);
    group.bench_function("one deployment more", |it| {
        let next = |mut deliveries: Deliveries| {
            let delivery = deliveries.deploy(graph, Some(last.1));
            (deliveries, delivery)
        };
        it.iter_batched(|| painted.clone(), next, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, git, company);
criterion_main!(benches);

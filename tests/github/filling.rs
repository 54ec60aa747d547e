//! The first fill, and what comes after it: how much is asked, and what it brings.

use std::sync::Arc;

use flightdeck::fact::Body;

use crate::desk::Desk;
use crate::forge::Forge;
use crate::forge::big::Size;

/// Reads until history is whole; the forge's time passes meanwhile.
pub async fn fill(desk: &mut Desk, forge: &Forge) {
    for _ in 0..500 {
        let before = desk.facts.len();
        let reading = desk.read().await.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(reading.problems, Vec::<flightdeck::model::Text>::new());
        forge.pass(3);
        if desk.cursor.as_ref().is_some_and(|it| it.0.matches("\"done\"").count() == 3) && desk.facts.len() == before {
            return;
        }
    }
    panic!("history does not end: {:?}", desk.cursor);
}

#[tokio::test]
async fn a_repository_with_a_past_is_read_whole_with_few_requests() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::USUAL, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false");
    desk.read().await.unwrap_or_else(|why| panic!("{why}"));
    let first: usize = forge.counts().values().sum();
    assert!(first <= 35, "{first} requests: {:?}", forge.counts());
    assert!(desk.state("production").live.is_some());
    fill(&mut desk, &forge).await;
    let all: usize = forge.counts().values().sum();
    assert!(all <= 250, "{all} requests: {:?}", forge.counts());
    let count = |of: fn(&Body) -> bool| desk.facts.values().filter(|it| of(&it.body)).count();
    let runs = count(|it| matches!(it, Body::Run(_)));
    let with_jobs = count(|it| matches!(it, Body::Run(run) if !run.jobs.is_empty()));
    let deployments = count(|it| matches!(it, Body::Deployment(_)));
    let pulls = count(|it| matches!(it, Body::PullRequest(_)));
    assert!(runs >= 2_000 && with_jobs >= 1_990, "{runs} {with_jobs}");
    assert_eq!(pulls, 300);
    assert!(deployments >= 190, "{deployments}");
}

//! History: within its budget, across restarts, and when what was kept for it is lost.

use std::sync::Arc;

use flightdeck::model::Attention;

use crate::desk::Desk;
use crate::filling::fill;
use crate::forge::Forge;
use crate::forge::big::Size;

/// Facts of each sort.
fn counts(desk: &Desk) -> std::collections::BTreeMap<flightdeck::fact::FactKind, usize> {
    let mut counts = std::collections::BTreeMap::new();
    desk.facts.keys().for_each(|it| *counts.entry(it.kind).or_default() += 1);
    counts
}

/// Reads so many times, two seconds apart.
async fn reads(desk: &mut Desk, forge: &Forge, times: usize) {
    for _ in 0..times {
        desk.read().await.expect("a reading");
        forge.pass(3);
    }
}

/// What was asked for history since the last time: questions of many parts, and runs by when they were created.
fn of_history(forge: &Forge) -> usize {
    let is = |it: &crate::forge::Seen| it.method == "POST" || it.query.contains_key("created");
    let count = forge.requests().iter().filter(|it| is(it)).count();
    forge.forget();
    count
}

#[tokio::test]
async fn history_keeps_to_its_budget_and_goes_on_in_the_next_hour() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size { pulls: 300, deployments: 40, runs: 200 }, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false\nhistory_budget = 7");
    // The first look reads the newest of everything, which is no history.
    desk.backend.attend(&Attention::Away);
    desk.read().await.expect("a reading");
    forge.forget();
    let mut whole = 0;
    for _ in 0..4 {
        reads(&mut desk, &forge, 30).await;
        let spent = of_history(&forge);
        assert!(spent <= 7, "{spent} in an hour");
        whole += spent;
        desk.restart();
        reads(&mut desk, &forge, 10).await;
        let more = of_history(&forge);
        assert!(spent + more <= 7, "a restart begins no new hour: {spent} and {more}");
        whole += more;
        forge.pass(3_600);
    }
    desk.restart();
    fill(&mut desk, &forge).await;
    whole += of_history(&forge);
    assert!(whole > 7, "{whole}");

    let restarted = counts(&desk);
    let mut other = Desk::over(&forge, "mirror = false");
    fill(&mut other, &forge).await;
    let at_once = of_history(&forge);
    assert_eq!(counts(&other), restarted, "nothing was left out");
    assert!(whole <= at_once + 4, "nothing is read twice: {whole} in pieces, {at_once} at once");
}

#[tokio::test]
async fn a_start_asks_only_what_changed_and_what_is_lost_is_read_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let mut desk = Desk::over(&forge, "mirror = false");
    fill(&mut desk, &forge).await;
    let known = counts(&desk);

    forge.forget();
    desk.restart();
    reads(&mut desk, &forge, 1).await;
    let full: Vec<String> = forge.requests().iter().filter(|it| it.status == 200).map(ToString::to_string).collect();
    assert_eq!(full, Vec::<String>::new(), "nothing changed");

    desk.lose_cache();
    desk.restart();
    forge.forget();
    desk.facts.clear();
    fill(&mut desk, &forge).await;
    let told = |desk: &Desk| counts(desk).values().sum::<usize>();
    assert!(told(&desk) > 0 && of_history(&forge) > 0, "without what was kept everything is read anew");

    desk.cursor = None;
    desk.facts.clear();
    desk.restart();
    fill(&mut desk, &forge).await;
    assert_eq!(counts(&desk), known, "without the cursor nothing is known to be told");
}

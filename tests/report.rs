//! The page of a large history: it can be sent by mail.

#[path = "histories/history.rs"]
mod history;
#[path = "histories/measured.rs"]
#[allow(dead_code, reason = "the other tests of histories use the rest")]
mod measured;

use std::path::Path;
use std::sync::Arc;

use flightdeck::metrics::definition::{Definition, Metric};
use flightdeck::metrics::{Classes, Code, Policy, Scope, Subject, Traced, Window, measure};
use flightdeck::model::{Time, TrackId};
use flightdeck::query::TrackReport;
use flightdeck::view::report::{Csv, Markdown, Page, Report};
use rstest::rstest;

use self::history::history;
use self::measured::{deployed, ledger};

/// Everything that Flightdeck tells of a history, as seen a day after its head.
fn tracked(name: &str, policy: &Policy) -> (TrackReport, Time) {
    let history = history(name);
    let graph = &history.graph;
    let all = history.releases.iter().map(|it| deployed(graph, &it.tag, it.at, it.commit));
    let ledger = ledger(graph, all.collect(), None);
    let classes = Classes::new(graph, &[], &[], policy);
    let code = Code::new(graph, history.head, &[], &classes, policy);
    let scopes = [Scope { code: &code, within: None }];
    let (zone, traced) = (chrono_tz::Tz::UTC, |_: &_| Traced::default());
    let subject = Subject { ledger: &ledger, scopes: &scopes, incidents: &[], bad: &[], zone, traced: &traced };
    let newest = graph.positions().map(|pos| graph.committed(pos)).max().expect("commits");
    let now = Time::from_timestamp(newest + 86_400, 0).expect("a time");
    let metrics = measure(&subject, policy, Window::default(), now);
    let track = TrackId::new(name, "release");
    (TrackReport { track, production: true, zone, repository: None, ledger: Arc::new(ledger), metrics }, now)
}

#[rstest]
#[case("git", 601)]
#[case("lazygit", 238)]
fn documents_of_a_real_history_can_be_sent(#[case] name: &str, #[case] releases: usize) {
    let policy = Policy::default();
    let (track, now) = tracked(name, &policy);
    let definitions = Metric::ALL.map(|it| Definition::of(it, &policy));
    let tracks = [track];
    let report = Report {
        title: name,
        now,
        window: Window::default(),
        tracks: &tracks,
        ways: &[],
        definitions: &definitions,
        problems: &[],
    };
    let (page, markdown, csv) = (Page(&report).to_string(), Markdown(&report).to_string(), Csv(&report).to_string());
    assert!(page.len() < 200_000, "{} bytes", page.len());
    assert!(markdown.len() < 20_000, "{} bytes", markdown.len());
    assert_eq!(csv.lines().count(), releases + 1);
    assert!(page.contains(&format!("The latest 50; {} older ones are not listed.", releases - 50)));
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
    std::fs::write(kept, page).expect("the page can be kept");
}

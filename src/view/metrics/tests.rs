//! What the screen says of small worlds.

use std::sync::Arc;

use super::study::Scope;
use super::{Against, ChartKind, Depth, Known, Question, Span, open};
use crate::model::TrackId;
use crate::picture::Snapshot;
use crate::view::{RowKey, Screen, Sources, Wish, fixture, plain};

/// Sources with the answer to the screen's question.
pub(crate) fn measured(snapshot: Snapshot, span: Span, against: Against) -> Sources {
    let sources = fixture::sources_of(snapshot);
    let question = Question {
        snapshot: Arc::clone(&sources.snapshot),
        policy: Arc::clone(&sources.snapshot.measures),
        scope: Scope { span, before: against == Against::Before, everywhere: true, also: Default::default() },
        now: sources.now,
    };
    Sources { metrics: Known { study: Some(Arc::new(question.answer())), against }, ..sources }
}

fn wish(service: &str, environment: &str, depth: Depth) -> Wish {
    Wish { service: Some(service.into()), environment: Some(environment.into()), depth, ..Wish::of(Screen::Metrics) }
}

/// The screen as text, with the details of its first row.
fn shown(wish: &Wish, sources: &Sources) -> String {
    let table = open(wish, sources);
    let mut lines = plain::screen(&*table, Some(150));
    lines.push(String::new());
    lines.extend(table.details(0, None).iter().map(|it| it.plain()));
    lines.join("\n")
}

fn checkout(depth: Depth) -> Wish {
    wish("checkout", "production", depth)
}

#[test]
fn all_tracks() {
    insta::assert_snapshot!(shown(
        &Wish::of(Screen::Metrics),
        &measured(fixture::small(), Span::All, Against::Nothing)
    ));
}

#[test]
fn before_anything_is_measured_and_where_nothing_was_deployed() {
    let none = fixture::sources();
    insta::assert_snapshot!("not_yet", shown(&Wish::of(Screen::Metrics), &none));
    insta::assert_snapshot!("not_yet_a_track", shown(&checkout(Depth::Charts), &none));
    let empty = measured(fixture::empty(), Span::Days(90), Against::Nothing);
    insta::assert_snapshot!("empty", shown(&Wish::of(Screen::Metrics), &empty));
    let unknown = measured(fixture::small(), Span::Days(90), Against::Nothing);
    insta::assert_snapshot!("no_such_track", shown(&wish("checkout", "moon", Depth::Charts), &unknown));
}

#[test]
fn one_track() {
    let sources = measured(fixture::small(), Span::All, Against::Nothing);
    insta::assert_snapshot!("charts", shown(&checkout(Depth::Charts), &sources));
    insta::assert_snapshot!("deployments", shown(&checkout(Depth::Deployments), &sources));
    let table = open(&checkout(Depth::Deployments), &sources);
    let all: Vec<String> =
        (0..table.len()).map(|at| shown(&checkout(Depth::Changes(table.key(at))), &sources)).collect();
    insta::assert_snapshot!("changes", all.join("\n\n"));
    let gone = checkout(Depth::Changes(RowKey("gone".to_owned())));
    insta::assert_snapshot!("changes_of_what_is_gone", shown(&gone, &sources));
}

#[test]
fn every_chart_is_a_table() {
    let sources = measured(fixture::small(), Span::All, Against::Nothing);
    let all = ChartKind::ALL.map(|kind| shown(&checkout(Depth::Table(kind)), &sources));
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn figures_at_all_widths_with_and_without_what_they_are_compared_with() {
    let other = Against::Track(TrackId::new("payments", "production"));
    let mut all = Vec::new();
    for against in [Against::Nothing, Against::Before, other] {
        let sources = measured(fixture::small(), Span::Days(30), against);
        let dashboard = open(&checkout(Depth::Charts), &sources).dashboard(0).expect("a dashboard");
        for room in [80, 200] {
            all.extend(dashboard.head(room).iter().map(|it| it.plain()));
            all.push(String::new());
        }
    }
    insta::assert_snapshot!(all.join("\n"));
}

//! Every screen of the small world as plain text, at four widths.

use std::sync::Arc;

use super::activity::Activity;
use super::board::Board;
use super::flow::Flow;
use super::journal::Journal;
use super::runs::{Jobs, Runs};
use super::track::TrackScreen;
use super::{Line, Present, Screen, Sources, TableModel, Wish, fixture, plain, plan};
use crate::model::Status;

/// The screen at several widths, the details of each row, and when it next reads otherwise.
fn shown(model: &dyn TableModel) -> String {
    let mut out = String::new();
    for room in [60, 80, 120, 200] {
        out += &format!("── {room}\n{}\n", plain::screen(model, Some(room)).join("\n"));
    }
    for at in 0..model.len() {
        out += &format!("── details of {}\n", model.key(at).0.escape_default());
        for line in model.details(at, None) {
            out += &format!("{}\n", line.plain());
        }
    }
    let changes_at = model.changes_at().map(|at| (at - fixture::now()).num_seconds());
    out + &format!("── reads otherwise in {changes_at:?} s\n")
}

fn flow_of(service: &str, filter: &str) -> Flow {
    let wish = Wish { service: Some(service.into()), ..wish(Screen::Flow, filter) };
    Flow::new(&wish, &fixture::sources())
}

fn wish(screen: Screen, filter: &str) -> Wish {
    Wish { filter: filter.to_owned(), ..Wish::of(screen) }
}

#[test]
fn board() {
    let board = Board::new(&Wish::of(Screen::Board), &fixture::sources());
    insta::assert_snapshot!(shown(&board));
}

#[test]
fn board_without_anything_and_with_nothing_readable() {
    let of = |sources: &Sources| plain::screen(&Board::new(&Wish::of(Screen::Board), sources), Some(80)).join("\n");
    let empty = of(&fixture::sources_of(fixture::empty()));
    let broken = of(&fixture::sources_of(fixture::broken()));
    insta::assert_snapshot!(format!("{empty}\n──\n{broken}"));
}

/// The small world, where 1.4.3 failed last in production and what is live in staging is marked bad.
fn failed_and_bad() -> Sources {
    let mut snapshot = fixture::small();
    let checkout = snapshot.services.get_mut(&fixture::CHECKOUT.into()).map(Arc::make_mut).unwrap();
    let mut mark = checkout.bad[0].clone();
    mark.version = "1.5.0".into();
    checkout.bad.push(mark);
    for track in &mut checkout.tracks {
        if track.id.environment.as_str() == "production" {
            track.history.retain(|it| it.deployment.id.as_str() != "p5");
        }
    }
    fixture::sources_of(snapshot)
}

#[test]
fn a_failure_is_not_laid_on_what_is_live_and_what_is_marked_bad_is_not_fine() {
    let sources = failed_and_bad();
    let board = Board::new(&wish(Screen::Board, "checkout"), &sources);
    let cell = |column: &str| {
        let at = board.columns().iter().position(|it| it.id == column).unwrap();
        board.row(0).cells[at].clone()
    };
    let production = cell("env:production");
    assert!(production.line.plain().starts_with("1.4.2 4d · 1.4.3 failed 5d"), "{}", production.line.plain());
    let staging = cell("env:staging");
    assert_eq!(staging.status, Some(Status::Held));
    assert!(staging.line.plain().contains("marked bad"));
    let details = text(&board.details(0, None));
    assert!(details.contains("1.4.3 failed 5d ago by ") && details.contains(" (reason: "), "{details}");
    assert!(details.contains("1.5.0 is live and marked bad by Emi: answers 500 on /health"), "{details}");
    assert!(board.summary().plain().contains("1 marked bad"));
    assert_eq!(Board::new(&wish(Screen::Board, "is:bad"), &sources).len(), 1);
    let narrow = plain::screen(&board, Some(80)).join("\n");
    assert!(narrow.contains("1.4.3 failed"), "{narrow}");
}

#[test]
fn board_filters() {
    let sources = fixture::sources();
    let names = |filter: &str| {
        let board = Board::new(&wish(Screen::Board, filter), &sources);
        (0..board.len()).map(|at| board.key(at).0).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("status:failed env:production"), "payments");
    assert_eq!(names("is:interesting !group:money"), "checkout 検索");
    assert_eq!(names("検"), "検索");
    assert_eq!(names("nosuch"), "");
    let misspelt = Board::new(&wish(Screen::Board, "grupp:money"), &sources);
    assert_eq!(misspelt.hints(), ["no field `grupp` here: did you mean `group`?"]);
}

#[test]
fn a_board_of_five_hundred_services() {
    let sources = fixture::sources_of(fixture::crowd(500));
    let board = Board::new(&Wish { sort: Some("-name".into()), ..Wish::of(Screen::Board) }, &sources);
    assert_eq!((board.len(), board.key(0).0.as_str()), (500, "service-499"));
}

#[test]
fn flow() {
    insta::assert_snapshot!(shown(&flow_of(fixture::CHECKOUT, "")));
}

#[test]
fn flow_of_hostile_text_and_of_nothing() {
    let odd = plain::screen(&flow_of(fixture::NOTIFICATIONS, ""), Some(100)).join("\n");
    let wide = plain::screen(&flow_of(fixture::SEARCH, ""), Some(100)).join("\n");
    let none = plain::screen(&flow_of("nosuch", ""), Some(100)).join("\n");
    let nothing = plain::screen(&Flow::new(&Wish::of(Screen::Flow), &fixture::sources_of(fixture::empty())), Some(100));
    insta::assert_snapshot!(format!("{odd}\n──\n{wide}\n──\n{none}\n──\n{}", nothing.join("\n")));
}

#[test]
fn flow_filters_and_finds_the_row_of_a_commit() {
    let flow = flow_of(fixture::CHECKOUT, "author:ada is:waiting");
    assert_eq!(flow.len(), 2);
    let key = flow.key(1);
    assert_eq!(flow.position(&key), Some(1));
    assert_eq!(flow_of(fixture::CHECKOUT, "is:waiting").total(), flow_of(fixture::CHECKOUT, "").len());
    assert_eq!(flow_of(fixture::CHECKOUT, "request:#412").len(), 1);
}

fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| line.plain() + "\n").collect()
}

#[test]
fn plans_of_a_promotion_and_of_a_rollback() {
    let promotion = text(&plan::lines(&fixture::promotion(), fixture::now()));
    let rollback = text(&plan::lines(&fixture::rollback(), fixture::now()));
    insta::assert_snapshot!(format!("{promotion}══\n{rollback}"));
}

#[test]
fn the_short_form_of_a_plan_fits_a_small_terminal() {
    let present = Present::new(fixture::now(), chrono_tz::UTC);
    for it in [fixture::promotion(), fixture::rollback()] {
        assert!(plan::brief(&it, &present).len() <= 14);
    }
}

fn track_of(service: &str, environment: &str, filter: &str) -> TrackScreen {
    let wish =
        Wish { service: Some(service.into()), environment: Some(environment.into()), ..wish(Screen::Track, filter) };
    TrackScreen::new(&wish, &fixture::sources())
}

#[test]
fn track() {
    insta::assert_snapshot!(shown(&track_of(fixture::CHECKOUT, "production", "")));
}

#[test]
fn tracks_in_trouble_and_tracks_that_are_not() {
    let of = |service, environment| {
        let track = track_of(service, environment, "");
        format!("{}\n{}", plain::screen(&track, Some(80)).join("\n"), text(&track.sections()))
    };
    insta::assert_snapshot!(
        [
            of(fixture::PAYMENTS, "production"),
            of(fixture::SEARCH, "production"),
            of(fixture::CHECKOUT, "testing"),
            of(fixture::NOTIFICATIONS, "production"),
            of("nosuch", "production"),
        ]
        .join("──\n")
    );
}

#[test]
fn track_filters() {
    assert_eq!(track_of(fixture::CHECKOUT, "production", "kind:rollback").len(), 1);
    assert_eq!(track_of(fixture::CHECKOUT, "production", "is:bad").len(), 1);
    assert_eq!(track_of(fixture::CHECKOUT, "production", "label:hotfix outcome:failed").len(), 1);
}

#[test]
fn runs() {
    insta::assert_snapshot!(shown(&Runs::new(&Wish::of(Screen::Runs), &fixture::sources())));
}

#[test]
fn jobs_of_a_run() {
    let of = |run: &str| {
        let wish = Wish { run: Some(run.into()), ..Wish::of(Screen::Runs) };
        shown(&Jobs::new(&wish, &fixture::sources()))
    };
    insta::assert_snapshot!(format!("{}══\n{}══\n{}", of("812"), of("811"), of("788")));
}

#[test]
fn runs_filter_and_order() {
    let of = |filter: &str, sort: &str| {
        let wish = Wish { sort: Some(sort.into()), ..wish(Screen::Runs, filter) };
        let runs = Runs::new(&wish, &fixture::sources());
        (0..runs.len()).map(|at| runs.key(at).0).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("", "newest"), "812 811 790 788");
    assert_eq!(of("", "failed"), "811 812 790 788");
    assert_eq!(of("", "longest"), "812 790 811 788");
    assert_eq!(of("!branch:main", ""), "811");
    assert_eq!(of("is:moving", ""), "812");
}

#[test]
fn activity() {
    insta::assert_snapshot!(shown(&Activity::new(&Wish::of(Screen::Activity), &fixture::sources())));
}

#[test]
fn activity_filters_by_anything() {
    let count = |filter: &str| Activity::new(&wish(Screen::Activity, filter), &fixture::sources()).len();
    assert_eq!(count("kind:rollback"), 1);
    assert_eq!(count("kind:incident service:pay"), 1);
    assert_eq!(count("\"load test\""), 1);
    assert_eq!(count("kind:run author:chlo"), 1);
    assert_eq!(count("what:\"marked bad\""), 1);
    // What succeeded and is recorded as a deployment is told once.
    assert_eq!(count("kind:operation version:1.4.2"), 0);
}

#[test]
fn journal() {
    insta::assert_snapshot!(shown(&Journal::new(&Wish::of(Screen::Journal), &fixture::sources())));
}

#[test]
fn journal_filters() {
    let count = |filter: &str| Journal::new(&wish(Screen::Journal, filter), &fixture::sources()).len();
    assert_eq!(count("status:unfinished,running"), 2);
    assert_eq!(count("what:back"), 1);
    assert_eq!(count("\"smoke test\""), 1);
}

/// Every screen of a world, and every plan, as lines.
fn everything(sources: &Sources) -> Vec<Line> {
    let services: Vec<_> = sources.snapshot.services.keys().cloned().map(Some).chain([None]).collect();
    let environments: Vec<_> =
        sources.snapshot.environments.iter().map(|it| Some(it.id.clone())).chain([None]).collect();
    let places = services.iter().flat_map(|service| environments.iter().map(move |it| (service, it)));
    let mut lines = Vec::new();
    for (screen, (service, environment)) in
        Screen::ALL.into_iter().flat_map(|screen| places.clone().map(move |it| (screen, it)))
    {
        let wish = Wish { service: service.clone(), environment: environment.clone(), ..Wish::of(screen) };
        let table = super::open(&wish, sources);
        lines.push(table.summary());
        lines.extend(table.empty());
        for at in 0..table.len() {
            let row = table.row(at);
            assert_eq!(row.cells.len(), table.columns().len());
            assert_eq!(table.position(&row.key), Some(at), "{screen:?} {:?}", row.key);
            lines.extend(row.cells.into_iter().map(|cell| cell.line));
            for column in table.columns().iter().map(|column| Some(column.id.as_str())).chain([None]) {
                lines.extend(table.details(at, column));
                let _ = table.subject(at, column);
            }
        }
        // Beyond the last row there is nothing, and no panic.
        let _ = (table.row(usize::MAX), table.details(usize::MAX, None), table.subject(usize::MAX, None));
    }
    lines
}

#[test]
fn nothing_that_is_said_can_move_a_cursor() {
    let mut lines = everything(&fixture::sources());
    lines.extend(everything(&fixture::sources_of(fixture::broken())));
    lines.extend(everything(&fixture::sources_of(fixture::empty())));
    lines.extend(plan::lines(&fixture::promotion(), fixture::now()));
    lines.extend(plan::lines(&fixture::rollback(), fixture::now()));
    for text in lines.iter().map(Line::plain) {
        assert_eq!(crate::model::text::clean(&text), text);
    }
}

#[test]
fn a_row_costs_nothing_until_it_is_asked_for() {
    let sources = fixture::sources_of(fixture::crowd(500));
    for screen in Screen::ALL {
        let table = super::open(&Wish::of(screen), &sources);
        assert_eq!(table.changes_at().filter(|at| *at < sources.now), None);
        // No age was written for rows that nobody asked for.
        if screen == Screen::Board {
            assert_eq!(table.changes_at(), None);
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_filter_at_any_width_is_drawn_within_it(filter in "\\PC{0,16}", room in 1_usize..220, screen in 0_usize..6) {
        let wish = wish(Screen::ALL[screen], &filter);
        let table = super::open(&wish, &fixture::sources());
        for line in plain::screen(&*table, Some(room)) {
            proptest::prop_assert!(super::fit::width(&line) <= room, "{line:?}");
        }
        proptest::prop_assert!(table.len() <= table.total());
    }
}

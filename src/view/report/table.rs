//! A report on a terminal: what a person reads before breakfast.

use super::words::{Names, changes, p50};
use super::{IN_FULL, Report, known, newest, overview, words};
use crate::metrics::definition::Metric;
use crate::metrics::report::Measured;
use crate::model::{Kind, Status};
use crate::query::TrackReport;
use crate::view::fit::{pad, pad_line, width, wrap};
use crate::view::format::{counted, moment};
use crate::view::metrics::figures::{self, Figure};
use crate::view::{Align, Line, Role};

/// So many deployments tell how it goes.
const LATEST: usize = 8;
/// Before everything that belongs to a track.
const INDENT: &str = "  ";
/// Where values begin, and how wide values and counts are, cells.
const VALUES: usize = 24;
const VALUE: usize = 15;
const COUNT: usize = 16;

/// The report in lines of at most `room` cells, as far as names let them.
pub fn table(report: &Report<'_>, room: usize) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Heading, report.title)];
    let zone = report.tracks.first().map_or(chrono_tz::Tz::UTC, |it| it.zone);
    lines.push(Line::of(Role::Muted, figures::window(report.window, report.now, zone)));
    if report.tracks.is_empty() {
        lines.extend([Line::blank(), Line::of(Role::Text, "nothing to measure: no deployments are known")]);
    }
    if report.tracks.len() > 1 {
        lines.push(Line::blank());
        lines.extend(overview::lines(report.tracks, room));
    }
    if report.tracks.len() > IN_FULL {
        let says = "hint: --service SERVICE tells one of them in full";
        lines.extend([Line::blank(), Line::of(Role::Muted, says)]);
    } else {
        let each = report.tracks.iter().flat_map(|it| std::iter::once(Line::blank()).chain(of_track(report, it, room)));
        lines.extend(each);
    }
    lines.push(Line::blank());
    lines.extend(definitions(report, room));
    lines.extend(report.problems.iter().flat_map(|it| wrapped(Role::Warning, "warning: ", it, room)));
    lines
}

fn of_track(report: &Report<'_>, track: &TrackReport, room: usize) -> Vec<Line> {
    let environment = Role::Environment(track.track.environment.clone(), track.production);
    let title = Line::of(Role::Strong, track.track.service.to_string());
    let mut lines = vec![title.with(Role::Muted, " in ").with(environment, track.track.environment.to_string())];
    if track.ledger.entries().is_empty() {
        lines.push(Line::of(Role::Text, format!("{INDENT}no deployments are known")));
        return lines;
    }
    let figures = figures::figures(&track.metrics);
    for (at, figure) in figures.iter().enumerate() {
        lines.extend(of_figure(figure, room));
        let landed = (at == 0).then(|| words::landed(&track.metrics.lead_time.landed)).flatten();
        lines.extend(landed.iter().flat_map(|it| notes(it, room)));
    }
    lines.push(Line::blank());
    lines.extend(deployments(report, track, room));
    lines.push(Line::blank());
    lines.extend(known::sentences(&track.metrics).iter().flat_map(|it| wrapped(Role::Muted, INDENT, it, room)));
    lines
}

/// The value with its count and interval, and what else has to be known below.
fn of_figure(figure: &Figure, room: usize) -> Vec<Line> {
    let named = Line::of(Role::Text, INDENT).with(Role::Text, pad(figure.metric, VALUES - width(INDENT), Align::Left));
    let interval = figure.interval.clone().unwrap_or_default();
    let count = if interval.is_empty() { 0 } else { COUNT };
    let beyond = VALUES + VALUE + 2 * width(INDENT) + width(&figure.n).max(count) + width(&interval);
    let fits = width(&figure.value) <= VALUE && beyond <= room && (count == 0 || width(&figure.n) <= count);
    let mut lines = if fits {
        let value = named.with(Role::Strong, pad(&figure.value, VALUE, Align::Left));
        let counted =
            value.with(Role::Text, INDENT).with(Role::Text, pad(&figure.n, count.max(width(&figure.n)), Align::Left));
        vec![counted.with(Role::Muted, INDENT).with(Role::Muted, interval)]
    } else {
        let count = [figure.n.clone(), interval].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
        vec![named.with(Role::Strong, figure.value.clone()), beside(Role::Text, &count.join(", "))]
    };
    lines.extend(figure.note.iter().flat_map(|it| notes(it, room)));
    lines
}

/// Notes under a value, broken between two of them where that is possible.
fn notes(text: &str, room: usize) -> Vec<Line> {
    let room = room.saturating_sub(VALUES);
    let whole = |it: &str| if width(it) <= room { it.replace(' ', "\u{a0}") } else { it.to_owned() };
    let phrases: Vec<String> = text.split_inclusive("; ").map(|it| whole(it.trim_end())).collect();
    let lines = wrap(&phrases.join(" "), room);
    lines.iter().map(|it| beside(Role::Muted, &it.replace('\u{a0}', " "))).collect()
}

/// A line under a value.
fn beside(role: Role, text: &str) -> Line {
    Line::of(Role::Text, " ".repeat(VALUES)).with(role, text)
}

/// The columns of the deployments: title, cells, side.
const COLUMNS: [(&str, usize, Align); 6] = [
    ("deployment", 18, Align::Left),
    ("when", 12, Align::Left),
    ("kind", 11, Align::Left),
    ("changes", 7, Align::Right),
    ("P50", 9, Align::Right),
    ("", 0, Align::Left),
];

fn deployments(report: &Report<'_>, track: &TrackReport, room: usize) -> Vec<Line> {
    let (latest, left_out) = newest(&track.metrics.deployments, LATEST);
    let names = Names::of(&track.ledger);
    let head = |at: usize| Line::of(Role::Heading, COLUMNS.get(at).map_or("", |it| it.0));
    let mut lines = vec![row(head)];
    for it in latest {
        let at = names.entry(it.entry).and_then(|it| it.deployment.at());
        let when = at.map_or_else(String::new, |at| moment(report.now, at, track.zone));
        let cells = [names.name(it.entry), when, String::new(), changes(it), p50(it), String::new()];
        lines.push(row(|column| match column {
            2 => Line::of(kind_role(it), it.kind.word()),
            5 => Line::of(Role::Muted, tail(it)),
            _ => Line::of(Role::Text, cells.get(column).cloned().unwrap_or_default()),
        }));
        let failed = names.failed_by(&it.failed_by);
        let failed = (!failed.is_empty()).then(|| format!("failed by {failed}"));
        let deep = INDENT.repeat(2);
        lines.extend(failed.iter().flat_map(|it| wrapped(Role::Status(Status::Failed), &deep, it, room)));
    }
    if left_out > 0 {
        let before = counted(u64::try_from(left_out).unwrap_or(u64::MAX), "deployment");
        lines.push(Line::of(Role::Muted, format!("{INDENT}and {before} before")));
    }
    lines
}

fn row(cell: impl Fn(usize) -> Line) -> Line {
    COLUMNS.iter().enumerate().fold(Line::of(Role::Text, INDENT), |line, (at, (_, cells, align))| {
        let cell = if *cells == 0 { cell(at) } else { pad_line(&cell(at), *cells, *align) };
        line.then(cell).with(Role::Text, if at + 1 < COLUMNS.len() { INDENT } else { "" })
    })
}

/// What is left out of the verdict, or why there is less than expected.
fn tail(it: &Measured) -> String {
    match (&it.remedy, it.provisional) {
        (Some(_), true) => "repair, provisional".to_owned(),
        (Some(_), false) => "repair".to_owned(),
        (None, true) => "provisional".to_owned(),
        (None, false) => String::new(),
    }
}

fn kind_role(it: &Measured) -> Role {
    match it.kind {
        _ if !it.failed_by.is_empty() => Role::Status(Status::Failed),
        Kind::Failed => Role::Status(Status::Failed),
        Kind::Rollback | Kind::Switch | Kind::Rollforward => Role::Warning,
        Kind::Unknown => Role::Muted,
        _ => Role::Text,
    }
}

fn definitions(report: &Report<'_>, room: usize) -> Vec<Line> {
    if report.definitions.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> =
        Metric::ALL.iter().map(|it| format!("{}\u{a0}{}", it.name(), report.definition(*it))).collect();
    let says = format!("definitions: {} (flightdeck metrics --explain METRIC)", ids.join(", "));
    wrapped(Role::Muted, "", &says, room)
}

/// Text in lines of at most `room` cells; `before` stands before the first, and as much air before the others.
fn wrapped(role: Role, before: &str, text: &str, room: usize) -> Vec<Line> {
    let air = " ".repeat(width(before));
    let lines = wrap(text, room.saturating_sub(width(before)).max(20)).into_iter().enumerate();
    lines
        .map(|(at, line)| {
            let line = line.replace('\u{a0}', " ");
            Line::of(role.clone(), format!("{}{line}", if at == 0 { before } else { &air }))
        })
        .collect()
}

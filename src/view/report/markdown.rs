//! A report to paste into a wiki, a chat or a pull request.

use std::fmt;

use super::chart::{Chart, Histogram, Numbers, Parts};
use super::escape::Md;
use super::words::{Names, changes, p50};
use super::{IN_FULL, LISTED, Report, known, newest, words};
use crate::metrics::definition::Metric;
use crate::metrics::report::Measured;
use crate::model::Time;
use crate::query::TrackReport;
use crate::view::format::{UNDEFINED, absolute, count_of, duration_of};
use crate::view::metrics::figures::{self, Figure};
use crate::view::metrics::ways::Ways;

/// A report as Markdown with tables (GitHub's).
#[derive(Clone, Copy, Debug)]
pub struct Markdown<'a>(pub &'a Report<'a>);

impl fmt::Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let zone = report.tracks.first().map_or(chrono_tz::Tz::UTC, |it| it.zone);
        let window = figures::window(report.window, report.now, zone);
        write!(f, "# {}\n\nWindow: {window}.\n", Md(report.title))?;
        if report.tracks.is_empty() {
            f.write_str("\nNothing to measure: no deployments are known.\n")?;
        }
        if report.tracks.len() > 1 {
            overview(f, report)?;
        }
        for (number, track) in report.tracks.iter().enumerate().take(IN_FULL) {
            of_track(f, report, track, report.ways.get(number))?;
        }
        definitions(f, report)?;
        problems(f, report)
    }
}

fn overview(f: &mut fmt::Formatter<'_>, report: &Report<'_>) -> fmt::Result {
    write!(f, "\n| track | {} |\n|---|---|---|---|---|---|\n", figures::TITLES.join(" | "))?;
    for track in report.tracks {
        let values = figures::figures(&track.metrics).map(|it| it.value);
        writeln!(f, "| {} | {} |", Md(words::track(track)), values.join(" | "))?;
    }
    if report.tracks.len() > IN_FULL {
        let all = count_of(report.tracks.len());
        write!(f, "\nThe first {IN_FULL} of {all} tracks are told in full below.\n")?;
    }
    Ok(())
}

fn of_track(f: &mut fmt::Formatter<'_>, report: &Report<'_>, track: &TrackReport, ways: Option<&Ways>) -> fmt::Result {
    write!(f, "\n## {}\n\n", Md(words::track(track)))?;
    if track.ledger.entries().is_empty() {
        return f.write_str("No deployments are known.\n");
    }
    f.write_str("| measure | value | n | 95 % interval | | definition |\n|---|---|---|---|---|---|\n")?;
    for (metric, Figure { value, n, interval, note, .. }) in Metric::ALL.iter().zip(figures::figures(&track.metrics)) {
        let [value, n, interval, note] = [Some(value), Some(n), interval, note].map(Option::unwrap_or_default);
        let (title, id) = (metric.title(), report.definition(*metric));
        writeln!(f, "| {title} | **{value}** | {n} | {interval} | {note} | `{id}` |")?;
    }
    let names = Names::of(&track.ledger);
    lead_times(f, track)?;
    let ways = ways.map(Parts::new).filter(|it| !it.is_empty());
    ways.iter().try_for_each(|it| of_ways(f, it))?;
    deployments(f, track, &names)?;
    failures(f, track, &names)?;
    episodes(f, track, &names, report.now)?;
    f.write_str("\n### What is known\n\n")?;
    known::sentences(&track.metrics).iter().try_for_each(|it| writeln!(f, "- {it}"))
}

fn of_ways(f: &mut fmt::Formatter<'_>, ways: &Parts) -> fmt::Result {
    write!(f, "\n### {}\n\n{}\n\n", ways.title(), ways.says())?;
    let Numbers { head, rows, note } = ways.numbers();
    let rows = rows.into_iter().map(|row| row.into_iter().map(|cell| Md(cell).to_string()).collect()).collect();
    numbers(f, &Numbers { head, rows, note })
}

fn lead_times(f: &mut fmt::Formatter<'_>, track: &TrackReport) -> fmt::Result {
    let chart = Histogram::new(&track.metrics.lead_time);
    write!(f, "\n### {}\n\n{}\n", chart.title(), chart.says())?;
    if chart.height().is_some() {
        f.write_str("\n")?;
        numbers(f, &with_bars(chart.numbers(), &track.metrics.lead_time.seconds))?;
    }
    let landed = words::landed(&track.metrics.lead_time.landed);
    landed.iter().try_for_each(|it| write!(f, "\nChanges {it}.\n"))
}

/// The histogram with a bar of blocks in each row.
fn with_bars(mut table: Numbers, seconds: &[f64]) -> Numbers {
    const LONGEST: usize = 24;
    let counts = crate::metrics::histogram(seconds);
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    table.head.push("");
    for (row, count) in table.rows.iter_mut().zip(counts) {
        row.push("█".repeat((count * LONGEST).div_ceil(most)));
    }
    table
}

fn deployments(f: &mut fmt::Formatter<'_>, track: &TrackReport, names: &Names<'_>) -> fmt::Result {
    let (latest, left_out) = newest(&track.metrics.deployments, LISTED);
    f.write_str("\n### Deployments\n\n")?;
    if left_out > 0 {
        write!(f, "The latest {LISTED}; {} before are left out.\n\n", count_of(left_out))?;
    }
    f.write_str("| deployment | finished | kind | changes | P50 | oldest | |\n|---|---|---|--:|--:|--:|---|\n")?;
    for it in latest {
        let at = names.entry(it.entry).and_then(|it| it.deployment.at());
        let when = at.map_or_else(|| UNDEFINED.to_owned(), |at| absolute(at, track.zone));
        let (name, kind, changes, p50) = (Md(names.name(it.entry)), it.kind.word(), changes(it), p50(it));
        let oldest = duration_of(it.lead_time.and_then(|it| it.max));
        let mut notes: Vec<String> = it.flags.iter().map(|it| format!("`{}`", it.word())).collect();
        notes.extend((!it.failed_by.is_empty()).then(|| "**failed**".to_owned()));
        notes.extend(it.remedy.as_ref().map(|_| "repair".to_owned()));
        let notes = notes.join(" ");
        writeln!(f, "| {name} | {when} | {kind} | {changes} | {p50} | {oldest} | {notes} |")?;
    }
    Ok(())
}

fn failures(f: &mut fmt::Formatter<'_>, track: &TrackReport, names: &Names<'_>) -> fmt::Result {
    let all: Vec<String> = track.metrics.deployments.iter().rev().flat_map(|it| judged(it, names)).collect();
    if all.is_empty() {
        return Ok(());
    }
    f.write_str("\n### Failures and repairs\n\n")?;
    all.iter().take(LISTED).try_for_each(|it| writeln!(f, "- {it}"))?;
    match all.len().saturating_sub(LISTED) {
        0 => Ok(()),
        older => write!(f, "\n{} older ones are left out.\n", count_of(older)),
    }
}

/// What is held against a deployment, and what it repairs.
fn judged(it: &Measured, names: &Names<'_>) -> Vec<String> {
    let name = Md(names.name(it.entry)).to_string();
    let mut all = Vec::new();
    if !it.failed_by.is_empty() {
        let young = if it.provisional { " (provisional)" } else { "" };
        all.push(format!("**{name}** failed{young}. {}.", Md(names.failed_by(&it.failed_by))));
    }
    if !it.possible.is_empty() {
        all.push(format!("{name} possibly failed. {}.", Md(names.failed_by(&it.possible))));
    }
    let repair = |remedy| format!("{name} is unplanned repair: it {}.", Md(words::remedy(remedy)));
    all.extend(it.remedy.as_ref().map(repair));
    all
}

fn episodes(f: &mut fmt::Formatter<'_>, track: &TrackReport, names: &Names<'_>, now: Time) -> fmt::Result {
    let all = &track.metrics.recovery.episodes;
    if all.is_empty() {
        return Ok(());
    }
    f.write_str("\n### Recovery\n\n| began | lasted | failed | ended by |\n|---|--:|---|---|\n")?;
    for it in all.iter().rev().take(LISTED) {
        let (began, lasted) = (absolute(it.from, track.zone), words::lasted_in_words(it, now));
        let failed = it.deployments.iter().map(|it| names.name(*it)).collect::<Vec<_>>().join(", ");
        let ended = it.ended_by.as_ref().filter(|_| !words::is_open(it, now)).map(|it| names.ended_by(it));
        let ended = ended.unwrap_or_else(|| UNDEFINED.to_owned());
        writeln!(f, "| {began} | {lasted} | {} | {} |", Md(failed), Md(ended))?;
    }
    Ok(())
}

fn definitions(f: &mut fmt::Formatter<'_>, report: &Report<'_>) -> fmt::Result {
    if report.definitions.is_empty() {
        return Ok(());
    }
    f.write_str("\n## What the numbers mean\n")?;
    for it in report.definitions {
        write!(f, "\n**{}** `{}`: {}\n", it.metric.title(), it.id, it.words.join(" "))?;
    }
    Ok(())
}

fn problems(f: &mut fmt::Formatter<'_>, report: &Report<'_>) -> fmt::Result {
    if report.problems.is_empty() {
        return Ok(());
    }
    f.write_str("\n## What could not be read\n\n")?;
    report.problems.iter().try_for_each(|it| writeln!(f, "- {}", Md(it)))
}

fn numbers(f: &mut fmt::Formatter<'_>, table: &Numbers) -> fmt::Result {
    let sides = table.head.iter().enumerate().map(|(at, it)| if at == 0 || it.is_empty() { "---" } else { "--:" });
    writeln!(f, "| {} |\n|{}|", table.head.join(" | "), sides.collect::<Vec<_>>().join("|"))?;
    table.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
}

//! One track on the page: its five figures, its charts, its deployments, what failed, what is known.

use std::fmt;

use super::super::chart::{Calendar, Chart, Episodes, Histogram, Numbers, Parts, Shares, Trend, Waits};
use super::super::escape::Html;
use super::super::words::{Names, changes, p50};
use super::super::{LISTED, Report, known, newest, words};
use super::{anchor, prose};
use crate::metrics::calendar::day;
use crate::metrics::definition::Metric;
use crate::metrics::report::Measured;
use crate::query::TrackReport;
use crate::view::format::{UNDEFINED, absolute, count_of, duration_of};
use crate::view::metrics::figures;

/// What is wider does not fit beside another chart, pixels.
const HALF: f64 = 480.0;

/// The track that stands at `number`.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    report: &Report<'_>,
    track: &TrackReport,
    number: usize,
) -> fmt::Result {
    let (service, environment) = (Html(&track.track.service), Html(&track.track.environment));
    let badge = if track.production { "badge production" } else { "badge" };
    writeln!(f, "<section class=\"track\" id=\"track-{number}\">")?;
    writeln!(f, "<h2>{service} <span class=\"{badge}\">{environment}</span></h2>")?;
    if track.ledger.entries().is_empty() {
        return f.write_str("<p class=\"none\">No deployments are known.</p>\n</section>\n");
    }
    five(f, report, track)?;
    charts(f, report, track, number)?;
    let names = Names::of(&track.ledger);
    failures(f, track, &names)?;
    deployments(f, track, &names)?;
    f.write_str("<h3>What is known</h3>\n<ul class=\"known\">\n")?;
    known::sentences(&track.metrics).iter().try_for_each(|it| writeln!(f, "<li>{}</li>", prose(it)))?;
    f.write_str("</ul>\n</section>\n")
}

fn five(f: &mut fmt::Formatter<'_>, report: &Report<'_>, track: &TrackReport) -> fmt::Result {
    f.write_str("<div class=\"five\">\n")?;
    for (metric, figure) in Metric::ALL.into_iter().zip(figures::figures(&track.metrics)) {
        let size = match figure.value.chars().count() {
            0..=10 => "large",
            11..=16 => "medium",
            _ => "small",
        };
        write!(f, "<div><h3>{}</h3><p class=\"value {size}\">{}</p>", metric.title(), Html(&figure.value))?;
        write!(f, "<p>{}</p>", Html(&figure.n))?;
        if let Some(interval) = &figure.interval {
            write!(f, "<p>95 % interval {}</p>", Html(interval))?;
        }
        for note in figure.note.iter().flat_map(|it| it.split("; ")) {
            write!(f, "<p class=\"soft\">{}</p>", Html(note))?;
        }
        let id = report.definition(metric);
        writeln!(f, "<p class=\"id\"><a href=\"#{}\">definition {id}</a></p></div>", anchor(metric))?;
    }
    f.write_str("</div>\n")
}

fn charts(f: &mut fmt::Formatter<'_>, report: &Report<'_>, track: &TrackReport, number: usize) -> fmt::Result {
    let it = &track.metrics;
    let last = day(report.window.end(report.now), track.zone);
    let all: [&dyn Chart; 6] = [
        &Histogram::new(&it.lead_time),
        &Trend::new(&it.lead_time),
        &Waits(&it.lead_time.landed),
        &Shares::new(it),
        &Calendar::new(&it.frequency, last),
        &Episodes::new(&it.recovery, track.zone, report.now),
    ];
    f.write_str("<div class=\"charts\">\n")?;
    all.iter().try_for_each(|chart| figure(f, *chart, number))?;
    let ways = report.ways.get(number).map(Parts::new).filter(|it| !it.is_empty());
    ways.iter().try_for_each(|chart| figure(f, chart, number))?;
    f.write_str("</div>\n")
}

fn figure(f: &mut fmt::Formatter<'_>, chart: &dyn Chart, number: usize) -> fmt::Result {
    let (id, title, says) = (format!("{}-{number}", chart.id()), chart.title(), chart.says());
    let class = if chart.width().is_some_and(|it| it > HALF) { " wide" } else { "" };
    write!(f, "<figure class=\"{}{class}\">\n<figcaption><h3>{title}</h3>", chart.id())?;
    let Some(height) = chart.height() else {
        return writeln!(f, "</figcaption>\n<p class=\"none\">{}</p>\n</figure>", Html(says));
    };
    writeln!(f, "<p>{}</p></figcaption>", Html(&says))?;
    let wide = chart.width().map(|it| format!("width:{it}px;")).unwrap_or_default();
    write!(
        f,
        "<div class=\"scroll\"><svg role=\"img\" aria-labelledby=\"{id}-t {id}-d\" style=\"{wide}--h:{height}px\">"
    )?;
    write!(f, "<title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{}</desc>", Html(&says))?;
    chart.draw(f)?;
    f.write_str("</svg></div>\n<details><summary>Numbers</summary>\n")?;
    numbers(f, &chart.numbers())?;
    f.write_str("</details>\n</figure>\n")
}

fn numbers(f: &mut fmt::Formatter<'_>, table: &Numbers) -> fmt::Result {
    table.note.iter().try_for_each(|it| writeln!(f, "<p class=\"soft\">{}</p>", Html(it)))?;
    f.write_str("<table>\n<thead><tr>")?;
    table.head.iter().try_for_each(|it| write!(f, "<th>{}</th>", Html(it)))?;
    f.write_str("</tr></thead>\n<tbody>\n")?;
    for row in &table.rows {
        f.write_str("<tr>")?;
        row.iter().try_for_each(|it| write!(f, "<td>{}</td>", Html(it)))?;
        f.write_str("</tr>\n")?;
    }
    f.write_str("</tbody>\n</table>\n")
}

fn failures(f: &mut fmt::Formatter<'_>, track: &TrackReport, names: &Names<'_>) -> fmt::Result {
    let failed = |it: &&Measured| !it.failed_by.is_empty() || !it.possible.is_empty();
    let all = || track.metrics.deployments.iter().rev().filter(failed);
    let count = all().count();
    if count == 0 {
        return Ok(());
    }
    f.write_str("<h3>What failed, and how that is known</h3>\n<ul class=\"failures\">\n")?;
    for it in all().take(LISTED) {
        write!(f, "<li><b>{}</b>", Html(names.name(it.entry)))?;
        if it.provisional {
            f.write_str(" <span class=\"flag\">provisional</span>")?;
        }
        if !it.failed_by.is_empty() {
            write!(f, " {}", Html(names.failed_by(&it.failed_by)))?;
        }
        if !it.possible.is_empty() {
            write!(f, " <span class=\"soft\">possible: {}</span>", Html(names.failed_by(&it.possible)))?;
        }
        f.write_str("</li>\n")?;
    }
    f.write_str("</ul>\n")?;
    left_out(f, count.saturating_sub(LISTED))
}

fn deployments(f: &mut fmt::Formatter<'_>, track: &TrackReport, names: &Names<'_>) -> fmt::Result {
    let (latest, older) = newest(&track.metrics.deployments, LISTED);
    f.write_str("<h3>Deployments</h3>\n")?;
    if track.metrics.deployments.is_empty() {
        return f.write_str("<p class=\"none\">None in this window.</p>\n");
    }
    f.write_str("<div class=\"scroll\"><table class=\"deployments\">\n<thead><tr>")?;
    let head = ["deployment", "finished", "kind", "changes", "P50", "oldest", ""];
    head.iter().try_for_each(|it| write!(f, "<th>{it}</th>"))?;
    f.write_str("</tr></thead>\n<tbody>\n")?;
    for it in latest {
        let at = names.entry(it.entry).and_then(|it| it.deployment.at());
        let when = at.map_or_else(|| UNDEFINED.to_owned(), |at| absolute(at, track.zone));
        let (name, kind) = (Html(names.name(it.entry)), it.kind.word());
        let (changes, p50, oldest) = (changes(it), p50(it), duration_of(it.lead_time.and_then(|it| it.max)));
        let class = if it.failed_by.is_empty() { "" } else { " class=\"failed\"" };
        write!(f, "<tr{class}><td>{name}</td><td>{when}</td><td class=\"kind {kind}\">{kind}</td><td>{changes}</td>")?;
        write!(f, "<td>{p50}</td><td>{oldest}</td><td>")?;
        notes(f, it)?;
        f.write_str("</td></tr>\n")?;
    }
    f.write_str("</tbody>\n</table></div>\n")?;
    left_out(f, older)
}

fn notes(f: &mut fmt::Formatter<'_>, it: &Measured) -> fmt::Result {
    if !it.failed_by.is_empty() {
        f.write_str("<span class=\"flag bad\">failed</span> ")?;
    }
    if let Some(remedy) = &it.remedy {
        write!(f, "<span class=\"flag\" title=\"{}\">repair</span> ", Html(words::remedy(remedy)))?;
    }
    for flag in &it.flags {
        let word = flag.word().replace('_', " ");
        write!(f, "<span class=\"flag\" title=\"{}\">{word}</span> ", Html(flag.says()))?;
    }
    Ok(())
}

fn left_out(f: &mut fmt::Formatter<'_>, older: usize) -> fmt::Result {
    match older {
        0 => Ok(()),
        _ => writeln!(f, "<p class=\"soft\">The latest {LISTED}; {} older ones are not listed.</p>", count_of(older)),
    }
}

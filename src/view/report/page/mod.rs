//! A report as one page for a browser or a printer: nothing to fetch, nothing to run, light or dark as the reader's
//! machine is.

mod track;

use std::fmt;

use super::escape::Html;
use super::{IN_FULL, Report, words};
use crate::metrics::definition::{Definition, Metric};
use crate::view::format::{absolute, count_of};
use crate::view::metrics::figures;

const STYLE: &str = include_str!("style.css");
/// Nothing but the page's own style may be loaded, whatever a name says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A report as an HTML page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a>(pub &'a Report<'a>);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let title = Html(report.title);
        write!(f, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")?;
        writeln!(f, "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">")?;
        writeln!(f, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(f, "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>")?;
        writeln!(f, "<style>\n{STYLE}</style>\n</head>\n<body>\n<main>")?;
        head(f, report)?;
        if report.tracks.is_empty() {
            f.write_str("<p class=\"none\">Nothing to measure: no deployments are known.</p>\n")?;
        }
        if report.tracks.len() > 1 {
            overview(f, report)?;
        }
        for (number, it) in report.tracks.iter().enumerate().take(IN_FULL) {
            track::write(f, report, it, number)?;
        }
        definitions(f, report.definitions)?;
        f.write_str("</main>\n</body>\n</html>\n")
    }
}

fn head(f: &mut fmt::Formatter<'_>, report: &Report<'_>) -> fmt::Result {
    let zone = report.tracks.first().map_or(chrono_tz::Tz::UTC, |it| it.zone);
    let window = figures::window(report.window, report.now, zone);
    write!(f, "<header>\n<p class=\"eyebrow\">Delivery metrics</p>\n<h1>{}</h1>\n", Html(report.title))?;
    writeln!(f, "<p class=\"soft\">{window} · seen on {}</p>", absolute(report.now, zone))?;
    for problem in report.problems {
        writeln!(f, "<p class=\"problem\">{}</p>", Html(problem))?;
    }
    f.write_str("</header>\n")
}

fn overview(f: &mut fmt::Formatter<'_>, report: &Report<'_>) -> fmt::Result {
    f.write_str("<section>\n<h2>Overview</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>track</th>")?;
    figures::TITLES.iter().try_for_each(|it| write!(f, "<th>{it}</th>"))?;
    f.write_str("</tr></thead>\n<tbody>\n")?;
    for (number, it) in report.tracks.iter().enumerate() {
        let name = Html(words::track(it));
        match number < IN_FULL {
            true => write!(f, "<tr><th><a href=\"#track-{number}\">{name}</a></th>")?,
            false => write!(f, "<tr><th>{name}</th>")?,
        }
        for figure in figures::figures(&it.metrics) {
            write!(f, "<td>{}<small>{}</small></td>", Html(figure.value), Html(figure.n))?;
        }
        f.write_str("</tr>\n")?;
    }
    f.write_str("</tbody>\n</table></div>\n")?;
    if report.tracks.len() > IN_FULL {
        let all = count_of(report.tracks.len());
        writeln!(f, "<p class=\"soft\">The first {IN_FULL} of {all} tracks are told in full below.</p>")?;
    }
    f.write_str("</section>\n")
}

fn definitions(f: &mut fmt::Formatter<'_>, all: &[Definition]) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    f.write_str("<section class=\"definitions\">\n<h2>What the numbers mean</h2>\n<dl>\n")?;
    for it in all {
        write!(f, "<div id=\"{}\"><dt>{} <code>{}</code></dt>", anchor(it.metric), it.metric.title(), it.id)?;
        writeln!(f, "<dd>{}</dd></div>", prose(&it.words.join(" ")))?;
    }
    f.write_str("</dl>\n</section>\n")
}

fn anchor(metric: Metric) -> String {
    format!("definition-{}", metric.name())
}

/// Words with `code` in them.
fn prose(words: &str) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        let parts = words.split('`').enumerate();
        parts.into_iter().try_for_each(|(number, part)| match number % 2 {
            0 => write!(f, "{}", Html(part)),
            _ => write!(f, "<code>{}</code>", Html(part)),
        })
    })
}

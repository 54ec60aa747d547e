//! Each deployment of each track as one row, for spreadsheets and scripts (RFC 4180). What columns mean is written down
//! in `docs/metrics.md`.

use std::fmt;

use chrono::SecondsFormat;

use super::escape::csv;
use super::words::Names;
use super::{Report, words};
use crate::metrics::report::Measured;
use crate::model::Time;
use crate::query::TrackReport;

/// The columns, in order.
pub(super) const COLUMNS: [&str; 24] = [
    "service",
    "environment",
    "id",
    "version",
    "commit",
    "started_at",
    "finished_at",
    "outcome",
    "kind",
    "counted",
    "provisional",
    "new_commits",
    "changes",
    "bots",
    "merges",
    "lead_time_n",
    "lead_time_p50_s",
    "lead_time_max_s",
    "failed_by",
    "failed_by_in_words",
    "possible",
    "remedy",
    "flags",
    "actor",
];

/// A report as a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Csv<'a>(pub &'a Report<'a>);

impl fmt::Display for Csv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\r\n", COLUMNS.join(","))?;
        for track in self.0.tracks {
            let names = Names::of(&track.ledger);
            for it in &track.metrics.deployments {
                let cells = row(track, &names, it).map(Cell::text);
                write!(f, "{}\r\n", cells.join(","))?;
            }
        }
        Ok(())
    }
}

enum Cell {
    /// Ours: a number, a time, a word.
    Plain(String),
    /// From outside.
    Foreign(String),
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Foreign(text) => csv(&text).into_owned(),
        }
    }
}

fn row(track: &TrackReport, names: &Names<'_>, it: &Measured) -> [Cell; COLUMNS.len()] {
    let entry = names.entry(it.entry);
    let deployment = entry.map(|it| &*it.deployment);
    let signals =
        |all: &[crate::metrics::verdict::Evidence]| all.iter().map(|it| it.signal.code()).collect::<Vec<_>>().join(" ");
    let flags = it.flags.iter().map(|it| it.word()).collect::<Vec<_>>().join(" ");
    let lead = it.lead_time;
    [
        Cell::Foreign(track.track.service.to_string()),
        Cell::Foreign(track.track.environment.to_string()),
        foreign(deployment.map(|it| &it.id)),
        foreign(deployment.and_then(|it| it.version.as_ref())),
        plain(deployment.and_then(|it| it.commit)),
        plain(deployment.and_then(|it| it.started_at).map(time)),
        plain(deployment.and_then(|it| it.finished_at).map(time)),
        plain(deployment.map(|it| it.outcome.word())),
        Cell::Plain(it.kind.word().to_owned()),
        plain(Some(it.counted)),
        plain(Some(it.provisional)),
        plain(it.new_commits),
        plain(it.changes),
        plain(it.changes.map(|_| it.bots)),
        plain(it.changes.map(|_| it.merges)),
        plain(lead.map(|it| it.n)),
        plain(lead.and_then(|it| it.p50)),
        plain(lead.and_then(|it| it.max)),
        Cell::Plain(signals(&it.failed_by)),
        Cell::Foreign(names.failed_by(&it.failed_by)),
        Cell::Foreign(names.failed_by(&it.possible)),
        Cell::Foreign(it.remedy.as_ref().map(words::remedy).unwrap_or_default()),
        Cell::Plain(flags),
        foreign(deployment.and_then(|it| it.actor.as_ref())),
    ]
}

/// Not known is an empty cell.
fn plain(it: Option<impl fmt::Display>) -> Cell {
    Cell::Plain(it.map(|it| it.to_string()).unwrap_or_default())
}

fn foreign(it: Option<&impl fmt::Display>) -> Cell {
    Cell::Foreign(it.map(ToString::to_string).unwrap_or_default())
}

fn time(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

//! The charts of a track: numbers and labels, before anybody knows how they are drawn. Each can be had as a table, and
//! each says in one sentence what is to be seen.

mod days;
mod recovery;
mod spread;
mod trend;
mod waiting;
pub mod ways;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::scale::Tick;
use super::study::Studied;
use crate::metrics::TrackMetrics;
use crate::metrics::calendar::day;
use crate::view::{Cell, Column, Line, Role};

/// Which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChartKind {
    /// How lead times are spread.
    Spread,
    /// The weekly median of lead time.
    Trend,
    /// Where the time goes.
    Ways,
    /// Of what landed, how much still waits after a time.
    Waiting,
    /// On which days was deployed.
    Days,
    /// How long users were hurt.
    Recovery,
}

impl ChartKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Spread, Self::Trend, Self::Ways, Self::Waiting, Self::Days, Self::Recovery];

    /// The word for it in keys of rows.
    pub fn id(self) -> &'static str {
        match self {
            Self::Spread => "spread",
            Self::Trend => "trend",
            Self::Ways => "ways",
            Self::Waiting => "waiting",
            Self::Days => "days",
            Self::Recovery => "recovery",
        }
    }

    /// The chart of that id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.id() == id)
    }

    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Spread => "lead time of changes",
            Self::Trend => "lead time by week",
            Self::Ways => "where the time goes",
            Self::Waiting => "from landed to users",
            Self::Days => "deploy days",
            Self::Recovery => "recovery from failures",
        }
    }

    /// The title where there is no room for one.
    pub fn short(self) -> &'static str {
        match self {
            Self::Spread => "spread",
            Self::Trend => "trend",
            Self::Ways => "ways",
            Self::Waiting => "waiting",
            Self::Days => "days",
            Self::Recovery => "recovery",
        }
    }
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Which.
    pub kind: ChartKind,
    /// What is to be seen, in words.
    pub says: Line,
    /// What is drawn.
    pub body: Body,
    /// What the marks mean.
    pub legend: Line,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Horizontal bars.
    Bars(Vec<Bar>),
    /// Days of weeks.
    Heat(Heat),
    /// One bar of parts, with a line for each.
    Stack(Vec<Part>),
    /// A share that falls with time.
    Curve(Curve),
    /// Points over time.
    Scatter(Scatter),
    /// Too little for a picture.
    Words(Vec<Line>),
}

/// A horizontal bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// How many.
    pub count: u64,
    /// What lies in it: `P50`.
    pub marks: Vec<&'static str>,
}

/// A calendar: weeks of seven days, Monday first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heat {
    /// The Monday of the first week.
    pub first: NaiveDate,
    /// For each week, for each day how many; absent outside the window.
    pub weeks: Vec<[Option<u32>; 7]>,
    /// The most on one day.
    pub most: u32,
}

/// A part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub label: String,
    /// How long it takes, in words.
    pub value: String,
    /// Its share of the whole, 0..=1.
    pub share: f64,
    /// What is done meanwhile.
    pub spent: Spent,
    /// What has to be known of it.
    pub note: String,
}

/// What is done in a part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// Work.
    Work,
    /// Waiting.
    Wait,
    /// It cannot be told.
    Either,
}

impl Spent {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Wait => "wait",
            Self::Either => "work or wait",
        }
    }
}

/// A share that falls with time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Where it falls, and to what; places and shares are 0..=1.
    pub steps: Vec<(f64, f64)>,
    /// How far it is known, 0..=1.
    pub until: f64,
    /// What stands on the time axis.
    pub ticks: Vec<Tick>,
    /// Places that are marked, each with its label.
    pub marks: Vec<Tick>,
}

/// Points over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// The points, earliest first.
    pub points: Vec<Point>,
    /// Levels that are drawn across.
    pub levels: Vec<Level>,
    /// What stands on the time axis.
    pub x: Vec<Tick>,
    /// What stands on the value axis.
    pub y: Vec<Tick>,
}

/// A point, 0..=1 in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When.
    pub x: f64,
    /// How much.
    pub y: f64,
    /// What it is.
    pub mark: Mark,
}

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An ordinary one.
    Plain,
    /// One that is no chance.
    Loud,
    /// One that is not over.
    Hollow,
}

/// A level that is drawn across.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// How high, 0..=1.
    pub y: f64,
    /// What it is.
    pub label: &'static str,
    /// Whether it is a limit and not the centre.
    pub limit: bool,
}

/// A chart as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// What stands above.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// The chart of a track.
pub fn chart(kind: ChartKind, of: &Studied) -> Chart {
    let Studied { report, ways, .. } = of;
    let (metrics, zone) = (&report.metrics, report.zone);
    match kind {
        ChartKind::Spread => spread::chart(metrics),
        ChartKind::Trend => trend::chart(metrics, zone),
        ChartKind::Ways => ways::chart(ways),
        ChartKind::Waiting => waiting::chart(metrics),
        ChartKind::Days => days::chart(metrics, report),
        ChartKind::Recovery => recovery::chart(report),
    }
}

/// The chart as a table.
pub fn numbers(kind: ChartKind, of: &Studied) -> Numbers {
    let Studied { report, ways, .. } = of;
    let metrics = &report.metrics;
    match kind {
        ChartKind::Spread => spread::numbers(metrics),
        ChartKind::Trend => trend::numbers(metrics),
        ChartKind::Ways => ways::numbers(ways),
        ChartKind::Waiting => waiting::numbers(metrics),
        ChartKind::Days => days::numbers(metrics),
        ChartKind::Recovery => recovery::numbers(report),
    }
}

/// A chart that has nothing to draw, and why.
fn nothing(kind: ChartKind, why: &str) -> Chart {
    let says = Line::of(Role::Muted, why);
    Chart { kind, says, body: Body::Words(Vec::new()), legend: Line::default() }
}

/// A sentence with its important words.
fn says(parts: &[(&str, bool)]) -> Line {
    let role = |strong| if strong { Role::Strong } else { Role::Muted };
    parts.iter().fold(Line::default(), |line, (text, strong)| line.with(role(*strong), *text))
}

/// The first and the last local day of the window: from its beginning or the first deployment in it.
fn days_of(metrics: &TrackMetrics, zone: Tz, first: Option<NaiveDate>) -> Option<(NaiveDate, NaiveDate)> {
    let end = day(metrics.window.end(metrics.now), zone);
    let begin = metrics.window.from.map(|from| day(from, zone)).or(first)?;
    (begin <= end).then_some((begin, end))
}

/// Places of a few days on an axis between two days: at most `most` of them, at beginnings of months where they are long.
fn dates(from: NaiveDate, to: NaiveDate) -> Vec<Tick> {
    let days = (to - from).num_days().max(1);
    let (every, shape) = match days {
        ..=45 => (7, "%-d %b"),
        46..=120 => (14, "%-d %b"),
        121..=500 => (61, "%b %Y"),
        _ => ((days / 6).max(1), "%b %Y"),
    };
    let step = usize::try_from(every).unwrap_or(1).max(1);
    let shown = (0..=days).step_by(step);
    shown
        .filter_map(|it| {
            let date = from.checked_add_signed(chrono::TimeDelta::try_days(it)?)?;
            Some(Tick { at: share(it, days), label: date.format(shape).to_string() })
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "days of some millennia fit a double")]
fn share(part: i64, whole: i64) -> f64 {
    (part as f64 / whole.max(1) as f64).clamp(0.0, 1.0)
}

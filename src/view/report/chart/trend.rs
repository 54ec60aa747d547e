//! The median of each week, with what is ordinary around it.

use std::fmt;

use super::axis::Axis;
use super::days::Days;
use super::{ACROSS, Chart, Numbers, bar, curve, dot, labels, rungs};
use crate::metrics::Limits;
use crate::metrics::limits::{FEWEST_POINTS, Mark, Scale};
use crate::metrics::report::{LeadTime, WeekPoint};
use crate::view::format::{count_of, duration_of};
use crate::view::report::words;

const HEIGHT: f64 = 210.0;
/// So many weeks are listed.
const LISTED: usize = 52;

/// Weekly medians.
pub struct Trend<'a> {
    weeks: &'a [WeekPoint],
    limits: Option<Limits>,
}

impl<'a> Trend<'a> {
    /// Of changes that came.
    pub fn new(lead_time: &'a LeadTime) -> Self {
        let medians: Vec<f64> = lead_time.weekly.iter().map(|it| it.p50).collect();
        Self { weeks: &lead_time.weekly, limits: Limits::of(&medians, Scale::Log) }
    }

    fn mark(&self, week: usize) -> Mark {
        self.limits.as_ref().and_then(|it| it.marks.get(week)).copied().unwrap_or_default()
    }

    fn axis(&self) -> Option<Axis> {
        let limits = self.limits.iter().flat_map(|it| [it.low, it.high]);
        Axis::around(self.weeks.iter().map(|it| it.p50).chain(limits))
    }

    fn draw_limits(&self, f: &mut fmt::Formatter<'_>, axis: Axis) -> fmt::Result {
        let Some(limits) = &self.limits else { return Ok(()) };
        let [low, centre, high] = [limits.low, limits.centre, limits.high].map(|it| HEIGHT * (1.0 - axis.at(it)));
        write!(f, "<rect class=\"band\" width=\"100%\" y=\"{high:.1}\" height=\"{:.1}\"/>", (low - high).max(0.5))?;
        bar(f, "centre", (0.0, 1.0), centre)
    }
}

impl Chart for Trend<'_> {
    fn id(&self) -> &'static str {
        "trend"
    }

    fn title(&self) -> &'static str {
        "Is it getting faster?"
    }

    fn says(&self) -> String {
        if self.weeks.is_empty() {
            return "No week of this window has a change with a known lead time.".to_owned();
        }
        let weeks = words::counted(self.weeks.len(), "week");
        let Some(limits) = &self.limits else {
            return format!("The median lead time of {weeks}. Limits need {FEWEST_POINTS} weeks with changes.");
        };
        let [low, centre, high] = [limits.low, limits.centre, limits.high].map(|it| duration_of(Some(it)));
        let outside = limits.marks.iter().filter(|it| it.outside).count();
        let runs = limits.marks.iter().filter(|it| it.run).count();
        let verdict = match (outside, runs) {
            (0, 0) => "No week is beyond chance.".to_owned(),
            _ => format!("Beyond chance: {} outside the limits, {runs} in runs of eight or more.", count_of(outside)),
        };
        format!("The median lead time of {weeks}. Ordinary is {low} to {high}, around {centre}. {verdict}")
    }

    fn height(&self) -> Option<f64> {
        (!self.weeks.is_empty()).then_some(HEIGHT)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = Days::around(self.weeks.iter().map(|it| it.monday));
        let Some((axis, days)) = self.axis().zip(days) else { return Ok(()) };
        rungs(f, axis, HEIGHT)?;
        self.draw_limits(f, axis)?;
        let places: Vec<(f64, f64)> =
            self.weeks.iter().map(|it| (days.at(it.monday), HEIGHT * (1.0 - axis.at(it.p50)))).collect();
        let point = |(place, y): &(f64, f64)| format!("{:.1} {y:.1}", place * ACROSS);
        let line: Vec<String> = places.iter().map(point).collect();
        curve(f, "thread", HEIGHT, format_args!("M{}", line.join("L")))?;
        let dots: Vec<String> = line.iter().map(|it| format!("M{it}h0")).collect();
        curve(f, "dots", HEIGHT, dots.concat())?;
        for (number, (week, at)) in self.weeks.iter().zip(&places).enumerate() {
            let mark = self.mark(number);
            if mark.outside {
                dot(f, "outside", *at, 4.0, &format!("week of {}: {}", week.monday, duration_of(Some(week.p50))))?;
            }
        }
        labels(f, &days.marks(), HEIGHT)
    }

    fn numbers(&self) -> Numbers {
        let left_out = self.weeks.len().saturating_sub(LISTED);
        let row = |(number, it): (usize, &WeekPoint)| {
            let mark = self.mark(number);
            let says = match (mark.outside, mark.run) {
                (true, _) => "outside the limits",
                (_, true) => "in a run",
                _ => "",
            };
            vec![it.monday.to_string(), count_of(it.n), duration_of(Some(it.p50)), says.to_owned()]
        };
        Numbers {
            head: vec!["week of", "changes", "P50", "beyond chance"],
            rows: self.weeks.iter().enumerate().skip(left_out).map(row).collect(),
            note: (left_out > 0).then(|| format!("The latest {LISTED} weeks; {} before.", count_of(left_out))),
        }
    }
}

//! Deployments day by day: a column a week, a row a weekday.

use std::fmt::{self, Write as _};

use chrono::{Datelike, Days, NaiveDate};

use super::{Chart, Numbers, real};
use crate::metrics::calendar::monday_of;
use crate::metrics::report::Frequency;
use crate::view::format::count_of;
use crate::view::report::words;

/// At most a year and the week that began before it.
const MOST_WEEKS: usize = 53;
/// From one cell to the next, and its side.
const STEP: f64 = 18.0;
const SIDE: f64 = 15.0;
const LEFT: f64 = 36.0;
const TOP: f64 = 20.0;
const NAMES: [(usize, &str); 3] = [(0, "Mon"), (2, "Wed"), (4, "Fri")];

/// The calendar of counted deployments.
pub struct Calendar<'a> {
    frequency: &'a Frequency,
    /// The first day that is drawn: the first deployment's, or a Monday where there is more than a year.
    first: NaiveDate,
    last: NaiveDate,
    monday: NaiveDate,
    weeks: usize,
}

impl<'a> Calendar<'a> {
    /// The weeks up to `last`.
    pub fn new(frequency: &'a Frequency, last: NaiveDate) -> Self {
        let newest = frequency.per_day.keys().next_back().copied();
        let last = newest.map_or(last, |it| it.max(last));
        let of_week = |day| monday_of(day).unwrap_or(day);
        let oldest = frequency.per_day.keys().next().copied().unwrap_or(last);
        let all = of_week(last).signed_duration_since(of_week(oldest)).num_days() / 7 + 1;
        let weeks = usize::try_from(all).unwrap_or(MOST_WEEKS).clamp(1, MOST_WEEKS);
        let back = Days::new(7 * (weeks as u64 - 1));
        let monday = of_week(last).checked_sub_days(back).unwrap_or(NaiveDate::MIN);
        Self { frequency, first: oldest.max(monday), last, monday, weeks }
    }

    /// Days before the first deployment are left out: that nothing came then is not known.
    fn days(&self) -> impl Iterator<Item = (usize, usize, NaiveDate)> {
        let days = self.monday.iter_days().take(self.weeks * 7).take_while(|it| *it <= self.last);
        let all = days.enumerate().map(|(number, day)| (number / 7, number % 7, day));
        all.filter(|it| it.2 >= self.first)
    }

    fn on(&self, day: NaiveDate) -> usize {
        self.frequency.per_day.get(&day).copied().unwrap_or_default()
    }

    fn older(&self) -> usize {
        self.frequency.per_day.range(..self.first).map(|it| it.1).sum()
    }

    /// Which of four shades a count has: of the most on one day.
    fn shade(&self, count: usize) -> usize {
        let most = self.days().map(|it| self.on(it.2)).max().unwrap_or_default().max(4);
        (count * 4).div_ceil(most).clamp(1, 4)
    }
}

fn corner(week: usize, weekday: usize) -> (f64, f64) {
    (LEFT + real(week) * STEP, TOP + real(weekday) * STEP)
}

impl Chart for Calendar<'_> {
    fn id(&self) -> &'static str {
        "calendar"
    }

    fn title(&self) -> &'static str {
        "When it was deployed"
    }

    fn says(&self) -> String {
        if self.frequency.deployments == 0 {
            return "Nothing new was deployed in this window.".to_owned();
        }
        let shown = self.frequency.deployments.saturating_sub(self.older());
        let (weeks, first) = (words::counted(self.weeks, "week"), self.first.format("%-d %b %Y"));
        let (deployments, older) = (words::counted(shown, "counted deployment"), self.older());
        let older = if older > 0 { format!("; {} before that are not drawn", count_of(older)) } else { String::new() };
        format!("{deployments} in the {weeks} from {first}, by local day{older}.")
    }

    fn height(&self) -> Option<f64> {
        (self.frequency.deployments > 0).then_some(TOP + 7.0 * STEP)
    }

    fn width(&self) -> Option<f64> {
        Some(LEFT + real(self.weeks.max(12)) * STEP)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (weekday, name) in NAMES {
            write!(f, "<text class=\"day\" x=\"0\" y=\"{}\">{name}</text>", corner(0, weekday).1 + 11.0)?;
        }
        let mut idle = String::new();
        for (week, weekday, day) in self.days() {
            let ((x, y), count) = (corner(week, weekday), self.on(day));
            if weekday == 0 && day.day() <= 7 && week + 1 < self.weeks {
                write!(f, "<text class=\"month\" x=\"{x}\" y=\"11\">{}</text>", day.format("%b"))?;
            }
            if count == 0 {
                let _ = write!(idle, "M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z");
                continue;
            }
            write!(
                f,
                "<rect class=\"h{}\" x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" rx=\"3\">",
                self.shade(count)
            )?;
            write!(f, "<title>{day}: {}</title></rect>", count_of(count))?;
        }
        write!(f, "<path class=\"h0\" d=\"{idle}\"/>")
    }

    fn numbers(&self) -> Numbers {
        let mut months: Vec<(String, usize, usize)> = Vec::new();
        for (day, count) in self.frequency.per_day.range(self.first..) {
            let month = day.format("%Y-%m").to_string();
            match months.last_mut().filter(|it| it.0 == month) {
                Some(last) => (last.1, last.2) = (last.1 + count, last.2 + 1),
                None => months.push((month, *count, 1)),
            }
        }
        let row = |(month, count, days): (String, usize, usize)| vec![month, count_of(count), count_of(days)];
        Numbers {
            head: vec!["month", "deployments", "days"],
            rows: months.into_iter().map(row).collect(),
            note: (self.older() > 0).then(|| format!("{} deployments before {}.", count_of(self.older()), self.first)),
        }
    }
}

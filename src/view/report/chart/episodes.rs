//! Each recovery as a dot: when it began and how long it took.

use std::fmt;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::axis::Axis;
use super::days::Days;
use super::{Chart, Numbers, Share, bar, dot, labels, rungs};
use crate::metrics::calendar::day;
use crate::metrics::report::Recovery;
use crate::metrics::verdict::Episode;
use crate::model::Time;
use crate::view::format::{absolute, count_of, duration_of};
use crate::view::report::words;

const HEIGHT: f64 = 172.0;
/// So many episodes are listed.
const LISTED: usize = 50;

/// The failure episodes of a track.
pub struct Episodes<'a> {
    recovery: &'a Recovery,
    zone: Tz,
    now: Time,
}

struct Dot {
    day: NaiveDate,
    from: Time,
    seconds: f64,
    open: bool,
}

impl<'a> Episodes<'a> {
    /// Seen from `now`.
    pub fn new(recovery: &'a Recovery, zone: Tz, now: Time) -> Self {
        Self { recovery, zone, now }
    }

    fn dots(&self) -> Vec<Dot> {
        let dot = |it: &Episode| {
            let open = words::is_open(it, self.now);
            Dot { day: day(it.from, self.zone), from: it.from, seconds: words::lasted(it, self.now), open }
        };
        self.recovery.episodes.iter().map(dot).collect()
    }
}

impl Dot {
    fn says(&self, zone: Tz) -> String {
        let (began, lasted) = (absolute(self.from, zone), duration_of(Some(self.seconds)));
        if self.open { format!("since {began}: {lasted}, not over") } else { format!("{began}: {lasted}") }
    }
}

impl Chart for Episodes<'_> {
    fn id(&self) -> &'static str {
        "episodes"
    }

    fn title(&self) -> &'static str {
        "How long users were hurt"
    }

    fn says(&self) -> String {
        let it = self.recovery;
        if it.episodes.is_empty() {
            return "No failure began in this window, as far as is known.".to_owned();
        }
        let episodes = words::counted(it.episodes.len(), "failure episode");
        let open = match it.open {
            0 => String::new(),
            open => format!("; {} not over, drawn hollow", count_of(open)),
        };
        let half = match it.p50 {
            Some(p50) if it.episodes.len() >= Recovery::ENOUGH_FOR_MEDIAN => {
                format!("Half were over after {}.", duration_of(Some(p50)))
            }
            Some(_) => format!("Less than {} have no median.", Recovery::ENOUGH_FOR_MEDIAN),
            None => "The median is not reached.".to_owned(),
        };
        format!("{episodes} by when they began and how long they took{open}. {half}")
    }

    fn height(&self) -> Option<f64> {
        (!self.recovery.episodes.is_empty()).then_some(HEIGHT)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dots = self.dots();
        let days = Days::around(dots.iter().map(|it| it.day));
        let Some((axis, days)) = Axis::around(dots.iter().map(|it| it.seconds)).zip(days) else { return Ok(()) };
        rungs(f, axis, HEIGHT)?;
        let y = |seconds: f64| HEIGHT * (1.0 - axis.at(seconds));
        let enough = dots.len() >= Recovery::ENOUGH_FOR_MEDIAN;
        if let Some(p50) = self.recovery.p50.filter(|_| enough) {
            bar(f, "quantile", (0.0, 1.0), y(p50))?;
        }
        for it in &dots {
            let at = (days.at(it.day), y(it.seconds));
            if it.open {
                write!(f, "<text class=\"going\" x=\"{}\" y=\"{:.1}\">↑</text>", Share(at.0), at.1 - 9.0)?;
            }
            dot(f, if it.open { "hollow bad" } else { "solid bad" }, at, 5.5, &it.says(self.zone))?;
        }
        labels(f, &days.marks(), HEIGHT)
    }

    fn numbers(&self) -> Numbers {
        let left_out = self.recovery.episodes.len().saturating_sub(LISTED);
        let row = |it: Dot| {
            let over = if it.open { "no" } else { "yes" };
            vec![absolute(it.from, self.zone), duration_of(Some(it.seconds)), over.to_owned()]
        };
        Numbers {
            head: vec!["began", "lasted", "over"],
            rows: self.dots().into_iter().skip(left_out).map(row).collect(),
            note: (left_out > 0).then(|| format!("The latest {LISTED}; {} before.", count_of(left_out))),
        }
    }
}

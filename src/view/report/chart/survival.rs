//! How many changes still wait after how long, with those that wait now counted.

use std::fmt::{self, Write as _};

use super::axis::Axis;
use super::{ACROSS, Chart, Numbers, bar, curve, dot, labels, px, rung, stile};
use crate::metrics::report::Cohort;
use crate::view::format::{count_of, duration_of};
use crate::view::metrics::figures::percentage;
use crate::view::report::words;

const HEIGHT: f64 = 210.0;
/// For a table: after how long, seconds.
const AFTER: [(f64, &str); 9] = [
    (3_600.0, "1 h"),
    (14_400.0, "4 h"),
    (86_400.0, "1 d"),
    (259_200.0, "3 d"),
    (604_800.0, "1 wk"),
    (1_209_600.0, "2 wk"),
    (2_629_800.0, "1 mo"),
    (7_889_400.0, "3 mo"),
    (15_778_800.0, "6 mo"),
];

/// The survival curve of a cohort.
pub struct Waits<'a>(pub &'a Cohort);

impl Waits<'_> {
    fn axis(&self) -> Option<Axis> {
        let curve = &self.0.survival;
        let all = || curve.steps().iter().map(|it| it.time).chain(curve.censored_times().iter().copied());
        // A few that came within seconds would take half of the room.
        let begin = curve.quantile(0.01).unwrap_or_default();
        Axis::around(all().filter(|it| *it >= begin))
    }

    /// The steps, at most one for each unit across.
    fn steps(&self, axis: Axis) -> String {
        let mut path = "M0 0".to_owned();
        let mut reached = 0;
        let mut steps = self.0.survival.steps().iter().peekable();
        while let Some(step) = steps.next() {
            let place = px(axis.at(step.time) * ACROSS);
            if steps.peek().is_none_or(|next| px(axis.at(next.time) * ACROSS) > place) {
                let _ = write!(path, "H{place}V{:.1}", HEIGHT * (1.0 - step.survival));
                reached = place;
            }
        }
        let last = self.0.survival.censored_times().last().map(|it| px(axis.at(*it) * ACROSS));
        let _ = last.filter(|it| *it > reached).map(|it| write!(path, "H{it}"));
        path
    }

    /// A tick where changes wait, at most one for each unit across.
    fn ticks(&self, axis: Axis) -> String {
        let mut path = String::new();
        let mut before = None;
        for time in self.0.survival.censored_times() {
            let place = px(axis.at(*time) * ACROSS);
            if before != Some(place) {
                let _ = write!(path, "M{place} {:.1}v8", HEIGHT * (1.0 - self.0.survival.at(*time)) - 4.0);
            }
            before = Some(place);
        }
        path
    }
}

impl Chart for Waits<'_> {
    fn id(&self) -> &'static str {
        "waits"
    }

    fn title(&self) -> &'static str {
        "How fast are we now?"
    }

    fn says(&self) -> String {
        if self.0.n == 0 {
            return "No change that landed in this window is known.".to_owned();
        }
        let (n, waiting) = (words::counted(self.0.n, "change"), count_of(self.0.waiting));
        let half = match self.0.p50 {
            Some(p50) => format!("Half have arrived after {}.", duration_of(Some(p50))),
            None => "The median is not reached: too many still wait.".to_owned(),
        };
        format!("Share of {n} of this window that still wait, by age; {waiting} wait now and count. {half}")
    }

    fn height(&self) -> Option<f64> {
        (self.0.n > 0).then_some(HEIGHT)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(axis) = self.axis() else { return Ok(()) };
        for percent in [0_u8, 25, 50, 75, 100] {
            rung(f, HEIGHT * (1.0 - f64::from(percent) / 100.0), &format!("{percent} %"))?;
        }
        curve(f, "curve", HEIGHT, self.steps(axis))?;
        curve(f, "ticks", HEIGHT, self.ticks(axis))?;
        if let Some(p50) = self.0.p50 {
            let place = axis.at(p50);
            bar(f, "quantile", (0.0, place), HEIGHT / 2.0)?;
            stile(f, "quantile", place, (HEIGHT / 2.0, HEIGHT))?;
            let says = format!("half have arrived after {}", duration_of(Some(p50)));
            dot(f, "median", (place, HEIGHT / 2.0), 4.0, &says)?;
        }
        labels(f, &axis.marks().collect::<Vec<_>>(), HEIGHT)
    }

    fn numbers(&self) -> Numbers {
        let curve = &self.0.survival;
        let row = |(seconds, label): &(f64, &str)| {
            let waiting = curve.censored_times().iter().filter(|it| **it <= *seconds).count();
            vec![(*label).to_owned(), percentage(Some(curve.at(*seconds))), count_of(waiting)]
        };
        Numbers {
            head: vec!["after", "still waiting", "waiting now, younger than that"],
            rows: AFTER.iter().map(row).collect(),
            note: None,
        }
    }
}

//! Shares with how far they can be trusted: a dot, and a whisker over its interval.

use std::fmt;

use super::{Chart, Numbers, bar, dot, real, stile, under};
use crate::metrics::report::{Share, TrackMetrics};
use crate::metrics::wilson;
use crate::view::format::count_of;
use crate::view::metrics::figures::percentage;
use crate::view::report::words;

/// From one share to the next.
const ROW: f64 = 56.0;
/// Where an axis may end, percent.
const ENDS: [u8; 5] = [10, 20, 40, 60, 100];

/// Change fail rate and rework rate.
pub struct Shares {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    share: Share,
    /// Whether a verdict on some of it is still open.
    provisional: bool,
}

impl Shares {
    /// Of a track.
    pub fn new(metrics: &TrackMetrics) -> Self {
        let settled = metrics.change_fail;
        let mut rows = vec![Row { name: "change fail rate", share: settled, provisional: false }];
        if metrics.provisional > 0 {
            let young = metrics.deployments.iter().filter(|it| it.provisional);
            let some = settled.some + young.filter(|it| !it.failed_by.is_empty()).count();
            let of = settled.of + metrics.provisional;
            let share = Share { some, of, rate: Some(real(some) / real(of.max(1))), interval: wilson(some, of) };
            rows.push(Row { name: "with those too young for a verdict", share, provisional: true });
        }
        rows.push(Row { name: "rework rate", share: metrics.rework, provisional: false });
        Self { rows }
    }

    fn end(&self) -> u8 {
        let highest = self.rows.iter().filter_map(|it| it.share.interval).map(|it| it.1).fold(0.0, f64::max);
        ENDS.into_iter().find(|end| f64::from(*end) / 100.0 >= highest).unwrap_or(100)
    }
}

impl Chart for Shares {
    fn id(&self) -> &'static str {
        "shares"
    }

    fn title(&self) -> &'static str {
        "How much fails"
    }

    fn says(&self) -> String {
        if self.rows.iter().all(|it| it.share.of == 0) {
            return "No deployment of this window can be judged.".to_owned();
        }
        let row = |it: &Row| format!("{} {}", it.name, words::share_of(&it.share));
        let rows = self.rows.iter().map(row).collect::<Vec<_>>().join("; ");
        format!("Shares with Wilson's 95 % intervals: {rows}.")
    }

    fn height(&self) -> Option<f64> {
        self.rows.iter().any(|it| it.share.of > 0).then(|| ROW * real(self.rows.len()) + 4.0)
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (end, height) = (self.end(), ROW * real(self.rows.len()) + 4.0);
        for quarter in 0..=4_u8 {
            let place = f64::from(quarter) / 4.0;
            stile(f, "grid", place, (0.0, height))?;
            let percent = f64::from(end) * place;
            under(f, place, height, &format!("{percent} %"), quarter % 2 == 1)?;
        }
        for (number, row) in self.rows.iter().enumerate() {
            let top = ROW * real(number);
            let says = words::share_of(&row.share);
            write!(f, "<text class=\"row\" x=\"0\" y=\"{:.1}\">{}", top + 18.0, row.name)?;
            write!(f, "<tspan class=\"soft\" dx=\"8\">{}</tspan></text>", percentage(row.share.rate))?;
            let place = |share: f64| share * 100.0 / f64::from(end);
            let y = top + 38.0;
            let Some((rate, (low, high))) = row.share.rate.zip(row.share.interval) else { continue };
            bar(f, "whisker", (place(low), place(high)), y)?;
            stile(f, "whisker", place(low), (y - 5.0, y + 5.0))?;
            stile(f, "whisker", place(high), (y - 5.0, y + 5.0))?;
            let class = if row.provisional { "hollow" } else { "solid" };
            dot(f, class, (place(rate), y), 5.5, &says)?;
        }
        Ok(())
    }

    fn numbers(&self) -> Numbers {
        let row = |it: &Row| {
            let Share { some, of, rate, interval } = it.share;
            let [low, high] = [interval.map(|it| it.0), interval.map(|it| it.1)].map(percentage);
            vec![it.name.to_owned(), count_of(some), count_of(of), percentage(rate), low, high]
        };
        Numbers {
            head: vec!["share", "some", "of", "rate", "low", "high"],
            rows: self.rows.iter().map(row).collect(),
            note: None,
        }
    }
}

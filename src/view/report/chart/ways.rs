//! Where the time of changes goes: the mean of each part of the way, one after the other.

use std::fmt;

use super::{Chart, Numbers, Share, real};
use crate::view::metrics::charts::{Part, Spent, ways as words};
use crate::view::metrics::figures::percentage;
use crate::view::metrics::ways::Ways;
use crate::view::report::escape::Html;

/// From one part to the next.
const ROW: f64 = 34.0;

/// Where the time of a track's changes goes.
pub struct Parts {
    parts: Vec<Part>,
    says: String,
}

impl Parts {
    /// Of the ways of a track's changes.
    pub fn new(ways: &Ways) -> Self {
        let says: String = words::sentence(ways).0.into_iter().map(|span| span.text).collect();
        Self { parts: words::parts(ways), says: format!("The parts add up: {says}.") }
    }

    /// Whether any way is known.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl Chart for Parts {
    fn id(&self) -> &'static str {
        "ways"
    }

    fn title(&self) -> &'static str {
        "Where the time goes"
    }

    fn says(&self) -> String {
        if self.is_empty() {
            return "No change with a lead time came in the window.".to_owned();
        }
        self.says.clone()
    }

    fn height(&self) -> Option<f64> {
        (!self.is_empty()).then(|| ROW * real(self.parts.len()))
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut from = 0.0;
        for (number, part) in self.parts.iter().enumerate() {
            let top = ROW * real(number);
            let class = match part.spent {
                Spent::Work => "work",
                Spent::Wait => "wait",
                Spent::Either => "either",
            };
            let (y, x, width) = (top + 17.0, Share(from), Share(part.share.max(0.002)));
            write!(f, "<text class=\"row\" x=\"0\" y=\"{:.1}\">{}", top + 12.0, Html(&part.label))?;
            write!(f, "<tspan class=\"soft\" dx=\"8\">{}, {}</tspan></text>", Html(&part.value), part.spent.word())?;
            write!(f, "<rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"9\" rx=\"2\"/>")?;
            from += part.share;
        }
        Ok(())
    }

    fn numbers(&self) -> Numbers {
        let row = |it: &Part| {
            let share = percentage(Some(it.share));
            vec![it.label.clone(), it.value.clone(), share, it.spent.word().to_owned(), it.note.clone()]
        };
        Numbers {
            head: vec!["part of the way", "mean", "share", "spent", ""],
            rows: self.parts.iter().map(row).collect(),
            note: None,
        }
    }
}

//! How far back is looked.

use chrono::TimeDelta;

use crate::metrics::Window;
use crate::model::Time;

/// How far back is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// 30 days.
    Month,
    /// 90 days.
    #[default]
    Quarter,
    /// 365 days.
    Year,
    /// Everything that is known.
    All,
}

impl Span {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Month, Self::Quarter, Self::Year, Self::All];

    /// The word for it: `90d`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::Year => "1y",
            Self::All => "all",
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Month => "last 30 days",
            Self::Quarter => "last 90 days",
            Self::Year => "last 365 days",
            Self::All => "everything",
        }
    }

    /// What the window before it is called; everything has none before it.
    pub fn title_before(self) -> Option<&'static str> {
        match self {
            Self::Month => Some("30 days before"),
            Self::Quarter => Some("90 days before"),
            Self::Year => Some("365 days before"),
            Self::All => None,
        }
    }

    /// The next longer one, after the longest the shortest.
    #[must_use]
    pub fn next(self) -> Self {
        let longer = Self::ALL.into_iter().skip_while(|it| *it != self).nth(1);
        longer.unwrap_or(Self::Month)
    }

    fn days(self) -> Option<i64> {
        match self {
            Self::Month => Some(30),
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::All => None,
        }
    }

    /// The window that ends now.
    pub fn window(self, now: Time) -> Window {
        Window { from: self.days().and_then(|days| back(now, days)), until: None }
    }

    /// The window of the same length before it.
    pub fn before(self, now: Time) -> Option<Window> {
        let days = self.days()?;
        Some(Window { from: back(now, 2 * days), until: back(now, days) })
    }
}

fn back(now: Time, days: i64) -> Option<Time> {
    now.checked_sub_signed(TimeDelta::days(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_meet_and_go_round() {
        let now: Time = "2026-11-20T10:00:00Z".parse().expect("an instant");
        for span in Span::ALL {
            let (window, before) = (span.window(now), span.before(now));
            assert_eq!(before.and_then(|it| it.until), window.from);
            assert_eq!(before.is_some(), span.title_before().is_some());
        }
        let round = (0..Span::ALL.len()).fold(Span::Month, |span, _| span.next());
        assert_eq!(round, Span::Month);
    }
}

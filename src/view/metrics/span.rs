//! How far back is looked.

use chrono::TimeDelta;

use crate::metrics::Window;
use crate::model::Time;
use crate::view::format::counted;

/// How far back is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    /// So many days.
    Days(u16),
    /// Everything that is known.
    All,
}

impl Span {
    /// Those that one key goes through, shortest first.
    pub const USUAL: [Self; 4] = [Self::Days(30), Self::Days(90), Self::YEAR, Self::All];

    const YEAR: Self = Self::Days(365);

    /// So many days; at least one.
    pub fn of_days(days: i64) -> Self {
        Self::Days(u16::try_from(days.max(1)).unwrap_or(u16::MAX))
    }

    /// What a word (`90d`, `1y`, `all`) means.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "1y" => Some(Self::YEAR),
            word => word.strip_suffix('d')?.parse().ok().filter(|days| *days > 0).map(Self::Days),
        }
    }

    /// The word for it: `90d`.
    pub fn word(self) -> String {
        match self {
            Self::YEAR => "1y".to_owned(),
            Self::Days(days) => format!("{days}d"),
            Self::All => "all".to_owned(),
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> String {
        match self {
            Self::Days(days) => format!("last {}", counted(u64::from(days), "day")),
            Self::All => "everything".to_owned(),
        }
    }

    /// What the window before it is called; everything has none before it.
    pub fn title_before(self) -> Option<String> {
        match self {
            Self::Days(days) => Some(format!("{} before", counted(u64::from(days), "day"))),
            Self::All => None,
        }
    }

    /// The next longer usual one, after everything the shortest.
    #[must_use]
    pub fn next(self) -> Self {
        Self::USUAL.into_iter().find(|it| *it > self).unwrap_or(Self::USUAL[0])
    }

    fn days(self) -> Option<i64> {
        match self {
            Self::Days(days) => Some(days.into()),
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
        for span in Span::USUAL {
            let (window, before) = (span.window(now), span.before(now));
            assert_eq!(before.and_then(|it| it.until), window.from);
            assert_eq!(before.is_some(), span.title_before().is_some());
        }
        let first = Span::USUAL[0];
        assert_eq!((0..Span::USUAL.len()).fold(first, |span, _| span.next()), first);
        assert_eq!(Span::Days(45).next(), Span::Days(90));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for span in Span::USUAL.into_iter().chain([Span::Days(1), Span::Days(45)]) {
            assert_eq!(Span::of_word(&span.word()), Some(span));
        }
        for word in ["", "0d", "d", "9", "-3d", "99999d", "soon"] {
            assert_eq!(Span::of_word(word), None, "{word}");
        }
    }
}

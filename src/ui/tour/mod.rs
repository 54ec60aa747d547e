//! Tours of the cockpit: what a person does, written down line by line, with what there is to see.
//!
//! The same files are shown by `flightdeck demo --tour` at the speed at which people read, and played by the tests on the
//! real program, which wait for each text instead of the clock.
//!
//! ```text
//! title  Where is my commit?
//! size   80x24
//! see    checkout
//! say    You merged SHOP-803 yesterday. Where is it now?
//! press  w
//! type   SHOP-803
//! press  Enter until pull request
//! press  Tab until not to confirm
//! gone   where is …
//! marked 045b871
//! ```

mod play;

pub use play::{Player, Seen, Turn};

use crate::app::key::{Key, chord};

/// The present of the playground in which tours are made: with the same seed it is the same company every time.
pub const NOW: &str = "2026-11-20T10:00:00Z";
/// The seed of that playground.
pub const SEED: u64 = 7;

/// The tours that come with the program: name and text.
pub const ALL: &[(&str, &str)] = &[
    ("developer", include_str!("developer.journey")),
    ("on-call", include_str!("on-call.journey")),
    ("lead", include_str!("lead.journey")),
];

/// A tour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tour {
    /// What it is about.
    pub title: String,
    /// The terminal for which it was written: columns and lines.
    pub size: (u16, u16),
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// A step of a tour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Says something to who is watching.
    Say(String),
    /// Presses keys one after the other. With a text they are pressed again until it is seen: a dialog does not listen in
    /// its first moment.
    Press(Vec<Key>, Option<Until>),
    /// Types a text.
    Type(String),
    /// Waits until a text is seen.
    See(String),
    /// Waits until a text is seen no more.
    Gone(String),
    /// Waits until a text is selected.
    Marked(String),
}

/// Until when keys are pressed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Until {
    /// A text.
    pub text: String,
    /// Whether it is to be seen, or to be seen no more.
    pub seen: bool,
}

impl Until {
    /// Whether it is so on this screen.
    pub fn holds(&self, screen: &str) -> bool {
        screen.contains(&self.text) == self.seen
    }
}

/// A line of a tour that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct NotATour {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it, as a fragment.
    pub why: String,
}

impl Tour {
    /// The tour of that name.
    pub fn named(name: &str) -> Option<Result<Self, NotATour>> {
        ALL.iter().find(|(it, _)| *it == name).map(|(_, text)| Self::read(text))
    }

    /// Reads a tour. Empty lines and lines that begin with `#` say nothing.
    ///
    /// # Errors
    /// At the first line that cannot be understood.
    pub fn read(text: &str) -> Result<Self, NotATour> {
        let mut tour = Self { title: String::new(), size: (80, 24), steps: Vec::new() };
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            tour.add(word, rest.trim()).map_err(|why| NotATour { line: at + 1, why })?;
        }
        Ok(tour)
    }

    fn add(&mut self, word: &str, rest: &str) -> Result<(), String> {
        let text = || if rest.is_empty() { Err(format!("`{word}` of what?")) } else { Ok(rest.to_owned()) };
        let step = match word {
            "title" => {
                self.title = text()?;
                return Ok(());
            }
            "size" => {
                self.size = size(rest).ok_or_else(|| format!("`{rest}` is no size like 80x24"))?;
                return Ok(());
            }
            "say" => Step::Say(text()?),
            "type" => Step::Type(text()?),
            "see" => Step::See(text()?),
            "gone" => Step::Gone(text()?),
            "marked" => Step::Marked(text()?),
            "press" => {
                let (keys, until) = match rest.split_once(" until ") {
                    Some((keys, until)) => (keys, Some(read_until(until.trim()))),
                    None => (rest, None),
                };
                Step::Press(chord(keys).map_err(|error| error.to_string())?, until)
            }
            _ => return Err(format!("there is no step `{word}`")),
        };
        self.steps.push(step);
        Ok(())
    }
}

/// `a text`, or `not a text` for one that is to go.
fn read_until(text: &str) -> Until {
    match text.strip_prefix("not ") {
        Some(text) => Until { text: text.to_owned(), seen: false },
        None => Until { text: text.to_owned(), seen: true },
    }
}

fn size(text: &str) -> Option<(u16, u16)> {
    let (width, height) = text.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tours_can_be_read_and_say_what_they_are_about() {
        for (name, text) in ALL {
            let tour = Tour::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!tour.title.is_empty() && tour.steps.len() > 5, "{name}");
            let said = tour.steps.iter().filter_map(|it| if let Step::Say(text) = it { Some(text) } else { None });
            for text in said {
                assert!(text.len() < usize::from(tour.size.0), "{name}: {text}");
            }
        }
    }

    #[test]
    fn what_is_no_step_is_told_with_its_line() {
        let error = Tour::read("title x\n\nfly away").unwrap_err();
        assert_eq!(error.to_string(), "line 3: there is no step `fly`");
        assert!(Tour::read("press hyper-x").is_err() && Tour::read("see").is_err() && Tour::read("size 80").is_err());
    }

    #[test]
    fn keys_may_be_pressed_again_until_something_is_seen() {
        let tour = Tour::read("press Tab x until the end\npress Esc until not this").unwrap();
        let until = |text: &str, seen| Some(Until { text: text.to_owned(), seen });
        assert_eq!(tour.steps[0], Step::Press(chord("Tab x").unwrap(), until("the end", true)));
        assert_eq!(tour.steps[1], Step::Press(chord("Esc").unwrap(), until("this", false)));
    }
}

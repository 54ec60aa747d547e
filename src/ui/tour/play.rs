//! A tour that is shown: keys are pressed at the speed at which people read, and each text is waited for.

use std::time::Duration;

use tokio::time::Instant;

use super::{Step, Tour, Until};
use crate::app::key::Key;
use crate::app::{Message, Msg};

/// Between two keys, and between two letters that are typed.
const KEY: Duration = Duration::from_millis(700);
const LETTER: Duration = Duration::from_millis(90);
/// How long a sentence stays: its letters, and a moment to look where it leads.
const READ_LETTER: Duration = Duration::from_millis(55);
const READ: Duration = Duration::from_millis(1_500);
/// How often it is looked whether a text is there, and how often that is done before the tour gives up.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 300;

/// What is seen, for a tour that waits.
pub struct Seen<'a> {
    /// What is on the screen.
    pub screen: &'a str,
    /// What is selected.
    pub selected: &'a str,
}

/// A tour under way.
#[derive(Debug)]
pub struct Player {
    steps: std::collections::VecDeque<Step>,
    due: Instant,
    looks: u32,
}

/// What a tour does next.
#[derive(Debug)]
pub enum Turn {
    /// This happens.
    Does(Msg),
    /// Nothing yet.
    Waits,
    /// It is over, with what has to be said about that.
    Ends(Message),
}

impl Player {
    /// A tour that begins at `now`.
    pub fn new(tour: Tour, now: Instant) -> Self {
        Self { steps: tour.steps.into(), due: now + KEY, looks: 0 }
    }

    /// When there is something to do.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Does what is due at `now`.
    pub fn turn(&mut self, now: Instant, seen: &Seen<'_>) -> Turn {
        let Some(step) = self.steps.pop_front() else {
            return Turn::Ends(Message::note("the tour is over: the keys are yours, q quits"));
        };
        match step {
            Step::Say(text) => {
                let letters = u32::try_from(text.chars().count()).unwrap_or_default();
                self.does(now, READ + READ_LETTER * letters, Msg::Tell(Message::note(text)))
            }
            Step::Type(text) => self.types(now, &text),
            Step::Press(keys, Some(until)) if !until.holds(seen.screen) => self.presses_until(now, keys, until),
            Step::Press(_, Some(_)) => self.waits(now, Duration::ZERO),
            Step::Press(keys, None) => self.presses(now, keys),
            Step::See(text) => self.looks(now, seen.screen.contains(&text), Step::See(text)),
            Step::Gone(text) => self.looks(now, !seen.screen.contains(&text), Step::Gone(text)),
            Step::Marked(text) => self.looks(now, seen.selected.contains(&text), Step::Marked(text)),
        }
    }

    fn does(&mut self, now: Instant, then: Duration, msg: Msg) -> Turn {
        self.due = now + then;
        self.looks = 0;
        Turn::Does(msg)
    }

    fn waits(&mut self, now: Instant, how_long: Duration) -> Turn {
        self.due = now + how_long;
        Turn::Waits
    }

    fn presses(&mut self, now: Instant, mut keys: Vec<Key>) -> Turn {
        if keys.is_empty() {
            return self.waits(now, Duration::ZERO);
        }
        let key = keys.remove(0);
        self.steps.push_front(Step::Press(keys, None));
        self.does(now, KEY, Msg::Key(key))
    }

    /// Presses once and looks for a while before it presses again.
    fn presses_until(&mut self, now: Instant, keys: Vec<Key>, until: Until) -> Turn {
        self.looks += 1;
        if self.looks > LOOKS {
            return Self::lost(&until.text);
        }
        let pressed = keys.first().copied().filter(|_| self.looks % 10 == 1);
        self.steps.push_front(Step::Press(keys, Some(until)));
        self.due = now + LOOK;
        pressed.map_or(Turn::Waits, |key| Turn::Does(Msg::Key(key)))
    }

    fn types(&mut self, now: Instant, text: &str) -> Turn {
        let mut letters = text.chars();
        let Some(letter) = letters.next() else { return self.waits(now, KEY) };
        self.steps.push_front(Step::Type(letters.collect()));
        self.does(now, LETTER, Msg::Key(Key::char(letter)))
    }

    fn looks(&mut self, now: Instant, there: bool, step: Step) -> Turn {
        if there {
            self.looks = 0;
            return self.waits(now, Duration::ZERO);
        }
        self.looks += 1;
        if self.looks > LOOKS {
            let (Step::See(text) | Step::Gone(text) | Step::Marked(text)) = &step else { return Turn::Waits };
            return Self::lost(text);
        }
        self.steps.push_front(step);
        self.waits(now, LOOK)
    }

    fn lost(text: &str) -> Turn {
        Turn::Ends(Message::warning(format!("the tour ends here: `{text}` did not come")).hint("the keys are yours"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::Named;

    /// What a tour does while the screen shows `screen`, in words.
    fn played(text: &str, screen: &str, turns: usize) -> Vec<String> {
        let start = Instant::now();
        let mut player = Player::new(Tour::read(text).unwrap(), start);
        let seen = Seen { screen, selected: "row" };
        let turns = (0..turns).filter_map(|_| match player.turn(player.due(), &seen) {
            Turn::Does(Msg::Key(key)) => Some(key.to_string()),
            Turn::Does(Msg::Tell(message)) | Turn::Ends(message) => Some(message.text.to_string()),
            _ => None,
        });
        turns.collect()
    }

    #[test]
    fn a_tour_says_types_and_presses_in_order() {
        let all = played("say Look\nsee here\nmarked row\ntype ab\npress Enter x", "here it is", 20);
        assert_eq!(all[..5], ["Look", "a", "b", "Enter", "x"]);
        assert!(all[5].starts_with("the tour is over"));
    }

    #[test]
    fn a_key_is_pressed_again_until_something_is_seen() {
        let all = played("press Tab until never", "nothing", 25);
        assert_eq!(all, [Key::named(Named::Tab).to_string(), "Tab".to_owned(), "Tab".to_owned()]);
    }

    #[test]
    fn what_does_not_come_ends_the_tour() {
        let all = played("see never", "nothing", 400);
        assert_eq!(all[0], "the tour ends here: `never` did not come");
    }
}

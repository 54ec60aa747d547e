//! Whether the terminal is light or dark: what the environment says, and the answer to a question that is never waited
//! for (OSC 11).
//!
//! The parser of terminal events knows no such answers and takes them for keys: Alt-], `11;rgb:…`, and Alt-\ or Ctrl-g.
//! [`Ear`] finds them among the keys again. Reports of a changed scheme (mode 2031) are not asked for: that parser would
//! keep them and swallow the keys that follow.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};

/// What is behind everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Light text is read on it.
    Dark,
    /// Dark text is read on it.
    Light,
}

/// Asks for the colour behind everything.
pub const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";
/// After so many other events no answer is expected any more.
const PATIENCE: u16 = 400;
/// How long an answer is on its way, at most.
const SOON: Duration = Duration::from_secs(1);
/// No answer is longer, in characters.
const LONGEST: usize = 32;

impl Ground {
    /// What the environment says: the last part of `COLORFGBG` is the number of a colour.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let ground: u8 = variable("COLORFGBG")?.rsplit(';').next()?.parse().ok()?;
        match ground {
            0..=6 | 8 => Some(Self::Dark),
            7 | 9..=15 => Some(Self::Light),
            _ => None,
        }
    }

    /// By the answer of a terminal: `rgb:1e1e/1e1e/2e2e`, with one to four digits a channel.
    fn of_answer(answer: &str) -> Option<Self> {
        let channels = answer.strip_prefix("11;")?;
        let channels = channels.strip_prefix("rgb:").or_else(|| channels.strip_prefix("rgba:"))?;
        let mut parts = channels.split('/').map(|digits| {
            let most =
                16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1).filter(|most| *most > 0)?;
            let value = u32::from_str_radix(digits, 16).ok()?;
            (digits.len() <= 4).then(|| f64::from(value) / f64::from(most))
        });
        let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
        // How bright it looks: the luma of Rec. 709.
        let bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        Some(if bright > 0.5 { Self::Light } else { Self::Dark })
    }
}

/// Whether the terminal can be asked: not where it is known to show the question or to be no terminal of this sort, and not
/// through what stands between that keeps answers to itself.
pub fn can_be_asked(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some(term) = set("TERM") else { return false };
    let poor = ["dumb", "linux", "vt", "eterm", "screen", "cons"].iter().any(|poor| term.starts_with(poor));
    (!poor || set("TMUX").is_some()) && set("STY").is_none()
}

/// Finds the answer among the terminal's events.
#[derive(Debug, Default)]
pub struct Ear {
    /// How many events more an answer may take; 0 when none is expected.
    patience: u16,
    /// The events of an answer that is not complete.
    held: Vec<Event>,
    /// What they say so far.
    said: String,
    /// When the question was asked.
    asked: Option<Instant>,
}

/// What an event turned out to be.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// Events that are no answer.
    Events(Vec<Event>),
    /// The end of an answer, or of one that cannot be understood.
    Answer(Option<Ground>),
}

impl Ear {
    /// The question was asked.
    pub fn listen(&mut self) {
        self.patience = PATIENCE;
        self.asked = Some(Instant::now());
    }

    /// Whether an answer may be on its way: one that has not come within a second will not come.
    pub fn expects_soon(&self) -> bool {
        self.listens() && self.asked.is_some_and(|asked| asked.elapsed() < SOON)
    }

    /// Whether an answer is expected.
    pub fn listens(&self) -> bool {
        self.patience > 0
    }

    /// Takes an event.
    pub fn hear(&mut self, event: Event) -> Heard {
        if !self.listens() {
            return Heard::Events(vec![event]);
        }
        if self.held.is_empty() {
            if is(&event, ']', KeyModifiers::ALT) {
                self.held.push(event);
                return Heard::Events(Vec::new());
            }
            self.patience -= 1;
            return Heard::Events(vec![event]);
        }
        let ends = is(&event, '\\', KeyModifiers::ALT) || is(&event, 'g', KeyModifiers::CONTROL);
        let broken_end = self.held.last().is_some_and(is_escape) && is(&event, '\\', KeyModifiers::NONE);
        if ends || broken_end {
            let heard = std::mem::take(self);
            return Heard::Answer(Ground::of_answer(&heard.said));
        }
        match part(&event, &self.said) {
            Some(part) => self.said.extend(part),
            None => {
                // Somebody pressed keys that only began like an answer.
                let mut events = std::mem::take(&mut self.held);
                self.said.clear();
                events.push(event);
                return Heard::Events(events);
            }
        }
        self.held.push(event);
        Heard::Events(Vec::new())
    }
}

/// What an event adds to an answer that says so much already: a character, or nothing yet; absent when it is none.
fn part(event: &Event, said: &str) -> Option<Option<char>> {
    if is_escape(event) && said.len() > 3 {
        return Some(None);
    }
    let c = character(event)?;
    let begins = "11;".chars().nth(said.chars().count());
    let fits = begins.map_or_else(|| c.is_ascii_alphanumeric() || matches!(c, ':' | '/'), |begins| begins == c);
    (fits && said.len() < LONGEST).then_some(Some(c))
}

fn character(event: &Event) -> Option<char> {
    let Event::Key(key) = event else { return None };
    let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty() && key.kind == KeyEventKind::Press;
    match key.code {
        KeyCode::Char(c) if plain => Some(c),
        _ => None,
    }
}

fn is_escape(event: &Event) -> bool {
    matches!(event, Event::Key(key) if key.code == KeyCode::Esc)
}

fn is(event: &Event, c: char, modifiers: KeyModifiers) -> bool {
    matches!(event, Event::Key(key) if key.code == KeyCode::Char(c) && key.modifiers == modifiers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;
    use rstest::rstest;

    /// The events that the parser makes of bytes like these, written as it reads them: `]` after an escape is Alt-].
    fn events(bytes: &str) -> Vec<Event> {
        let mut alt = false;
        let mut all = Vec::new();
        for c in bytes.chars() {
            let modifiers = match c {
                '\x1b' => {
                    alt = true;
                    continue;
                }
                '\x07' => KeyModifiers::CONTROL,
                _ if alt => KeyModifiers::ALT,
                c if c.is_uppercase() => KeyModifiers::SHIFT,
                _ => KeyModifiers::NONE,
            };
            alt = false;
            all.push(Event::Key(KeyEvent::new(KeyCode::Char(if c == '\x07' { 'g' } else { c }), modifiers)));
        }
        all
    }

    fn heard(ear: &mut Ear, events: Vec<Event>) -> (usize, Vec<Option<Ground>>) {
        let (mut passed, mut answers) = (0, Vec::new());
        for event in events {
            match ear.hear(event) {
                Heard::Events(events) => passed += events.len(),
                Heard::Answer(ground) => answers.push(ground),
            }
        }
        (passed, answers)
    }

    #[rstest]
    #[case("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", Some(Ground::Dark))]
    #[case("\x1b]11;rgb:FFFF/fafa/F0F0\x07", Some(Ground::Light))]
    #[case("\x1b]11;rgb:f/f/f\x1b\\", Some(Ground::Light))]
    #[case("\x1b]11;rgba:00/00/00/ff\x07", Some(Ground::Dark))]
    #[case("\x1b]11;rgb:12\x07", None)]
    fn an_answer_is_found_among_keys_and_is_no_key(#[case] bytes: &str, #[case] ground: Option<Ground>) {
        let mut ear = Ear::default();
        ear.listen();
        let around = [events("jj"), events(bytes), events("k")].concat();
        assert_eq!(heard(&mut ear, around), (3, vec![ground]));
        assert!(!ear.listens());
    }

    #[test]
    fn an_answer_whose_end_comes_in_two_pieces_is_one() {
        let mut ear = Ear::default();
        ear.listen();
        let mut all = events("\x1b]11;rgb:0000/0000/0000");
        all.push(Event::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)));
        all.extend(events("\\"));
        assert_eq!(heard(&mut ear, all), (0, vec![Some(Ground::Dark)]));
    }

    #[rstest]
    #[case("\x1b]j")]
    #[case("\x1b]11x")]
    #[case("\x1b]11;rgb:aa \x1b\\")]
    #[case("\x1b]11;rgb:0000/0000/0000/0000/0000/0000/0000/0000")]
    fn keys_that_begin_like_one_stay_keys(#[case] bytes: &str) {
        let mut ear = Ear::default();
        ear.listen();
        let all = events(bytes);
        let (passed, answers) = heard(&mut ear, all.clone());
        assert!(answers.is_empty());
        assert_eq!(passed + ear.held.len(), all.len());
        assert!(ear.held.is_empty(), "nothing is kept back: {:?}", ear.held);
    }

    #[test]
    fn nobody_listens_who_has_not_asked_or_has_waited_long() {
        assert_eq!(heard(&mut Ear::default(), events("\x1b]11;")), (4, vec![]));
        let mut ear = Ear::default();
        ear.listen();
        heard(&mut ear, events(&"j".repeat(usize::from(PATIENCE))));
        assert_eq!(heard(&mut ear, events("\x1b]11;")), (4, vec![]));
    }

    #[rstest]
    #[case("15;0", Some(Ground::Dark))]
    #[case("0;default;15", Some(Ground::Light))]
    #[case("0;7", Some(Ground::Light))]
    #[case("default;default", None)]
    fn the_environment_may_say_it(#[case] value: &str, #[case] ground: Option<Ground>) {
        assert_eq!(Ground::of_environment(|_| Some(value.to_owned())), ground);
        assert_eq!(Ground::of_environment(|_| None), None);
    }

    #[rstest]
    #[case(&[("TERM", "xterm-256color")], true)]
    #[case(&[("TERM", "tmux-256color"), ("TMUX", "x")], true)]
    #[case(&[("TERM", "screen-256color"), ("TMUX", "x")], true)]
    #[case(&[("TERM", "screen.xterm-256color"), ("STY", "x")], false)]
    #[case(&[("TERM", "screen")], false)]
    #[case(&[("TERM", "dumb")], false)]
    #[case(&[("TERM", "linux")], false)]
    #[case(&[], false)]
    fn who_would_show_the_question_is_not_asked(#[case] set: &[(&str, &str)], #[case] asked: bool) {
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(can_be_asked(variable), asked);
    }
}

//! What the cockpit told, newest last.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::world::Failure;
use crate::model::{Status, Text, Time};
use crate::view::Role;

/// How many messages are remembered.
const REMEMBERED: usize = 500;
/// How long a note stays in the footer, seconds.
const NOTE: i64 = 6;
/// How long a warning does.
const WARNING: i64 = 20;

/// Something that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How much it weighs.
    pub weight: Weight,
    /// What.
    pub text: Text,
    /// What to do about it.
    pub hint: Option<Text>,
    /// Whether it stands there until a key is pressed, whatever it weighs.
    pub stays: bool,
}

/// How much a message weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// What was asked for is done.
    Done,
    /// To be read.
    Warning,
    /// Something did not work.
    Error,
}

impl Weight {
    /// How long it stays in the footer, seconds; without end until a key is pressed.
    fn stays(self) -> Option<i64> {
        match self {
            Self::Note | Self::Done => Some(NOTE),
            Self::Warning => Some(WARNING),
            Self::Error => None,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Done => "done",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// What it means.
    pub fn role(self) -> Role {
        match self {
            Self::Note => Role::Text,
            Self::Done => Role::Status(Status::Ok),
            Self::Warning => Role::Warning,
            Self::Error => Role::Status(Status::Failed),
        }
    }
}

impl Message {
    /// A note.
    pub fn note(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Note, text: text.into(), hint: None, stays: false }
    }

    /// What was asked for is done.
    pub fn done(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Done, text: text.into(), hint: None, stays: false }
    }

    /// A warning.
    pub fn warning(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Warning, text: text.into(), hint: None, stays: false }
    }

    /// An error.
    pub fn error(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Error, text: text.into(), hint: None, stays: false }
    }

    /// The same, until a key is pressed.
    #[must_use]
    pub fn staying(self) -> Self {
        Self { stays: true, ..self }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Failure> for Message {
    fn from(failure: Failure) -> Self {
        Self { weight: Weight::Error, text: failure.what, hint: failure.hint, stays: false }
    }
}

/// A message that was told.
#[derive(Clone, Debug)]
pub struct Told {
    /// When.
    pub at: Time,
    /// What.
    pub message: Message,
    /// Whether nobody has pressed a key since, and its time is not over.
    fresh: bool,
    /// Whether somebody may have missed it.
    unread: bool,
}

/// Everything that was told.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    all: VecDeque<Told>,
}

impl Messages {
    /// Tells something. What is told again while it stands there is told once.
    pub fn tell(&mut self, at: Time, message: Message) {
        if let Some(told) = self.all.back_mut().filter(|told| told.fresh && told.message == message) {
            told.at = at;
            return;
        }
        if self.all.len() == REMEMBERED {
            self.all.pop_front();
        }
        let unread = message.weight >= Weight::Warning;
        self.all.push_back(Told { at, message, fresh: true, unread });
    }

    /// What stands in the footer: of what was told last, the newest of what weighs most.
    pub fn shown(&self) -> Option<&Message> {
        self.fresh().max_by_key(|told| told.message.weight).map(|told| &told.message)
    }

    /// How many more would stand there if there were room.
    pub fn more(&self) -> usize {
        self.fresh().count().saturating_sub(1)
    }

    fn fresh(&self) -> impl Iterator<Item = &Told> {
        self.all.iter().filter(|told| told.fresh)
    }

    /// A key was pressed: the footer clears. What stood there was seen; what was only counted was not.
    pub fn dismiss(&mut self) {
        let seen = self.shown().cloned();
        for told in self.all.iter_mut().filter(|told| told.fresh) {
            told.fresh = false;
            told.unread &= seen.as_ref() != Some(&told.message);
        }
    }

    /// The footer clears of what has stood there long enough.
    pub fn fade(&mut self, now: Time) {
        for told in self.all.iter_mut().filter(|told| told.until().is_some_and(|until| until <= now)) {
            told.fresh = false;
        }
    }

    /// When the footer changes by itself.
    pub fn until(&self) -> Option<Time> {
        self.fresh().filter_map(Told::until).min()
    }

    /// How many warnings and errors nobody has seen.
    pub fn unread(&self) -> usize {
        self.all.iter().filter(|told| told.unread && !told.fresh).count()
    }

    /// Somebody reads all of them.
    pub fn read(&mut self) {
        self.all.iter_mut().for_each(|told| told.unread = false);
    }

    /// All that are remembered, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Told> {
        self.all.iter()
    }
}

impl Told {
    /// When it leaves the footer by itself.
    fn until(&self) -> Option<Time> {
        let stays = self.message.weight.stays().filter(|_| self.fresh && !self.message.stays)?;
        Some(self.at + TimeDelta::seconds(stays))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn shown(messages: &Messages) -> Option<(&str, usize)> {
        messages.shown().map(|it| (it.text.as_str(), messages.more()))
    }

    #[test]
    fn the_heaviest_stands_there_and_the_others_are_counted() {
        let mut messages = Messages::default();
        messages.tell(at(0), Message::error("broken"));
        messages.tell(at(1), Message::note("copied"));
        messages.tell(at(1), Message::note("copied"));
        assert_eq!(shown(&messages), Some(("broken", 1)));
        assert_eq!(messages.all().count(), 2, "what is told twice at once is told once");
        messages.fade(at(60));
        assert_eq!((shown(&messages), messages.until()), (Some(("broken", 0)), None));
        messages.dismiss();
        assert_eq!((shown(&messages), messages.unread()), (None, 0));
    }

    #[test]
    fn each_kind_has_its_time_and_what_was_missed_is_unread() {
        let mut messages = Messages::default();
        messages.tell(at(0), Message::done("done"));
        messages.tell(at(0), Message::warning("one"));
        messages.tell(at(0), Message::warning("two"));
        assert_eq!(messages.until(), Some(at(6)));
        messages.fade(at(6));
        assert_eq!((shown(&messages), messages.until()), (Some(("two", 1)), Some(at(20))));
        messages.fade(at(20));
        assert_eq!((shown(&messages), messages.unread()), (None, 2));
        messages.read();
        assert_eq!(messages.unread(), 0);

        messages.tell(at(30), Message::error("one"));
        messages.tell(at(30), Message::error("two"));
        messages.dismiss();
        assert_eq!(messages.unread(), 1, "only what stood there was seen");
    }
}

//! What the cockpit told, newest last.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::world::Failure;
use crate::model::{Status, Text, Time};
use crate::view::Role;

/// How many messages are remembered.
const REMEMBERED: usize = 500;
/// How long a note stays in the footer, seconds. Warnings and errors stay until a key is pressed.
const NOTE_SECONDS: i64 = 6;

/// Something that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How much it weighs.
    pub weight: Weight,
    /// What.
    pub text: Text,
    /// What to do about it.
    pub hint: Option<Text>,
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
        Self { weight: Weight::Note, text: text.into(), hint: None }
    }

    /// What was asked for is done.
    pub fn done(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Done, text: text.into(), hint: None }
    }

    /// A warning.
    pub fn warning(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Warning, text: text.into(), hint: None }
    }

    /// An error.
    pub fn error(text: impl Into<Text>) -> Self {
        Self { weight: Weight::Error, text: text.into(), hint: None }
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
        Self { weight: Weight::Error, text: failure.what, hint: failure.hint }
    }
}

/// Everything that was told.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    all: VecDeque<(Time, Message)>,
    showing: bool,
}

impl Messages {
    /// Tells something.
    pub fn tell(&mut self, at: Time, message: Message) {
        if self.all.len() == REMEMBERED {
            self.all.pop_front();
        }
        self.all.push_back((at, message));
        self.showing = true;
    }

    /// What stands in the footer.
    pub fn shown(&self) -> Option<&Message> {
        self.all.back().filter(|_| self.showing).map(|(_, message)| message)
    }

    /// Clears the footer.
    pub fn dismiss(&mut self) {
        self.showing = false;
    }

    /// When the footer clears by itself.
    pub fn until(&self) -> Option<Time> {
        let (at, message) = self.all.back().filter(|_| self.showing)?;
        (message.weight <= Weight::Done).then(|| *at + TimeDelta::seconds(NOTE_SECONDS))
    }

    /// All that are remembered, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &(Time, Message)> {
        self.all.iter()
    }
}

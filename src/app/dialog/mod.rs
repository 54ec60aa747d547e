//! Dialogs: each holds its own state, takes keys, and says in lines what it shows ([`Paper`]).

pub mod approve;
pub mod ask;
pub mod bulk;
pub mod compare;
pub mod help;
pub mod log;
pub mod messages;
pub mod palette;
pub mod paper;
pub mod plan;
pub mod quit;
pub mod stats;
pub mod steer;
pub mod themes;
pub mod views;
pub mod welcome;
pub mod whereis;

pub use paper::Paper;

use super::attention::of_track;
use super::effect::Effect;
use super::key::Key;
use super::state::State;
use crate::model::{Sight, Time};

/// A dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// A plan: read, confirmed, carried out.
    Plan(Box<plan::Plans>),
    /// What waits for an approval.
    Approve(Box<approve::Approve>),
    /// Something that is to be done to a run.
    Steer(Box<steer::Steer>),
    /// Several plans at once.
    Bulk(Box<bulk::Bulk>),
    /// Two versions side by side.
    Compare(Box<compare::Compare>),
    /// A lock or a mark with its reason.
    Ask(Box<ask::Ask>),
    /// What can be done here.
    Help(help::Help),
    /// A command by its name.
    Palette(palette::Palette),
    /// Where something is.
    Where(whereis::Where),
    /// The output of a run.
    Log(Box<log::Log>),
    /// Everything that was told.
    Messages(messages::Told),
    /// What the last frames cost.
    Costs(stats::Costs),
    /// Which view to show.
    Views(views::Choice),
    /// The themes to choose from.
    Themes(themes::Themes),
    /// What was found at the first start.
    Welcome(welcome::Welcome),
    /// Whether to end while an operation runs.
    Quit(quit::Asked),
}

/// What a dialog does after a key.
pub enum Step {
    /// It stays.
    Stay(Vec<Effect>),
    /// It is over.
    Close(Vec<Effect>),
}

impl Dialog {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        match self {
            Self::Plan(it) => it.paper(state),
            Self::Approve(it) => it.paper(state),
            Self::Steer(it) => it.paper(state),
            Self::Bulk(it) => it.paper(state),
            Self::Compare(it) => it.paper(state),
            Self::Ask(it) => it.paper(state),
            Self::Help(it) => it.paper(state),
            Self::Palette(it) => it.paper(state),
            Self::Where(it) => it.paper(state),
            Self::Log(it) => it.paper(state),
            Self::Messages(it) => it.paper(state),
            Self::Costs(it) => it.paper(state),
            Self::Views(it) => it.paper(state),
            Self::Themes(it) => it.paper(state),
            Self::Welcome(it) => it.paper(state),
            Self::Quit(it) => it.paper(state),
        }
    }

    fn key(&mut self, state: &mut State, key: Key) -> Step {
        match self {
            Self::Plan(it) => it.key(state, key),
            Self::Approve(it) => it.key(state, key),
            Self::Steer(it) => it.key(state, key),
            Self::Bulk(it) => it.key(state, key),
            Self::Compare(it) => it.key(state, key),
            Self::Ask(it) => it.key(state, key),
            Self::Help(it) => it.key(state, key),
            Self::Palette(it) => it.key(state, key),
            Self::Where(it) => it.key(state, key),
            Self::Log(it) => it.key(state, key),
            Self::Messages(it) => it.key(state, key),
            Self::Costs(it) => it.key(state, key),
            Self::Views(it) => it.key(state, key),
            Self::Themes(it) => it.key(state, key),
            Self::Welcome(it) => it.key(state, key),
            Self::Quit(it) => it.key(key),
        }
    }

    fn paste(&mut self, text: &str) {
        match self {
            Self::Plan(it) => it.paste(text),
            Self::Approve(it) => it.paste(text),
            Self::Steer(it) => it.paste(text),
            Self::Bulk(it) => it.paste(text),
            Self::Compare(it) => it.paste(text),
            Self::Ask(it) => it.paste(text),
            Self::Help(it) => it.paste(text),
            Self::Palette(it) => it.paste(text),
            Self::Where(it) => it.paste(text),
            Self::Views(it) => it.paste(text),
            Self::Messages(it) => it.paste(text),
            Self::Log(it) => it.paste(text),
            Self::Costs(_) | Self::Themes(_) | Self::Welcome(_) | Self::Quit(_) => {}
        }
    }

    /// What it shows of the outside.
    pub fn sights(&self) -> Vec<Sight> {
        match self {
            Self::Plan(it) => vec![of_track(it.track())],
            Self::Bulk(it) => it.tracks().map(of_track).collect(),
            Self::Approve(it) => vec![of_track(it.track())],
            Self::Compare(it) => vec![Sight::Changes(it.service().clone())],
            Self::Log(it) => vec![it.sight()],
            Self::Steer(it) => vec![it.sight()],
            _ => Vec::new(),
        }
    }

    /// Since when it has been waiting for an answer.
    pub fn waits_since(&self) -> Option<Time> {
        match self {
            Self::Plan(it) => it.waits_since(),
            Self::Bulk(it) => it.waits_since(),
            Self::Approve(it) => it.asked,
            Self::Steer(it) => it.asked,
            Self::Compare(it) => it.asked,
            Self::Where(it) => it.asked,
            Self::Welcome(it) => it.asked,
            Self::Log(it) => it.asked,
            _ => None,
        }
    }
}

/// A key for the dialog on top.
pub fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let Some(mut dialog) = state.dialogs.pop() else { return Vec::new() };
    let depth = state.dialogs.len();
    match dialog.key(state, key) {
        Step::Close(effects) => effects,
        Step::Stay(effects) => {
            // What it opened stands above it.
            state.dialogs.insert(depth.min(state.dialogs.len()), dialog);
            effects
        }
    }
}

/// Pasted text for the dialog on top.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    if let Some(dialog) = state.dialogs.last_mut() {
        dialog.paste(text);
    }
    Vec::new()
}

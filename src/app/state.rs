//! Everything that the cockpit knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::dialog::Dialog;
use super::dialog::bulk::Bulk;
use super::effect::Effect;
use super::gate::Slots;
use super::history::History;
use super::input::Entry;
use super::key::Key;
use super::keymap::{Keymap, When};
use super::layout::Layout;
use super::memory::{Keep, Memory};
use super::message::{Message, Messages};
use super::pane::Pane;
use super::place::{Open, Place, Stop};
use super::stats::Stats;
use super::update::measuring::Measuring;
use super::update::pointing::Pressed;
use super::update::viewing::{self, Held};
use crate::config::ViewEntry;
use crate::model::{EnvironmentId, OperationId, Progress, RepositoryId, ServiceId, Text, Time};
use crate::operation::{Candidate, OperationSummary, Plan, WriteMode};
use crate::picture::Snapshot;
use crate::view::metrics::Known;
use crate::view::saved::{self, View};
use crate::view::{self, Line, Screen, Sources, Wish};

/// Everything that the cockpit knows.
#[derive(Clone)]
pub struct State {
    /// What the project is called.
    pub name: Text,
    /// How screens and dialogs are filled.
    pub views: Views,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// The moment of the last message.
    pub clock: Time,
    /// What screens are made from; its present is the moment at which ages were last reckoned.
    pub sources: Sources,
    /// The screen that is seen.
    pub place: Place,
    /// The other screens, as they were left.
    pub parked: BTreeMap<Screen, Place>,
    /// Whether the screen has to be made again.
    pub outdated: bool,
    /// Where somebody has been.
    pub history: History,
    /// What was entered, to go back out of.
    pub trail: Vec<Stop>,
    /// The service and the environment that were looked at last.
    pub last_seen: (Option<ServiceId>, Option<EnvironmentId>),
    /// Dialogs, the topmost last.
    pub dialogs: Vec<Dialog>,
    /// The filter while it is typed, and what it was before.
    pub typing_filter: Option<(Entry, String)>,
    /// Whether the outside may be changed.
    pub write: WriteMode,
    /// Whether it could be at the last message.
    pub writing: bool,
    /// The repositories of which was told that their history is cut off.
    pub cut_off: BTreeSet<RepositoryId>,
    /// What was told.
    pub messages: Messages,
    /// The keys.
    pub keymap: Arc<Keymap>,
    /// Keys of a chord that is not complete yet.
    pub chord: Chord,
    /// Questions that are open.
    pub slots: Slots,
    /// Operations that this cockpit carries out.
    pub flying: Vec<Flying>,
    /// Several operations that are carried out one after the other, or were, while nobody looks.
    pub bulk: Option<Box<Bulk>>,
    /// Since when everything is being read again.
    pub syncing: Option<Time>,
    /// Which pane the keys move in.
    pub pane: Pane,
    /// What was searched for last.
    pub sought: Option<String>,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// The last press of the mouse, which may become a double click.
    pub pressed: Option<Pressed>,
    /// The views of the configuration.
    pub configured: Arc<[ViewEntry]>,
    /// The view that was shown last.
    pub view: Option<Held>,
    /// What is remembered from session to session.
    pub memory: Memory,
    /// What the metrics screen is asked for.
    pub measuring: Measuring,
    /// How it looks.
    pub look: Look,
    /// The theme that was picked in this session; empty for what the configuration says.
    pub picked_theme: String,
    /// What the frames cost.
    pub stats: Stats,
    /// The moment for which the timer is set.
    pub wake: Option<Time>,
}

/// How screens and dialogs are filled: the functions of `view`, and others in tests.
#[derive(Clone, Copy)]
pub struct Views {
    /// A screen.
    pub table: Open,
    /// A plan, in lines.
    pub plan: fn(&Plan, Time) -> Vec<Line>,
    /// A version that could be chosen, in one line.
    pub candidate: fn(&Candidate, Time) -> Line,
}

impl Default for Views {
    fn default() -> Self {
        Self { table: view::open, plan: view::plan::lines, candidate: view::plan::candidate }
    }
}

/// Keys of a chord that is not complete yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chord {
    /// The keys.
    pub keys: Vec<Key>,
    /// When the last of them was pressed.
    pub since: Option<Time>,
}

/// An operation that this cockpit carries out.
#[derive(Clone, Debug, PartialEq)]
pub struct Flying {
    /// What is carried out.
    pub plan: Arc<Plan>,
    /// Since when.
    pub since: Time,
    /// How far it has come.
    pub progress: Option<Progress>,
}

/// How it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The name of the theme.
    pub theme: String,
    /// The name of the set of glyphs.
    pub glyphs: String,
    /// The names of all themes.
    pub themes: Vec<String>,
}

/// With what the cockpit starts.
pub struct Start {
    /// What the project is called.
    pub name: Text,
    /// How screens and dialogs are filled.
    pub views: Views,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// The present.
    pub now: Time,
    /// The picture that is there already.
    pub snapshot: Arc<Snapshot>,
    /// What the journal tells already.
    pub operations: Arc<[OperationSummary]>,
    /// Whether the outside may be changed.
    pub write: WriteMode,
    /// The keys.
    pub keymap: Keymap,
    /// How it looks.
    pub look: Look,
    /// What is one's own here.
    pub own: Own,
}

/// What is one's own: of the person, of the project.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// By which names and addresses the person is known.
    pub me: Vec<String>,
    /// The views of the configuration.
    pub views: Vec<ViewEntry>,
    /// The view to begin with.
    pub begin: Option<String>,
    /// What is remembered.
    pub memory: Memory,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// Whether to say what was found, to somebody who has not seen it.
    pub welcome: bool,
}

impl State {
    /// The cockpit at its start: the board.
    pub fn new(start: Start) -> Self {
        let sources = Sources {
            snapshot: start.snapshot,
            operations: start.operations,
            metrics: Known::default(),
            me: start.own.me.into(),
            now: start.now,
        };
        let place = Place::open(start.views.table, Wish::of(Screen::Board), &sources);
        let mut state = Self {
            name: start.name,
            views: start.views,
            size: start.size,
            clock: start.now,
            sources,
            place,
            parked: BTreeMap::new(),
            outdated: false,
            history: History::default(),
            trail: Vec::new(),
            last_seen: (None, None),
            dialogs: Vec::new(),
            typing_filter: None,
            writing: start.write.rule(start.now).writes(),
            write: start.write,
            cut_off: BTreeSet::new(),
            messages: Messages::default(),
            keymap: Arc::new(start.keymap),
            chord: Chord::default(),
            slots: Slots::default(),
            flying: Vec::new(),
            bulk: None,
            syncing: None,
            pane: Pane::Table,
            sought: None,
            mouse: start.own.mouse,
            pressed: None,
            configured: start.own.views.into(),
            view: None,
            memory: start.own.memory,
            measuring: Measuring::default(),
            look: start.look,
            picked_theme: String::new(),
            stats: Stats::default(),
            wake: None,
        };
        if start.own.welcome && !state.memory.welcomed {
            state.dialogs.push(Dialog::Welcome(super::dialog::welcome::Welcome::default()));
        }
        if let Some(name) = start.own.begin {
            viewing::begin(&mut state, &name);
        }
        state
    }

    /// All views, by name.
    pub fn saved(&self) -> Vec<View> {
        saved::all(&self.configured, &self.memory.view)
    }

    /// Remembers something, now and for the next session.
    pub fn keep(&mut self, what: Keep) -> Effect {
        self.memory.keep(&what);
        Effect::Keep(what)
    }

    /// Where everything stands.
    pub fn layout(&self) -> Layout {
        Layout::with(self.size.0, self.size.1, self.pane)
    }

    /// When the source that has waited longest was read, else the newest observation.
    pub fn read_at(&self) -> Option<Time> {
        let snapshot = &self.sources.snapshot;
        snapshot.sources.values().filter_map(|source| source.read_at).min().or(snapshot.observed_at)
    }

    /// Tells something.
    pub fn tell(&mut self, message: Message) {
        self.messages.tell(self.clock, message);
    }

    /// The places in which keys hold now, the most particular first.
    pub fn key_places(&self) -> Vec<When> {
        if !self.dialogs.is_empty() {
            return vec![When::Dialog];
        }
        let mut places = vec![When::Screen(self.place.wish.screen.id())];
        if !self.place.table.is_empty() || self.place.wish.screen == crate::view::Screen::Track {
            places.push(When::Row);
        }
        places.push(When::Always);
        places
    }

    /// The operation of that id, while it is carried out.
    pub fn flying(&self, operation: &OperationId) -> Option<&Flying> {
        self.flying.iter().find(|flying| flying.plan.operation == *operation)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("place", &self.place)
            .field("dialogs", &self.dialogs.len())
            .finish_non_exhaustive()
    }
}

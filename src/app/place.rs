//! One screen with the place where somebody is on it. The selection follows what a row is about, not its number.

use std::sync::Arc;

use super::marks::Marks;
use crate::model::ServiceId;
use crate::view::{RowKey, Screen, Sources, Subject, TableModel, Wish};

/// How a screen is made.
pub type Open = fn(&Wish, &Sources) -> Arc<dyn TableModel>;

/// One screen with the place where somebody is on it.
#[derive(Clone)]
pub struct Place {
    /// What is asked for.
    pub wish: Wish,
    /// What it shows.
    pub table: Arc<dyn TableModel>,
    /// What is selected.
    pub selected: Option<RowKey>,
    /// Whether somebody pressed a key here. Until then nobody chose a row, and the first one is selected, whichever that
    /// becomes while the picture is being read: at night it is what needs attention most.
    pub used: bool,
    /// Its row.
    pub at: usize,
    /// The first row that is seen.
    pub top: usize,
    /// The id of the column in which the cursor is; absent when it is on the whole row.
    pub column: Option<String>,
    /// How far the details are scrolled.
    pub details_top: usize,
    /// What is marked.
    pub marks: Marks,
}

/// A place to come back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What was asked for.
    pub wish: Wish,
    /// What was selected.
    pub selected: Option<RowKey>,
    /// In which column.
    pub column: Option<String>,
    /// The first row that was seen.
    pub top: usize,
}

impl Stop {
    /// The beginning of what `wish` asks for.
    pub fn of(wish: Wish) -> Self {
        Self { wish, selected: None, column: None, top: 0 }
    }
}

impl Place {
    /// The screen that `wish` asks for, with the first row selected.
    pub fn open(open: Open, wish: Wish, sources: &Sources) -> Self {
        let table = open(&wish, sources);
        let mut place = Self {
            wish,
            table,
            selected: None,
            used: false,
            at: 0,
            top: 0,
            column: None,
            details_top: 0,
            marks: Marks::default(),
        };
        place.select(0);
        place
    }

    /// Goes to the first row, whichever that becomes when the table is made again.
    pub fn to_first(&mut self) {
        (self.at, self.top, self.details_top) = (0, 0, 0);
        self.selected = None;
    }

    /// Whether who stands on the first row asked for what is newest: in a history that is in its own order.
    fn stands_on_newest(&self) -> bool {
        let history = matches!(self.wish.screen, Screen::Track | Screen::Activity | Screen::Journal | Screen::Runs);
        let own_order = self.wish.sort.as_deref().is_none_or(|sort| sort == "newest");
        history && own_order && self.wish.run.is_none() && self.at == 0
    }

    /// Makes the table again and finds the selected row in it, which stays at its height on the screen where it can.
    pub fn refresh(&mut self, open: Open, sources: &Sources, rows: usize) {
        self.table = open(&self.wish, sources);
        let height = self.at.saturating_sub(self.top);
        let follows = self.used && !self.stands_on_newest();
        let found = if follows { self.selected.as_ref().and_then(|key| self.find(key)) } else { Some(0) };
        if let Some(at) = found {
            self.at = at;
            self.top = at.saturating_sub(height);
        }
        self.select(self.at);
        if !self.stops().any(|id| Some(id) == self.column.as_deref()) {
            self.column = None;
        }
        self.reveal(rows);
    }

    fn find(&self, key: &RowKey) -> Option<usize> {
        let unmoved = self.at < self.table.len() && self.table.key(self.at) == *key;
        if unmoved { Some(self.at) } else { self.table.position(key) }
    }

    /// Selects a row by its number, or the last if there are fewer.
    pub fn select(&mut self, at: usize) {
        self.at = at.min(self.table.len().saturating_sub(1));
        let key = (!self.table.is_empty()).then(|| self.table.key(self.at));
        if key.is_some() && key != self.selected {
            self.selected = key;
            self.details_top = 0;
        }
    }

    /// Selects the row about `key`; whether there is one.
    pub fn select_key(&mut self, key: &RowKey) -> bool {
        let found = self.find(key);
        if let Some(at) = found {
            self.select(at);
            self.used = true;
        }
        found.is_some()
    }

    /// Moves by so many rows.
    pub fn step(&mut self, by: isize) {
        self.select(self.at.saturating_add_signed(by));
    }

    /// Scrolls so that the selected row is among the `rows` that are seen, and no room is wasted at the end.
    pub fn reveal(&mut self, rows: usize) {
        let last_top = self.table.len().saturating_sub(rows);
        let lowest = (self.at + 1).saturating_sub(rows);
        self.top = self.top.clamp(lowest, self.at.max(lowest)).min(last_top);
    }

    /// The columns in which the cursor stops.
    pub fn stops(&self) -> impl Iterator<Item = &str> {
        self.table.columns().iter().filter(|column| column.stops).map(|column| column.id.as_str())
    }

    /// Moves the cursor one column to the right or to the left; left of the first it is on the whole row.
    pub fn step_column(&mut self, right: bool) {
        let stops: Vec<&str> = self.stops().collect();
        let at = self.column.as_deref().and_then(|column| stops.iter().position(|id| *id == column));
        let next = match (at, right) {
            (None, true) => stops.first(),
            (None, false) => None,
            (Some(at), true) => stops.get(at + 1).or(stops.last()),
            (Some(at), false) => at.checked_sub(1).and_then(|at| stops.get(at)),
        };
        self.column = next.map(|&id| id.to_owned());
        self.details_top = 0;
    }

    /// What a command acts on here. A track is acted on also where nothing was ever deployed to it.
    pub fn subject(&self) -> Subject {
        let mut subject = match self.table.is_empty() {
            true => Subject::default(),
            false => self.table.subject(self.at, self.column.as_deref()),
        };
        if self.wish.screen == Screen::Track {
            subject.service = subject.service.or_else(|| self.wish.service.clone());
            subject.environment = subject.environment.or_else(|| self.wish.environment.clone());
        }
        subject
    }

    /// The service that the screen is about.
    pub fn service(&self) -> Option<ServiceId> {
        self.wish.service.clone().or_else(|| self.subject().service)
    }

    /// Where one is, to come back to.
    pub fn stop(&self) -> Stop {
        // What is newest is so by its place.
        let selected = self.selected.clone().filter(|_| !self.stands_on_newest());
        Stop { wish: self.wish.clone(), selected, column: self.column.clone(), top: self.top }
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place").field("stop", &self.stop()).field("at", &self.at).field("top", &self.top).finish()
    }
}

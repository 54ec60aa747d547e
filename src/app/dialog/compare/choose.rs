//! Changing a side: environments and versions, found by typing. What is none of them may be a tag, branch or commit.

use super::Side;
use crate::app::dialog::paper::{field, leaves, scrolls_while_typing};
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::model::ServiceId;
use crate::query;
use crate::view::{Align, Line, Role, fit};

/// How many lines are offered at most.
const OFFERED: usize = 200;

/// A side that is being chosen.
#[derive(Clone, Debug)]
pub struct Choose {
    /// Which.
    pub side: Side,
    typed: Entry,
    scroll: Scroll,
    /// Whose versions.
    service: ServiceId,
}

impl Choose {
    /// Nothing typed yet.
    pub fn new(side: Side, service: &ServiceId) -> Self {
        Self { side, typed: Entry::default(), scroll: Scroll::default(), service: service.clone() }
    }

    /// What can be chosen and what is said of it.
    fn offered(&self, state: &State) -> Vec<(String, String)> {
        let Some(picture) = state.sources.snapshot.service(&self.service) else { return Vec::new() };
        let environments = picture.tracks.iter().filter_map(|track| {
            let live = track.live.as_ref()?;
            Some((track.id.environment.as_str().to_owned(), format!("environment, runs {}", live.version())))
        });
        let branch = picture.branch.iter().map(|branch| (branch.as_str().to_owned(), "branch".to_owned()));
        let versions = query::versions(picture).into_iter().map(|version| {
            let live = picture.tracks.iter().filter(|it| it.live.as_ref().is_some_and(|it| *it.version() == version));
            let live: Vec<String> = live.map(|track| track.id.environment.to_string()).collect();
            let says =
                if live.is_empty() { "version".to_owned() } else { format!("version, live in {}", live.join(", ")) };
            (version.as_str().to_owned(), says)
        });
        let wanted = self.typed.text().trim().to_lowercase();
        let fits = |it: &(String, String)| it.0.to_lowercase().contains(&wanted) || it.1.contains(&wanted);
        environments.chain(branch).chain(versions).filter(fits).take(OFFERED).collect()
    }

    /// What can be chosen, the selected line and the first that is seen.
    pub fn lines(&self, state: &State, cells: usize) -> (Vec<Line>, Option<usize>, usize) {
        let offered = self.offered(state);
        if offered.is_empty() {
            let says = "nothing known is called that; Enter takes it as a tag, branch or commit";
            return (vec![Line::of(Role::Muted, says)], None, 0);
        }
        let line = |(name, says): &(String, String)| {
            let line = Line::of(Role::Strong, fit::pad(&crate::model::text::clean(name), 24, Align::Left))
                .with(Role::Muted, format!("  {says}"));
            fit::cut_line(&line, cells)
        };
        (offered.iter().map(line).collect(), Some(self.scroll.at), self.scroll.top)
    }

    /// The line in which it is typed, with the cell of the cursor.
    pub fn field(&self, cells: usize) -> (Line, usize) {
        field(if self.side == Side::From { "from" } else { "to" }, &self.typed, cells)
    }

    /// Takes a key. Something is over when it answers: with a name, or with none.
    pub fn key(&mut self, state: &State, rows: usize, key: Key) -> Option<Option<String>> {
        if leaves(key) {
            return Some(None);
        }
        let offered = self.offered(state);
        if key.is(Named::Enter) {
            let typed = self.typed.text().trim().to_owned();
            let chosen = offered.into_iter().nth(self.scroll.at).map(|(name, _)| name);
            return Some(chosen.or(Some(typed).filter(|typed| !typed.is_empty())));
        }
        if let Some(by) = scrolls_while_typing(key, rows) {
            self.scroll.step(by, offered.len(), rows);
        } else if self.typed.key(key) {
            self.scroll = Scroll::default();
        }
        None
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        self.typed.paste(text);
        self.scroll = Scroll::default();
    }
}

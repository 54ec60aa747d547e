//! The themes: the one that is selected is worn at once, Enter keeps it, Esc takes back what was worn before.

use super::paper::{Paper, keys, leaves, scrolls, width};
use super::{Dialog, Step};
use crate::app::effect::Effect;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::model::Status;
use crate::view::{Line, Role};

/// The themes to choose from.
#[derive(Clone, Debug)]
pub struct Themes {
    scroll: Scroll,
}

const WIDE: u16 = 44;

/// Opens it at the theme that is worn.
pub fn open(state: &mut State) -> Vec<Effect> {
    let mut themes = Themes { scroll: Scroll::default() };
    let worn = state.look.themes.iter().position(|name| *name == state.look.theme).unwrap_or_default();
    let rows = themes.paper(state).rows(state.size);
    themes.scroll.select(worn, state.look.themes.len(), rows);
    state.dialogs.push(Dialog::Themes(themes));
    Vec::new()
}

/// Wears a theme; the empty name stands for what the configuration says.
pub fn wear(state: &State, name: &str) -> Vec<Effect> {
    vec![Effect::Dress(name.to_owned(), state.look.glyphs.clone())]
}

impl Themes {
    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let sample = |line: Line, status: Status| line.with(Role::Status(status), status.word()).with(Role::Text, " ");
        let shown = [Status::Ok, Status::Running, Status::Failed, Status::Held];
        let name = |name: &String| {
            let worn = if *name == state.look.theme { Role::Strong } else { Role::Text };
            Line::of(worn, name.as_str())
        };
        let foot = vec![
            Line::default(),
            shown.into_iter().fold(Line::default(), sample),
            keys(&[("j k", "try"), ("Enter", "keep"), ("Esc", "take back")]),
        ];
        Paper {
            title: Line::of(Role::Heading, "themes"),
            lines: state.look.themes.iter().map(name).collect(),
            top: self.scroll.top,
            selected: Some(self.scroll.at),
            foot: if width(state.size, WIDE) < 30 { foot.into_iter().take(1).collect() } else { foot },
            wide: WIDE,
            ..Paper::default()
        }
    }

    /// Selects, keeps, takes back.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) || key == Key::char('q') {
            return Step::Close(wear(state, &state.picked_theme));
        }
        if key.is(Named::Enter) {
            state.picked_theme.clone_from(&state.look.theme);
            let kept = format!("{} for this session", state.look.theme);
            state.tell(Message::note(kept).hint(format!("`theme = \"{}\"` under `[ui]` keeps it", state.look.theme)));
            return Step::Close(Vec::new());
        }
        let rows = self.paper(state).rows(state.size);
        let Some(by) = scrolls(key, rows) else { return Step::Stay(Vec::new()) };
        self.scroll.step(by, state.look.themes.len(), rows);
        let name = state.look.themes.get(self.scroll.at).cloned().unwrap_or_default();
        Step::Stay(wear(state, &name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Msg, fixture, update};

    fn press(state: &mut State, key: Key) -> Vec<Effect> {
        let at = state.clock;
        let effects = update(state, at, Msg::Key(key));
        for effect in &effects {
            if let Effect::Dress(theme, glyphs) = effect {
                update(state, at, Msg::Dressed(theme.clone(), glyphs.clone()));
            }
        }
        effects.into_iter().filter(|it| matches!(it, Effect::Dress(..))).collect()
    }

    fn state() -> State {
        let mut state = fixture::state();
        state.look.themes = ["default", "light", "nord"].map(str::to_owned).to_vec();
        state.look.theme = "light".to_owned();
        open(&mut state);
        state
    }

    #[test]
    fn the_selected_theme_is_worn_and_kept_by_enter() {
        let mut state = state();
        assert_eq!(press(&mut state, Key::char('j')), wear(&state, "nord"));
        press(&mut state, Key::named(Named::Enter));
        assert_eq!((state.picked_theme.as_str(), state.dialogs.len()), ("nord", 0));
    }

    #[test]
    fn escape_takes_back_what_was_worn() {
        let mut state = state();
        press(&mut state, Key::char('k'));
        assert_eq!(press(&mut state, Key::named(Named::Esc)), wear(&state, ""));
        state.picked_theme = "nord".to_owned();
        open(&mut state);
        assert_eq!(press(&mut state, Key::named(Named::Esc)), wear(&state, "nord"));
    }
}

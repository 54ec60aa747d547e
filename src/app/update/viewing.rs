//! Views: a screen, a filter and an order under a name. Shown, kept, forgotten.

use crate::app::commands::did_you_mean;
use crate::app::dialog::{Dialog, palette, views};
use crate::app::effect::Effect;
use crate::app::memory::Keep;
use crate::app::message::Message;
use crate::app::place::Stop;
use crate::app::state::State;
use crate::app::update::going;
use crate::config::ViewEntry;
use crate::view::saved::{Origin, View};
use crate::view::{Screen, Wish};

/// The view that is seen, for as long as nothing else is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What it is called.
    pub name: String,
    /// What it asks for.
    pub wish: Wish,
}

/// The name of the view that is seen.
pub fn here(state: &State) -> Option<&str> {
    let held = state.view.as_ref()?;
    (held.wish == state.place.wish).then_some(held.name.as_str())
}

/// Shows the view of that name, or lets one be chosen.
pub fn show(state: &mut State, name: &str) -> Vec<Effect> {
    if name.is_empty() {
        state.dialogs.push(Dialog::Views(views::Choice::default()));
        return Vec::new();
    }
    match find(state, name) {
        Ok(view) => go(state, &view),
        Err(message) => state.tell(message),
    }
    Vec::new()
}

/// Shows the view of that name in the place of the board, at the start.
pub fn begin(state: &mut State, name: &str) {
    match find(state, name) {
        Ok(view) => {
            go(state, &view);
            state.history = crate::app::history::History::default();
        }
        Err(message) => state.tell(message),
    }
}

fn find(state: &State, name: &str) -> Result<View, Message> {
    let mut views = state.saved();
    if let Some(at) = views.iter().position(|view| view.name == name) {
        return Ok(views.swap_remove(at));
    }
    let near = going::nearest_of(name, views.iter().map(|view| view.name.clone()));
    let message = Message::warning(format!("there is no view `{name}`{}", did_you_mean(near.as_deref())));
    Err(message.hint("`:view` lists them"))
}

/// Goes to a view. A flow or track that names no service is that of what is selected here.
pub fn go(state: &mut State, view: &View) {
    let screen = view.wish.screen;
    let mut wish = view.wish.clone();
    if matches!(screen, Screen::Flow | Screen::Track) && (wish.service.is_none() || lacks_environment(&wish)) {
        let wanted = wish.service.clone();
        match going::wish_of(state, screen, wanted) {
            Ok(here) => (wish.service, wish.environment) = (here.service, wish.environment.or(here.environment)),
            Err(reason) => return state.tell(Message::warning(reason)),
        }
    }
    if !going::known(state, &wish) {
        return;
    }
    state.trail.clear();
    state.view = Some(Held { name: view.name.clone(), wish: wish.clone() });
    going::go(state, Stop::of(wish));
}

fn lacks_environment(wish: &Wish) -> bool {
    wish.screen == Screen::Track && wish.environment.is_none()
}

/// Keeps the screen as it is under a name.
pub fn save(state: &mut State, name: &str) -> Vec<Effect> {
    if name.is_empty() {
        state.tell(Message::note("type the name that this screen is kept under"));
        return palette::open_with(state, "view-save ");
    }
    if !ViewEntry::is_name(name) {
        let message = format!("a view cannot be called `{name}`");
        state.tell(Message::warning(message).hint("one word of letters, digits, `-`, `_` and `.`"));
        return Vec::new();
    }
    let wish = state.place.wish.clone();
    state.view = Some(Held { name: name.to_owned(), wish: wish.clone() });
    let text = format!("kept as view `{name}`");
    state.tell(Message::done(text).hint(format!("`:view {name}` shows it again")));
    vec![state.keep(Keep::View(View::entry(name, &wish)))]
}

/// Whether there is a view to forget.
pub fn can_drop(state: &State) -> Result<(), String> {
    if state.memory.view.is_empty() { Err("you have kept no view".to_owned()) } else { Ok(()) }
}

/// Forgets a view of one's own.
pub fn drop(state: &mut State, name: &str) -> Vec<Effect> {
    let name = if name.is_empty() { here(state).unwrap_or_default().to_owned() } else { name.to_owned() };
    if name.is_empty() {
        return palette::open_with(state, "view-drop ");
    }
    let view = match find(state, &name) {
        Ok(view) => view,
        Err(message) => {
            state.tell(message);
            return Vec::new();
        }
    };
    if view.from != Origin::Own {
        let from =
            if view.from == Origin::Shipped { "ships with flightdeck" } else { "is written in the configuration" };
        state.tell(Message::warning(format!("`{name}` {from}: only views of your own can be dropped")));
        return Vec::new();
    }
    let effect = state.keep(Keep::Drop(name.clone()));
    // One that lay below it may come to light: the name holds no more for what is seen.
    state.view = state.view.take().filter(|held| held.name != name);
    state.tell(Message::done(format!("dropped view `{name}`")));
    vec![effect]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::state;
    use crate::app::key::chord;
    use crate::app::{Msg, update};

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let press = |key| {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(state, at, Msg::Key(key))
        };
        let effects = chord(keys).unwrap().into_iter().flat_map(press);
        effects.filter(|effect| matches!(effect, Effect::Keep(_))).collect()
    }

    fn told(state: &State) -> String {
        state.messages.shown().map(|message| message.text.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_view_holds_until_something_else_is_asked_for_and_again_when_one_comes_back() {
        let mut state = state();
        show(&mut state, "on-call");
        assert_eq!((here(&state), state.place.wish.filter.as_str()), (Some("on-call"), "is:interesting"));
        press(&mut state, "Enter");
        assert_eq!(here(&state), None);
        press(&mut state, "Esc");
        assert_eq!(here(&state), Some("on-call"));
        press(&mut state, "Esc");
        assert_eq!((here(&state), state.place.wish.filter.as_str()), (None, ""));
    }

    #[test]
    fn a_screen_is_kept_shown_again_and_forgotten() {
        let mut state = state();
        press(&mut state, "/ p a y Enter s");
        let kept = save(&mut state, "pay");
        let [Effect::Keep(Keep::View(entry))] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((entry.filter.as_deref(), entry.sort.as_deref()), (Some("pay"), Some("name")));
        press(&mut state, "6");
        show(&mut state, "pay");
        assert_eq!((state.place.wish.screen, state.place.wish.filter.as_str()), (Screen::Board, "pay"));
        assert_eq!(drop(&mut state, "pay"), [Effect::Keep(Keep::Drop("pay".to_owned()))]);
        assert_eq!(here(&state), None);
        show(&mut state, "pay");
        assert!(told(&state).starts_with("there is no view `pay`"));
    }

    #[test]
    fn what_ships_stays_and_names_are_words() {
        let mut state = state();
        assert!(drop(&mut state, "on-call").is_empty());
        assert_eq!(told(&state), "`on-call` ships with flightdeck: only views of your own can be dropped");
        assert!(save(&mut state, "two words").is_empty() && save(&mut state, "../x").is_empty());
        show(&mut state, "oncall");
        assert_eq!(told(&state), "there is no view `oncall`; did you mean `on-call`?");
    }

    #[test]
    fn a_flow_without_a_service_is_that_of_what_is_selected() {
        let mut state = state();
        press(&mut state, "j");
        let selected = state.place.subject().service;
        show(&mut state, "my-changes");
        assert_eq!((state.place.wish.screen, state.place.wish.service.clone()), (Screen::Flow, selected));
        assert_eq!(here(&state), Some("my-changes"));
    }

    #[test]
    fn views_are_chosen_from_a_list() {
        let mut state = state();
        press(&mut state, "v t o d a y Enter");
        assert_eq!((here(&state), state.dialogs.len()), (Some("today"), 0));
        assert_eq!(state.place.wish.screen, Screen::Activity);
    }

    #[test]
    fn without_a_name_it_is_asked_for() {
        let mut state = state();
        press(&mut state, ": v i e w - s a v e Enter");
        assert_eq!(told(&state), ":view-save wants a name after it");
        press(&mut state, "m i n e Enter");
        assert_eq!((here(&state), state.dialogs.len()), (Some("mine"), 0));
    }
}

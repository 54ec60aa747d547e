//! What was found at the first start, and what one key adds: shown once, and again whenever somebody asks.

use super::paper::{Paper, keys, leaves, scrolls, width};
use super::{Dialog, Step, help};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::key::{Key, Named};
use crate::app::memory::Keep;
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::{Failure, Lying};
use crate::app::wrap::wrap;
use crate::model::{Text, Time};
use crate::view::{Align, Line, Role, fit};

/// What was found at the first start.
#[derive(Clone, Debug, Default)]
pub struct Welcome {
    /// Since when the answer is awaited.
    pub asked: Option<Time>,
    answer: Option<Result<Box<Lying>, Failure>>,
    /// Whether the configuration is seen that would be written.
    draft: bool,
    scroll: Scroll,
}

const WIDE: u16 = 76;

/// Shows what was found.
pub fn open(state: &mut State) -> Vec<Effect> {
    state.dialogs.push(Dialog::Welcome(Welcome::default()));
    Vec::new()
}

/// Shows the configuration that would be written.
pub fn open_draft(state: &mut State) -> Vec<Effect> {
    state.dialogs.push(Dialog::Welcome(Welcome { draft: true, ..Welcome::default() }));
    Vec::new()
}

/// Asks what lies here, for a dialog that wants to say it.
pub fn ask(state: &mut State) -> Option<Effect> {
    let now = state.clock;
    let waits = |dialog: &mut Dialog| match dialog {
        Dialog::Welcome(it) if it.asked.is_none() && it.answer.is_none() => Some(it.asked.insert(now).to_owned()),
        _ => None,
    };
    state.dialogs.iter_mut().find_map(waits)?;
    Some(Effect::Ask(state.slots.issue(Slot::Look), Request::Look))
}

/// What lies here is known.
pub fn looked(state: &mut State, result: Result<Box<Lying>, Failure>) -> Vec<Effect> {
    for dialog in &mut state.dialogs {
        if let Dialog::Welcome(it) = dialog {
            it.asked = None;
            it.answer = Some(result.clone());
        }
    }
    Vec::new()
}

/// The configuration was written: the cockpit begins again with it.
pub fn begun(state: &mut State, result: Result<Text, Failure>) -> Vec<Effect> {
    match result {
        Ok(_) => vec![state.keep(Keep::Welcomed), Effect::Quit],
        Err(failure) => {
            state.tell(Message::from(failure));
            Vec::new()
        }
    }
}

impl Welcome {
    fn lying(&self) -> Option<&Lying> {
        self.answer.as_ref()?.as_ref().ok().map(|lying| &**lying)
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let (title, lines, foot) = match (self.draft, &self.answer) {
            (_, None) => ("flightdeck", vec![Line::of(Role::Muted, "looking at what lies here …")], close()),
            (_, Some(Err(failure))) => ("flightdeck", of_failure(failure), close()),
            (false, Some(Ok(lying))) => ("welcome to flightdeck", found(lying, cells), offers(lying)),
            (true, Some(Ok(lying))) => ("flightdeck.toml", drafted(lying, cells), writes(lying)),
        };
        Paper {
            title: Line::of(Role::Heading, title),
            lines,
            top: self.scroll.top,
            foot: vec![Line::default(), foot],
            wide: WIDE,
            tall: self.draft,
            ..Paper::default()
        }
    }

    /// Goes on to the configuration, writes it, helps, closes.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        let new = self.lying().is_some_and(|lying| !lying.exists);
        if self.draft && key == Key::char('y') && new {
            let Some(text) = self.lying().map(|lying| lying.draft.clone()) else { return Step::Stay(Vec::new()) };
            let ask = Effect::Ask(state.slots.issue(Slot::Begin), Request::Begin(text));
            return Step::Stay(vec![ask]);
        }
        if leaves(key) || key.is(Named::Enter) || key == Key::char('q') {
            let forget = state.slots.close(&Slot::Look).then_some(Effect::Forget(Slot::Look));
            let seen = (!state.memory.welcomed).then(|| state.keep(Keep::Welcomed));
            return Step::Close(forget.into_iter().chain(seen).collect());
        }
        match key {
            key if key == Key::char('i') && new => (self.draft, self.scroll) = (true, Scroll::default()),
            key if key == Key::char('?') => return Step::Stay(help::open(state, "")),
            key => {
                let paper = self.paper(state);
                let rows = paper.rows(state.size);
                if let Some(by) = scrolls(key, rows) {
                    self.scroll.slide(by, paper.lines.len(), rows);
                }
            }
        }
        Step::Stay(Vec::new())
    }
}

fn close() -> Line {
    keys(&[("Esc", "close")])
}

fn of_failure(failure: &Failure) -> Vec<Line> {
    let hint = failure.hint.iter().map(|hint| Line::of(Role::Muted, format!("hint: {hint}")));
    std::iter::once(Line::of(Role::Warning, failure.what.as_str())).chain(hint).collect()
}

fn found(lying: &Lying, cells: usize) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Text, "what was found:"), Line::blank()];
    for (what, says) in &lying.found {
        let line = Line::of(Role::Strong, fit::pad(what.as_str(), 14, Align::Left)).with(Role::Text, says.as_str());
        lines.extend(wrap(&line, cells, 14));
    }
    lines.push(Line::blank());
    lines.push(Line::of(Role::Text, "what one key adds:"));
    lines.push(Line::blank());
    let offer = |key: &str, says: &str| Line::of(Role::Key, fit::pad(key, 14, Align::Left)).with(Role::Text, says);
    if !lying.exists {
        let says = "shows a flightdeck.toml made from this; y writes it, then services, environments and backends can be added";
        lines.extend(wrap(&offer("i", says), cells, 14));
    }
    lines.extend(wrap(&offer("?", "says what can be done, and with which keys"), cells, 14));
    let demo = Line::of(Role::Text, fit::pad("in a shell", 14, Align::Left))
        .with(Role::Key, "flightdeck demo")
        .with(Role::Text, " opens a playground in which everything works, promote and roll back too");
    lines.extend(wrap(&demo, cells, 14));
    lines.push(Line::blank());
    lines.push(Line::of(Role::Muted, "this is shown once; :welcome shows it again"));
    lines
}

fn offers(lying: &Lying) -> Line {
    let init: &[(&str, &str)] = if lying.exists { &[] } else { &[("i", "configure")] };
    keys(&[init, &[("?", "help"), ("Esc", "look around")]].concat())
}

fn drafted(lying: &Lying, cells: usize) -> Vec<Line> {
    if lying.exists {
        let what = format!("{} is there already", lying.path);
        return vec![
            Line::of(Role::Warning, what),
            Line::of(Role::Muted, "hint: flightdeck config check says what is wrong with it"),
        ];
    }
    let line = |text: &str| {
        let role = if text.starts_with('#') { Role::Muted } else { Role::Text };
        Line::of(role, fit::cut(text, cells))
    };
    lying.draft.lines().map(line).collect()
}

fn writes(lying: &Lying) -> Line {
    if lying.exists {
        return close();
    }
    keys(&[("y", "write it"), ("j k", "scroll"), ("Esc", "write nothing")])
        .with(Role::Muted, format!("   {}", lying.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::state;
    use crate::app::gate::Late;
    use crate::app::key::chord;
    use crate::app::{Msg, Reply, update};

    /// What lies in a repository without a configuration.
    fn lying(exists: bool) -> Lying {
        Lying {
            found: vec![("repository".into(), "shop, 12 release tags".into())],
            draft: "[project]\nname = \"shop\"\n".to_owned(),
            path: "/srv/shop/flightdeck.toml".into(),
            exists,
        }
    }

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let press = |key| {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(state, at, Msg::Key(key))
        };
        chord(keys).unwrap().into_iter().flat_map(press).filter(|it| !matches!(it, Effect::Wake(_))).collect()
    }

    fn opened(exists: bool) -> State {
        let mut state = state();
        let effects = press(&mut state, ": w e l c o m e Enter");
        let ticket = effects.into_iter().find_map(|effect| match effect {
            Effect::Ask(ticket, Request::Look) => Some(ticket),
            _ => None,
        });
        let answer = Reply::Looked(Ok(Box::new(lying(exists))));
        let at = state.clock;
        update(&mut state, at, Msg::Reply(Late::new(ticket.unwrap(), answer)));
        state
    }

    fn text(state: &State) -> String {
        let paper = state.dialogs.last().unwrap().paper(state);
        paper.lines.iter().chain(&paper.foot).map(Line::plain).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn it_says_what_was_found_and_is_shown_once() {
        let mut state = opened(false);
        assert!(text(&state).contains("12 release tags"));
        assert_eq!(press(&mut state, "Esc"), [Effect::Keep(Keep::Welcomed)]);
        assert!(state.dialogs.is_empty());
        press(&mut state, ": w e l c o m e Enter");
        assert!(!press(&mut state, "Esc").contains(&Effect::Keep(Keep::Welcomed)));
    }

    #[test]
    fn the_configuration_is_read_before_it_is_written() {
        let mut state = opened(false);
        assert_eq!(press(&mut state, "y"), []);
        press(&mut state, "i");
        assert!(text(&state).contains("name = \"shop\""));
        let effects = press(&mut state, "y");
        let [Effect::Ask(ticket, Request::Begin(written))] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(*written, lying(false).draft);
        let at = state.clock;
        let answer = Msg::Reply(Late::new(ticket.clone(), Reply::Begun(Ok("written".into()))));
        assert!(update(&mut state, at, answer).contains(&Effect::Quit));
    }

    #[test]
    fn a_configuration_that_is_there_is_not_written_over() {
        let mut state = opened(true);
        press(&mut state, "i y");
        assert_eq!(press(&mut state, "y"), []);
        assert!(!text(&state).contains("configure"));
    }
}

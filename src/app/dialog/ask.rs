//! Locks and marks: what would be noted for everybody, with a reason, confirmed by `y`.

use super::paper::{Paper, field, keys, leaves, width};
use super::{Dialog, Step};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::input::Entry;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::state::State;
use crate::app::world::Mark;
use crate::model::{EnvironmentId, Scope, ServiceId, Text, Version};
use crate::view::{Line, Role};

const WIDE: u16 = 68;

/// A lock or a mark with its reason.
#[derive(Clone, Debug)]
pub struct Ask {
    what: What,
    reason: Entry,
    typing: bool,
}

#[derive(Clone, Debug)]
enum What {
    Lock(Scope),
    Unlock(Scope),
    Bad(ServiceId, Version),
    Good(ServiceId, Version),
}

/// Asks for the reason of a lock.
pub fn lock(state: &mut State, arguments: &str) -> Vec<Effect> {
    let scope = scope(state, arguments);
    open(state, What::Lock(scope))
}

/// Asks for the reason of taking a lock away.
pub fn unlock(state: &mut State, arguments: &str) -> Vec<Effect> {
    let scope = scope(state, arguments);
    open(state, What::Unlock(scope))
}

/// Asks why a version is bad.
pub fn mark_bad(state: &mut State, version: &str) -> Vec<Effect> {
    marked(state, version, What::Bad)
}

/// Asks why a version is not bad after all.
pub fn mark_good(state: &mut State, version: &str) -> Vec<Effect> {
    marked(state, version, What::Good)
}

fn marked(state: &mut State, version: &str, what: fn(ServiceId, Version) -> What) -> Vec<Effect> {
    let subject = state.place.subject();
    let named = (!version.is_empty()).then(|| Version::from(version));
    match (state.place.service(), named.or(subject.version)) {
        (Some(service), Some(version)) => open(state, what(service, version)),
        _ => {
            state.tell(Message::warning("no version is selected; name one: `:mark-bad VERSION`"));
            Vec::new()
        }
    }
}

fn open(state: &mut State, what: What) -> Vec<Effect> {
    state.dialogs.push(Dialog::Ask(Ask { what, reason: Entry::default(), typing: true }));
    Vec::new()
}

/// `checkout in production`, `in production`, `checkout`; what is selected where nothing is said.
fn scope(state: &State, arguments: &str) -> Scope {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let (service, environment) = match words.as_slice() {
        [] => {
            let subject = state.place.subject();
            return Scope { service: subject.service, environment: subject.environment };
        }
        ["in", environment] => (None, Some(*environment)),
        [service, "in", environment] | [service, environment] => (Some(*service), Some(*environment)),
        [service, ..] => (Some(*service), None),
    };
    Scope { service: service.map(ServiceId::from), environment: environment.map(EnvironmentId::from) }
}

/// A word and a place whose two names can be cut apart.
fn scoped(word: &str, scope: &Scope) -> Line {
    let line = Line::of(Role::Heading, word);
    match (&scope.service, &scope.environment) {
        (Some(service), Some(environment)) => line
            .with(Role::Strong, service.to_string())
            .with(Role::Heading, " in ")
            .with(Role::Strong, environment.to_string()),
        _ => line.with(Role::Strong, scope.to_string()),
    }
}

impl Ask {
    fn title(&self) -> Line {
        let of = |word: &str, version: &Version, service: &ServiceId| {
            let line = Line::of(Role::Heading, word).with(Role::Strong, version.to_string());
            line.with(Role::Heading, " of ").with(Role::Strong, service.to_string())
        };
        match &self.what {
            What::Lock(scope) => scoped("lock ", scope),
            What::Unlock(scope) => scoped("unlock ", scope),
            What::Bad(service, version) => of("mark ", version, service).with(Role::Heading, " bad"),
            What::Good(service, version) => of("lift the mark of ", version, service),
        }
    }

    fn says(&self) -> &'static str {
        match &self.what {
            What::Lock(_) => {
                "nothing is deployed there until the lock is taken away, except with an override and a reason"
            }
            What::Unlock(_) => "deployments go on there",
            What::Bad(..) => "it is never offered as a default again, and a plan for it needs an override",
            What::Good(..) => "it may be offered again",
        }
    }

    fn mark(&self) -> Mark {
        let why = Text::from(self.reason.text().trim());
        match self.what.clone() {
            What::Lock(scope) => Mark::Lock { scope, why },
            What::Unlock(scope) => Mark::Unlock { scope, why },
            What::Bad(service, version) => Mark::Bad { service, version, why },
            What::Good(service, version) => Mark::Good { service, version, why },
        }
    }

    /// Why it cannot be noted now, if it cannot.
    fn refused(&self, state: &State) -> Option<&'static str> {
        match () {
            () if !state.write.rule(state.clock).writes() => Some("read-only: `:write` allows writing"),
            () if self.reason.text().trim().is_empty() => Some("it needs a reason"),
            () => None,
        }
    }

    /// What it shows.
    pub fn paper(&self, state: &State) -> Paper {
        let cells = width(state.size, WIDE);
        let lines = crate::app::wrap::wrap(&Line::of(Role::Text, self.says()), cells, 0);
        let (reason, at) = field("reason", &self.reason, cells);
        let last = match (self.refused(state), self.typing) {
            (Some(refused), _) => Line::of(Role::Warning, refused),
            (None, true) => keys(&[("Enter", "done"), ("Esc", "close")]),
            (None, false) => keys(&[("y", "note it"), ("e", "edit the reason"), ("Esc", "no")]),
        };
        Paper {
            title: self.title(),
            lines,
            foot: vec![Line::default(), reason, Line::default(), last],
            cursor: self.typing.then_some((1, at)),
            wide: WIDE,
            ..Paper::default()
        }
    }

    /// Types the reason, then `y`.
    pub fn key(&mut self, state: &mut State, key: Key) -> Step {
        if leaves(key) {
            return Step::Close(Vec::new());
        }
        if self.typing {
            if key.is(Named::Enter) || key.is(Named::Tab) {
                self.typing = self.reason.text().trim().is_empty();
            } else {
                self.reason.key(key);
            }
            return Step::Stay(Vec::new());
        }
        match key.typed() {
            Some('y') if self.refused(state).is_none() => {
                let ticket = state.slots.issue(Slot::Mark);
                Step::Close(vec![Effect::Ask(ticket, Request::Mark(self.mark()))])
            }
            Some('e' | 'i') => {
                self.typing = true;
                Step::Stay(Vec::new())
            }
            Some(':') => Step::Stay(super::palette::open(state)),
            Some('n' | 'q') => Step::Close(Vec::new()),
            _ => Step::Stay(Vec::new()),
        }
    }

    /// Types.
    pub fn paste(&mut self, text: &str) {
        if self.typing {
            self.reason.paste(text);
        }
    }
}

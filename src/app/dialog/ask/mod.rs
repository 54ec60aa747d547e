//! Locks and marks: what would be noted for everybody, with a reason, confirmed by `y`. A lock shows what holds already
//! and what freeze comes next, and may have an end.

mod form;
#[cfg(test)]
mod tests;

use super::Dialog;
use crate::app::effect::Effect;
use crate::app::input::Entry;
use crate::app::message::Message;
use crate::app::state::State;
use crate::app::update::marking;
use crate::app::world::Mark;
use crate::model::{EnvironmentId, Scope, ServiceId, Text, Time, Version};
use crate::operation::moment;
use crate::view::{Line, Present, Role, holds};

/// A lock or a mark with its reason.
#[derive(Clone, Debug)]
pub struct Ask {
    what: What,
    reason: Entry,
    /// When a lock ends by itself, as it was typed.
    until: Entry,
    focus: Focus,
}

#[derive(Clone, Debug)]
enum What {
    Lock(Vec<Scope>),
    Unlock(Vec<Scope>),
    Bad(ServiceId, Version),
    Good(ServiceId, Version),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Reason,
    Until,
    Confirm,
}

/// Asks for the reason of a lock of what is named, marked or selected.
pub fn lock(state: &mut State, arguments: &str) -> Vec<Effect> {
    scoped(state, arguments, What::Lock)
}

/// Asks for the reason of taking locks away.
pub fn unlock(state: &mut State, arguments: &str) -> Vec<Effect> {
    scoped(state, arguments, What::Unlock)
}

fn scoped(state: &mut State, arguments: &str, what: fn(Vec<Scope>) -> What) -> Vec<Effect> {
    match scopes(state, arguments) {
        Ok(scopes) => open(state, what(scopes)),
        Err(why) => {
            state.tell(Message::warning(why));
            Vec::new()
        }
    }
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
    let ask = Ask { what, reason: Entry::default(), until: Entry::default(), focus: Focus::Reason };
    state.dialogs.push(Dialog::Ask(Box::new(ask)));
    Vec::new()
}

/// `checkout in production`, `in production`, `checkout`; what is marked or selected where nothing is said.
fn scopes(state: &State, arguments: &str) -> Result<Vec<Scope>, String> {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let (service, environment) = match words.as_slice() {
        [] => {
            let mut all: Vec<Scope> = marking::targets(state)
                .into_iter()
                .map(|subject| Scope { service: subject.service, environment: subject.environment })
                .collect();
            all.sort();
            all.dedup();
            return if all.is_empty() { Err("what was marked is not there any more".to_owned()) } else { Ok(all) };
        }
        ["in", environment] => (None, Some(*environment)),
        [service, "in", environment] | [service, environment] => (Some(*service), Some(*environment)),
        [service, ..] => (Some(*service), None),
    };
    let scope = Scope { service: service.map(ServiceId::from), environment: environment.map(EnvironmentId::from) };
    let snapshot = &state.sources.snapshot;
    match (&scope.service, &scope.environment) {
        (Some(service), _) if snapshot.service(service).is_none() => Err(format!("there is no service `{service}`")),
        (_, Some(environment)) if snapshot.environment(environment).is_none() => {
            Err(format!("there is no environment `{environment}`"))
        }
        _ => Ok(vec![scope]),
    }
}

/// `checkout in production`, `3 tracks`.
fn named(scopes: &[Scope]) -> String {
    match scopes {
        [one] => one.to_string(),
        several => format!("{} places", crate::view::format::count_of(several.len())),
    }
}

/// A word and a place whose two names can be cut apart.
fn heading(word: &str, scopes: &[Scope]) -> Line {
    let line = Line::of(Role::Heading, word);
    match scopes {
        [Scope { service: Some(service), environment: Some(environment) }] => line
            .with(Role::Strong, service.to_string())
            .with(Role::Heading, " in ")
            .with(Role::Strong, environment.to_string()),
        _ => line.with(Role::Strong, named(scopes)),
    }
}

impl Ask {
    fn title(&self) -> Line {
        let of = |word: &str, version: &Version, service: &ServiceId| {
            let line = Line::of(Role::Heading, word).with(Role::Strong, version.to_string());
            line.with(Role::Heading, " of ").with(Role::Strong, service.to_string())
        };
        match &self.what {
            What::Lock(scopes) => heading("lock ", scopes),
            What::Unlock(scopes) => heading("unlock ", scopes),
            What::Bad(service, version) => of("mark ", version, service).with(Role::Heading, " bad"),
            What::Good(service, version) => of("lift the mark of ", version, service),
        }
    }

    /// What `y` does.
    fn does(&self) -> &'static str {
        match &self.what {
            What::Lock(_) => "lock it",
            What::Unlock(_) => "unlock it",
            What::Bad(..) => "mark it bad",
            What::Good(..) => "lift the mark",
        }
    }

    fn says(&self) -> &'static str {
        match &self.what {
            What::Lock(_) if !self.until.text().trim().is_empty() => {
                "nothing is deployed there until then, except with an override and a reason"
            }
            What::Lock(_) => {
                "nothing is deployed there until the lock is taken away, except with an override and a reason"
            }
            What::Unlock(_) => "deployments go on there",
            What::Bad(..) => "it is never offered as a default again, and a plan for it needs an override",
            What::Good(..) => "it may be offered again",
        }
    }

    fn mark(&self, until: Option<Time>) -> Mark {
        let why = Text::from(self.reason.text().trim());
        match self.what.clone() {
            What::Lock(scopes) => Mark::Lock { scopes, why, until },
            What::Unlock(scopes) => Mark::Unlock { scopes, why },
            What::Bad(service, version) => Mark::Bad { service, version, why },
            What::Good(service, version) => Mark::Good { service, version, why },
        }
    }

    /// When the lock ends by itself: never where nothing is typed.
    fn ends(&self, state: &State) -> Result<Option<Time>, String> {
        let typed = self.until.text().trim();
        let What::Lock(scopes) = &self.what else { return Ok(None) };
        if typed.is_empty() {
            return Ok(None);
        }
        moment::until(typed, state.clock, zone(state, scopes)).map(Some)
    }

    /// When it can be noted: with its end. Else why it cannot.
    fn allowed(&self, state: &State) -> Result<Option<Time>, String> {
        if !state.write.rule(state.clock).writes() {
            return Err("read-only: `:write` allows writing".to_owned());
        }
        let present = Present::new(state.clock, chrono_tz::UTC);
        if let What::Unlock(scopes) = &self.what
            && !scopes.iter().any(|scope| holds::is_locked(&state.sources.snapshot, scope, &present))
        {
            return Err(format!("no lock is set on exactly {}", named(scopes)));
        }
        if self.reason.text().trim().is_empty() {
            return Err("it needs a reason".to_owned());
        }
        self.ends(state).map_err(|why| format!("until: {why}"))
    }

    /// What holds already, for locks.
    fn standing(&self, state: &State) -> Vec<Line> {
        let (What::Lock(scopes) | What::Unlock(scopes)) = &self.what else { return Vec::new() };
        let present = Present::new(state.sources.now, zone(state, scopes));
        let mut lines = vec![Line::default()];
        if let [_, _, ..] = scopes.as_slice() {
            let all: Vec<String> = scopes.iter().map(ToString::to_string).collect();
            lines.insert(0, Line::of(Role::Strong, all.join(", ")));
        }
        lines.extend(holds::lines(&state.sources.snapshot, scopes, &present));
        lines
    }
}

/// The time zone in which an end is typed: that of the only environment, else UTC.
fn zone(state: &State, scopes: &[Scope]) -> chrono_tz::Tz {
    let mut zones = scopes.iter().map(|scope| {
        let environment = scope.environment.as_ref().and_then(|id| state.sources.snapshot.environment(id));
        environment.map_or(chrono_tz::UTC, |it| it.time_zone)
    });
    let first = zones.next().unwrap_or(chrono_tz::UTC);
    if zones.all(|zone| zone == first) { first } else { chrono_tz::UTC }
}

//! Freeze windows: from configuration to gates, in each environment's time zone.

mod period;

#[cfg(test)]
mod tests;

use globset::{Glob, GlobMatcher};

use crate::config::Freeze;
use crate::model::{
    Environment, EnvironmentId, Gate, GateKind, Holds, Override, Scope, ServiceId, Text, Time, TrackId,
};
use period::Window;

/// The freeze windows of a project.
#[derive(Clone, Debug, Default)]
pub struct Freezes {
    rules: Vec<Rule>,
    problems: Vec<FreezeProblem>,
}

/// What is wrong with a freeze window in the configuration. Such a window holds nothing, and every plan says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreezeProblem {
    /// Which entry, from 0.
    pub entry: usize,
    /// Its name.
    pub name: Text,
    /// The key that is wrong: `from`, `hours`, `environments` …
    pub key: &'static str,
    /// What is wrong with it, as a fragment.
    pub what: Text,
}

#[derive(Clone, Debug)]
struct Rule {
    environments: Vec<(EnvironmentId, chrono_tz::Tz)>,
    services: Vec<GlobMatcher>,
    window: Window,
    who: Text,
    why: Text,
    overridden_by: Override,
}

impl Freezes {
    /// Reads the entries of the configuration, each with the place that it comes from (`flightdeck.toml:41`).
    pub fn new<'a>(entries: impl IntoIterator<Item = (&'a Freeze, Text)>, environments: &[Environment]) -> Self {
        let mut all = Self::default();
        for (entry, (freeze, origin)) in entries.into_iter().enumerate() {
            match Rule::new(freeze, origin, environments) {
                Ok(rule) => all.rules.push(rule),
                Err((key, what)) => {
                    let name = Text::from(freeze.name.as_str());
                    all.problems.push(FreezeProblem { entry, name, key, what: Text::from(what) });
                }
            }
        }
        all
    }

    /// What is wrong with the entries.
    pub fn problems(&self) -> &[FreezeProblem] {
        &self.problems
    }

    /// The occurrence of each window that holds at `now` and the next one, as gates. A window that is limited to some
    /// services makes one gate for each of `services` that it holds.
    pub fn gates_around<'a>(&self, now: Time, services: impl Iterator<Item = &'a ServiceId> + Clone) -> Vec<Gate> {
        let gates = self.rules.iter().flat_map(|rule| {
            let held: Vec<Option<ServiceId>> = match rule.services.as_slice() {
                [] => vec![None],
                _ => services.clone().filter(|service| rule.holds_service(service)).cloned().map(Some).collect(),
            };
            rule.environments.iter().flat_map(move |(environment, zone)| {
                let occurrences = rule.window.around(now, *zone);
                let held = held.clone();
                occurrences.into_iter().flat_map(move |(since, until)| {
                    let environment = environment.clone();
                    held.clone().into_iter().map(move |service| {
                        rule.gate(Scope { service, environment: Some(environment.clone()) }, since, until)
                    })
                })
            })
        });
        gates.collect()
    }

    /// The windows that hold `track` at `now`, as gates.
    pub fn gates_on(&self, track: &TrackId, now: Time) -> Vec<Gate> {
        self.gates_around(now, std::iter::once(&track.service))
            .into_iter()
            .filter(|gate| gate.scope.covers(track) && holds_at(gate, now))
            .collect()
    }
}

/// Whether a gate holds at `now`.
pub fn holds_at(gate: &Gate, now: Time) -> bool {
    gate.since.is_none_or(|since| since <= now) && gate.until.is_none_or(|until| now < until)
}

impl Rule {
    fn new(freeze: &Freeze, origin: Text, environments: &[Environment]) -> Result<Self, (&'static str, String)> {
        let zone_of = |name: &String| {
            let found = environments.iter().find(|environment| environment.id.as_str() == name);
            found
                .map(|environment| (environment.id.clone(), environment.time_zone))
                .ok_or_else(|| ("environments", format!("there is no environment `{name}`")))
        };
        let held = if freeze.environments.is_empty() {
            let production = environments.iter().filter(|environment| environment.production);
            production.map(|environment| (environment.id.clone(), environment.time_zone)).collect()
        } else {
            freeze.environments.iter().map(zone_of).collect::<Result<Vec<_>, _>>()?
        };
        if held.is_empty() {
            return Err(("environments", "names none, and no environment is `production`".to_owned()));
        }
        let glob = |pattern: &String| {
            Glob::new(pattern).map(|glob| glob.compile_matcher()).map_err(|error| ("services", error.to_string()))
        };
        let why = match (freeze.name.as_str(), freeze.why.as_str()) {
            ("", why) => why.to_owned(),
            (name, "") => name.to_owned(),
            (name, why) => format!("{name}: {why}"),
        };
        Ok(Self {
            environments: held,
            services: freeze.services.iter().map(glob).collect::<Result<_, _>>()?,
            window: Window::new(&freeze.period)?,
            who: origin,
            why: Text::from(why),
            overridden_by: if freeze.override_with_reason.unwrap_or(true) { Override::Reason } else { Override::None },
        })
    }

    fn holds_service(&self, service: &ServiceId) -> bool {
        self.services.iter().any(|glob| glob.is_match(service.as_str()))
    }

    fn gate(&self, scope: Scope, since: Option<Time>, until: Option<Time>) -> Gate {
        Gate {
            kind: GateKind::Freeze,
            scope,
            holds: Holds::Both,
            who: self.who.clone(),
            why: self.why.clone(),
            since,
            until,
            overridden_by: self.overridden_by,
            verbs: Vec::new(),
            url: None,
        }
    }
}

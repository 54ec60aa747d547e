//! What is wrong with reading a cluster, in few words: what fails alike is one problem.

use std::collections::{BTreeMap, BTreeSet};

use super::Inner;
use super::kind::Watched;
use super::mirror::Feed;
use super::place::{Namespace, Scope};
use super::watch::{Standing, State, Watch};
use crate::backend::{BackendError, ErrorKind, Reading};
use crate::model::{Restricted, Scope as Tracks, Text};

impl Inner {
    /// Puts what is wrong into the reading; the errors behind it.
    pub fn problems(&self, watch: &Watch, state: &State, reading: &mut Reading) -> Vec<BackendError> {
        let failing = || state.feeds.iter().filter_map(|(feed, it)| Some((feed, it, &it.failing.as_ref()?.1)));
        for ((scope, _), _, error) in failing().filter(|it| is_restricted(it.0, it.2)) {
            let restricted = self.places.environments_in(scope).map(|environment| Restricted {
                scope: Tracks { service: None, environment: Some(environment.clone()) },
                why: error.what.clone(),
            });
            for one in restricted {
                if !reading.restricted.iter().any(|it| it.scope == one.scope) {
                    reading.restricted.push(one);
                }
            }
        }
        let forbidden = failing().filter(|it| it.2.kind == ErrorKind::Forbidden).map(|it| it.0);
        reading.problems.extend(forbidden_in_words(&watch.cluster.context, forbidden));
        let mut errors: Vec<BackendError> = Vec::new();
        for (feed, standing, error) in failing() {
            if errors.iter().any(|it| it.what == error.what) {
                continue;
            }
            errors.push(error.clone());
            if error.kind != ErrorKind::Forbidden {
                let what = in_words(feed, standing, error);
                if !reading.problems.contains(&what) {
                    reading.problems.push(what);
                }
            }
        }
        reading.problems.extend(state.flaws());
        errors
    }
}

impl Watch {
    /// Whether nothing of the cluster is known to be so now.
    pub fn is_out_of_reach(&self) -> bool {
        let state = self.state();
        let told = state.feeds.values().filter(|it| !it.is_refused());
        let mut told = told.peekable();
        let any = told.peek().is_some();
        any && told.all(|it| it.failing.as_ref().is_some_and(|(_, error)| is_out_of_reach(&error.kind)))
    }
}

/// Whether an error means that nothing of the cluster can be known.
fn is_out_of_reach(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Auth)
}

/// Whether tracks cannot be seen at all.
fn is_restricted((_, watched): &Feed, error: &BackendError) -> bool {
    error.kind == ErrorKind::Forbidden && watched.is_needed()
}

fn in_words((_, watched): &Feed, standing: &Standing, error: &BackendError) -> Text {
    let out_of_reach = is_out_of_reach(&error.kind);
    match standing.heard {
        Some(heard) if out_of_reach => {
            format!("{}; what is shown is of {}", error.what, heard.format("%Y-%m-%d %H:%M:%S UTC")).into()
        }
        _ if watched.is_needed() || out_of_reach => error.what.clone(),
        _ => format!("{}; less is told without it", error.what).into(),
    }
}

/// What may not be watched: scopes in which the same is forbidden together.
fn forbidden_in_words<'a>(context: &str, feeds: impl Iterator<Item = &'a Feed>) -> Vec<Text> {
    let mut by_scope: BTreeMap<&Scope, BTreeSet<Watched>> = BTreeMap::new();
    for (scope, watched) in feeds {
        by_scope.entry(scope).or_default().insert(*watched);
    }
    let mut by_kinds: BTreeMap<BTreeSet<Watched>, Vec<&Scope>> = BTreeMap::new();
    for (scope, kinds) in by_scope {
        by_kinds.entry(kinds).or_default().push(scope);
    }
    let at = if context.is_empty() { String::new() } else { format!("{context}: ") };
    let told = by_kinds.into_iter().map(|(kinds, scopes)| {
        let names: Vec<&str> = kinds.iter().map(|it| it.plural()).collect();
        let places: Vec<&str> = scopes.into_iter().map(place).collect();
        let less = if kinds.iter().any(|it| it.is_needed()) { "" } else { "; less is told without them" };
        format!("{at}restricted: may not watch {} in {}{less}", listed(&names), listed(&places)).into()
    });
    told.collect()
}

fn place(scope: &Scope) -> &str {
    match &scope.namespace {
        Namespace::All => "all namespaces",
        Namespace::OfContext => "the namespace of the context",
        Namespace::Named(name) => name,
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => words.join(""),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backend::kubernetes::kind::Kind;

    #[test]
    fn what_is_forbidden_alike_is_one_problem() {
        let scope = |name: &str| Arc::new(Scope { context: "eu".into(), namespace: Namespace::Named(name.into()) });
        let (dev, prod) = (scope("dev"), scope("prod"));
        let workload = Watched::Workload(Kind::Deployment);
        let feeds = [(dev.clone(), workload), (dev, Watched::Pod), (prod.clone(), workload), (prod, Watched::Pod)];
        let words = forbidden_in_words("eu", feeds.iter());
        assert_eq!(words, ["eu: restricted: may not watch deployments and pods in dev and prod".into()]);
        let less = forbidden_in_words("", feeds.iter().skip(3));
        assert_eq!(less, ["restricted: may not watch pods in prod; less is told without them".into()]);
    }
}

//! What can be said to a command: read from its usage (`[SERVICE] [in ENVIRONMENT]`), looked up in what is there.

use std::collections::BTreeSet;

use super::Command;
use crate::app::state::State;
use crate::model::ServiceId;
use crate::picture::ServicePicture;

/// Something that can be said, with what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is said.
    pub text: String,
    /// What it is, where there is more to know.
    pub says: String,
}

impl Candidate {
    fn new(text: impl Into<String>, says: impl Into<String>) -> Self {
        Self { text: text.into(), says: says.into() }
    }
}

/// A word of a usage.
#[derive(Clone, Copy)]
struct Slot<'a> {
    word: &'a str,
    /// Whether it can be left out and the next one said in its place.
    skipped: bool,
}

/// What can be said to a command after the words that were said already; nothing where anything can.
pub fn candidates(state: &State, command: &Command, said: &[&str]) -> Vec<Candidate> {
    let slots: Vec<Slot<'_>> = command
        .arguments
        .split_whitespace()
        .map(|raw| Slot { word: raw.trim_matches(['[', ']']), skipped: raw.starts_with('[') && raw.ends_with(']') })
        .collect();
    let mut at = 0;
    for word in said {
        while slots.get(at).is_some_and(|slot| slot.skipped && !fits(state, slot.word, word)) {
            at += 1;
        }
        at += 1;
    }
    let service = said.first().map(|word| ServiceId::from(*word));
    let service = service.filter(|id| state.sources.snapshot.service(id).is_some()).or_else(|| state.place.service());
    let mut all = Vec::new();
    while let Some(slot) = slots.get(at) {
        all.extend(known(state, slot.word, service.as_ref()));
        if !slot.skipped {
            break;
        }
        at += 1;
    }
    all
}

/// Whether something has to be said to it.
pub fn wants(command: &Command) -> bool {
    !command.arguments.is_empty() && !command.arguments.starts_with('[')
}

/// Whether a word can be meant by a slot that can be left out.
fn fits(state: &State, slot: &str, word: &str) -> bool {
    match slot {
        "SERVICE" => state.sources.snapshot.service(&ServiceId::from(word)).is_some(),
        _ => true,
    }
}

/// What there is for a word of a usage.
fn known(state: &State, slot: &str, service: Option<&ServiceId>) -> Vec<Candidate> {
    let snapshot = &state.sources.snapshot;
    let plain = |text: &str| Candidate::new(text, "");
    match slot {
        "SERVICE" => snapshot.services.keys().map(|id| plain(id.as_str())).collect(),
        "ENVIRONMENT" => environments(state),
        "VERSION" => service.and_then(|id| snapshot.service(id)).map(|it| versions(it)).unwrap_or_default(),
        "FROM" | "TO" => {
            let versions = service.and_then(|id| snapshot.service(id)).map(|it| versions(it)).unwrap_or_default();
            environments(state).into_iter().chain(versions).collect()
        }
        "THEME" => {
            let says = |name: &String| if *name == state.look.theme { "worn now" } else { "" };
            let named = state.look.themes.iter().map(|name| Candidate::new(name.as_str(), says(name)));
            named.chain([Candidate::new("auto", "as light or dark as the terminal")]).collect()
        }
        "VIEW" => state.saved().into_iter().map(|view| Candidate::new(view.name, view.shows.as_str())).collect(),
        "ORDER" => state
            .place
            .table
            .orders()
            .iter()
            .flat_map(|order| [plain(order), Candidate::new(format!("-{order}"), "the other way round")])
            .collect(),
        words if words.chars().all(|c| c.is_ascii_uppercase()) => Vec::new(),
        words => words.split('|').map(plain).collect(),
    }
}

fn environments(state: &State) -> Vec<Candidate> {
    let says = |production| if production { "production" } else { "" };
    state.sources.snapshot.environments.iter().map(|it| Candidate::new(it.id.as_str(), says(it.production))).collect()
}

/// The versions of a service: live ones first, then what was built, newest first.
fn versions(service: &ServicePicture) -> Vec<Candidate> {
    let live = service.tracks.iter().rev().filter_map(|track| {
        let version = track.live.as_ref()?.version();
        Some(Candidate::new(version.as_str(), format!("live in {}", track.id.environment)))
    });
    let built = service.artifacts.iter().map(|it| Candidate::new(it.version.as_str(), ""));
    let mut seen = BTreeSet::new();
    live.chain(built).filter(|it| seen.insert(it.text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::commands::by_word;
    use crate::app::fixture::state;
    use rstest::rstest;

    #[rstest]
    #[case("flow", &[], &["checkout"], &["production"])]
    #[case("track", &["checkout"], &["production", "staging"], &["checkout"])]
    #[case("lock", &[], &["checkout", "in"], &["production"])]
    #[case("lock", &["checkout"], &["in"], &["checkout"])]
    #[case("lock", &["in"], &["production"], &["in", "checkout"])]
    #[case("lock", &["checkout", "in"], &["production"], &["checkout"])]
    #[case("promote", &[], &["1.4.2"], &["checkout"])]
    #[case("theme", &[], &["default", "light", "auto"], &["checkout"])]
    #[case("glyphs", &[], &["unicode", "ascii"], &["unicode|ascii"])]
    #[case("window", &[], &["90d", "all"], &[])]
    #[case("view", &[], &["on-call", "lead"], &[])]
    #[case("sort", &[], &["name", "-name"], &[])]
    #[case("where", &[], &[], &["checkout"])]
    fn what_can_be_said_is_what_there_is(
        #[case] word: &str,
        #[case] said: &[&str],
        #[case] there: &[&str],
        #[case] not: &[&str],
    ) {
        let mut state = state();
        state.place.select_key(&crate::view::RowKey("checkout".to_owned()));
        let Some(command) = by_word(word) else { return };
        let found: Vec<String> = candidates(&state, command, said).into_iter().map(|it| it.text).collect();
        assert!(there.iter().all(|it| found.iter().any(|found| found == it)), "{found:?}");
        assert!(!not.iter().any(|it| found.iter().any(|found| found == it)), "{found:?}");
    }
}

//! Where one is, as a path: `Demo shop › search › production › 4.3.22`, and the answer of the screen after it.

use super::state::State;
use super::update::viewing;
use crate::view::{Line, Role, Screen, Span, fit};

/// What stands between two steps; the set of glyphs spells it.
pub const STEP: &str = " › ";
/// How many cells of the answer the path makes room for.
const ANSWER: usize = 44;

/// A step of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub text: String,
    /// What it means.
    pub role: Role,
    /// How soon it leaves where room is short: the greatest first.
    leaves: u8,
}

/// The path and the answer, in so many cells: the path loses its beginning before the answer loses its end.
pub fn line(state: &State, cells: usize) -> Line {
    let answer = answer(state);
    let wanted = fit::width(&answer.plain()).min(ANSWER);
    let path = fitted(steps(state), cells.saturating_sub(wanted + 3), 1);
    let path = fitted(path, cells, 0);
    let mut line = Line::default();
    for crumb in path {
        let gap = if line.0.is_empty() { "" } else { STEP };
        line = line.with(Role::Muted, gap).with(crumb.role, crumb.text);
    }
    let gap = if line.0.is_empty() || answer.is_blank() { "" } else { " · " };
    line.with(Role::Muted, gap).then(answer)
}

/// All steps: the project, the view, the service, the environment, what lies below.
fn steps(state: &State) -> Vec<Crumb> {
    let wish = &state.place.wish;
    let crumb = |text: String, role, leaves| Crumb { text, role, leaves };
    let mut steps = vec![crumb(state.name.to_string(), Role::Text, 4)];
    if let Some(view) = viewing::here(state) {
        steps.push(crumb(view.to_owned(), Role::Link, 1));
    }
    steps.extend(wish.service.as_ref().map(|it| crumb(it.to_string(), Role::Strong, 0)));
    if let Some(id) = &wish.environment {
        let production = state.sources.snapshot.environment(id).is_some_and(|it| it.production);
        steps.push(crumb(id.to_string(), Role::Environment(id.clone(), production), 0));
    }
    steps.extend(state.place.table.steps().into_iter().map(|it| crumb(it, Role::Strong, 0)));
    steps
}

/// The steps that fit: the least important are left out first, the last one never, and none that matters more than
/// `least`.
fn fitted(mut steps: Vec<Crumb>, cells: usize, least: u8) -> Vec<Crumb> {
    let wide = |steps: &[Crumb]| {
        let text: usize = steps.iter().map(|it| fit::width(&it.text)).sum();
        text + fit::width(STEP) * steps.len().saturating_sub(1)
    };
    while steps.len() > 1 && wide(&steps) > cells {
        let may_leave = steps.iter().enumerate().filter(|(_, it)| it.leaves >= least);
        let Some((at, _)) = may_leave.max_by_key(|(at, it)| (it.leaves, usize::MAX - at)) else { break };
        steps.remove(at);
    }
    steps
}

/// What the screen answers, without what the path says already.
fn answer(state: &State) -> Line {
    let wish = &state.place.wish;
    let summary = state.place.table.summary();
    let below = state.place.table.steps();
    let service = wish.service.as_ref().map(ToString::to_string);
    let mut said: Vec<String> = Vec::new();
    if let Some(service) = service {
        said.extend(below.last().map(|it| format!("{it} of {service}")));
        said.extend(wish.environment.as_ref().map(|environment| format!("{service} in {environment}")));
        said.push(service);
    }
    if wish.screen == Screen::Track {
        said.extend(below);
    }
    said.iter().fold(summary, |line, words| without(line, words))
}

/// A line without the words that it begins with; as it is where it begins otherwise.
fn without(line: Line, words: &str) -> Line {
    let plain = line.plain();
    let Some(rest) = plain.strip_prefix(words).filter(|rest| rest.is_empty() || rest.starts_with([' ', ','])) else {
        return line;
    };
    let mut skip = plain.len() - rest.trim_start_matches([' ', '·', ',']).len();
    let mut spans = Vec::new();
    for span in line.0 {
        let gone = skip.min(span.text.len());
        skip -= gone;
        match span.text.get(gone..) {
            Some("") => {}
            Some(text) => spans.push(Span::new(span.role, text)),
            None => spans.push(span),
        }
    }
    Line(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::state;
    use crate::app::key::chord;
    use crate::app::{Msg, update};

    fn at(keys: &str) -> State {
        let mut state = state();
        for key in chord(keys).unwrap() {
            let at = state.clock + chrono::TimeDelta::milliseconds(500);
            update(&mut state, at, Msg::Key(key));
        }
        state
    }

    #[test]
    fn the_path_names_every_step_and_the_answer_repeats_none() {
        let track = at("j l l l Enter");
        let said = line(&track, 120).plain();
        assert!(said.starts_with("acme › checkout › production › 1.4.2 · for 4d"), "{said}");
        let flow = line(&at("j Enter"), 120).plain();
        assert!(flow.starts_with("acme › checkout · commit to production: "), "{flow}");
    }

    #[test]
    fn where_room_is_short_the_project_leaves_first_and_the_track_stays() {
        let track = at("j l l l Enter");
        let said = line(&track, 60).plain();
        assert!(said.starts_with("checkout › production"), "{said}");
        assert!(line(&track, 1).plain().starts_with("1.4.2"));
    }

    #[test]
    fn a_view_stands_in_the_path_while_it_holds() {
        let said = line(&at(": v i e w Space o n - c a l l Enter"), 100).plain();
        assert!(said.starts_with("acme › on-call · "), "{said}");
    }

    #[test]
    fn only_whole_words_at_the_beginning_are_taken_away() {
        let line = |text: &str| Line::of(Role::Text, text);
        assert_eq!(without(line("pay  12 wait"), "pay"), line("12 wait"));
        assert_eq!(without(line("payments 12"), "pay"), line("payments 12"));
        assert_eq!(without(line("pay"), "pay"), Line::default());
    }
}

//! The metrics screen: what is measured and when, how deep one is in it, with what is compared.

use std::sync::Arc;

use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::message::Message;
use crate::app::place::Stop;
use crate::app::state::State;
use crate::app::world::Failure;
use crate::model::{Time, TrackId};
use crate::view::metrics::study::Scope;
use crate::view::metrics::{Against, ChartKind, Depth, Question, Span, Study};
use crate::view::{RowKey, Screen, Wish};

/// What the metrics screen is asked for.
#[derive(Clone, Debug, Default)]
pub struct Measuring {
    /// How far back is looked; what the policy says until somebody says otherwise.
    pub span: Option<Span>,
    /// Whether every environment is measured.
    pub everywhere: bool,
    /// The question that was asked last.
    asked: Option<Question>,
    /// Since when measures are awaited.
    pub since: Option<Time>,
}

/// Asks for measures where the screen shows others than it should. One question is open at a time: where the picture
/// changes faster than it can be measured, the measures follow at their own pace.
pub fn ask(state: &mut State) -> Option<Effect> {
    // A glance has no histories: what is counted in it would be too little.
    if state.sources.snapshot.glance {
        return None;
    }
    if state.place.wish.screen != Screen::Metrics || state.slots.waits(&Slot::Measure) {
        return None;
    }
    let question = question(state);
    if state.measuring.asked.as_ref() == Some(&question) {
        return None;
    }
    state.measuring.asked = Some(question.clone());
    state.measuring.since = Some(state.clock);
    Some(Effect::Ask(state.slots.issue(Slot::Measure), Request::Measure(Box::new(question))))
}

fn question(state: &State) -> Question {
    let Measuring { everywhere, asked, .. } = &state.measuring;
    let study = state.sources.metrics.study.as_deref();
    let measured = |id: &TrackId| study.is_some_and(|it| it.track(id).is_some());
    let before = asked.as_ref().map(|it| it.scope.also.clone()).unwrap_or_default();
    let wish = &state.place.wish;
    let here = wish.service.clone().zip(wish.environment.clone());
    let here = here.map(|(service, environment)| TrackId { service, environment });
    let compared = match &state.sources.metrics.against {
        Against::Track(id) => Some(id.clone()),
        _ => None,
    };
    let also = before.into_iter().chain(here.into_iter().chain(compared).filter(|it| !measured(it))).collect();
    let against = state.sources.metrics.against == Against::Before;
    Question {
        snapshot: Arc::clone(&state.sources.snapshot),
        policy: Arc::clone(&state.sources.snapshot.measures),
        scope: Scope { span: span(state), before: against, everywhere: *everywhere, also },
        now: state.clock,
    }
}

/// How far back is looked.
fn span(state: &State) -> Span {
    let configured = || Span::of_days(state.sources.snapshot.measures.window.num_days());
    state.measuring.span.unwrap_or_else(configured)
}

/// Measures came. Until then the old ones stay.
pub fn came(state: &mut State, result: Result<Arc<Study>, Failure>) -> Vec<Effect> {
    state.measuring.since = None;
    match result {
        Ok(study) => {
            state.sources.metrics.study = Some(study);
            state.outdated |= state.place.wish.screen == Screen::Metrics;
        }
        Err(failure) => state.tell(failure.into()),
    }
    Vec::new()
}

/// Whether measures are there of what is wished for: of a group of environments, for one.
pub fn is_known(state: &State, wish: &Wish) -> bool {
    let track = wish.service.clone().zip(wish.environment.clone());
    let track = track.map(|(service, environment)| TrackId { service, environment });
    let study = state.sources.metrics.study.as_ref();
    wish.screen == Screen::Metrics && study.zip(track).is_some_and(|(study, track)| study.track(&track).is_some())
}

/// How deep Enter leads; none from the changes, which lead elsewhere.
pub fn deeper(state: &State) -> Option<Depth> {
    let wish = &state.place.wish;
    match (&wish.environment, &wish.depth) {
        (None, _) => Some(Depth::Charts),
        (Some(_), Depth::Charts | Depth::Table(_)) => Some(Depth::Deployments),
        (Some(_), Depth::Deployments) => Some(Depth::Changes(state.place.selected.clone()?)),
        (Some(_), Depth::Changes(_)) => None,
    }
}

/// Where Escape leads where nobody came from anywhere: one step up on the metrics screen.
pub fn shallower(state: &State) -> Option<Stop> {
    let wish = state.place.wish.clone();
    if wish.screen != Screen::Metrics {
        return None;
    }
    let track = wish.service.as_ref().zip(wish.environment.as_ref());
    let stop = |depth, selected| Stop { selected, ..Stop::of(Wish { depth, ..wish.clone() }) };
    match &wish.depth {
        Depth::Changes(row) => Some(stop(Depth::Deployments, Some(row.clone()))),
        Depth::Deployments => Some(stop(Depth::Charts, None)),
        Depth::Table(kind) => Some(stop(Depth::Charts, Some(RowKey(kind.id().to_owned())))),
        Depth::Charts => track.map(|(service, environment)| {
            let track = TrackId { service: service.clone(), environment: environment.clone() };
            Stop { selected: Some(RowKey(track.to_string())), ..Stop::of(Wish::of(Screen::Metrics)) }
        }),
    }
}

/// Whether the metrics are seen.
pub fn is_here(state: &State) -> Result<(), String> {
    if state.place.wish.screen == Screen::Metrics {
        Ok(())
    } else {
        Err("this belongs to the metrics screen".to_owned())
    }
}

/// Whether there is a chart to turn.
pub fn can_turn(state: &State) -> Result<(), String> {
    is_here(state)?;
    let wish = &state.place.wish;
    match (&wish.environment, &wish.depth) {
        (Some(_), Depth::Table(_)) => Ok(()),
        (Some(_), Depth::Charts) if state.place.selected.is_some() => Ok(()),
        _ => Err("this is a table; Enter leads to charts".to_owned()),
    }
}

/// Turns a chart into its table, and back.
pub fn turn(state: &mut State) -> Vec<Effect> {
    let place = &mut state.place;
    match place.wish.depth {
        Depth::Table(kind) => {
            place.wish.depth = Depth::Charts;
            place.selected = Some(RowKey(kind.id().to_owned()));
        }
        _ => {
            let kind = place.selected.as_ref().and_then(|it| ChartKind::of(&it.0));
            place.wish.depth = kind.map_or(Depth::Charts, Depth::Table);
            place.selected = None;
            (place.at, place.top) = (0, 0);
        }
    }
    place.wish.filter.clear();
    place.used = true;
    state.outdated = true;
    Vec::new()
}

/// Looks as far back as is said, else further.
pub fn window(state: &mut State, word: &str) -> Vec<Effect> {
    match Span::of_word(word) {
        None if !word.is_empty() => {
            let usual = Span::USUAL.map(Span::word).join(", ");
            state.tell(Message::warning(format!("there is no window `{word}`: write days like 45d, or {usual}")));
        }
        named => state.measuring.span = Some(named.unwrap_or_else(|| span(state).next())),
    }
    if span(state) == Span::All && state.sources.metrics.against == Against::Before {
        state.sources.metrics.against = Against::Nothing;
    }
    Vec::new()
}

/// Whether there is a window before.
pub fn has_before(state: &State) -> Result<(), String> {
    is_here(state)?;
    let none = span(state).title_before().is_none();
    if none { Err("there is nothing before everything; w changes the window".to_owned()) } else { Ok(()) }
}

/// Compares with the window before, or no more.
pub fn before(state: &mut State) -> Vec<Effect> {
    let against = &mut state.sources.metrics.against;
    *against = if *against == Against::Before { Against::Nothing } else { Against::Before };
    state.outdated = true;
    Vec::new()
}

/// Takes the selected track as the one that others are compared with, or takes it back.
pub fn compare(state: &mut State) -> Vec<Effect> {
    let Some(track) = state.place.subject().track() else { return Vec::new() };
    let against = &mut state.sources.metrics.against;
    if *against == Against::Track(track.clone()) {
        *against = Against::Nothing;
        state.tell(Message::note("compared with nothing"));
    } else {
        *against = Against::Track(track.clone());
        state.tell(Message::note(format!("every other track is compared with {track}: Enter on one")));
    }
    state.outdated = true;
    Vec::new()
}

/// Measures every environment, or only where delivery aims.
pub fn everywhere(state: &mut State) -> Vec<Effect> {
    state.measuring.everywhere = !state.measuring.everywhere;
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{measure, state};
    use crate::app::gate::Late;
    use crate::app::key::chord;
    use crate::app::{Msg, Reply, update};

    fn press(state: &mut State, keys: &str) -> Vec<Effect> {
        let at = state.clock;
        chord(keys).unwrap().into_iter().flat_map(|key| update(state, at, Msg::Key(key))).collect()
    }

    /// Presses keys and answers every question at once.
    fn pressed(state: &mut State, keys: &str) {
        for key in keys.split(' ') {
            let effects = press(state, key);
            measure(state, effects);
        }
    }

    fn asked(effects: &[Effect]) -> usize {
        effects.iter().filter(|it| matches!(it, Effect::Ask(_, Request::Measure(_)))).count()
    }

    #[test]
    fn nothing_is_measured_before_somebody_looks_and_nothing_twice() {
        let mut state = state();
        assert_eq!(asked(&press(&mut state, "j 2 1")), 0);
        pressed(&mut state, "5");
        assert!(state.sources.metrics.study.is_some());
        assert_eq!(asked(&press(&mut state, "j k Enter Esc 1 5 s")), 0);
        let tomorrow = state.clock + chrono::TimeDelta::days(1);
        assert_eq!(asked(&update(&mut state, tomorrow, Msg::Wake)), 1);
    }

    #[test]
    fn a_glance_is_not_measured() {
        let mut state = state();
        let whole = Arc::clone(&state.sources.snapshot);
        let glance = crate::picture::Snapshot { glance: true, ..(*whole).clone() };
        let at = state.clock;
        update(&mut state, at, Msg::Snapshot(Arc::new(glance)));
        assert_eq!(asked(&press(&mut state, "5")), 0);
        assert_eq!(asked(&update(&mut state, at, Msg::Snapshot(whole))), 1);
    }

    #[test]
    fn one_question_is_open_at_a_time_and_the_old_numbers_stay() {
        let mut state = state();
        pressed(&mut state, "5");
        let before = state.sources.metrics.study.clone().unwrap();
        let effects = press(&mut state, "w w =");
        assert_eq!(asked(&effects), 1);
        assert!(Arc::ptr_eq(&before, state.sources.metrics.study.as_ref().unwrap()));
        measure(&mut state, effects);
        let study = state.sources.metrics.study.as_ref().unwrap();
        assert_eq!((study.question.scope.span, span(&state)), (Span::All, Span::All));
    }

    #[test]
    fn what_cannot_be_measured_is_told_once() {
        let mut state = state();
        let effects = press(&mut state, "5");
        let Some(Effect::Ask(ticket, _)) = effects.first().cloned() else { panic!("{effects:?}") };
        let at = state.clock;
        let reply = Reply::Measured(Err(Failure::new("a fault")));
        assert_eq!(asked(&update(&mut state, at, Msg::Reply(Late::new(ticket, reply)))), 0);
        assert_eq!(asked(&press(&mut state, "j")), 0);
    }

    #[test]
    fn enter_goes_down_to_the_changes_and_escape_comes_up_again_wherever_one_came_from() {
        let mut state = state();
        pressed(&mut state, "5 w w Enter Enter j j j");
        let deployment = state.place.selected.clone();
        pressed(&mut state, "Enter");
        assert_eq!(Some(state.place.wish.depth.clone()), deployment.clone().map(Depth::Changes));
        pressed(&mut state, "1 5");
        assert!(matches!(state.place.wish.depth, Depth::Changes(_)) && state.trail.is_empty());
        pressed(&mut state, "Esc");
        assert_eq!((state.place.wish.depth.clone(), state.place.selected.clone()), (Depth::Deployments, deployment));
        pressed(&mut state, "Esc Esc");
        assert_eq!(state.place.wish, Wish::of(Screen::Metrics));
        pressed(&mut state, "Esc");
        assert_eq!(state.place.wish.screen, Screen::Board);
    }

    #[test]
    fn a_chart_turns_into_its_table_and_back() {
        let mut state = state();
        pressed(&mut state, "5 w w Enter j l t");
        assert_eq!(state.place.wish.depth, Depth::Table(ChartKind::Ways));
        pressed(&mut state, "t");
        assert_eq!(state.place.selected, Some(RowKey("ways".to_owned())));
        pressed(&mut state, "Esc");
        assert!(can_turn(&state).is_err());
    }
}

//! Going from place to place. Each screen keeps its place; what was entered can be left again; history remembers all.

use crate::app::dialog::{compare, log};
use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::pane::Pane;
use crate::app::place::{Place, Stop};
use crate::app::state::State;
use crate::app::update::measuring;
use crate::model::{CommitId, EnvironmentId, ServiceId};
use crate::view::{RowKey, Screen, Subject, Wish};

/// Goes to a screen by its number or name: as it was left, or narrowed to what is named.
pub fn screen(state: &mut State, screen: Screen, arguments: &str) -> Vec<Effect> {
    let mut words = arguments.split_whitespace();
    let (service, environment) = (words.next(), words.next());
    let wish = match screen {
        _ if service.is_some() => {
            let environment = environment.map(EnvironmentId::from).or_else(|| any_environment(state));
            let environment = environment.filter(|_| matches!(screen, Screen::Track | Screen::Metrics));
            Wish { service: service.map(ServiceId::from), environment, ..Wish::of(screen) }
        }
        Screen::Flow | Screen::Track => match wish_of(state, screen, None) {
            Ok(wish) => wish,
            Err(reason) => {
                state.tell(Message::warning(reason));
                return Vec::new();
            }
        },
        _ => Wish::of(screen),
    };
    if !known(state, &wish) {
        return Vec::new();
    }
    state.trail.clear();
    let parked = state.parked.get(&screen).or(Some(&state.place).filter(|place| place.wish.screen == screen));
    let same = parked.filter(|place| service.is_none() && same_place(&place.wish, &wish)).map(Place::stop);
    let list = || state.history.last(is_list).filter(|_| service.is_none() && screen == Screen::Runs).cloned();
    let to = same.or_else(list).unwrap_or_else(|| Stop::of(wish));
    go(state, to);
    Vec::new()
}

/// Whether it is the list of runs, and not one of them.
fn is_list(stop: &Stop) -> bool {
    stop.wish.screen == Screen::Runs && stop.wish.run.is_none()
}

/// Whether a screen as it was left is the one that is wanted: one about a service or a track has to be about that one.
fn same_place(left: &Wish, wanted: &Wish) -> bool {
    match wanted.screen {
        Screen::Flow => left.service == wanted.service,
        Screen::Track => left.service == wanted.service && left.environment == wanted.environment,
        Screen::Runs => left.run.is_none(),
        _ => true,
    }
}

/// The flow or track of `service`, else of what is selected here, or was last looked at, or of the first there is.
///
/// # Errors
/// When there is no service, or no environment.
pub fn wish_of(state: &State, screen: Screen, service: Option<ServiceId>) -> Result<Wish, String> {
    let subject = state.place.subject();
    let snapshot = &state.sources.snapshot;
    let first = || snapshot.services.keys().next().cloned();
    let service = service.or(subject.service);
    let service = service.or_else(|| state.place.wish.service.clone()).or(state.last_seen.0.clone()).or_else(first);
    let service = service.ok_or("there is no service yet: r reads again, ? helps")?;
    let environment = subject.environment.or_else(|| state.last_seen.1.clone()).or_else(|| any_environment(state));
    if screen == Screen::Track && environment.is_none() {
        return Err("there is no environment yet".to_owned());
    }
    let environment = environment.filter(|_| screen == Screen::Track);
    Ok(Wish { service: Some(service), environment, ..Wish::of(screen) })
}

/// Production, else the last environment.
fn any_environment(state: &State) -> Option<EnvironmentId> {
    let all = &state.sources.snapshot.environments;
    all.iter().find(|environment| environment.production).or(all.last()).map(|environment| environment.id.clone())
}

/// Whether what is wished for exists; says so if it does not.
pub fn known(state: &mut State, wish: &Wish) -> bool {
    let snapshot = &state.sources.snapshot;
    let missing = match (&wish.service, &wish.environment) {
        (Some(service), _) if snapshot.service(service).is_none() => {
            let near = nearest(&service.to_string(), snapshot.services.keys().map(ToString::to_string));
            format!("there is no service `{service}`{near}")
        }
        (_, Some(environment)) if snapshot.environment(environment).is_none() && !measuring::is_known(state, wish) => {
            let near = nearest(&environment.to_string(), snapshot.environments.iter().map(|it| it.id.to_string()));
            format!("there is no environment `{environment}`{near}")
        }
        _ => return true,
    };
    state.tell(Message::warning(missing));
    false
}

fn nearest(name: &str, all: impl Iterator<Item = String>) -> String {
    crate::app::commands::did_you_mean(nearest_of(name, all).as_deref())
}

/// The name that is most like `name`, if one is.
pub fn nearest_of(name: &str, all: impl Iterator<Item = String>) -> Option<String> {
    let scored = all.map(|known| (strsim::jaro_winkler(name, &known), known)).filter(|(score, _)| *score > 0.75);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// Goes to a place and remembers the one before.
pub fn go(state: &mut State, to: Stop) {
    let here = state.place.stop();
    if here.wish == to.wish && to.selected.is_none() {
        return;
    }
    state.history.leave(here);
    arrive(state, to);
}

/// Is at a place.
fn arrive(state: &mut State, to: Stop) {
    let subject = state.place.subject();
    let (service, environment) = &mut state.last_seen;
    *service = subject.service.or_else(|| state.place.wish.service.clone()).or(service.take());
    *environment = subject.environment.or_else(|| state.place.wish.environment.clone()).or(environment.take());
    state.typing_filter = None;
    state.pane = Pane::Table;

    let kept = if state.place.wish.screen == to.wish.screen {
        Some(state.place.clone()).filter(|place| place.wish == to.wish)
    } else {
        state.parked.remove(&to.wish.screen).filter(|place| place.wish == to.wish)
    };
    state.sources.now = state.clock;
    let rows = state.layout().rows();
    let mut place = match kept {
        Some(mut place) => {
            place.refresh(state.views.table, &state.sources, rows);
            place
        }
        None => Place::open(state.views.table, to.wish, &state.sources),
    };
    place.column = to.column.filter(|column| place.stops().any(|id| id == column));
    if let Some(key) = &to.selected
        && place.select_key(key)
        && to.top > 0
    {
        place.top = to.top;
    }
    place.reveal(rows);
    let left = std::mem::replace(&mut state.place, place);
    if left.wish.screen != state.place.wish.screen {
        state.parked.insert(left.wish.screen, left);
    }
}

/// Where Enter leads from what is selected.
fn inside(state: &State) -> Result<Inside, String> {
    let Subject { service, environment, run, job, commit, .. } = state.place.subject();
    let wish = &state.place.wish;
    let flow = |service, commit: Option<CommitId>| {
        let wish = Wish { service: Some(service), ..Wish::of(Screen::Flow) };
        Inside::Place(Stop { selected: commit.map(|commit| RowKey::commit(&commit)), ..Stop::of(wish) })
    };
    let track = |service, environment| {
        let wish = Wish { service: Some(service), environment: Some(environment), ..Wish::of(Screen::Track) };
        Inside::Place(Stop::of(wish))
    };
    if matches!(wish.screen, Screen::Track | Screen::Activity)
        && let Some(meant) = compare::brought(state)
    {
        return Ok(Inside::Brought(meant));
    }
    match (wish.screen, service, environment) {
        (Screen::Metrics, Some(service), Some(environment)) => match measuring::deeper(state) {
            Some(depth) => Ok(Inside::Place(Stop::of(Wish {
                service: Some(service),
                environment: Some(environment),
                depth,
                ..Wish::of(Screen::Metrics)
            }))),
            None if commit.is_some() => Ok(flow(service, commit)),
            None => Err("it is no commit of the service's own repository".to_owned()),
        },
        (Screen::Runs, _, _) if job.is_some() => Ok(Inside::Log),
        (Screen::Track, Some(service), _) if commit.is_some() => Ok(flow(service, commit)),
        (Screen::Track, _, _) => Err("it has no commit that is known".to_owned()),
        (Screen::Runs | Screen::Flow | Screen::Activity, service, None) if run.is_some() => {
            // Who opens a run that failed wants to know where.
            let failed = run.as_ref().and_then(|run| log::failed(log::run_of(state, run)?));
            let selected = failed.map(|job| RowKey(job.name.to_string()));
            Ok(Inside::Place(Stop { selected, ..Stop::of(Wish { service, run, ..Wish::of(Screen::Runs) }) }))
        }
        (_, Some(service), Some(environment)) => Ok(track(service, environment)),
        (Screen::Flow, _, None) => Err("its run is not known; l goes to its environments".to_owned()),
        (_, Some(service), None) => Ok(flow(service, commit)),
        (_, None, _) => Err("there is nothing in it".to_owned()),
    }
}

enum Inside {
    Place(Stop),
    /// What a deployment brought.
    Brought(compare::Meant),
    Log,
}

/// Whether Enter leads anywhere.
pub fn can_enter(state: &State) -> Result<(), String> {
    if state.place.table.is_empty() {
        return Err("no row is selected".to_owned());
    }
    inside(state).map(|_| ())
}

/// Goes into what is selected.
pub fn enter(state: &mut State) -> Vec<Effect> {
    match inside(state) {
        Ok(Inside::Log) => log::open(state),
        Ok(Inside::Brought(meant)) => compare::between(state, meant),
        Ok(Inside::Place(to)) => {
            if known(state, &to.wish) {
                state.trail.push(state.place.stop());
                go(state, to);
            }
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

/// Gives the keys back to the table, else takes marks away, else clears the filter, else leaves what was entered.
pub fn out(state: &mut State) -> Vec<Effect> {
    if std::mem::take(&mut state.pane) == Pane::Details {
        return Vec::new();
    }
    if !state.place.marks.is_empty() {
        state.place.marks.clear();
        return Vec::new();
    }
    if !state.place.wish.filter.is_empty() {
        state.place.wish.filter.clear();
        state.outdated = true;
        return Vec::new();
    }
    if let Some(stop) = state.trail.pop() {
        go(state, stop);
    } else if let Some(stop) = measuring::shallower(state) {
        go(state, stop);
    } else if state.place.wish.run.is_some() {
        return screen(state, Screen::Runs, "");
    } else if state.place.wish.screen != Screen::Board {
        return screen(state, Screen::Board, "");
    }
    Vec::new()
}

/// Whether there is a place before.
pub fn has_back(state: &State) -> Result<(), String> {
    if state.history.has_back() { Ok(()) } else { Err("there is no place before this one".to_owned()) }
}

/// Whether there is a place after.
pub fn has_forward(state: &State) -> Result<(), String> {
    if state.history.has_forward() { Ok(()) } else { Err("there is no place after this one".to_owned()) }
}

/// One place back in history.
pub fn back(state: &mut State) -> Vec<Effect> {
    let here = state.place.stop();
    if let Some(there) = state.history.back(here) {
        arrive(state, there);
    }
    Vec::new()
}

/// One place forward in history.
pub fn forward(state: &mut State) -> Vec<Effect> {
    let here = state.place.stop();
    if let Some(there) = state.history.forward(here) {
        arrive(state, there);
    }
    Vec::new()
}

/// To the place before and back again.
pub fn toggle(state: &mut State) -> Vec<Effect> {
    let here = state.place.stop();
    if let Some(there) = state.history.back(here) {
        let here = state.place.stop();
        arrive(state, there);
        state.history.leave(here);
    }
    Vec::new()
}

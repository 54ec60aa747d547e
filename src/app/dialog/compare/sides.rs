//! What is compared: what is named, else what is selected with what belongs beside it.

use crate::app::state::State;
use crate::app::update::marking;
use crate::model::{EnvironmentId, Outcome, ServiceId};
use crate::picture::{Deployed, ServicePicture, Track};
use crate::view::{Screen, Subject};

/// A service and the names of two points of its history.
pub type Meant = (ServiceId, String, String);

/// Whether there is something to compare.
pub fn can_compare(state: &State) -> Result<(), String> {
    if !state.place.marks.is_empty() {
        return Ok(());
    }
    meant(state, "").map(|_| ())
}

/// What `arguments` name, else what is selected.
pub fn meant(state: &State, arguments: &str) -> Result<Meant, String> {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let selected = || state.place.service().ok_or_else(|| "no service is selected".to_owned());
    match words.as_slice() {
        [] if !state.place.marks.is_empty() => of_marks(state),
        [] => of_selection(state, selected()?),
        [from] => Ok((selected()?, (*from).to_owned(), here(state, &selected()?)?)),
        [from, to] => Ok((selected()?, (*from).to_owned(), (*to).to_owned())),
        [service, from, to] => Ok((ServiceId::from(*service), (*from).to_owned(), (*to).to_owned())),
        _ => Err("name two of a service: `:compare [SERVICE] FROM TO`".to_owned()),
    }
}

/// The version before the selected deployment and the one that it brought, or would have brought.
pub fn brought(state: &State) -> Option<Meant> {
    let subject = state.place.subject();
    let (id, track) = (subject.deployment.clone()?, subject.track()?);
    let history = &picture(state, &track.service)?.track(&track.environment)?.history;
    let is_it = |it: &Deployed| it.deployment.id == id && it.deployment.version == subject.version;
    let at = history.iter().position(is_it)?;
    let name = |it: &Deployed| {
        let version = it.deployment.version.as_ref().map(|it| it.as_str().to_owned());
        version.or_else(|| it.deployment.commit.map(|it| it.to_string()))
    };
    let before = history.iter().skip(at + 1).find(|it| it.deployment.outcome == Outcome::Success);
    Some((track.service, name(before?)?, name(history.get(at)?)?))
}

/// The environment where one is, else production, else the last.
fn here(state: &State, service: &ServiceId) -> Result<String, String> {
    let environment = state.place.subject().environment.or_else(|| state.place.wish.environment.clone());
    let aim = state.sources.snapshot.environments.iter().find(|it| it.production).map(|it| it.id.clone());
    let last = || picture(state, service)?.tracks.last().map(|track| track.id.environment.clone());
    let found = environment.or(aim).or_else(last);
    found.map(|it| it.as_str().to_owned()).ok_or_else(|| "there is no environment yet".to_owned())
}

fn picture<'a>(state: &'a State, service: &ServiceId) -> Option<&'a ServicePicture> {
    state.sources.snapshot.service(service).map(|it| &**it)
}

/// Two marked environments, versions or changes of one service, the later environment and the older version first.
fn of_marks(state: &State) -> Result<Meant, String> {
    let marked = marking::targets(state);
    let [one, other] = marked.as_slice() else {
        return Err(format!("two are compared, and {} are marked", marked.len()));
    };
    let (Some(service), true) = (one.service.clone(), one.service == other.service) else {
        return Err("two of one service are compared".to_owned());
    };
    let name = |subject: &Subject| {
        let environment = subject.environment.as_ref().map(|it| it.as_str().to_owned());
        let version = subject.version.as_ref().map(|it| it.as_str().to_owned());
        match state.place.wish.screen {
            Screen::Track => version.or_else(|| subject.commit.map(|it| it.to_string())),
            Screen::Flow => environment.or_else(|| subject.commit.map(|it| it.to_string())),
            _ => environment,
        }
    };
    let rank = |subject: &Subject| {
        let environments = &state.sources.snapshot.environments;
        environments.iter().position(|it| Some(&it.id) == subject.environment.as_ref())
    };
    // Rows stand newest first; environments in the order of promotion.
    let turned = state.place.wish.screen == Screen::Track || rank(one) <= rank(other);
    let (from, to) = if turned { (other, one) } else { (one, other) };
    match (name(from), name(to)) {
        (Some(from), Some(to)) => Ok((service, from, to)),
        _ => Err("mark environments, versions or changes: l moves to the environments".to_owned()),
    }
}

fn of_selection(state: &State, service: ServiceId) -> Result<Meant, String> {
    let picture = picture(state, &service).ok_or_else(|| format!("there is no service `{service}`"))?;
    let subject = state.place.subject();
    if state.place.wish.screen == Screen::Flow
        && let (None, Some(commit)) = (&subject.environment, subject.commit)
    {
        // What would come to users with this change.
        let here = here(state, &service)?;
        return Ok((service, here, commit.to_string()));
    }
    let environment = EnvironmentId::from(here(state, &service)?.as_str());
    let live = picture.track(&environment).and_then(|track| track.live.as_ref());
    if state.place.wish.screen == Screen::Track
        && let (Some(version), Some(live)) = (&subject.version, live)
        && version != live.version()
    {
        return Ok((service, version.as_str().to_owned(), environment.as_str().to_owned()));
    }
    let (from, to) = beside(picture, &environment)?;
    Ok((service, from, to))
}

/// An environment and the one before it, which has what comes next; of the first one the one after it.
fn beside(picture: &ServicePicture, environment: &EnvironmentId) -> Result<(String, String), String> {
    let name = |track: &Track| track.id.environment.as_str().to_owned();
    let live: Vec<&Track> = picture.tracks.iter().filter(|track| track.live.is_some()).collect();
    let at = live.iter().position(|track| track.id.environment == *environment);
    let Some(at) = at else { return Err(format!("nothing of {} is live in {environment}", picture.service.id)) };
    let pair = match at.checked_sub(1) {
        Some(before) => live.get(at).zip(live.get(before)),
        None => live.get(at + 1).zip(live.get(at)),
    };
    if let Some((here, before)) = pair {
        return Ok((name(here), name(before)));
    }
    let track = live.get(at).copied();
    let before = track.and_then(|track| {
        let now = track.live.as_ref()?.version();
        track.history.iter().filter_map(|it| it.deployment.version.as_ref()).find(|version| *version != now)
    });
    match (before, track) {
        (Some(before), Some(track)) => Ok((before.as_str().to_owned(), name(track))),
        _ => Err("there is nothing to compare it with".to_owned()),
    }
}

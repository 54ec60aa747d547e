//! The cells of the flow.

use super::super::lens::{self, Lens};
use super::super::{Cell, Line, Role, format, gates, words};
use super::environment_of;
use super::milestones::{Milestones, Standing};
use crate::graph::Pos;
use crate::model::{Environment, EnvironmentId, Status, Time};
use crate::picture::{Arrival, ServicePicture, Track};

/// The cell of the change at `pos` under a column.
pub fn cell(lens: &Lens, service: &ServicePicture, milestones: &Milestones, pos: Pos, column: &str) -> Cell {
    let repository = milestones.repository();
    if let Some(environment) = environment_of(column) {
        return milestone(lens, service, milestones, pos, &environment);
    }
    match column {
        "change" => {
            let text = repository.texts.text(pos);
            let sha = Cell::of(Role::Muted, format!("{} ", repository.graph.id(pos).short()));
            if text.subject.is_empty() {
                return sha.and(Role::Muted, "no message");
            }
            sha.and(Role::Text, text.subject.to_string())
        }
        "author" => {
            let author = repository.texts.text(pos).author;
            if author.is_empty() { Cell::undefined() } else { Cell::of(Role::Text, author.to_string()) }
        }
        "age" => age(lens, authored(milestones, pos)),
        "merged" => match milestones.request(pos) {
            Some(it) => Cell::of(Role::Text, format!("#{}", it.number))
                .and(Role::Muted, format!(" {}", lens.present.age_of(milestones.landed(pos)))),
            None => age(lens, milestones.landed(pos)),
        },
        "run" => milestones
            .run(pos)
            .map_or_else(Cell::undefined, |it| Cell::with_status(it.status, Line::of(Role::Text, it.name()))),
        "artifact" => milestones
            .artifact(pos)
            .map_or_else(Cell::undefined, |it| Cell::of(Role::Text, words::version(&it.version))),
        _ => Cell::undefined(),
    }
}

/// When the change was written.
pub fn authored(milestones: &Milestones, pos: Pos) -> Option<Time> {
    Time::from_timestamp(milestones.repository().graph.authored(pos), 0)
}

fn age(lens: &Lens, then: Option<Time>) -> Cell {
    then.map_or_else(Cell::undefined, |then| Cell::of(Role::Muted, lens.present.age(then)))
}

fn milestone(
    lens: &Lens,
    service: &ServicePicture,
    milestones: &Milestones,
    pos: Pos,
    environment: &EnvironmentId,
) -> Cell {
    match milestones.standing(pos, environment) {
        Standing::NoTrack => Cell::undefined(),
        Standing::Earlier => Cell::with_status(Status::Ok, Line::of(Role::Muted, "earlier")),
        Standing::There(at, arrival) => {
            let mut line = Line::of(Role::Text, lens.present.age_of(at));
            if let Some(Arrival::With(deployment)) = arrival
                && let Some(version) = &deployment.version
            {
                line = line.with(Role::Muted, format!(" {}", words::version(version)));
            }
            Cell::with_status(Status::Ok, line)
        }
        Standing::Unsure => Cell::with_status(Status::Unknown, Line::of(Role::Muted, "not known")),
        Standing::TakenBack(_) => Cell::with_status(Status::Cancelled, Line::of(Role::Text, "taken back")),
        Standing::Coming => Cell::with_status(Status::Running, Line::of(Role::Text, "coming")),
        Standing::Waiting => {
            let track = service.track(environment);
            let (status, role, words) = waits_for(lens, milestones, pos, environment, track);
            Cell::with_status(status, Line::of(role, words))
        }
    }
}

/// What a change waits for on its way into an environment, most telling first.
pub fn waits_for(
    lens: &Lens,
    milestones: &Milestones,
    pos: Pos,
    environment: &EnvironmentId,
    track: Option<&Track>,
) -> (Status, Role, String) {
    if lens.snapshot().environment(environment).is_some_and(|it| it.release_line) {
        return (Status::Waiting, Role::Text, "not released".to_owned());
    }
    let before = lens::before(lens.snapshot(), environment);
    let missing = before.filter(|before| !has_passed(milestones, pos, before));
    if let Some(before) = missing {
        return (Status::Waiting, Role::Muted, format!("not in {}", before.id));
    }
    let held = track.map(|track| gates::holding(lens.snapshot(), &track.id, &lens.present)).unwrap_or_default();
    if let Some(gate) = held.first() {
        return (gates::status(gate), Role::Text, format!("{}: {}", gate.kind.word(), gate.why));
    }
    if before.is_some() {
        return (Status::Waiting, Role::Text, READY.to_owned());
    }
    match (milestones.artifact(pos), milestones.run(pos)) {
        (Some(artifact), _) => (Status::Waiting, Role::Text, format!("ready: {}", words::version(&artifact.version))),
        (None, Some(run)) => (run.status, Role::Text, format!("run {}", run.status.word())),
        (None, None) => (Status::Waiting, Role::Muted, "no artifact".to_owned()),
    }
}

/// The same in a sentence: what has to happen next, and what came of it the last time.
pub fn waits_for_in_words(
    lens: &Lens,
    milestones: &Milestones,
    pos: Pos,
    service: &ServicePicture,
    environment: &EnvironmentId,
) -> (Status, String) {
    let track = service.track(environment);
    let (status, _, words) = waits_for(lens, milestones, pos, environment, track);
    let before = lens::before(lens.snapshot(), environment).filter(|_| words == READY);
    let words = match before {
        Some(before) => {
            let live = service.track(&before.id).and_then(|track| track.live.as_ref());
            let what = live.map_or_else(String::new, |live| format!("{} ", words::version(live.version())));
            format!("{what}has to be promoted from {}", before.id)
        }
        None => words,
    };
    match milestones.failed(pos, environment) {
        Some(failed) => {
            let what = failed.version.as_ref().map_or_else(|| "a deployment".to_owned(), words::version);
            let when = failed.at().map(|at| format!(" {}", lens.present.ago(at))).unwrap_or_default();
            (Status::Failed, format!("{words}; {what} failed there{when}"))
        }
        None => (status, words),
    }
}

/// Nothing holds it any more.
const READY: &str = "ready";

/// Whether nothing in `environment` keeps the change from going on. An environment in which the service was never seen
/// is not on its way.
fn has_passed(milestones: &Milestones, pos: Pos, environment: &Environment) -> bool {
    !matches!(milestones.standing(pos, &environment.id), Standing::Waiting | Standing::Coming | Standing::TakenBack(_))
}

/// An age with its moment: `3d ago, 18 Nov 14:02`.
pub fn when(lens: &Lens, at: Option<Time>) -> String {
    at.map_or_else(
        || format::UNDEFINED.to_owned(),
        |at| format!("{}, {}", lens.present.ago(at), lens.present.moment(at)),
    )
}

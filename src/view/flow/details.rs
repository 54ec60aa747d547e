//! What the details pane says about a change.

use super::super::lens::Lens;
use super::super::{Line, Role, words};
use super::cells::{authored, waits_for_in_words, when};
use super::milestones::{Milestones, Standing};
use crate::graph::Pos;
use crate::model::{Environment, EnvironmentId, Status};
use crate::picture::{Arrival, ServicePicture};

/// The change in full: what it is, where it is, what it waits for. Of the environment asked for first.
pub fn lines(
    lens: &Lens,
    service: &ServicePicture,
    milestones: &Milestones,
    pos: Pos,
    only: Option<&EnvironmentId>,
) -> Vec<Line> {
    let repository = milestones.repository();
    let text = repository.texts.text(pos);
    let subject = if text.subject.is_empty() { "no message".to_owned() } else { text.subject.to_string() };
    let mut lines = vec![
        Line::of(Role::Strong, subject),
        Line::of(Role::Muted, repository.graph.id(pos).short())
            .with(Role::Text, format!("  {}", text.author))
            .with(Role::Muted, format!("  written {}", when(lens, authored(milestones, pos)))),
    ];
    let environments = lens.snapshot().environments.iter().rev();
    let (asked, others): (Vec<_>, Vec<_>) = environments.partition(|it| Some(&it.id) == only);
    let places = asked.into_iter().chain(others).filter_map(|it| place(lens, service, milestones, pos, it));
    lines.extend(places);
    if let Some(request) = milestones.request(pos) {
        let mut line = Line::of(Role::Link, format!("#{}", request.number));
        line = line.with(Role::Text, format!(" {}", request.title));
        if let Some(ticket) = &request.ticket {
            line = line.with(Role::Muted, format!("  {ticket}"));
        }
        lines.push(line.with(Role::Muted, format!("  merged {}", when(lens, request.merged_at))));
    }
    if let Some(run) = milestones.run(pos) {
        let took = lens.present.took(run.started_at, run.finished_at, run.status == Status::Running);
        lines.push(
            Line::of(Role::Muted, format!("run {} ", run.name()))
                .and_status(run.status)
                .with(Role::Muted, format!("  {}  {took}", run.pipeline)),
        );
    }
    if let Some(artifact) = milestones.artifact(pos) {
        lines.push(
            Line::of(Role::Muted, "artifact ")
                .with(Role::Text, artifact.version.to_string())
                .with(Role::Muted, format!("  built {}", when(lens, artifact.built_at.or(artifact.arrived_at)))),
        );
    }
    lines
}

fn place(
    lens: &Lens,
    service: &ServicePicture,
    milestones: &Milestones,
    pos: Pos,
    environment: &Environment,
) -> Option<Line> {
    let name = Line::of(
        Role::Environment(environment.id.clone(), environment.production),
        words::environment(&environment.id),
    );
    let name = name.with(Role::Text, "  ");
    Some(match milestones.standing(pos, &environment.id) {
        Standing::NoTrack => return None,
        Standing::Earlier => name.with(Role::Text, "there before anything was counted"),
        Standing::There(at, arrival) => {
            let mut line = name.with(Role::Status(Status::Ok), format!("since {}", when(lens, at)));
            if let Some(Arrival::With(deployment)) = arrival {
                let version = deployment.version.as_ref().map(words::version).unwrap_or_default();
                line = line.with(Role::Text, format!("  with {version}"));
                if let Some(actor) = &deployment.actor {
                    line = line.with(Role::Muted, format!(" by {actor}"));
                }
            }
            line
        }
        Standing::TakenBack(arrival) => {
            let came = match arrival {
                Arrival::With(deployment) => format!(", came {}", when(lens, deployment.at())),
                Arrival::Baseline => String::new(),
            };
            name.with(Role::Status(Status::Cancelled), format!("taken back: what is live does not hold it{came}"))
        }
        Standing::Unsure => name.with(Role::Status(Status::Unknown), "it came; what is live now cannot be told"),
        Standing::Coming => name.with(Role::Status(Status::Running), "a deployment that holds it is under way"),
        Standing::Waiting => {
            let (status, words) = waits_for_in_words(lens, milestones, pos, service, &environment.id);
            name.with(Role::Status(status), format!("waits: {words}"))
        }
    })
}

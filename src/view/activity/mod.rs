//! What happened everywhere, newest first, joined with who and what for.

mod event;

use std::borrow::Cow;

use super::lens::{Lens, through_lens};
use super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format, gates, runs, words};
use crate::model::{CommitId, CommitText, DeploymentId, EnvironmentId, Outcome, RunId, ServiceId, Text, Version};
use event::{Event, What};

const FIELDS: [&str; 11] =
    ["what", "service", "environment", "version", "author", "title", "status", "kind", "run", "commit", "is"];
const ORDERS: [&str; 2] = ["newest", "oldest"];

/// What happened.
#[derive(Debug)]
pub struct Activity {
    lens: Lens,
    columns: Vec<Column>,
    rows: Vec<Event>,
    total: usize,
}

/// An event joined with what it is about.
#[derive(Default)]
struct Joined {
    service: Option<ServiceId>,
    environment: Option<EnvironmentId>,
    version: Option<Version>,
    commit: Option<CommitId>,
    run: Option<RunId>,
    deployment: Option<DeploymentId>,
    who: Option<Text>,
    title: Option<Text>,
    url: Option<Text>,
}

impl Activity {
    /// The activity that `wish` asks for.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let mut rows = event::all(lens.snapshot(), &sources.operations, sources.now);
        if let Some(only) = &wish.service {
            rows.retain(|event| join(&lens, event, false).service.as_ref() == Some(only));
        }
        let total = rows.len();
        if !lens.filter.is_empty() {
            rows.retain(|event| passes(&lens, event));
        }
        if (lens.sort.by == "oldest") != lens.sort.turned {
            rows.reverse();
        }
        Self { columns: columns(), rows, total, lens }
    }

    fn event(&self, at: usize) -> Option<&Event> {
        self.rows.get(at)
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("when", "when", 0, (4, 6)).right(),
        Column::new("what", "what", 0, (18, 20)),
        Column::new("service", "service", 1, (10, 28)).name(),
        Column::new("environment", "environment", 2, (10, 14)).name(),
        Column::new("version", "version", 3, (8, 18)).name(),
        Column::new("who", "who", 5, (6, 16)),
        Column::new("title", "title", 4, (8, 90)),
    ]
}

/// What the event is about; the texts of commits are looked up only where `texts` says so.
fn join(lens: &Lens, event: &Event, texts: bool) -> Joined {
    match &event.what {
        What::Deployed(it) => {
            let it = &it.deployment;
            let text = texts.then(|| text_of(lens, &it.service, it.commit)).flatten();
            Joined {
                service: Some(it.service.clone()),
                environment: Some(it.environment.clone()),
                version: it.version.clone(),
                commit: it.commit,
                run: runs::of_deployment(lens.snapshot(), it),
                deployment: Some(it.id.clone()),
                who: it.actor.clone().or_else(|| text.as_ref().map(|text| text.author.clone())),
                title: it.reason.clone().or_else(|| text.map(|text| text.subject)),
                url: it.url.clone(),
            }
        }
        What::Ran(service, run) => {
            let text = texts.then(|| text_of(lens, service, run.commit)).flatten();
            Joined {
                service: Some(service.clone()),
                version: run.version.clone(),
                commit: run.commit,
                run: Some(run.id.clone()),
                who: text.as_ref().map(|text| text.author.clone()).or_else(|| run.trigger.clone()),
                title: text.map(|text| text.subject).or_else(|| run.branch.clone()),
                url: run.url.clone(),
                ..Joined::default()
            }
        }
        What::Hurt(service, it, _) => Joined {
            service: service.clone(),
            environment: it.environment.clone(),
            title: Some(Text::from(format!("{} {}", it.id, it.title))),
            url: it.url.clone(),
            ..Joined::default()
        },
        What::Operated(it) => Joined {
            service: Some(it.track.service.clone()),
            environment: Some(it.track.environment.clone()),
            version: Some(it.to.clone()),
            who: Some(it.who.clone()),
            title: Some(Text::from(format!("{}: {}", it.reason, it.ending.why()))),
            ..Joined::default()
        },
        What::Held(it) => Joined {
            service: it.scope.service.clone(),
            environment: it.scope.environment.clone(),
            who: Some(it.who.clone()),
            title: Some(it.why.clone()),
            ..Joined::default()
        },
        What::Marked(it) => Joined {
            service: Some(it.service.clone()),
            version: Some(it.version.clone()),
            who: Some(it.who.clone()),
            title: Some(it.why.clone()),
            ..Joined::default()
        },
    }
}

fn text_of(lens: &Lens, service: &ServiceId, commit: Option<CommitId>) -> Option<CommitText> {
    let repository = lens.snapshot().repository_of(service)?;
    Some(repository.texts.text(repository.graph.position(&commit?)?))
}

fn passes(lens: &Lens, event: &Event) -> bool {
    let joined = join(lens, event, true);
    let (status, words) = event.says();
    let mut fields: Vec<(&'static str, Cow<'_, str>)> =
        vec![("what", words.into()), ("kind", event.sort().into()), ("status", status.word().into())];
    if let What::Deployed(it) = &event.what {
        fields.push(("kind", it.kind.word().into()));
    }
    fields.extend(joined.service.iter().map(|it| ("service", it.to_string().into())));
    fields.extend(joined.environment.iter().map(|it| ("environment", it.to_string().into())));
    fields.extend(joined.version.map(|it| ("version", it.to_string().into())));
    fields.extend(joined.who.map(|it| ("author", it.to_string().into())));
    // Who delivered it is often a pipeline: whose change it was counts too.
    let text = joined.service.as_ref().and_then(|service| text_of(lens, service, joined.commit));
    fields.extend(text.into_iter().flat_map(|it| [it.author, it.email]).map(|it| ("author", it.to_string().into())));
    fields.extend(is(lens, event, joined.environment.as_ref()).into_iter().map(|word| ("is", word.into())));
    fields.extend(joined.title.map(|it| ("title", it.to_string().into())));
    fields.extend(joined.run.map(|it| ("run", it.to_string().into())));
    fields.extend(joined.commit.map(|it| ("commit", it.to_string().into())));
    lens.filter.matches(&fields)
}

/// What else an event is: of today, in the zone in which days are counted; in production.
fn is(lens: &Lens, event: &Event, environment: Option<&EnvironmentId>) -> Vec<&'static str> {
    let production = environment.and_then(|it| lens.snapshot().environment(it)).is_some_and(|it| it.production);
    let today = lens.present.is_today(event.at);
    [(production, "production"), (today, "today")].into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect()
}

fn text(role: Role, text: Option<String>) -> Cell {
    text.map_or_else(Cell::undefined, |text| Cell::of(role, text))
}

fn environment_cell(lens: &Lens, environment: Option<&EnvironmentId>) -> Cell {
    let Some(id) = environment else { return Cell::undefined() };
    let production = lens.snapshot().environment(id).is_some_and(|it| it.production);
    Cell::of(Role::Environment(id.clone(), production), id.to_string())
}

impl TableModel for Activity {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.total
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.event(at).map(Event::key).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some(event) = self.event(at) else { return Row { key, cells: Vec::new(), stale: false } };
        let joined = join(&self.lens, event, true);
        let (status, says) = event.says();
        let cell = |column: &Column| match column.id.as_str() {
            "when" => Cell::of(Role::Muted, self.lens.present.age(event.at)),
            "what" => Cell::with_status(status, Line::of(Role::Text, says.clone())),
            "service" => text(Role::Strong, joined.service.as_ref().map(ToString::to_string)),
            "environment" => environment_cell(&self.lens, joined.environment.as_ref()),
            "version" => text(Role::Text, joined.version.as_ref().map(words::version)),
            "who" => text(Role::Text, joined.who.as_ref().map(ToString::to_string)),
            "title" => text(Role::Text, joined.title.as_ref().map(ToString::to_string)),
            _ => Cell::undefined(),
        };
        Row { key, cells: self.columns.iter().map(cell).collect(), stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let Some(event) = self.event(at) else { return Subject::default() };
        let joined = join(&self.lens, event, false);
        let operation = match &event.what {
            What::Operated(it) => Some(it.operation.clone()),
            _ => None,
        };
        Subject {
            copy: joined.version.as_ref().map(ToString::to_string).or_else(|| joined.commit.map(|it| it.to_string())),
            service: joined.service,
            environment: joined.environment,
            version: joined.version,
            commit: joined.commit,
            run: joined.run,
            deployment: joined.deployment,
            operation,
            url: joined.url,
            ..Subject::default()
        }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        let Some(event) = self.event(at) else { return Vec::new() };
        details(&self.lens, event)
    }

    fn summary(&self) -> Line {
        let count = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        let line = Line::of(Role::Text, format::counted(count, "event"));
        let day = self.lens.present.now() - chrono::TimeDelta::days(1);
        let recent = self.rows.iter().filter(|event| event.at >= day).count();
        line.with(Role::Muted, format!(" · {} in the last 24 hours", format::count_of(recent)))
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total > 0).then_some("nothing that happened"), || {
            vec![
                Line::of(Role::Strong, "nothing has been recorded yet"),
                Line::of(Role::Text, "deployments, runs, incidents and operations appear here as they happen"),
            ]
        })
    }
}

fn details(lens: &Lens, event: &Event) -> Vec<Line> {
    let joined = join(lens, event, true);
    let (status, says) = event.says();
    let to = if says.starts_with("roll") { "to " } else { "" };
    let mut head = Line::of(Role::Status(status), says);
    if let Some(version) = &joined.version {
        head = head.with(Role::Strong, format!(" {to}{version}"));
    }
    if let Some(service) = &joined.service {
        head = head.with(Role::Text, format!(" of {service}"));
    }
    if let Some(environment) = &joined.environment {
        head = head.with(Role::Text, format!(" in {environment}"));
    }
    let when = format!("{}, {}", lens.present.moment(event.at), lens.present.ago(event.at));
    let who = joined.who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
    let mut lines = vec![head, Line::of(Role::Muted, format!("{when}{who}"))];
    lines.extend(joined.title.iter().map(|title| Line::of(Role::Text, title.to_string())));
    match &event.what {
        What::Deployed(it) => {
            let changes = it.changes.map(|count| format!(", {}", format::counted(count.into(), "new change")));
            let ended = it.deployment.outcome == Outcome::Success;
            let kind =
                if ended { format!("{}{}, ", it.kind.word(), changes.unwrap_or_default()) } else { String::new() };
            let running = it.deployment.outcome == Outcome::Running;
            let took = lens.present.took(it.deployment.started_at, it.deployment.finished_at, running);
            lines.push(Line::of(Role::Muted, format!("{kind}took {took}")));
            if let Some(text) = text_of(lens, &it.deployment.service, it.deployment.commit) {
                let commit = format::short_commit(it.deployment.commit);
                lines.push(
                    Line::of(Role::Muted, format!("{commit} "))
                        .with(Role::Text, text.subject.to_string())
                        .with(Role::Muted, format!("  {}", text.author)),
                );
            }
        }
        What::Hurt(_, it, _) => lines.push(Line::of(
            Role::Muted,
            format!("lasted {}", lens.present.took(Some(it.opened_at), it.resolved_at, it.resolved_at.is_none())),
        )),
        What::Held(gate) => lines.push(gates::line(gate, &lens.present)),
        What::Ran(..) | What::Operated(_) | What::Marked(_) => {}
    }
    lines.extend(joined.url.map(|url| Line::of(Role::Link, url.to_string())));
    lines
}

//! One service in one environment: its deployments, newest first, under what is live, moving and holding now.

mod sections;

use std::borrow::Cow;
use std::sync::Arc;

use super::lens::{self, Lens, through_lens};
use super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format, runs, words};
use crate::model::{EnvironmentId, Health, Kind, Outcome, Status, TrackId, TrackState};
use crate::picture::{Deployed, ServicePicture, Track};

const FIELDS: [&str; 7] = ["version", "kind", "outcome", "author", "reason", "label", "is"];
const ORDERS: [&str; 3] = ["newest", "oldest", "version"];

/// The history of one track.
#[derive(Debug)]
pub struct TrackScreen {
    lens: Lens,
    columns: Vec<Column>,
    id: Option<TrackId>,
    service: Option<Arc<ServicePicture>>,
    /// Places in the track's history.
    rows: Vec<usize>,
}

impl TrackScreen {
    /// The track that `wish` names; of its service the target's track where no environment is named.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let service = match &wish.service {
            Some(id) => lens.snapshot().service(id).cloned(),
            None => lens.snapshot().services.values().next().cloned(),
        };
        let environment = wish.environment.clone().or_else(|| {
            let of_service = |id: &EnvironmentId| service.as_ref().is_some_and(|service| service.track(id).is_some());
            let aim = lens::target(lens.snapshot()).map(|it| it.id.clone());
            let last = || service.as_ref()?.tracks.last().map(|track| track.id.environment.clone());
            aim.clone().filter(of_service).or_else(last).or(aim)
        });
        let id = service
            .as_ref()
            .zip(environment)
            .map(|(service, environment)| TrackId { service: service.service.id.clone(), environment });
        let mut screen = Self { columns: columns(), id, service, rows: Vec::new(), lens };
        screen.rows = screen.find_rows();
        screen
    }

    fn find_rows(&self) -> Vec<usize> {
        let Some((service, track)) = self.track() else { return Vec::new() };
        let places = track.history.iter().enumerate();
        let mut rows: Vec<usize> =
            places.filter(|(_, it)| passes(&self.lens, service, track, it)).map(|(at, _)| at).collect();
        match self.lens.sort.by {
            "oldest" => rows.reverse(),
            "version" => rows.sort_by(|a, b| {
                let version = |at: &usize| track.history.get(*at).and_then(|it| it.deployment.version.clone());
                match (version(a), version(b)) {
                    (Some(a), Some(b)) => b.natural_cmp(&a),
                    (a, b) => b.is_some().cmp(&a.is_some()),
                }
            }),
            _ => {}
        }
        if self.lens.sort.turned {
            rows.reverse();
        }
        rows
    }

    fn track(&self) -> Option<(&ServicePicture, &Track)> {
        let service = self.service.as_deref()?;
        Some((service, service.track(&self.id.as_ref()?.environment)?))
    }

    fn deployed(&self, at: usize) -> Option<(&ServicePicture, &Track, &Deployed)> {
        let (service, track) = self.track()?;
        Some((service, track, track.history.get(*self.rows.get(at)?)?))
    }

    /// What stands above the history: live state, gates, what is under way, drift, incidents.
    pub fn sections(&self) -> Vec<Line> {
        match self.track() {
            Some((service, track)) => sections::lines(&self.lens, service, track),
            None => Vec::new(),
        }
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("version", "version", 0, (15, 28)).name(),
        Column::new("kind", "kind", 2, (8, 12)),
        Column::new("outcome", "outcome", 1, (9, 12)),
        Column::new("when", "when", 1, (4, 6)).right(),
        Column::new("took", "took", 5, (7, 11)).right(),
        Column::new("changes", "changes", 4, (7, 9)).right(),
        Column::new("by", "by", 3, (6, 16)),
        Column::new("reason", "reason", 6, (10, 60)),
    ]
}

/// What else is to be known of a deployment's version here: that this deployment made it live, that it is installed,
/// that it is marked bad.
fn marks(service: &ServicePicture, track: &Track, it: &Deployed) -> Vec<(Role, &'static str)> {
    let Some(version) = &it.deployment.version else { return Vec::new() };
    let is_live = words::deployed_live(track).is_some_and(|live| Arc::ptr_eq(&live.deployment, &it.deployment));
    let installed = track.state.iter().flat_map(|(_, state)| &state.installed).any(|it| it.version == *version);
    let mut marks = Vec::new();
    if is_live {
        marks.push((Role::Status(Status::Ok), "live"));
    } else if installed {
        marks.push((Role::Muted, "installed"));
    }
    if service.bad_mark(version).is_some() {
        marks.push((Role::Status(Status::Failed), "bad"));
    }
    marks
}

/// How an outcome looks in the shared vocabulary.
pub(crate) fn outcome(outcome: Outcome) -> (Status, &'static str) {
    match outcome {
        Outcome::Success => (Status::Ok, "ok"),
        Outcome::Failed => (Status::Failed, "failed"),
        Outcome::Cancelled => (Status::Cancelled, "cancelled"),
        Outcome::Running => (Status::Running, "running"),
        Outcome::Superseded => (Status::Skipped, "superseded"),
    }
}

fn passes(lens: &Lens, service: &ServicePicture, track: &Track, it: &Deployed) -> bool {
    if lens.filter.is_empty() {
        return true;
    }
    let deployment = &it.deployment;
    let mut fields: Vec<(&'static str, Cow<'_, str>)> =
        vec![("kind", it.kind.word().into()), ("outcome", outcome(deployment.outcome).1.into())];
    if let Some(version) = &deployment.version {
        fields.push(("version", version.to_string().into()));
        fields.extend(marks(service, track, it).into_iter().map(|(_, mark)| ("is", mark.into())));
    }
    fields.extend(deployment.actor.as_ref().map(|it| ("author", it.as_str().into())));
    fields.extend(deployment.reason.as_ref().map(|it| ("reason", it.as_str().into())));
    fields.extend(deployment.labels.iter().map(|it| ("label", it.as_str().into())));
    lens.filter.matches(&fields)
}

fn cell(lens: &Lens, service: &ServicePicture, track: &Track, it: &Deployed, column: &str) -> Cell {
    let deployment = &it.deployment;
    match column {
        "version" => version_cell(service, track, it),
        "kind" => {
            let loud = matches!(it.kind, Kind::Rollback | Kind::Divergent);
            let word = if deployment.outcome == Outcome::Success { it.kind.word() } else { format::UNDEFINED };
            Cell::of(if loud { Role::Warning } else { Role::Text }, word)
        }
        "outcome" => {
            let (status, word) = outcome(deployment.outcome);
            Cell::with_status(status, Line::of(Role::Text, word))
        }
        "when" => match deployment.at() {
            Some(at) => Cell::of(Role::Muted, lens.present.age(at)),
            None => Cell::undefined(),
        },
        "took" => {
            let running = deployment.outcome == Outcome::Running;
            Cell::of(Role::Text, lens.present.took(deployment.started_at, deployment.finished_at, running))
        }
        "changes" => it.changes.map_or_else(Cell::undefined, |n| Cell::of(Role::Text, format::count(n.into()))),
        "by" => text(deployment.actor.as_ref()),
        "reason" => text(deployment.reason.as_ref()),
        _ => Cell::undefined(),
    }
}

fn version_cell(service: &ServicePicture, track: &Track, it: &Deployed) -> Cell {
    let Some(version) = &it.deployment.version else {
        return Cell::of(Role::Muted, format::short_commit(it.deployment.commit));
    };
    let cell = Cell::of(Role::Strong, words::version(version));
    marks(service, track, it).into_iter().fold(cell, |cell, (role, mark)| cell.and(Role::Text, " ").and(role, mark))
}

fn text(text: Option<&crate::model::Text>) -> Cell {
    text.map_or_else(Cell::undefined, |text| Cell::of(Role::Text, text.to_string()))
}

impl TableModel for TrackScreen {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.track().map_or(0, |(_, track)| track.history.len())
    }

    fn key(&self, at: usize) -> RowKey {
        let source_and_id =
            self.deployed(at).map(|(.., it)| format!("{}/{}", it.source.as_str(), it.deployment.id.as_str()));
        RowKey(source_and_id.unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some((service, track, it)) = self.deployed(at) else { return Row { key, cells: Vec::new(), stale: false } };
        let cells = self.columns.iter().map(|column| cell(&self.lens, service, track, it, &column.id)).collect();
        Row { key, cells, stale: self.lens.is_stale(track) }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let track = self.id.as_ref();
        let deployment = self.deployed(at).map(|(.., it)| &it.deployment);
        Subject {
            service: track.map(|it| it.service.clone()),
            environment: track.map(|it| it.environment.clone()),
            version: deployment.and_then(|it| it.version.clone()),
            commit: deployment.and_then(|it| it.commit),
            url: deployment.and_then(|it| it.url.clone()),
            copy: deployment.and_then(|it| it.version.as_ref()).map(ToString::to_string),
            run: deployment.and_then(|it| runs::of_deployment(self.lens.snapshot(), it)),
            deployment: deployment.map(|it| it.id.clone()),
            ..Subject::default()
        }
    }

    fn details(&self, at: usize, _column: Option<&str>) -> Vec<Line> {
        let Some((service, _, it)) = self.deployed(at) else { return self.sections() };
        let mut lines = sections::deployment(&self.lens, service, it);
        lines.push(Line::blank());
        lines.extend(self.sections());
        lines
    }

    fn steps(&self) -> Vec<String> {
        let live = self.track().and_then(|(_, track)| track.live.as_ref());
        live.map(|live| live.version().to_string()).into_iter().collect()
    }

    fn summary(&self) -> Line {
        let Some(id) = &self.id else { return Line::of(Role::Muted, "no track") };
        let production = self.lens.snapshot().environment(&id.environment).is_some_and(|it| it.production);
        let line = Line::of(Role::Strong, id.service.to_string())
            .with(Role::Muted, " in ")
            .with(Role::Environment(id.environment.clone(), production), id.environment.to_string())
            .with(Role::Muted, "  ");
        let Some((_, track)) = self.track() else {
            return match self.lens.restricted(id) {
                Some(why) => line.with(Role::Warning, format!("restricted: {}", why.why)),
                None => line.with(Role::Muted, "never seen there"),
            };
        };
        let mut line = line.then(words::live(track, &self.lens.present));
        if let Some((_, TrackState { replicas: Some(it), .. })) = track.state.as_ref().map(|(at, it)| (at, &**it)) {
            line = line.with(Role::Muted, " · ").with(Role::Text, words::replicas(it));
        }
        let healthy = track.live.as_ref().is_none_or(|live| live.health == Health::Healthy);
        if let (Some(it), true) = (&track.in_flight, healthy) {
            line = line.with(Role::Muted, " · ").then(words::in_flight(it, &self.lens.present));
        }
        line
    }

    fn empty(&self) -> Vec<Line> {
        let mut lines = self.lens.no_rows((self.total() > 0).then_some("no deployment"), || {
            vec![Line::of(Role::Strong, "no deployment is recorded here")]
        });
        lines.extend(self.sections());
        lines
    }
}

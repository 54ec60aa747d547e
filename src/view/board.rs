//! The board: services × environments, what needs attention first.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use super::lens::{self, Lens, through_lens};
use super::trouble::trouble;
use super::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format, gates, reading, words};
use crate::model::{EnvironmentId, Gate, ServiceId, Status, Time, TrackId};
use crate::picture::{ServicePicture, Track};

const FIELDS: [&str; 8] = ["service", "environment", "status", "version", "group", "branch", "health", "is"];
const ORDERS: [&str; 5] = ["attention", "name", "group", "waiting", "age"];

/// Services × environments.
#[derive(Debug)]
pub struct Board {
    lens: Lens,
    columns: Vec<Column>,
    /// What passes the filter, in order.
    rows: Vec<Arc<ServicePicture>>,
}

/// By what services are ordered, computed once for each.
struct Key {
    urgency: u16,
    in_flight: usize,
    waiting: usize,
    newest: Option<Time>,
}

impl Board {
    /// The board that `wish` asks for.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let of_wish = |it: &&Arc<ServicePicture>| wish.service.as_ref().is_none_or(|only| *only == it.service.id);
        let all = lens.snapshot().services.values().filter(of_wish).filter(|it| passes(&lens, it));
        let mut rows: Vec<(Key, Arc<ServicePicture>)> = all.map(|it| (key(&lens, it), Arc::clone(it))).collect();
        rows.sort_by(|a, b| lens.sort.direct(compare(lens.sort.by, a, b)));
        let rows: Vec<Arc<ServicePicture>> = rows.into_iter().map(|(_, it)| it).collect();
        Self { columns: columns(&lens, &rows), rows, lens }
    }

    fn service(&self, at: usize) -> Option<&Arc<ServicePicture>> {
        self.rows.get(at)
    }

    fn cell(&self, service: &ServicePicture, column: &str) -> Cell {
        if let Some(environment) = environment_of(column) {
            return self.track_cell(service, &environment);
        }
        match column {
            "service" => {
                let text = service.service.id.to_string();
                Cell::of(Role::Strong, text)
            }
            "waiting" => self.waiting_cell(service),
            "group" => optional(service.service.group.as_ref().map(ToString::to_string)),
            "branch" => optional(service.branch.as_ref().map(ToString::to_string)),
            _ => Cell::undefined(),
        }
    }

    fn waiting_cell(&self, service: &ServicePicture) -> Cell {
        let aim = lens::target(self.lens.snapshot()).and_then(|it| service.track(&it.id));
        let Some(waiting) = aim.and_then(|track| track.waiting.as_ref()) else { return Cell::undefined() };
        let cell = Cell::of(Role::Text, format::count_of(waiting.changes.len()));
        match waiting.oldest.filter(|_| !waiting.changes.is_empty()) {
            Some(oldest) => cell.and(Role::Muted, format!(" {}", self.lens.present.age(oldest))),
            None => cell,
        }
    }

    fn track_cell(&self, service: &ServicePicture, environment: &EnvironmentId) -> Cell {
        let id = TrackId { service: service.service.id.clone(), environment: environment.clone() };
        let restricted = self.lens.restricted(&id).is_some();
        let Some(track) = service.track(environment) else {
            return if restricted { Cell::of(Role::Warning, "restricted") } else { Cell::undefined() };
        };
        let held = gates::holding(self.lens.snapshot(), &track.id, &self.lens.present);
        let mut line = Line::default();
        match &track.live {
            Some(live) => {
                line = line.with(Role::Text, words::version(live.version()));
                if let Some(since) = words::since(track, live) {
                    line = line.with(Role::Muted, format!(" {}", self.lens.present.age(since)));
                }
            }
            None => line = line.with(Role::Muted, format::UNDEFINED),
        }
        if is_marked_bad(service, track) {
            line = line.with(Role::Text, " ").with(Role::Status(Status::Failed), "marked bad");
        }
        // What failed is not what is live: it is named before anything that can be cut.
        if let Some(failed) = words::failed_last(track) {
            let words = words::failure(failed, &self.lens.present);
            line = line.with(Role::Muted, " · ").with(Role::Status(Status::Failed), words);
        }
        for (role, words) in flags(track, &held) {
            line = line.with(Role::Text, " ").with(role, words);
        }
        if restricted {
            line = line.with(Role::Text, " ").with(Role::Warning, "restricted");
        }
        Cell::with_status(standing(service, track, &held), line)
    }
}

/// Whether somebody marked bad what is live.
pub(super) fn is_marked_bad(service: &ServicePicture, track: &Track) -> bool {
    track.live.as_ref().is_some_and(|live| service.bad_mark(live.version()).is_some())
}

/// How a track stands: what is live and marked bad is never simply fine.
pub(super) fn standing(service: &ServicePicture, track: &Track, held: &[&Gate]) -> Status {
    match gates::standing(track, held) {
        status if status.urgency() < Status::Held.urgency() && is_marked_bad(service, track) => Status::Held,
        status => status,
    }
}

/// What else a cell says, most important first.
pub(super) fn flags(track: &Track, held: &[&Gate]) -> Vec<(Role, String)> {
    let mut flags = Vec::new();
    if let Some(it) = &track.in_flight {
        // How far it has come stands first: the end of a cell is cut.
        let progress = words::progress(it).map(|progress| format!("{progress} ")).unwrap_or_default();
        flags.push((Role::Status(Status::Running), format!("{progress}{}", it.what)));
    }
    if track.incident.is_some() {
        flags.push((Role::Status(Status::Failed), "incident".to_owned()));
    }
    let degraded = track.live.as_ref().is_some_and(|it| matches!(it.health, crate::model::Health::Degraded(_)));
    if degraded {
        flags.push((Role::Status(Status::Failed), "degraded".to_owned()));
    }
    if let Some((_, state)) = &track.state {
        flags.extend(state.paused.then(|| (Role::Status(Status::Frozen), "paused".to_owned())));
        // What is under way says itself how far it has come.
        let missing = state.replicas.as_ref().filter(|it| track.in_flight.is_none() && it.ready < it.wanted);
        flags.extend(missing.map(|it| (Role::Warning, words::ready(it))));
        flags.extend((!state.problems.is_empty()).then(|| (Role::Status(Status::Unknown), "problem".to_owned())));
    }
    for gate in held {
        flags.push((Role::Status(gates::status(gate)), gate.kind.word().to_owned()));
    }
    if let Some(words) = track.drift.as_ref().and_then(words::drift) {
        flags.push((Role::Status(Status::Drift), words));
    }
    flags
}

fn optional(text: Option<String>) -> Cell {
    text.map_or_else(Cell::undefined, |text| Cell::of(Role::Text, text))
}

/// The column's environment, where its cells are tracks.
fn environment_of(column: &str) -> Option<EnvironmentId> {
    column.strip_prefix("env:").map(EnvironmentId::from)
}

fn columns(lens: &Lens, rows: &[Arc<ServicePicture>]) -> Vec<Column> {
    let mut columns = vec![Column::new("service", "service", 0, (10, 32)).name()];
    for (environment, place) in lens::importance(lens.snapshot()) {
        let leaves = if place == 0 { 1 } else { place.saturating_add(2) };
        // A live version with the glyph of a failure and nothing beside it would look broken: there is room for both.
        let fails = |it: &Arc<ServicePicture>| it.track(&environment.id).and_then(words::failed_last).is_some();
        let least = match (rows.iter().any(fails), place) {
            (true, 0) => 30,
            (true, _) => 24,
            (false, _) => 13,
        };
        let id = format!("env:{}", environment.id.as_str());
        let mut column = Column::new(id, environment.id.to_string(), leaves, (least, 44)).stop();
        column.role = Role::Environment(environment.id.clone(), environment.production);
        columns.push(column);
    }
    columns.push(Column::new("waiting", "waiting", 10, (7, 9)).right());
    let services = lens.snapshot().services.values();
    if services.clone().any(|it| it.service.group.is_some()) {
        columns.push(Column::new("group", "group", 20, (6, 16)));
    }
    if services.clone().any(|it| it.branch.is_some()) {
        columns.push(Column::new("branch", "branch", 21, (6, 16)));
    }
    columns
}

fn passes(lens: &Lens, service: &ServicePicture) -> bool {
    if lens.filter.is_empty() {
        return true;
    }
    let mut fields: Vec<(&'static str, Cow<'_, str>)> = vec![("service", service.service.id.to_string().into())];
    fields.extend(service.service.group.as_ref().map(|it| ("group", it.as_str().into())));
    fields.extend(service.branch.as_ref().map(|it| ("branch", it.as_str().into())));
    for track in &service.tracks {
        let held = gates::holding(lens.snapshot(), &track.id, &lens.present);
        let standing = standing(service, track, &held);
        fields.push(("environment", track.id.environment.to_string().into()));
        fields.push(("status", standing.word().into()));
        fields.extend(held.iter().map(|gate| ("status", gate.kind.word().into())));
        if let Some(live) = &track.live {
            fields.push(("version", live.version().to_string().into()));
            fields.push(("health", words::health(&live.health).1.into()));
        }
        fields.extend(track.drift.as_ref().map(|_| ("is", "behind".into())));
        fields.extend(track.in_flight.as_ref().map(|_| ("is", "moving".into())));
        fields.extend(is_marked_bad(service, track).then(|| ("is", "bad".into())));
        if is_interesting(track, standing) {
            fields.push(("is", "interesting".into()));
        }
    }
    lens.filter.matches(&fields)
}

/// Whether somebody should look at a track, or at least not touch it.
fn is_interesting(track: &Track, standing: Status) -> bool {
    !matches!(standing, Status::Ok | Status::Waiting | Status::Skipped)
        || track.incident.is_some()
        || track.in_flight.is_some()
}

fn key(lens: &Lens, service: &ServicePicture) -> Key {
    let aim = lens::target(lens.snapshot());
    let urgency = service.tracks.iter().map(|track| {
        let held = gates::holding(lens.snapshot(), &track.id, &lens.present);
        let urgency = u16::from(standing(service, track, &held).urgency());
        let production = lens.snapshot().environment(&track.id.environment).is_some_and(|it| it.production);
        // Among equals production comes first.
        urgency * 2 + u16::from(production && urgency > 0)
    });
    let waiting = aim.and_then(|it| service.track(&it.id)).and_then(|track| track.waiting.as_ref());
    Key {
        urgency: urgency.max().unwrap_or_default(),
        in_flight: service.tracks.iter().filter(|track| track.in_flight.is_some()).count(),
        waiting: waiting.map_or(0, |it| it.changes.len()),
        newest: service.tracks.iter().filter_map(|track| words::since(track, track.live.as_ref()?)).max(),
    }
}

fn compare(by: &str, (a, one): &(Key, Arc<ServicePicture>), (b, other): &(Key, Arc<ServicePicture>)) -> Ordering {
    let name = |it: &ServicePicture| it.service.id.clone();
    let names = || name(one).cmp(&name(other));
    let attention = || (Reverse(a.urgency), Reverse(a.in_flight)).cmp(&(Reverse(b.urgency), Reverse(b.in_flight)));
    match by {
        "name" => names(),
        "group" => {
            let group = |it: &ServicePicture| (it.service.group.is_none(), it.service.group.clone());
            group(one).cmp(&group(other)).then_with(attention).then_with(names)
        }
        "waiting" => b.waiting.cmp(&a.waiting).then_with(names),
        "age" => b.newest.cmp(&a.newest).then_with(names),
        _ => attention().then_with(names),
    }
}

impl TableModel for Board {
    through_lens!(&FIELDS, &ORDERS);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        self.lens.snapshot().services.len()
    }

    fn key(&self, at: usize) -> RowKey {
        let none = || RowKey(String::new());
        self.service(at).map_or_else(none, |it| RowKey::service(&it.service.id))
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some(service) = self.service(at) else { return Row { key, cells: Vec::new(), stale: false } };
        let cells = self.columns.iter().map(|column| self.cell(service, &column.id)).collect();
        let stale = !service.tracks.is_empty() && service.tracks.iter().all(|track| self.lens.is_stale(track));
        Row { key, cells, stale }
    }

    fn subject(&self, at: usize, column: Option<&str>) -> Subject {
        let Some(service) = self.service(at) else { return Subject::default() };
        let mut subject = Subject {
            service: Some(service.service.id.clone()),
            copy: Some(service.service.id.to_string()),
            ..Subject::default()
        };
        let Some(environment) = column.and_then(environment_of) else { return subject };
        if let Some(live) = service.track(&environment).and_then(|track| track.live.as_ref()) {
            subject.version = Some(live.version().clone());
            subject.commit = live.installed.commit;
            subject.copy = Some(live.version().to_string());
        }
        subject.environment = Some(environment);
        subject
    }

    fn details(&self, at: usize, column: Option<&str>) -> Vec<Line> {
        let Some(service) = self.service(at) else { return Vec::new() };
        details(&self.lens, service, column.and_then(environment_of).as_ref())
    }

    fn summary(&self) -> Line {
        summary(&self.lens, self.total())
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total() > 0).then_some("no service"), || {
            vec![
                Line::of(Role::Strong, "no service is known yet"),
                Line::of(Role::Text, "open a git repository, write a configuration with ")
                    .with(Role::Key, "flightdeck init")
                    .with(Role::Text, ", or look at the ")
                    .with(Role::Key, "flightdeck demo"),
            ]
        })
    }
}

/// What the details pane says: first what is wrong, moving or held, then each environment, production first.
fn details(lens: &Lens, service: &ServicePicture, only: Option<&EnvironmentId>) -> Vec<Line> {
    let mut environments = lens::importance(lens.snapshot());
    environments.sort_by_key(|(_, place)| *place);
    environments.retain(|(it, _)| only.is_none_or(|only| *only == it.id));
    let tracks: Vec<_> = environments.iter().filter_map(|(it, _)| Some((*it, service.track(&it.id)?))).collect();
    let mut urgent = Vec::new();
    let mut quiet = Vec::new();
    for (environment, track) in tracks {
        let name = || {
            Line::of(
                Role::Environment(environment.id.clone(), environment.production),
                words::environment(&environment.id),
            )
        };
        quiet.push(words::track_line(lens, &environment.id, environment.production, track));
        urgent.extend(trouble(lens, service, track).into_iter().map(|line| name().with(Role::Text, "  ").then(line)));
    }
    if let (Some(only), true) = (only, quiet.is_empty()) {
        let id = TrackId { service: service.service.id.clone(), environment: only.clone() };
        quiet.push(match lens.restricted(&id) {
            Some(it) => Line::of(Role::Warning, format!("{only} is restricted: {}", it.why)),
            None => Line::of(Role::Muted, format!("{} was never seen in {only}", service.service.id)),
        });
    }
    // With one environment asked for, what is live comes first: the rest is about it.
    if only.is_some() {
        quiet.append(&mut urgent);
    } else {
        urgent.append(&mut quiet);
        quiet = urgent;
    }
    if service.tracks.is_empty() {
        quiet.extend(lens.problems().map(|problem| Line::of(Role::Warning, problem)));
    }
    quiet.extend(waiting_changes(lens, service, only));
    quiet
}

/// The newest changes that wait for the environment asked for, else for the target.
fn waiting_changes(lens: &Lens, service: &ServicePicture, only: Option<&EnvironmentId>) -> Vec<Line> {
    const MOST: usize = 5;
    let aim = only.or_else(|| lens::target(lens.snapshot()).map(|it| &it.id));
    let waiting = aim.and_then(|it| service.track(it)).and_then(|track| track.waiting.as_ref());
    let repository = lens.snapshot().repository_of(&service.service.id);
    let (Some(waiting), Some(repository)) = (waiting, repository) else { return Vec::new() };
    let newest = waiting.changes.iter().take(MOST);
    newest
        .map(|pos| {
            let text = repository.texts.text(*pos);
            Line::of(Role::Muted, format!("waits  {} ", repository.graph.id(*pos).short()))
                .with(Role::Text, text.subject.to_string())
                .with(Role::Muted, format!("  {}", text.author))
        })
        .collect()
}

/// `3 failing · 2 running · 1 frozen · 12 services`.
fn summary(lens: &Lens, total: usize) -> Line {
    let mut counts = [
        (Status::Failed, "failing", 0_usize),
        (Status::Drift, "drifting", 0),
        (Status::Held, "held", 0),
        (Status::Running, "running", 0),
        (Status::Frozen, "frozen", 0),
        (Status::Unknown, "unknown", 0),
    ];
    for service in lens.snapshot().services.values() {
        let standings: Vec<Status> = service
            .tracks
            .iter()
            .map(|track| gates::standing(track, &gates::holding(lens.snapshot(), &track.id, &lens.present)))
            .collect();
        counts.iter_mut().filter(|(status, ..)| standings.contains(status)).for_each(|(.., count)| *count += 1);
    }
    let mut line = Line::default();
    let is_bad = |service: &&Arc<ServicePicture>| service.tracks.iter().any(|track| is_marked_bad(service, track));
    let bad = lens.snapshot().services.values().filter(is_bad).count();
    let counts = counts.into_iter().chain([(Status::Failed, "marked bad", bad)]);
    for (status, word, count) in counts.filter(|(.., count)| *count > 0) {
        line = line.with(Role::Status(status), format!("{} {word}", format::count_of(count))).with(Role::Muted, " · ");
    }
    if reading::first(lens.snapshot()).is_some() {
        line = line.with(Role::Text, "being read for the first time").with(Role::Muted, " · ");
    }
    let restricted = lens.snapshot().environments.iter().filter(|it| is_restricted(lens, &it.id)).count();
    if restricted > 0 {
        let environments = format::counted(restricted as u64, "environment");
        line = line.with(Role::Warning, format!("{environments} restricted")).with(Role::Muted, " · ");
    }
    let unread = lens.snapshot().sources.values().filter(|source| !source.problems.is_empty()).count();
    if unread > 0 {
        let backends = format::counted(u64::try_from(unread).unwrap_or(u64::MAX), "backend");
        line = line.with(Role::Warning, format!("{backends} cannot be read")).with(Role::Muted, " · ");
    }
    let seen = lens.snapshot().services.values().any(|service| service.tracks.iter().any(|track| track.live.is_some()));
    if line.0.is_empty() && seen {
        line = line.with(Role::Status(Status::Ok), "all well").with(Role::Muted, " · ");
    }
    line.with(Role::Text, format::counted(u64::try_from(total).unwrap_or(u64::MAX), "service"))
}

/// Whether something in an environment may not be seen.
fn is_restricted(lens: &Lens, environment: &EnvironmentId) -> bool {
    let mut all = lens.snapshot().sources.values().flat_map(|source| &source.restricted);
    all.any(|it| it.scope.environment.as_ref().is_none_or(|it| it == environment))
}

/// The service a board's key names.
pub fn service_of(key: &RowKey) -> ServiceId {
    ServiceId::from(key.0.as_str())
}

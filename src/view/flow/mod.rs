//! The flow of one service: rows are changes, columns are milestones.

mod cells;
mod details;
mod fields;
pub(crate) mod milestones;

use std::sync::Arc;

use super::lens::{self, Lens, through_lens};
use super::{Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish, format};
use crate::graph::Pos;
use crate::model::{CommitId, EnvironmentId};
use crate::picture::{Arrival, ServicePicture};
use fields::{ChangeFields, FIELDS, waits};
use milestones::{Milestones, Standing};

const ORDERS: [&str; 3] = ["delivery", "newest", "oldest"];

/// The changes of one service, those that wait first.
#[derive(Debug)]
pub struct Flow {
    lens: Lens,
    columns: Vec<Column>,
    service: Option<Arc<ServicePicture>>,
    milestones: Option<Milestones>,
    rows: Vec<Pos>,
    total: usize,
}

impl Flow {
    /// The flow of the service that `wish` names, else of the first.
    pub fn new(wish: &Wish, sources: &Sources) -> Self {
        let lens = Lens::new(wish, sources, &FIELDS, &ORDERS);
        let service = match &wish.service {
            Some(id) => lens.snapshot().service(id).cloned(),
            None => lens.snapshot().services.values().next().cloned(),
        };
        let repository = service.as_ref().and_then(|it| lens.snapshot().repository_of(&it.service.id)).cloned();
        let milestones =
            service.clone().zip(repository).map(|(service, repository)| Milestones::new(service, repository));
        let columns = columns(&lens);
        let mut flow = Self { columns, service, milestones, rows: Vec::new(), total: 0, lens };
        flow.rows = flow.find_rows();
        flow
    }

    fn find_rows(&mut self) -> Vec<Pos> {
        let Some(milestones) = &self.milestones else { return Vec::new() };
        let mut rows = milestones.changes();
        self.total = rows.len();
        if !self.lens.filter.is_empty() {
            let lens = &self.lens;
            rows.retain(|pos| lens.filter.matches(&ChangeFields { lens, milestones, pos: *pos }));
        }
        let turned = self.lens.sort.turned;
        match self.lens.sort.by {
            "newest" => {}
            "oldest" => rows.reverse(),
            _ => {
                let (waiting, there): (Vec<Pos>, Vec<Pos>) =
                    rows.into_iter().partition(|pos| waits(&self.lens, milestones, *pos));
                rows = waiting.into_iter().chain(there).collect();
            }
        }
        if turned {
            rows.reverse();
        }
        rows
    }

    fn pos(&self, at: usize) -> Option<(&ServicePicture, &Milestones, Pos)> {
        Some((self.service.as_deref()?, self.milestones.as_ref()?, *self.rows.get(at)?))
    }

    /// Where the row of a commit is; absent for a merge, a commit of another service and what the filter leaves out.
    pub fn row_of(&self, commit: &CommitId) -> Option<usize> {
        let pos = self.milestones.as_ref()?.repository().graph.position(commit)?;
        self.rows.iter().position(|row| *row == pos)
    }
}

fn columns(lens: &Lens) -> Vec<Column> {
    let mut columns = vec![
        Column::new("change", "change", 0, (24, 90)),
        Column::new("author", "author", 4, (6, 18)),
        Column::new("age", "age", 3, (4, 6)).right(),
        Column::new("merged", "merged", 12, (6, 12)),
        Column::new("run", "run", 11, (6, 12)),
        Column::new("artifact", "artifact", 10, (8, 18)),
    ];
    for (environment, place) in lens::importance(lens.snapshot()) {
        let leaves = if place == 0 { 1 } else { place.saturating_add(4) };
        let mut column =
            Column::new(format!("env:{}", environment.id.as_str()), environment.id.to_string(), leaves, (10, 26))
                .stop();
        column.role = Role::Environment(environment.id.clone(), environment.production);
        columns.push(column);
    }
    columns
}

/// The column's environment, where its cells are milestones of one.
fn environment_of(column: &str) -> Option<EnvironmentId> {
    column.strip_prefix("env:").map(EnvironmentId::from)
}

impl TableModel for Flow {
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
        let id = self.pos(at).map(|(_, milestones, pos)| milestones.repository().graph.id(pos));
        id.map_or_else(|| RowKey(String::new()), |id| RowKey::commit(&id))
    }

    fn position(&self, key: &RowKey) -> Option<usize> {
        self.row_of(&key.0.parse().ok()?)
    }

    fn row(&self, at: usize) -> Row {
        let key = self.key(at);
        let Some((service, milestones, pos)) = self.pos(at) else {
            return Row { key, cells: Vec::new(), stale: false };
        };
        let cell = |column: &Column| cells::cell(&self.lens, service, milestones, pos, &column.id);
        Row { key, cells: self.columns.iter().map(cell).collect(), stale: false }
    }

    fn subject(&self, at: usize, column: Option<&str>) -> Subject {
        let Some((service, milestones, pos)) = self.pos(at) else {
            return Subject { service: self.service.as_ref().map(|it| it.service.id.clone()), ..Subject::default() };
        };
        let commit = milestones.repository().graph.id(pos);
        let environment = column.and_then(environment_of);
        let arrival = environment.as_ref().map(|it| milestones.standing(pos, it));
        let version = match arrival {
            Some(Standing::There(_, Some(Arrival::With(it))) | Standing::TakenBack(Arrival::With(it))) => {
                it.version.clone()
            }
            _ => milestones.artifact(pos).map(|it| it.version.clone()),
        };
        Subject {
            service: Some(service.service.id.clone()),
            environment,
            version,
            commit: Some(commit),
            run: milestones.run(pos).map(|it| it.id.clone()),
            url: milestones.request(pos).and_then(|it| it.url.clone()),
            copy: Some(commit.to_string()),
            ..Subject::default()
        }
    }

    fn details(&self, at: usize, column: Option<&str>) -> Vec<Line> {
        let Some((service, milestones, pos)) = self.pos(at) else { return Vec::new() };
        details::lines(&self.lens, service, milestones, pos, column.and_then(environment_of).as_ref())
    }

    fn summary(&self) -> Line {
        let Some(service) = &self.service else { return Line::of(Role::Muted, "no service") };
        let line = Line::of(Role::Strong, service.service.id.to_string()).with(Role::Muted, "  ");
        line.then(answer(&self.lens, service))
    }

    fn empty(&self) -> Vec<Line> {
        let Some(service) = &self.service else {
            return self.lens.no_rows(None, || vec![Line::of(Role::Strong, "no service of that name is known")]);
        };
        let name = &service.service.id;
        let filtered = format!("no change of {name}");
        self.lens.no_rows((self.total > 0).then_some(&filtered), || {
            match (&self.milestones, &service.service.repository) {
                (None, Some(repository)) => {
                    vec![Line::of(
                        Role::Strong,
                        format!("the commits of {repository}, where {name} lives, are not known"),
                    )]
                }
                (None, None) => vec![
                    Line::of(Role::Strong, format!("the code of {name} is not known")),
                    Line::of(Role::Text, "name its repository in the configuration: ")
                        .with(Role::Key, "repository = \"…\"")
                        .with(Role::Text, " under [[service]]"),
                ],
                _ => vec![
                    Line::of(Role::Strong, format!("{name} has no change yet")),
                    Line::of(Role::Text, "commits to its paths appear here"),
                ],
            }
        })
    }
}

/// `commit to production: P50 3 h 10 m (n 120), last 7 days 2 h 05 m (n 9) · 12 wait, oldest 3d`.
fn answer(lens: &Lens, service: &ServicePicture) -> Line {
    let Some(aim) = lens::target(lens.snapshot()) else { return Line::of(Role::Muted, "no environment is known") };
    let line = Line::of(Role::Muted, format!("commit to {}: ", aim.id));
    let Some(track) = service.track(&aim.id) else {
        return line.with(Role::Text, format::UNDEFINED).with(Role::Muted, "  never seen there");
    };
    let times = track.lead_time(lens.present.now());
    let n = |count: u32| format!(" (n {})", format::count(count.into()));
    let mut line = line
        .with(Role::Muted, "P50 ")
        .with(Role::Strong, format::duration_of(times.p50))
        .with(Role::Muted, n(times.n))
        .with(Role::Muted, ", last 7 days ")
        .with(Role::Strong, format::duration_of(times.recent_p50))
        .with(Role::Muted, n(times.recent_n));
    if let Some(words) = track.waiting.as_ref().and_then(|it| super::words::waiting(it, &lens.present)) {
        line = line.with(Role::Muted, " · ").with(Role::Text, words);
    }
    line
}

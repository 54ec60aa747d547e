//! What came with one deployment: its commits, which of them count, how long each took.

use std::borrow::Cow;
use std::sync::Arc;

use super::dashboard::About;
use super::deployments::{lines, row_key};
use super::evidence::name;
use super::{lens, without_numbers};
use crate::graph::Pos;
use crate::metrics::report::Measured;
use crate::metrics::{Class, Code, Entry, Scope};
use crate::model::{CommitId, CommitText, Time, TrackId};
use crate::picture::Repository;
use crate::query::TrackReport;

use crate::view::format::duration;
use crate::view::lens::{Lens, through_lens};
use crate::view::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish};

const FIELDS: [&str; 3] = ["author", "class", "title"];
const ORDERS: [&str; 2] = ["lead time", "newest"];

/// What came with one deployment.
#[derive(Debug)]
pub struct Changes {
    lens: Lens,
    about: About,
    columns: Vec<Column>,
    /// Its place among the measured deployments.
    deployment: Option<usize>,
    rows: Vec<Came>,
    total: usize,
}

/// A commit that came.
#[derive(Debug)]
struct Came {
    repository: Arc<Repository>,
    /// Whether that is the service's own.
    own: bool,
    pos: Pos,
    class: Class,
    /// From its start to users, seconds; absent where it is not counted or the deployment has no lead times.
    took: Option<i64>,
}

impl Came {
    fn id(&self) -> CommitId {
        self.repository.graph.id(self.pos)
    }

    fn text(&self) -> CommitText {
        self.repository.texts.text(self.pos)
    }
}

/// What a commit is to the counting, in a word.
fn word(class: Class) -> &'static str {
    match class {
        Class::Change => "change",
        Class::Merge => "merge",
        Class::Bot => "bot",
        Class::Elsewhere => "elsewhere",
        Class::Twin => "twin",
        Class::Before => "before",
    }
}

impl Changes {
    /// What came with the deployment of a row.
    pub fn new(row: &RowKey, track: TrackId, wish: &Wish, sources: &Sources) -> Self {
        let lens = lens(wish, sources, &FIELDS, &ORDERS);
        let about = About::new(track, sources);
        let columns = vec![
            Column::new("change", "change", 0, (24, 90)),
            Column::new("author", "author", 2, (6, 18)),
            Column::new("class", "counts as", 1, (9, 10)),
            Column::new("took", "lead time", 0, (9, 11)).right(),
            Column::new("written", "written", 3, (7, 16)).right(),
        ];
        let mut it = Self { lens, about, columns, deployment: None, rows: Vec::new(), total: 0 };
        it.deployment = it.report().and_then(|report| {
            let entries = report.ledger.entries();
            let is_it = |it: &Measured| entries.get(it.entry).is_some_and(|entry| row_key(entry) == *row);
            report.metrics.deployments.iter().position(is_it)
        });
        it.rows = it.all();
        it.total = it.rows.len();
        it.arrange();
        it
    }

    fn report(&self) -> Option<&TrackReport> {
        self.about.studied.as_ref().map(|it| &it.report)
    }

    fn measured(&self) -> Option<(&TrackReport, &Measured, &Entry)> {
        let report = self.report()?;
        let it = report.metrics.deployments.get(self.deployment?)?;
        Some((report, it, report.ledger.entries().get(it.entry)?))
    }

    fn all(&self) -> Vec<Came> {
        let Some((report, it, entry)) = self.measured() else { return Vec::new() };
        let Some(question) = self.about.known.study.as_ref().map(|it| &it.question) else { return Vec::new() };
        let service = &report.track.service;
        let head = question.snapshot.service(service).and_then(|it| it.head);
        let finished = entry.deployment.at().filter(|_| it.lead_time.is_some());
        let mut all = Vec::new();
        for (line, id) in report.ledger.repository_ids().enumerate() {
            let Some(repository) = question.snapshot.repositories.get(id) else { continue };
            let own = report.repository.as_ref() == Some(id);
            let head = head.filter(|_| own).and_then(|head| repository.graph.position(&head));
            let code =
                Code::new(&repository.graph, head, &repository.pull_requests, &repository.classes, &question.policy);
            let within = |pos: Pos| repository.touches(service, pos);
            let within: Option<&(dyn Fn(Pos) -> bool + Sync)> = if own { Some(&within) } else { None };
            let scope = Scope { code: &code, within };
            let Some(deliveries) = report.ledger.line(line) else { continue };
            all.extend(report.ledger.new_commits(line, it.entry).iter().map(|&pos| {
                let class = scope.class(pos, deliveries);
                let took = finished.filter(|_| class == Class::Change);
                Came {
                    repository: Arc::clone(repository),
                    own,
                    pos,
                    class,
                    took: took.map(|at| at.timestamp().saturating_sub(code.start(pos)).max(0)),
                }
            }));
        }
        all
    }

    fn arrange(&mut self) {
        let lens = &self.lens;
        self.rows.retain(|it| {
            let text = it.text();
            let fields: [(&'static str, Cow<'_, str>); 3] = [
                ("author", text.author.as_str().into()),
                ("class", word(it.class).into()),
                ("title", text.subject.as_str().into()),
            ];
            lens.filter.is_empty() || lens.filter.matches(&fields)
        });
        match self.lens.sort.by {
            "newest" => self.rows.sort_by_key(|it| std::cmp::Reverse(it.repository.graph.authored(it.pos))),
            _ => self.rows.sort_by_key(|it| (it.class != Class::Change, std::cmp::Reverse(it.took))),
        }
        if self.lens.sort.turned {
            self.rows.reverse();
        }
    }

    fn cell(&self, it: &Came, column: &str) -> Cell {
        let role = if it.class == Class::Change { Role::Text } else { Role::Muted };
        match column {
            "change" => {
                let sha = Cell::of(Role::Muted, format!("{} ", it.id().short()));
                match it.text().subject {
                    subject if subject.is_empty() => sha.and(Role::Muted, "no message"),
                    subject => sha.and(role, subject.to_string()),
                }
            }
            "author" => match it.text().author {
                author if author.is_empty() => Cell::undefined(),
                author => Cell::of(role, author.to_string()),
            },
            "class" => Cell::of(role, word(it.class)),
            "took" => it.took.map_or_else(Cell::undefined, |it| Cell::of(Role::Strong, duration(it))),
            "written" => Time::from_timestamp(it.repository.graph.authored(it.pos), 0)
                .map_or_else(Cell::undefined, |at| Cell::of(Role::Muted, self.lens.present.age(at))),
            _ => Cell::undefined(),
        }
    }
}

impl TableModel for Changes {
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
        self.rows.get(at).map_or_else(|| RowKey(String::new()), |it| RowKey::commit(&it.id()))
    }

    fn row(&self, at: usize) -> Row {
        let cells = match self.rows.get(at) {
            Some(it) => self.columns.iter().map(|column| self.cell(it, &column.id)).collect(),
            None => Vec::new(),
        };
        Row { key: self.key(at), cells, stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let it = self.rows.get(at);
        Subject {
            commit: it.filter(|it| it.own).map(Came::id),
            copy: it.map(|it| it.id().to_string()),
            version: self.measured().and_then(|(.., entry)| entry.deployment.version.clone()),
            ..self.about.subject()
        }
    }

    fn details(&self, _at: usize, _column: Option<&str>) -> Vec<Line> {
        self.measured().map(|(report, it, entry)| lines(&self.lens, report, it, entry)).unwrap_or_default()
    }

    fn summary(&self) -> Line {
        let line = self.about.place().with(Role::Muted, " · ");
        match self.measured() {
            Some((.., entry)) => line.with(Role::Strong, name(&entry.deployment)),
            None => line.with(Role::Muted, "not in the window"),
        }
    }

    fn empty(&self) -> Vec<Line> {
        let Some((report, it, entry)) = self.measured() else {
            return match self.about.studied {
                None => without_numbers(&self.about.known),
                Some(_) => vec![
                    Line::of(Role::Strong, "this deployment is not in the window"),
                    Line::of(Role::Key, "w").with(Role::Text, " looks further back"),
                ],
            };
        };
        if self.total > 0 {
            return self.lens.no_rows(Some("no change"), Vec::new);
        }
        let mut all = vec![Line::of(Role::Strong, "nothing new came with it")];
        all.extend(lines(&self.lens, report, it, entry));
        all
    }
}

//! One track: five figures over six charts. As a table it has a row for each chart; each chart can be a table itself.

use std::sync::{Arc, OnceLock};

use super::charts::{Chart, ChartKind, Numbers, chart, numbers};
use super::figures::{coverage, window};
use super::study::Studied;
use super::{Against, Known, head, lens, without_numbers};
use crate::metrics::definition::{Definition, Metric};
use crate::model::TrackId;
use crate::view::lens::{Lens, through_lens};
use crate::view::{Cell, Column, Line, Role, Row, RowKey, Sources, Subject, TableModel, Wish};

/// Five figures and six charts, each made when it is drawn for the first time.
#[derive(Debug)]
pub struct Dashboard {
    studied: Arc<Studied>,
    other: Option<Other>,
    definitions: Vec<String>,
    /// Whether it stands in the place of the table, and not below it.
    pub whole: bool,
    panels: [OnceLock<Panel>; ChartKind::ALL.len()],
}

/// What a track is compared with.
#[derive(Clone, Debug)]
enum Other {
    Before(Arc<Studied>, String),
    Track(Arc<Studied>),
}

/// A chart, and the same of what is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The chart.
    pub chart: Chart,
    /// Of what.
    pub name: String,
    /// The other one, with its name.
    pub other: Option<(Chart, String)>,
}

impl Other {
    fn studied(&self) -> &Arc<Studied> {
        match self {
            Self::Before(it, _) | Self::Track(it) => it,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Before(_, title) => title.clone(),
            Self::Track(it) => it.report.track.to_string(),
        }
    }

    /// Its name where there is little room, told apart from `own`.
    fn short_name(&self, own: &Studied) -> String {
        match self {
            Self::Before(_, title) => title.clone(),
            Self::Track(it) => told_apart(it, own),
        }
    }
}

/// What a track is called beside another: by its service, where both are in one environment.
fn told_apart(it: &Studied, other: &Studied) -> String {
    let (it, other) = (&it.report.track, &other.report.track);
    if it.environment == other.environment { it.service.to_string() } else { it.to_string() }
}

impl Dashboard {
    /// The dashboard of a track.
    pub fn new(studied: &Arc<Studied>, known: &Known, whole: bool) -> Self {
        let policy = known.study.as_ref().map(|it| Arc::clone(&it.question.policy));
        let definitions = policy.map(|policy| Metric::ALL.map(|it| Definition::of(it, &policy).id).to_vec());
        Self {
            studied: Arc::clone(studied),
            other: other(studied, known),
            definitions: definitions.unwrap_or_default(),
            whole,
            panels: Default::default(),
        }
    }

    /// A chart with what it is compared with.
    pub fn panel(&self, kind: ChartKind) -> Option<&Panel> {
        let at = ChartKind::ALL.iter().position(|it| *it == kind)?;
        Some(self.panels.get(at)?.get_or_init(|| Panel {
            chart: chart(kind, &self.studied),
            name: match &self.other {
                Some(Other::Before(..)) => "now".to_owned(),
                Some(Other::Track(it)) => told_apart(&self.studied, it),
                None => self.studied.report.track.to_string(),
            },
            other: self.other.as_ref().map(|other| (chart(kind, other.studied()), other.short_name(&self.studied))),
        }))
    }

    /// The figures in lines for `room` cells.
    pub fn head(&self, room: usize) -> Vec<Line> {
        let other = self.other.as_ref().map(|it| (it.name(), &it.studied().report.metrics));
        head::lines(&self.studied.report.metrics, other, &self.definitions, room)
    }

    /// Window and coverage, for below the figures.
    pub fn foot(&self) -> Line {
        let it = &self.studied.report;
        Line::of(Role::Muted, window(it.metrics.window, it.metrics.now, it.zone))
            .with(Role::Muted, " · ")
            .with(Role::Muted, coverage(&it.metrics.coverage))
    }
}

fn other(studied: &Arc<Studied>, known: &Known) -> Option<Other> {
    let study = known.study.as_ref()?;
    match &known.against {
        Against::Nothing => None,
        Against::Before => {
            let title = study.question.scope.span.title_before()?;
            studied.before.clone().map(|it| Other::Before(it, title))
        }
        Against::Track(id) => {
            study.track(id).filter(|it| it.report.track != studied.report.track).cloned().map(Other::Track)
        }
    }
}

/// What both tables of a track hold.
#[derive(Debug)]
pub(super) struct About {
    pub known: Known,
    pub track: TrackId,
    pub studied: Option<Arc<Studied>>,
}

impl About {
    pub fn new(track: TrackId, sources: &Sources) -> Self {
        let known = sources.metrics.clone();
        let studied = known.study.as_ref().and_then(|it| it.track(&track)).cloned();
        Self { known, track, studied }
    }

    pub fn subject(&self) -> Subject {
        Subject {
            service: Some(self.track.service.clone()),
            environment: Some(self.track.environment.clone()),
            ..Subject::default()
        }
    }

    /// `checkout in production · last 90 days`.
    pub fn place(&self) -> Line {
        let production = self.studied.as_ref().is_some_and(|it| it.report.production);
        let environment = &self.track.environment;
        let line = Line::of(Role::Strong, self.track.service.to_string())
            .with(Role::Muted, " in ")
            .with(Role::Environment(environment.clone(), production), environment.to_string());
        match &self.known.study {
            Some(study) => line.with(Role::Muted, format!(" · {}", study.question.scope.span.title())),
            None => line.with(Role::Muted, " · measuring …"),
        }
    }
}

/// A row for each chart.
#[derive(Debug)]
pub struct Charts {
    lens: Lens,
    about: About,
    columns: Vec<Column>,
    rows: Vec<ChartKind>,
    dashboard: Option<Arc<Dashboard>>,
}

impl Charts {
    /// The charts of a track.
    pub fn new(track: TrackId, wish: &Wish, sources: &Sources) -> Self {
        let lens = lens(wish, sources, &[], &[]);
        let about = About::new(track, sources);
        let dashboard = about.studied.as_ref().map(|it| Arc::new(Dashboard::new(it, &about.known, true)));
        let columns =
            vec![Column::new("chart", "chart", 0, (16, 24)), Column::new("says", "what is to be seen", 1, (20, 120))];
        let mut rows = if dashboard.is_some() { ChartKind::ALL.to_vec() } else { Vec::new() };
        rows.retain(|it| lens.filter.matches(&[("chart", it.title().into())]));
        Self { lens, about, columns, rows, dashboard }
    }
}

impl TableModel for Charts {
    through_lens!(&[], &[]);

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn total(&self) -> usize {
        if self.dashboard.is_some() { ChartKind::ALL.len() } else { 0 }
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(self.rows.get(at).map(|it| it.id().to_owned()).unwrap_or_default())
    }

    fn row(&self, at: usize) -> Row {
        let panel = self.rows.get(at).and_then(|it| Some((it, self.dashboard.as_ref()?.panel(*it)?)));
        let cells = match panel {
            Some((kind, panel)) => {
                vec![Cell::of(Role::Strong, kind.title()), Cell { status: None, line: panel.chart.says.clone() }]
            }
            None => Vec::new(),
        };
        Row { key: self.key(at), cells, stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let says = self.rows.get(at).and_then(|it| self.dashboard.as_ref()?.panel(*it)).map(|it| it.chart.says.plain());
        Subject { copy: says, ..self.about.subject() }
    }

    fn details(&self, _at: usize, _column: Option<&str>) -> Vec<Line> {
        let Some(dashboard) = &self.dashboard else { return Vec::new() };
        let mut lines = dashboard.head(0);
        lines.push(dashboard.foot());
        lines
    }

    fn summary(&self) -> Line {
        let line = self.about.place();
        match self.dashboard.as_ref().and_then(|it| it.other.as_ref()) {
            Some(other) => line.with(Role::Muted, " against ").with(Role::Text, other.name()),
            None => line,
        }
    }

    fn empty(&self) -> Vec<Line> {
        self.lens.no_rows((self.total() > 0).then_some("no chart"), || without_numbers(&self.about.known))
    }

    fn dashboard(&self, _at: usize) -> Option<Arc<Dashboard>> {
        self.dashboard.clone().filter(|_| !self.rows.is_empty())
    }
}

/// One chart as a table.
#[derive(Debug)]
pub struct Table {
    lens: Lens,
    about: About,
    kind: ChartKind,
    numbers: Numbers,
    total: usize,
}

impl Table {
    /// The numbers of a chart.
    pub fn new(kind: ChartKind, track: TrackId, wish: &Wish, sources: &Sources) -> Self {
        let lens = lens(wish, sources, &[], &[]);
        let about = About::new(track, sources);
        let mut numbers = about.studied.as_ref().map(|it| numbers(kind, it)).unwrap_or_default();
        let total = numbers.rows.len();
        numbers.rows.retain(|row| {
            let text = row.iter().map(|it| it.line.plain()).collect::<Vec<_>>().join(" ");
            lens.filter.matches(&[("row", text.into())])
        });
        Self { lens, about, kind, numbers, total }
    }
}

impl TableModel for Table {
    through_lens!(&[], &[]);

    fn columns(&self) -> &[Column] {
        &self.numbers.columns
    }

    fn len(&self) -> usize {
        self.numbers.rows.len()
    }

    fn total(&self) -> usize {
        self.total
    }

    fn key(&self, at: usize) -> RowKey {
        RowKey(if at < self.len() { format!("{}:{at}", self.kind.id()) } else { String::new() })
    }

    fn row(&self, at: usize) -> Row {
        Row { key: self.key(at), cells: self.numbers.rows.get(at).cloned().unwrap_or_default(), stale: false }
    }

    fn subject(&self, at: usize, _column: Option<&str>) -> Subject {
        let words = |row: &Vec<Cell>| row.iter().map(|it| it.line.plain()).collect::<Vec<_>>().join("\t");
        Subject { copy: self.numbers.rows.get(at).map(words), ..self.about.subject() }
    }

    fn details(&self, _at: usize, _column: Option<&str>) -> Vec<Line> {
        let Some(studied) = &self.about.studied else { return Vec::new() };
        vec![chart(self.kind, studied).says, Line::blank()]
    }

    fn summary(&self) -> Line {
        self.about.place().with(Role::Muted, " · ").with(Role::Text, self.kind.title())
    }

    fn empty(&self) -> Vec<Line> {
        let Some(studied) = &self.about.studied else { return without_numbers(&self.about.known) };
        vec![chart(self.kind, studied).says]
    }
}

//! The deployments of one track in their order, each with what it brought and what it did to what was live.

use std::cmp::Ordering;
use std::sync::Arc;

use super::policy::Baseline;
use crate::graph::{Cargo, Change, CommitGraph, Deliveries, First, Pos};
use crate::model::{CommitId, Deployment, Kind, Outcome, RepositoryId, SourceId};

/// A deployment and who reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Who reported it.
    pub source: SourceId,
    /// The deployment.
    pub deployment: Arc<Deployment>,
}

impl Reported {
    /// The order of metrics documentation, "Ordering": finished, started, identity.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.deployment.at(), it.deployment.started_at);
        let identity = |it: &Self| (it.deployment.id.clone(), it.source.clone());
        key(self).cmp(&key(other)).then_with(|| identity(self).cmp(&identity(other)))
    }
}

/// A repository whose commits deployments carry.
#[derive(Clone, Copy, Debug)]
pub struct Codebase<'a> {
    /// Its name.
    pub id: &'a RepositoryId,
    /// Its commits.
    pub graph: &'a CommitGraph,
}

/// The ended deployments of one track, oldest first, painted over the repositories whose commits they carry.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    /// One for each repository: the service's own first. Deployments are numbered as `entries` are.
    lines: Vec<Line>,
    baseline: Baseline,
}

/// A deployment with what the graphs say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who reported it.
    pub source: SourceId,
    /// The deployment.
    pub deployment: Arc<Deployment>,
    /// What it did to the set of delivered commits.
    pub kind: Kind,
    /// Whether history is cut off below it, so that more may have come with it: it has no lead times.
    pub truncated: bool,
    /// Whether a deployment of an unknown commit stands before it, so that some of what it brought may have come with
    /// that one.
    pub may_overcount: bool,
    /// Whether everything that it holds is taken for delivered before: it has no lead times.
    pub baseline: bool,
}

/// One repository's part.
#[derive(Clone, Debug)]
struct Line {
    repository: RepositoryId,
    deliveries: Deliveries,
    /// How many commits the graph had, and the last of them: a graph of which that holds is the same or a longer one.
    known: Option<(usize, CommitId)>,
}

impl Ledger {
    /// Orders and paints the deployments of one track. Those that are under way are left out. `codebases` begins with
    /// the service's own repository; deployments name the others.
    pub fn new(reported: Vec<Reported>, codebases: &[Codebase<'_>], baseline: &Baseline) -> Self {
        let lines = codebases.iter().map(|it| Line::new(*it, baseline)).collect();
        let mut ledger = Self { entries: Vec::new(), lines, baseline: baseline.clone() };
        ledger.take(ordered(reported), codebases);
        ledger
    }

    /// The ledger of `reported`, made from this one: what comes before the first difference stays as it was painted, so
    /// a new deployment costs what it brings, and a late one what comes after it.
    pub fn updated(&self, reported: Vec<Reported>, codebases: &[Codebase<'_>], baseline: &Baseline) -> Self {
        let grown = self.lines.len() == codebases.len()
            && self.lines.iter().zip(codebases).all(|(line, code)| line.grew_to(code));
        if !grown || self.baseline != *baseline {
            return Self::new(reported, codebases, baseline);
        }
        let reported = ordered(reported);
        let same = |(number, (entry, it)): (usize, (&Entry, &Reported))| {
            entry.source == it.source
                && (Arc::ptr_eq(&entry.deployment, &it.deployment) || entry.deployment == it.deployment)
                && self.lines.iter().enumerate().zip(codebases).all(|((at, line), code)| {
                    line.deliveries.steps().get(number).is_some_and(|step| step.cargo == cargo(it, at, *code))
                })
        };
        let kept = self.entries.iter().zip(&reported).enumerate().take_while(|it| same(*it)).count();
        let mut ledger = self.clone();
        ledger.entries.truncate(kept);
        for (line, code) in ledger.lines.iter_mut().zip(codebases) {
            line.deliveries.rewind(kept);
            line.known = known(code.graph);
        }
        ledger.take(reported.into_iter().skip(kept), codebases);
        ledger
    }

    fn take(&mut self, reported: impl IntoIterator<Item = Reported>, codebases: &[Codebase<'_>]) {
        let reported = reported.into_iter();
        self.entries.reserve_exact(reported.size_hint().0);
        for it in reported {
            let entry = self.judge(it, codebases);
            self.entries.push(entry);
        }
    }

    fn judge(&mut self, it: Reported, codebases: &[Codebase<'_>]) -> Entry {
        let mut change: Option<Change> = None;
        let (mut truncated, mut may_overcount, mut baseline) = (false, false, false);
        let (mut unknown, mut carries) = (self.lines.is_empty(), false);
        let first = self.lines.iter().all(|line| line.deliveries.live().is_none());
        for (at, (line, code)) in self.lines.iter_mut().zip(codebases).enumerate() {
            let step = line.deliveries.deploy(code.graph, cargo(&it, at, *code));
            unknown |= step.cargo == Cargo::Unknown;
            carries |= matches!(step.cargo, Cargo::Commit(_));
            may_overcount |= step.may_overcount;
            let is_baseline = line.deliveries.is_baseline(self.entries.len());
            baseline |= is_baseline;
            truncated |= step.truncated && !is_baseline;
            change = step.change.map_or(change, |it| Some(change.unwrap_or_default().and(it)));
        }
        let kind = match (it.deployment.outcome, change) {
            (Outcome::Success, _) if unknown || !carries => Kind::Unknown,
            (Outcome::Success, _) if first => Kind::Initial,
            // A repository that was never deployed here before adds to what is there.
            (Outcome::Success, change) => change.map_or(Kind::Forward, Change::kind),
            _ => Kind::Failed,
        };
        let Reported { source, deployment } = it;
        Entry { source, deployment, kind, truncated, may_overcount, baseline: baseline && first }
    }

    /// Says what was found live on a track that has no deployments: it is the baseline.
    pub fn found_live(&mut self, at: usize, graph: &CommitGraph, commit: Pos) {
        if let Some(line) = self.lines.get_mut(at) {
            line.deliveries.found_live(graph, commit);
        }
    }

    /// The deployments, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was taken for delivered before anything is counted.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// The repositories that it is painted over, the service's own first.
    pub fn repository_ids(&self) -> impl Iterator<Item = &RepositoryId> {
        self.lines.iter().map(|line| &line.repository)
    }

    /// How many repositories it is painted over.
    pub fn repositories(&self) -> usize {
        self.lines.len()
    }

    /// What was delivered of the repository at that place; the service's own is the first.
    pub fn line(&self, at: usize) -> Option<&Deliveries> {
        self.lines.get(at).map(|line| &line.deliveries)
    }

    /// The commits of the repository at `line` that came with the entry for the first time.
    pub fn new_commits(&self, line: usize, entry: usize) -> &[Pos] {
        self.line(line).map(|it| it.brought(entry)).unwrap_or_default()
    }

    /// The deployment that brought a commit of the service's own repository here first.
    pub fn first(&self, pos: Pos) -> Option<First> {
        self.line(0)?.first(pos)
    }

    /// What is live of the service's own repository.
    pub fn live(&self) -> Option<Pos> {
        self.line(0)?.live()
    }
}

impl Line {
    fn new(code: Codebase<'_>, baseline: &Baseline) -> Self {
        let mut deliveries = Deliveries::default();
        match baseline {
            Baseline::First => {}
            Baseline::Since(_) => deliveries.declare_empty(),
            Baseline::Commits(commits) => {
                let known = commits.iter().filter_map(|commit| code.graph.position(commit));
                known.for_each(|root| deliveries.declare_baseline(code.graph, root));
            }
        }
        Self { repository: code.id.clone(), deliveries, known: known(code.graph) }
    }

    fn grew_to(&self, code: &Codebase<'_>) -> bool {
        // What was only found live is no part of the history that begins with the first deployment.
        self.repository == *code.id
            && !self.deliveries.was_found_live()
            && self.known.is_none_or(|(len, last)| {
                let at = u32::try_from(len - 1).ok().filter(|_| code.graph.len() >= len).map(Pos);
                at.is_some_and(|at| code.graph.id(at) == last)
            })
    }
}

fn known(graph: &CommitGraph) -> Option<(usize, CommitId)> {
    let last = graph.positions().next_back()?;
    Some((graph.len(), graph.id(last)))
}

/// What a deployment carried of the repository at a place in the list.
fn cargo(it: &Reported, at: usize, code: Codebase<'_>) -> Cargo {
    let deployment = &it.deployment;
    if deployment.outcome != Outcome::Success {
        return Cargo::Nothing;
    }
    let also = deployment.also.iter().find(|also| also.repository == *code.id).map(|also| also.commit);
    let commit = if at == 0 { deployment.commit.or(also) } else { also };
    let elsewhere = at > 0 || !deployment.also.is_empty();
    match commit {
        Some(commit) => code.graph.position(&commit).map_or(Cargo::Unknown, Cargo::Commit),
        None if elsewhere => Cargo::Nothing,
        None => Cargo::Unknown,
    }
}

/// Those that have ended, in their order.
pub(super) fn ordered(mut reported: Vec<Reported>) -> Vec<Reported> {
    reported.retain(|it| it.deployment.outcome != Outcome::Running);
    reported.sort_by(Reported::order);
    reported
}

//! What a version would bring and take away: changes, the kind of deployment, and the marks on them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::backend::{self, Backend, Verb};
use crate::config::RiskRule;
use crate::graph::{CommitGraph, Deliveries, Pos};
use crate::model::{Changes, CommitId, Kind, ServiceId, Text};
use crate::operation::{Risk, VersionFacts};
use crate::picture::{Repository, Track};
use crate::query::{self, ChangesAnswer};

/// The longest list that a plan holds.
const LONGEST: usize = 200;

/// What a version would bring and take away.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The kind of deployment that it would be.
    pub kind: Kind,
    /// Changes that users would get; absent where the graph cannot tell.
    pub added: Option<Changes>,
    /// Changes that users would lose; absent where the graph cannot tell.
    pub removed: Option<Changes>,
    /// Marks on them.
    pub risks: Vec<Risk>,
    /// Why the risk rules could not be looked at, where they could not.
    pub unread: Option<Text>,
}

/// The service's code, as far as it is known.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// Which service.
    pub service: &'a ServiceId,
    /// Its repository.
    pub repository: Option<&'a Repository>,
    /// Who reads paths of commits.
    pub backends: &'a [Arc<dyn Backend>],
    /// Which paths are risky.
    pub rules: &'a [RiskRule],
}

impl Code<'_> {
    /// Compares what is live with what would be.
    pub async fn compare(
        &self,
        track: Option<&Track>,
        from: Option<&VersionFacts>,
        to: Option<&CommitId>,
        verb: Verb,
    ) -> Compared {
        let graph = self.repository.map(|repository| &*repository.graph);
        let place = |commit: Option<&CommitId>| commit.and_then(|commit| graph?.position(commit));
        let (Some(repository), Some(to)) = (self.repository, place(to)) else {
            return Compared::unknown(from.is_none());
        };
        let live = from.and_then(|from| place(from.commit.as_ref()));
        if from.is_some() && live.is_none() {
            return Compared::unknown(false);
        }
        let kind = kind_of(&repository.graph, track, live, to);
        let Some(from) = live else { return Compared { kind, ..Compared::unknown(true) } };
        let difference = repository.graph.difference(from, to);
        let (risky, unread) =
            self.risky(repository, &[difference.added.as_slice(), &difference.removed].concat()).await;
        let lines = |all: &[Pos]| self.lines(repository, all, &risky);
        Compared {
            kind,
            risks: self.risks(repository, &difference.added, &difference.removed, &risky, verb),
            added: Some(lines(&difference.added)),
            removed: Some(lines(&difference.removed)),
            unread,
        }
    }

    /// How many changes would be added and removed.
    pub fn count(&self, from: Option<&CommitId>, to: Option<&CommitId>) -> Option<(u32, u32)> {
        let repository = self.repository?;
        let (from, to) = (repository.graph.position(from?)?, repository.graph.position(to?)?);
        let difference = repository.graph.difference(from, to);
        let count = |all: &[Pos]| all.iter().filter(|&&pos| repository.is_change_of(self.service, pos)).count();
        Some((number(count(&difference.added)), number(count(&difference.removed))))
    }

    /// Which rules each commit meets, one bit a rule; commits that meet none are left out.
    async fn risky(&self, repository: &Repository, all: &[Pos]) -> (HashMap<Pos, u64>, Option<Text>) {
        let changes: Vec<Pos> = all.iter().copied().filter(|&pos| repository.is_change_of(self.service, pos)).collect();
        let rules: Vec<Vec<String>> = self.rules.iter().take(64).map(|rule| rule.paths.clone()).collect();
        if changes.is_empty() || rules.is_empty() {
            return (HashMap::new(), None);
        }
        let Some(reader) = backend::changes_of(self.backends, &repository.id) else {
            return (HashMap::new(), Some(Text::from("no backend reads the paths of these changes")));
        };
        let ids: Vec<CommitId> = changes.iter().map(|&pos| repository.graph.id(pos)).collect();
        match reader.touched(&repository.id, &ids, &rules).await {
            Ok(rows) => (changes.into_iter().zip(rows).filter(|(_, row)| *row != 0).collect(), None),
            Err(error) => (HashMap::new(), Some(Text::from(error.to_string()))),
        }
    }

    /// The changes among `all`, as a plan and a comparison list them.
    fn lines(&self, repository: &Repository, all: &[Pos], risky: &HashMap<Pos, u64>) -> Changes {
        let mut changes = query::changes(repository, self.service, all, LONGEST);
        self.put_marks(repository, &mut changes, risky);
        changes
    }

    /// Puts the names of the rules that each change meets on its line.
    fn put_marks(&self, repository: &Repository, changes: &mut Changes, risky: &HashMap<Pos, u64>) {
        for line in &mut changes.list {
            let row = repository.graph.position(&line.commit).and_then(|pos| risky.get(&pos)).copied();
            let row = row.unwrap_or_default();
            let met = self.rules.iter().take(64).enumerate().filter(|(at, _)| row >> at & 1 == 1);
            line.risks = met.map(|(_, rule)| Text::from(rule.name.as_str())).collect();
        }
    }

    /// Puts marks on the changes of an answer; what they amount to, and why they could not be looked at where not.
    pub async fn mark(&self, answer: &mut ChangesAnswer) -> (Vec<Risk>, Option<Text>) {
        let Some(repository) = self.repository else { return (Vec::new(), None) };
        let place = |commit: &CommitId| repository.graph.position(commit);
        let (Some(from), Some(to)) = (place(&answer.from.commit), place(&answer.to.commit)) else {
            return (Vec::new(), None);
        };
        let difference = repository.graph.difference(from, to);
        let all = [difference.added.as_slice(), &difference.removed].concat();
        let (risky, unread) = self.risky(repository, &all).await;
        self.put_marks(repository, &mut answer.added, &risky);
        self.put_marks(repository, &mut answer.removed, &risky);
        (self.risks(repository, &difference.added, &difference.removed, &risky, Verb::Promote), unread)
    }

    fn risks(
        &self,
        repository: &Repository,
        added: &[Pos],
        removed: &[Pos],
        risky: &HashMap<Pos, u64>,
        verb: Verb,
    ) -> Vec<Risk> {
        let meets = |all: &[Pos], rule: usize| {
            let meets = |pos: &&Pos| risky.get(pos).is_some_and(|row| row >> rule & 1 == 1);
            all.iter().filter(|&&pos| repository.is_change_of(self.service, pos)).filter(meets).count()
        };
        let undone =
            if verb == Verb::RollBack { "would not be undone" } else { "would lose their code, not their effect" };
        let mark = |name: &str, count: usize, what: &str| {
            let plural = if count == 1 { "" } else { "s" };
            let says = Text::from(format!("{count} {name}{plural} {what}"));
            (count > 0).then(|| Risk { name: Text::from(name), count: number(count), says })
        };
        let rules = self.rules.iter().take(64).enumerate();
        let marks = rules.flat_map(|(at, rule)| {
            [mark(&rule.name, meets(added, at), "would come with it"), mark(&rule.name, meets(removed, at), undone)]
        });
        marks.flatten().collect()
    }
}

impl Compared {
    fn unknown(first: bool) -> Self {
        let kind = if first { Kind::Initial } else { Kind::Unknown };
        Self { kind, added: None, removed: None, risks: Vec::new(), unread: None }
    }
}

/// The kind of deployment that `to` would be after everything that the track has seen.
fn kind_of(graph: &CommitGraph, track: Option<&Track>, live: Option<Pos>, to: Pos) -> Kind {
    let seen = track.and_then(|track| track.ledger.line(0));
    let Some(live) = live.or_else(|| seen?.live()) else { return Kind::Initial };
    let change = seen.map_or_else(|| Deliveries::default().would(graph, live, to), |it| it.would(graph, live, to));
    change.kind()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

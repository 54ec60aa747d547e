//! The columns of the graph: ids, parents, times, and what few commits have.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Pos;
use super::authors::{Author, Authors};
use super::index::IdIndex;
use crate::model::CommitId;

/// The commit graph: ids, parents and times in columns.
#[derive(Clone, Debug, Default)]
pub struct CommitGraph {
    pub(super) ids: Vec<CommitId>,
    /// Where the parents of each commit end in `parents`; they begin where those of the commit before end.
    pub(super) parent_end: Vec<u32>,
    pub(super) parents: Vec<Pos>,
    pub(super) authored: Vec<i64>,
    pub(super) committed: Vec<i64>,
    pub(super) author: Vec<u32>,
    pub(super) authors: Authors,
    /// Commits some of whose parents are not here, with how many are not.
    pub(super) boundary: BTreeMap<Pos, u32>,
    /// Sorted by position; a commit may have several.
    pub(super) reverts: Vec<(Pos, CommitId)>,
    pub(super) picked_from: Vec<(Pos, CommitId)>,
    pub(super) index: OnceLock<IdIndex>,
}

/// A commit that is appended to a graph.
#[derive(Clone, Copy, Debug)]
pub struct NewCommit<'a> {
    /// Its id.
    pub id: CommitId,
    /// Its parents, in order. One that the graph does not have makes the commit a boundary.
    pub parents: &'a [CommitId],
    /// Author time, seconds since 1970 UTC.
    pub authored: i64,
    /// Committer time, seconds since 1970 UTC.
    pub committed: i64,
    /// Who wrote it; nobody known is an author without name and address.
    pub author: Option<&'a Author>,
    /// Commits that its message says it reverts.
    pub reverts: &'a [CommitId],
    /// Commits that its message says it was picked from.
    pub picked_from: &'a [CommitId],
}

impl Default for NewCommit<'_> {
    /// Nothing but the null id: what is left to say of a commit whose other fields are given.
    fn default() -> Self {
        let id = CommitId([0; 20]);
        Self { id, parents: &[], authored: 0, committed: 0, author: None, reverts: &[], picked_from: &[] }
    }
}

impl CommitGraph {
    /// How many commits it holds.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Every position, smallest first.
    pub fn positions(&self) -> impl DoubleEndedIterator<Item = Pos> + ExactSizeIterator + use<> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(Pos)
    }

    /// Where a commit is.
    pub fn position(&self, id: &CommitId) -> Option<Pos> {
        self.index.get_or_init(|| IdIndex::of(&self.ids)).find(&self.ids, id).map(Pos)
    }

    /// The commit's id. Like everything that takes a position, it takes one of this graph.
    pub fn id(&self, pos: Pos) -> CommitId {
        self.ids[pos.index()]
    }

    /// The commit's parents that the graph holds, in order.
    pub fn parents(&self, pos: Pos) -> &[Pos] {
        let at = pos.index();
        let start = at.checked_sub(1).map_or(0, |before| self.parent_end[before]);
        &self.parents[start as usize..self.parent_end[at] as usize]
    }

    /// Author time, seconds since 1970 UTC.
    pub fn authored(&self, pos: Pos) -> i64 {
        self.authored[pos.index()]
    }

    /// Committer time, seconds since 1970 UTC.
    pub fn committed(&self, pos: Pos) -> i64 {
        self.committed[pos.index()]
    }

    /// The number of the commit's author: where [`Self::authors`] tells of them.
    pub fn author(&self, pos: Pos) -> u32 {
        self.author[pos.index()]
    }

    /// Who wrote the commit; nothing where that is not known.
    pub fn author_of(&self, pos: Pos) -> Option<&Author> {
        self.authors().get(*self.author.get(pos.index())? as usize)
    }

    /// Every author, each name with each address once, in the order of their first commits.
    pub fn authors(&self) -> &[Author] {
        self.authors.list()
    }

    /// Whether it has two parents or more, counting those that the graph does not hold.
    pub fn is_merge(&self, pos: Pos) -> bool {
        let missing = self.boundary.get(&pos).copied().unwrap_or_default();
        self.parents(pos).len() + missing as usize > 1
    }

    /// Whether some of its parents are not in the graph: history is cut off here.
    pub fn is_boundary(&self, pos: Pos) -> bool {
        self.boundary.contains_key(&pos)
    }

    /// Whether history is cut off anywhere.
    pub fn is_cut_off(&self) -> bool {
        !self.boundary.is_empty()
    }

    /// The commits at which history is cut off.
    pub fn boundary(&self) -> impl Iterator<Item = Pos> {
        self.boundary.keys().copied()
    }

    /// The commits that this one's message says it reverts, whether the graph holds them or not.
    pub fn reverts(&self, pos: Pos) -> impl Iterator<Item = CommitId> {
        of(&self.reverts, pos)
    }

    /// The commits that this one's message says it was picked from, whether the graph holds them or not.
    pub fn picked_from(&self, pos: Pos) -> impl Iterator<Item = CommitId> {
        of(&self.picked_from, pos)
    }

    /// Every commit that says that it reverts others.
    pub fn all_reverts(&self) -> &[(Pos, CommitId)] {
        &self.reverts
    }

    /// Every commit that says that it was picked from others.
    pub fn all_picked_from(&self) -> &[(Pos, CommitId)] {
        &self.picked_from
    }

    /// Makes room for `more` commits at once.
    pub fn reserve(&mut self, more: usize) {
        self.ids.reserve(more);
        self.parent_end.reserve(more);
        self.parents.reserve(more);
        self.authored.reserve(more);
        self.committed.reserve(more);
        self.author.reserve(more);
        self.index.get_or_init(IdIndex::default);
        if let Some(index) = self.index.get_mut() {
            index.reserve(&self.ids, more);
        }
    }

    /// Takes in a commit and says where it is. One that is there already stays as it is.
    pub fn append(&mut self, new: &NewCommit<'_>) -> Pos {
        if let Some(known) = self.position(&new.id) {
            return known;
        }
        let pos = Pos(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        let before = self.parents.len();
        for parent in new.parents {
            if let Some(parent) = self.position(parent) {
                self.parents.push(parent);
            }
        }
        let missing = new.parents.len() - (self.parents.len() - before);
        if missing > 0 {
            self.boundary.insert(pos, u32::try_from(missing).unwrap_or(u32::MAX));
        }
        self.parent_end.push(u32::try_from(self.parents.len()).unwrap_or(u32::MAX));
        self.authored.push(new.authored);
        self.committed.push(new.committed);
        self.author.push(self.authors.number(new.author));
        self.reverts.extend(new.reverts.iter().map(|id| (pos, *id)));
        self.picked_from.extend(new.picked_from.iter().map(|id| (pos, *id)));
        self.ids.push(new.id);
        if let Some(index) = self.index.get_mut() {
            index.add_last(&self.ids);
        }
        pos
    }

    /// Takes in commits, parents before children.
    pub fn append_all<'a>(&mut self, new: impl IntoIterator<Item = NewCommit<'a>>) {
        for commit in new {
            self.append(&commit);
        }
    }

    /// Says that history is cut off at `id` even though the commit's object names no parent (a shallow clone hides them).
    pub fn cut_off_at(&mut self, id: &CommitId) {
        if let Some(pos) = self.position(id) {
            self.boundary.entry(pos).or_insert(0);
        }
    }
}

fn of(all: &[(Pos, CommitId)], pos: Pos) -> impl Iterator<Item = CommitId> {
    let start = all.partition_point(|(at, _)| *at < pos);
    all[start..].iter().take_while(move |(at, _)| *at == pos).map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::super::random::{id, linear};
    use super::*;
    use crate::model::Text;

    fn commit<'a>(number: u32, parents: &'a [CommitId]) -> NewCommit<'a> {
        NewCommit { id: id(number), parents, authored: 10, committed: 20, ..NewCommit::default() }
    }

    #[test]
    fn a_commit_is_taken_in_once() {
        let mut graph = CommitGraph::default();
        let first = graph.append(&commit(7, &[]));
        let again = graph.append(&NewCommit { authored: 99, ..commit(7, &[]) });
        assert_eq!((first, again, graph.len()), (Pos(0), Pos(0), 1));
        assert_eq!(graph.authored(first), 10);
    }

    #[test]
    fn a_parent_that_is_not_there_makes_a_boundary() {
        let mut graph = CommitGraph::default();
        let root = graph.append(&commit(1, &[]));
        let cut = graph.append(&commit(2, &[id(1), id(99)]));
        assert!(graph.is_boundary(cut) && !graph.is_boundary(root));
        assert!(graph.is_merge(cut), "the parent that is missing counts");
        assert_eq!(graph.parents(cut), [root]);
        graph.cut_off_at(&id(1));
        assert!(graph.is_boundary(root) && !graph.is_merge(root));
    }

    #[test]
    fn what_a_message_says_of_other_commits_is_found_by_position() {
        let mut graph = CommitGraph::default();
        graph.append(&commit(1, &[]));
        let reverts = [id(1), id(50)];
        let second = graph.append(&NewCommit { reverts: &reverts, ..commit(2, &[id(1)]) });
        let third = graph.append(&NewCommit { picked_from: &reverts[1..], ..commit(3, &[id(2)]) });
        assert_eq!(graph.reverts(second).collect::<Vec<_>>(), reverts);
        assert_eq!(graph.reverts(third).count(), 0);
        assert_eq!(graph.picked_from(third).collect::<Vec<_>>(), [id(50)]);
    }

    #[test]
    fn an_author_is_listed_once() {
        let author = |name: &str, email: &str| Author { name: Text::from(name), email: Text::from(email) };
        let (ada, bo, moved) = (author("Ada", "a@x"), author("Bo", "b@x"), author("Ada", "a@y"));
        let mut graph = CommitGraph::default();
        for (number, who) in (0..).zip([Some(&ada), Some(&bo), None, Some(&moved), Some(&ada), None]) {
            graph.append(&NewCommit { author: who, ..commit(number, &[]) });
        }
        assert_eq!(graph.positions().map(|pos| graph.author(pos)).collect::<Vec<_>>(), [0, 1, 2, 3, 0, 2]);
        assert_eq!(graph.authors(), [ada, bo, Author::default(), moved]);
        assert_eq!(graph.columns_from(1).authors, graph.authors()[1..], "since the first commit");
        assert_eq!(graph.columns_from(4).authors, []);
    }

    #[test]
    fn every_id_is_found_while_the_index_grows() {
        let graph = linear(5_000);
        assert!(graph.positions().all(|pos| graph.position(&graph.id(pos)) == Some(pos)));
        assert_eq!(graph.position(&id(1_000_000)), None);
        assert_eq!(CommitGraph::default().position(&id(1)), None);
        let mut roomy = graph.clone();
        roomy.reserve(20_000);
        let last = roomy.append(&commit(9_999_999, &[id(4_999)]));
        assert_eq!(roomy.parents(last), [Pos(4_999)]);
        assert!(roomy.positions().all(|pos| roomy.position(&roomy.id(pos)) == Some(pos)));
    }
}

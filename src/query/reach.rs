//! Which tags and branches hold a commit.

use super::answer::{Names, Release};
use crate::graph::PosSet;
use crate::model::{Reference, ReferenceKind, Text};
use crate::picture::Repository;

/// The most names that are listed.
const LISTED: usize = 100;

/// Everything from which a commit can be reached, within its repository.
pub struct Reach<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The commits from which it can be reached, itself among them.
    pub commits: PosSet,
}

impl Reach<'_> {
    /// Whether `commit` holds it; `None` when the graph does not have `commit`.
    pub fn holds(&self, commit: &crate::model::CommitId) -> Option<bool> {
        self.repository.graph.position(commit).map(|pos| self.commits.contains(pos))
    }

    /// The tags that hold it, by creation date and then name, as `git for-each-ref --sort=creatordate` lists them.
    pub fn tags(&self) -> (Option<Release>, Names) {
        let mut tags = self.references(&[ReferenceKind::Tag]);
        tags.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.name.cmp(&b.name)));
        let first = tags.first().map(|tag| Release { name: short(tag), created_at: tag.created_at });
        (first, Names::of(tags.iter().map(|tag| short(tag))))
    }

    /// The branches that hold it.
    pub fn branches(&self) -> Names {
        let mut branches = self.references(&[ReferenceKind::Branch, ReferenceKind::RemoteBranch]);
        branches.sort_by(|a, b| (a.kind, a.name.as_str()).cmp(&(b.kind, b.name.as_str())));
        Names::of(branches.iter().map(|branch| short(branch)))
    }

    fn references(&self, kinds: &[ReferenceKind]) -> Vec<&Reference> {
        let all = self.repository.references.iter().map(|it| &**it);
        all.filter(|it| kinds.contains(&it.kind) && self.holds(&it.commit) == Some(true)).collect()
    }
}

impl Names {
    /// All of `names`, the first of them listed.
    pub fn of(names: impl Iterator<Item = Text>) -> Self {
        let mut all: Vec<Text> = names.collect();
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.truncate(LISTED);
        Self { count, names: all }
    }
}

fn short(reference: &Reference) -> Text {
    Text::from(reference.name.short())
}

//! Git references: branches, tags and what is checked out.

use serde::{Deserialize, Serialize};

use super::{CommitId, RefName, RepositoryId, Time};

/// A git reference, peeled to the commit it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The repository.
    pub repository: RepositoryId,
    /// The full name; `HEAD` for what is checked out.
    pub name: RefName,
    /// What sort of reference.
    pub kind: ReferenceKind,
    /// The commit that it means after peeling. A reference to something else than a commit is not reported.
    pub commit: CommitId,
    /// The creation date as git has it: the tagger's date of an annotated tag, else the committer's date of the commit.
    pub created_at: Time,
    /// Whether it is an annotated tag.
    #[serde(default)]
    pub annotated: bool,
}

/// What sort of reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// `HEAD`.
    Head,
    /// A branch here.
    Branch,
    /// A branch of a remote, as of the last fetch.
    RemoteBranch,
    /// A tag.
    Tag,
}

//! Changes: commits as units of delivery, and the pull requests that carried them.

use serde::{Deserialize, Serialize};

use super::{CommitId, RepositoryId, Text, Time};

/// What people wrote about a commit. Its parents and times are in the commit graph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitText {
    /// The author's name.
    pub author: Text,
    /// The author's address, for bots and for counting people.
    pub email: Text,
    /// The first line of the message.
    pub subject: Text,
}

/// A pull or merge request, as far as the forge tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// The repository it belongs to.
    pub repository: RepositoryId,
    /// Its number as people write it, without `#` or `!`.
    pub number: Text,
    /// Its title.
    pub title: Text,
    /// Who opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Text>,
    /// When the first of its commits was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_commit_at: Option<Time>,
    /// When it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Time>,
    /// When the first review came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_review_at: Option<Time>,
    /// When it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<Time>,
    /// When it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_at: Option<Time>,
    /// When it was closed without a merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Time>,
    /// The commit that brought it into the deployable branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_commit: Option<CommitId>,
    /// The commits it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<CommitId>,
    /// The ticket it works on, as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Text>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Text>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}

/// A set of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many there are.
    pub count: u32,
    /// How many merge commits were left out.
    pub merges: u32,
    /// Their authors, most changes first.
    pub authors: Vec<Text>,
    /// The newest of them, as many as were asked for.
    pub list: Vec<ChangeLine>,
}

/// One change of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// The commit.
    pub commit: CommitId,
    /// Its subject.
    pub subject: Text,
    /// Its author.
    pub author: Text,
    /// When it was written.
    pub authored_at: Time,
    /// Its pull request, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<Text>,
    /// The names of the risk rules that it meets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<Text>,
}

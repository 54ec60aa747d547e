//! Pull requests, releases, issues.

use serde_json::Value;

use super::User;
use crate::model::Time;

wire! {
    /// A pull request, as the list tells it.
    pub struct Pull[number: u64, "Its number."] {
        /// Its title.
        title: String,
        /// Who opened it.
        user: Option<User>,
        /// When something of it changed.
        updated_at: Option<Time>,
        /// When it was opened.
        created_at: Option<Time>,
        /// When it was merged.
        merged_at: Option<Time>,
        /// When it was closed.
        closed_at: Option<Time>,
        /// The commit that brought it in, once it was merged.
        merge_commit_sha: Option<String>,
        /// Its branch.
        head: Option<Head>,
        /// Labels.
        labels: Vec<Label>,
        /// Where a person can look at it.
        html_url: Option<String>,
    }
}

wire! {
    /// A branch.
    pub struct Head {
        /// Its name.
        #[serde(rename = "ref")]
        reference: String,
    }
}

wire! {
    /// A label.
    pub struct Label {
        /// Its name.
        name: String,
    }
}

wire! {
    /// A release.
    pub struct Release[tag_name: String, "The tag."] {
        /// A branch or a commit.
        target_commitish: String,
        /// Whether nobody can see it yet.
        draft: bool,
        /// When it was made.
        created_at: Option<Time>,
        /// When it was published.
        published_at: Option<Time>,
        /// Where a person can look at it.
        html_url: Option<String>,
    }
}

wire! {
    /// An issue.
    pub struct Issue[number: u64, "Its number."] {
        /// Its title.
        title: String,
        /// What it says.
        body: String,
        /// When it was opened.
        created_at: Option<Time>,
        /// When it was closed.
        closed_at: Option<Time>,
        /// Labels: objects or names.
        labels: Vec<Value>,
        /// There where it is a pull request.
        pull_request: Option<Value>,
        /// Where a person can look at it.
        html_url: Option<String>,
    }
}

impl Issue {
    /// The names of its labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().filter_map(|it| it.as_str().or_else(|| it.get("name")?.as_str()))
    }
}

//! Commits, branches, tags, pull requests, issues, releases and checks.

use std::collections::{BTreeSet, VecDeque};

use sha2::{Digest, Sha256};

use super::clock::Time;
use super::repository::Repository;

/// One commit.
#[derive(Debug, Clone)]
pub struct Commit {
    pub sha: String,
    pub tree: String,
    pub parents: Vec<String>,
    /// A login.
    pub author: String,
    pub message: String,
    pub authored_at: Time,
    pub committed_at: Time,
}

/// One pull request.
#[derive(Debug, Clone)]
pub struct Pull {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: String,
    pub labels: Vec<String>,
    pub branch: String,
    pub base: String,
    pub commits: Vec<String>,
    pub reviews: Vec<Review>,
    pub draft: bool,
    pub created_at: Time,
    pub updated_at: Time,
    pub closed_at: Option<Time>,
    pub merged_at: Option<Time>,
    pub merged_by: Option<String>,
    pub merge_commit: Option<String>,
}

/// What somebody said of a pull request: `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`.
#[derive(Debug, Clone)]
pub struct Review {
    pub id: u64,
    pub author: String,
    pub state: String,
    pub at: Time,
}

/// One issue.
#[derive(Debug, Clone)]
pub struct Issue {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: String,
    pub labels: Vec<String>,
    pub created_at: Time,
    pub updated_at: Time,
    pub closed_at: Option<Time>,
}

/// One release.
#[derive(Debug, Clone)]
pub struct Release {
    pub id: u64,
    pub tag: String,
    pub target: String,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: bool,
    pub prerelease: bool,
    pub author: String,
    pub created_at: Time,
    pub published_at: Option<Time>,
}

/// A check run that belongs to no job of a workflow.
#[derive(Debug, Clone)]
pub struct Check {
    pub id: u64,
    pub sha: String,
    pub name: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Time,
    pub completed_at: Option<Time>,
}

/// A status of a commit: `success`, `failure`, `pending`, `error`.
#[derive(Debug, Clone)]
pub struct CommitStatus {
    pub id: u64,
    pub sha: String,
    pub context: String,
    pub state: String,
    pub description: Option<String>,
    pub at: Time,
}

impl Repository {
    /// A commit on the default branch that lies in no real repository.
    pub fn commit(&mut self, author: &str, message: &str) -> String {
        let branch = self.default_branch.clone();
        let parents = self.branches.get(&branch).cloned().into_iter().collect();
        let sha = self.commit_with(parents, author, message);
        self.branches.insert(branch, sha.clone());
        sha
    }

    /// A commit on no branch yet.
    pub fn commit_with(&mut self, parents: Vec<String>, author: &str, message: &str) -> String {
        let id = self.clock.id();
        let (sha, tree) = (made_up(&format!("commit {id}")), made_up(&format!("tree {id}")));
        let now = self.clock.now();
        let (author, message) = (author.to_owned(), message.to_owned());
        self.add_commit(Commit {
            sha: sha.clone(),
            tree,
            parents,
            author,
            message,
            authored_at: now,
            committed_at: now,
        });
        sha
    }

    /// A commit that exists elsewhere too.
    pub fn add_commit(&mut self, commit: Commit) {
        self.commit_places.insert(commit.sha.clone(), self.commits.len());
        self.commits.push(commit);
    }

    /// By its whole id.
    pub fn commit_of(&self, sha: &str) -> Option<&Commit> {
        self.commit_places.get(sha).map(|place| &self.commits[*place])
    }

    /// The commit that a branch, a tag, a full reference or an id names.
    pub fn resolve(&self, name: &str) -> Option<&Commit> {
        let short = name.trim_start_matches("refs/");
        let short = short.strip_prefix("heads/").or_else(|| short.strip_prefix("tags/")).unwrap_or(short);
        let sha = self.branches.get(short).or_else(|| self.tags.get(short)).map_or(short, String::as_str);
        self.commit_of(sha)
    }

    /// A commit with all that came before it.
    pub fn history(&self, sha: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut queue: VecDeque<&str> = [sha].into();
        while let Some(commit) = queue.pop_front().and_then(|sha| self.commit_of(sha)) {
            if seen.insert(commit.sha.as_str()) {
                queue.extend(commit.parents.iter().map(String::as_str));
            }
        }
        seen
    }

    /// Opens a pull request with commits that exist. Its number.
    pub fn open_pull(&mut self, author: &str, title: &str, branch: &str, commits: &[String]) -> u64 {
        let (id, number, now) = (self.clock.id(), self.next_number(), self.clock.now());
        if let Some(head) = commits.last() {
            self.branches.insert(branch.to_owned(), head.clone());
        }
        self.pulls.push(Pull {
            id,
            number,
            title: title.to_owned(),
            body: None,
            author: author.to_owned(),
            labels: Vec::new(),
            branch: branch.to_owned(),
            base: self.default_branch.clone(),
            commits: commits.to_vec(),
            reviews: Vec::new(),
            draft: false,
            created_at: now,
            updated_at: now,
            closed_at: None,
            merged_at: None,
            merged_by: None,
            merge_commit: None,
        });
        number
    }

    /// A review of a pull request, now.
    pub fn review_pull(&mut self, number: u64, author: &str, state: &str) {
        let (id, at) = (self.clock.id(), self.clock.now());
        let pull = self.pull_mut(number);
        pull.reviews.push(Review { id, author: author.to_owned(), state: state.to_owned(), at });
        pull.updated_at = at;
    }

    /// Merges a pull request by a commit that exists, now.
    pub fn merge_pull(&mut self, number: u64, by: &str, commit: &str) {
        let now = self.clock.now();
        let pull = self.pull_mut(number);
        (pull.merged_at, pull.closed_at, pull.updated_at) = (Some(now), Some(now), now);
        (pull.merged_by, pull.merge_commit) = (Some(by.to_owned()), Some(commit.to_owned()));
        let base = pull.base.clone();
        self.branches.insert(base, commit.to_owned());
    }

    /// Closes a pull request without a merge, now.
    pub fn close_pull(&mut self, number: u64) {
        let now = self.clock.now();
        let pull = self.pull_mut(number);
        (pull.closed_at, pull.updated_at) = (Some(now), now);
    }

    /// By its number.
    pub fn pull_mut(&mut self, number: u64) -> &mut Pull {
        let found = self.pulls.iter_mut().find(|it| it.number == number);
        found.unwrap_or_else(|| panic!("no pull request {number}"))
    }

    /// Opens an issue. Its number.
    pub fn open_issue(&mut self, author: &str, title: &str, labels: &[&str]) -> u64 {
        let (id, number, now) = (self.clock.id(), self.next_number(), self.clock.now());
        let labels = labels.iter().map(|it| (*it).to_owned()).collect();
        let (title, author) = (title.to_owned(), author.to_owned());
        let (created_at, updated_at) = (now, now);
        self.issues.push(Issue {
            id,
            number,
            title,
            body: None,
            author,
            labels,
            created_at,
            updated_at,
            closed_at: None,
        });
        number
    }

    /// Closes an issue, now.
    pub fn close_issue(&mut self, number: u64) {
        let now = self.clock.now();
        let issue = self.issues.iter_mut().find(|it| it.number == number);
        let issue = issue.unwrap_or_else(|| panic!("no issue {number}"));
        (issue.closed_at, issue.updated_at) = (Some(now), now);
    }

    /// A release with its tag, published now.
    pub fn release(&mut self, author: &str, tag: &str, sha: &str) -> u64 {
        let (id, now) = (self.clock.id(), self.clock.now());
        self.tags.insert(tag.to_owned(), sha.to_owned());
        self.releases.push(Release {
            id,
            tag: tag.to_owned(),
            target: self.default_branch.clone(),
            name: Some(tag.to_owned()),
            body: Some(format!("What is new in {tag}.")),
            draft: false,
            prerelease: false,
            author: author.to_owned(),
            created_at: now,
            published_at: Some(now),
        });
        id
    }

    /// A check run of something that is no workflow: `("lint", "completed", Some("success"))`.
    pub fn check(&mut self, sha: &str, name: &str, status: &str, conclusion: Option<&str>) {
        let now = self.clock.now();
        self.checks.push(Check {
            id: self.clock.id(),
            sha: sha.to_owned(),
            name: name.to_owned(),
            status: status.to_owned(),
            conclusion: conclusion.map(str::to_owned),
            started_at: now,
            completed_at: conclusion.map(|_| now),
        });
    }

    /// A status of a commit.
    pub fn commit_status(&mut self, sha: &str, context: &str, state: &str) {
        let (sha, context, state) = (sha.to_owned(), context.to_owned(), state.to_owned());
        let (id, at) = (self.clock.id(), self.clock.now());
        self.commit_statuses.retain(|it| (&it.sha, &it.context) != (&sha, &context));
        self.commit_statuses.push(CommitStatus { id, sha, context, state, description: None, at });
    }

    fn next_number(&self) -> u64 {
        (self.pulls.len() + self.issues.len()) as u64 + 1
    }
}

/// Forty digits that no git made.
fn made_up(of: &str) -> String {
    Sha256::digest(of.as_bytes()).iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

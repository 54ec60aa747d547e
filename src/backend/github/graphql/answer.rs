//! What the questions of many parts are answered with, made into what the single ones are answered with.

use serde::Deserialize;
use serde_json::Value;

use crate::backend::github::wire::{Deployment, DeploymentStatus, Items, Job, Step, User, wire};
use crate::model::Time;

/// An answer about a repository; `T` is what was asked for of it.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct RepositoryAnswer<T> {
    /// The repository; none where it may not be seen.
    #[serde(default = "nothing")]
    pub repository: Option<Asked<T>>,
}

fn nothing<T>() -> Option<T> {
    None
}

/// What was asked for of a repository.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Asked<T> {
    /// It, whatever it is called.
    #[serde(alias = "pullRequests", alias = "deployments")]
    pub list: Connection<T>,
}

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Connection<T> {
    /// Its items.
    #[serde(default)]
    pub nodes: Items<T>,
    /// Where it goes on.
    #[serde(default, rename = "pageInfo")]
    pub page: PageInfo,
}

/// Where a list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PageInfo {
    /// Whether it goes on.
    #[serde(default, rename = "hasNextPage")]
    pub more: bool,
    /// After what.
    #[serde(default, rename = "endCursor")]
    pub end: Option<String>,
}

/// A list of which only the items are asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(bound(deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Nodes<T> {
    /// They.
    #[serde(default)]
    pub nodes: Items<T>,
}

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Self { nodes: Items::default() }
    }
}

wire! {
    /// A deployment.
    #[serde(rename_all = "camelCase")]
    pub struct DeploymentNode[database_id: u64, "Its number."] {
        /// When it was created.
        created_at: Option<Time>,
        /// When something of it changed.
        updated_at: Option<Time>,
        /// Where to.
        environment: String,
        /// The same, before somebody renamed it.
        original_environment: Option<String>,
        /// What is done.
        task: String,
        /// What was said about it.
        description: Option<String>,
        /// Free data, as text.
        payload: Value,
        /// The branch or tag.
        #[serde(rename = "ref")]
        reference: Option<RefNode>,
        /// The commit.
        commit_oid: String,
        /// Who created it.
        creator: Option<User>,
        /// What became of it.
        statuses: Nodes<StatusNode>,
    }
}

wire! {
    /// A branch or a tag.
    pub struct RefNode {
        /// Its short name.
        name: String,
        /// `refs/heads/` or `refs/tags/`.
        prefix: String,
    }
}

wire! {
    /// A status of a deployment.
    #[serde(rename_all = "camelCase")]
    pub struct StatusNode {
        /// `SUCCESS`, `IN_PROGRESS` …
        state: String,
        /// When it was set.
        created_at: Option<Time>,
        /// What was said about it.
        description: Option<String>,
        /// Where what was deployed can be looked at.
        environment_url: Option<String>,
        /// Where the output is.
        log_url: Option<String>,
        /// Who set it.
        creator: Option<User>,
    }
}

impl DeploymentNode {
    /// The same as the single questions answer it: the deployment, and its statuses, newest first.
    pub fn plain(self) -> (Deployment, Vec<DeploymentStatus>) {
        // Only of a tag is it said what sort of reference it is; a commit has none.
        let reference = self.reference.map_or_else(
            || self.commit_oid.clone(),
            |it| if it.prefix == "refs/tags/" { format!("refs/tags/{}", it.name) } else { it.name },
        );
        let deployment = Deployment {
            id: self.database_id,
            sha: self.commit_oid,
            reference,
            task: self.task,
            environment: self.environment,
            original_environment: self.original_environment,
            payload: self.payload,
            creator: self.creator,
            description: self.description,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        let mut statuses: Vec<DeploymentStatus> = self.statuses.nodes.all.into_iter().map(StatusNode::plain).collect();
        // The order is not promised; a later one of the same second stays before the earlier one.
        statuses.sort_by_key(|it| std::cmp::Reverse(it.created_at));
        (deployment, statuses)
    }
}

impl StatusNode {
    fn plain(self) -> DeploymentStatus {
        DeploymentStatus {
            state: self.state.to_lowercase(),
            created_at: self.created_at,
            description: self.description,
            log_url: self.log_url,
            target_url: None,
            environment_url: self.environment_url,
            creator: self.creator,
        }
    }
}

wire! {
    /// A pull request.
    #[serde(rename_all = "camelCase")]
    pub struct PullNode[number: u64, "Its number."] {
        /// Its title.
        title: String,
        /// Where a person can look at it.
        url: Option<String>,
        /// Who opened it.
        author: Option<User>,
        /// When it was opened.
        created_at: Option<Time>,
        /// When something of it changed.
        updated_at: Option<Time>,
        /// When it was merged.
        merged_at: Option<Time>,
        /// When it was closed, merged or not.
        closed_at: Option<Time>,
        /// Its branch.
        head_ref_name: String,
        /// The commit that brought it in.
        merge_commit: Option<CommitNode>,
        /// Labels.
        labels: Nodes<LabelNode>,
        /// The first hundred of its commits.
        commits: Nodes<CommitOf>,
        /// The first reviews.
        reviews: Nodes<ReviewNode>,
    }
}

wire! {
    /// A commit.
    #[serde(rename_all = "camelCase")]
    pub struct CommitNode {
        /// Its id.
        oid: String,
        /// When it was written.
        authored_date: Option<Time>,
    }
}

wire! {
    /// A commit of a pull request.
    pub struct CommitOf {
        /// It.
        commit: CommitNode,
    }
}

wire! {
    /// A label.
    pub struct LabelNode {
        /// Its name.
        name: String,
    }
}

wire! {
    /// A review.
    #[serde(rename_all = "camelCase")]
    pub struct ReviewNode {
        /// When it was given.
        submitted_at: Option<Time>,
        /// `APPROVED`, `COMMENTED` …
        state: String,
        /// Who gave it.
        author: Option<User>,
    }
}

wire! {
    /// An answer about sets of checks.
    #[serde(rename_all = "camelCase")]
    pub struct JobsAnswer {
        /// They, in the order of the question; null where one may not be seen.
        nodes: Items<Option<Suite>>,
    }
}

wire! {
    /// A set of checks: the jobs of all attempts of a run.
    #[serde(rename_all = "camelCase")]
    pub struct Suite {
        /// Its id.
        id: String,
        /// They.
        check_runs: Nodes<CheckRunNode>,
    }
}

wire! {
    /// A job.
    #[serde(rename_all = "camelCase")]
    pub struct CheckRunNode[database_id: u64, "Its number."] {
        /// Its name.
        name: String,
        /// How far it is, in capitals.
        status: String,
        /// How it ended, in capitals.
        conclusion: Option<String>,
        /// When it began.
        started_at: Option<Time>,
        /// When it ended.
        completed_at: Option<Time>,
        /// Its steps.
        steps: Nodes<StepNode>,
    }
}

wire! {
    /// A step.
    #[serde(rename_all = "camelCase")]
    pub struct StepNode {
        /// Its name.
        name: String,
        /// How far it is, in capitals.
        status: String,
        /// How it ended, in capitals.
        conclusion: Option<String>,
        /// When it began.
        started_at: Option<Time>,
        /// When it ended.
        completed_at: Option<Time>,
    }
}

impl Suite {
    /// The jobs, of each name that of the newest attempt. When they were asked for is not told here.
    pub fn jobs(self) -> Vec<Job> {
        let mut jobs: Vec<Job> = self.check_runs.nodes.all.into_iter().map(CheckRunNode::plain).collect();
        jobs.sort_by_key(|it| std::cmp::Reverse(it.id));
        let mut names = std::collections::BTreeSet::new();
        jobs.retain(|it| names.insert(it.name.clone()));
        jobs.reverse();
        jobs
    }
}

impl CheckRunNode {
    fn plain(self) -> Job {
        let steps = self.steps.nodes.all.into_iter().map(|it| Step {
            name: it.name,
            status: it.status.to_lowercase(),
            conclusion: it.conclusion.map(|it| it.to_lowercase()),
            started_at: it.started_at,
            completed_at: it.completed_at,
        });
        Job {
            id: self.database_id,
            name: self.name,
            status: self.status.to_lowercase(),
            conclusion: self.conclusion.map(|it| it.to_lowercase()),
            created_at: None,
            started_at: self.started_at,
            completed_at: self.completed_at,
            html_url: None,
            steps: steps.collect(),
        }
    }
}

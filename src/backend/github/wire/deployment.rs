//! Deployments and their statuses.

use serde_json::Value;

use super::User;
use crate::model::Time;

wire! {
    /// A deployment.
    pub struct Deployment[id: u64, "Its number."] {
        /// The commit.
        sha: String,
        /// The branch, tag or commit that was asked for.
        #[serde(rename = "ref")]
        reference: String,
        /// What is done: `deploy`.
        task: String,
        /// Where to.
        environment: String,
        /// The same, before somebody renamed it.
        original_environment: Option<String>,
        /// Free data: an object, or JSON in a string.
        payload: Value,
        /// Who created it.
        creator: Option<User>,
        /// What was said about it.
        description: Option<String>,
        /// When it was created.
        created_at: Option<Time>,
        /// When something of it changed.
        updated_at: Option<Time>,
    }
}

wire! {
    /// A status of a deployment.
    pub struct DeploymentStatus {
        /// `success`, `failure`, `in_progress` …
        state: String,
        /// When it was set.
        created_at: Option<Time>,
        /// What was said about it.
        description: Option<String>,
        /// Where the output is: for a deployment of a workflow the job.
        log_url: Option<String>,
        /// The same in older words.
        target_url: Option<String>,
        /// Where what was deployed can be looked at.
        environment_url: Option<String>,
        /// Who set it.
        creator: Option<User>,
    }
}

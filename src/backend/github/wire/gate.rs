//! What holds deployments: protection of environments, answers that are waited for, checks of commits.

use super::{Items, User};
use crate::model::Time;

wire! {
    /// Environments of a repository.
    pub struct EnvironmentsPage {
        /// They.
        environments: Items<Environment>,
    }
}

wire! {
    /// An environment.
    pub struct Environment[name: String, "Its name."] {
        /// What holds deployments to it.
        protection_rules: Vec<ProtectionRule>,
        /// Where a person can look at it.
        html_url: Option<String>,
    }
}

wire! {
    /// Something that holds deployments.
    pub struct ProtectionRule {
        /// `wait_timer`, `required_reviewers`, `branch_policy` …
        #[serde(rename = "type")]
        kind: String,
        /// Minutes of a wait timer.
        wait_timer: Option<u64>,
        /// Whether who started it may not approve it.
        prevent_self_review: bool,
        /// Who may approve it.
        reviewers: Vec<Reviewer>,
    }
}

wire! {
    /// Who may approve.
    pub struct Reviewer {
        /// `User` or `Team`.
        #[serde(rename = "type")]
        kind: String,
        /// The person or the team.
        reviewer: Named,
    }
}

impl Reviewer {
    /// What it is called.
    pub fn called(&self) -> String {
        let it = &self.reviewer;
        match self.kind.as_str() {
            "Team" => format!("team {}", it.slug.as_deref().or(it.name.as_deref()).unwrap_or("?")),
            _ => it.login.as_deref().or(it.name.as_deref()).unwrap_or("?").to_owned(),
        }
    }
}

wire! {
    /// A person or a team.
    pub struct Named {
        /// Of a person.
        login: Option<String>,
        /// Of a team.
        slug: Option<String>,
        /// Of a team, for people.
        name: Option<String>,
    }
}

wire! {
    /// A deployment of a run that waits for an answer or for time.
    pub struct Pending[environment: PendingEnvironment, "Where to."] {
        /// Minutes that have to pass.
        wait_timer: u64,
        /// Since when they pass.
        wait_timer_started_at: Option<Time>,
        /// Whether who asks may answer.
        current_user_can_approve: bool,
        /// Who may answer.
        reviewers: Vec<Reviewer>,
    }
}

wire! {
    /// The environment of a deployment that waits.
    pub struct PendingEnvironment[id: u64, "Its number."] {
        /// Its name.
        name: String,
    }
}

wire! {
    /// An answer that was given to a run.
    pub struct Approval {
        /// For which environments.
        environments: Vec<PendingEnvironmentName>,
        /// `approved`, `rejected`, `pending`.
        state: String,
        /// Who.
        user: User,
        /// What was said.
        comment: String,
    }
}

wire! {
    /// The name of an environment.
    pub struct PendingEnvironmentName {
        /// It.
        name: String,
    }
}

wire! {
    /// A page of checks of a commit.
    pub struct ChecksPage {
        /// They.
        check_runs: Items<Check>,
    }
}

wire! {
    /// A check of a commit.
    pub struct Check {
        /// Its name.
        name: String,
        /// How far it is.
        status: String,
        /// How it ended.
        conclusion: Option<String>,
    }
}

wire! {
    /// The statuses of a commit that other systems set.
    pub struct CombinedStatus {
        /// They.
        statuses: Items<CommitStatus>,
    }
}

wire! {
    /// A status of a commit.
    pub struct CommitStatus {
        /// What it is of.
        context: String,
        /// `success`, `pending`, `failure`, `error`.
        state: String,
    }
}

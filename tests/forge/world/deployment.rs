//! Environments with their rules, deployments and what became of them.

use serde_json::Value;

use super::clock::Time;
use super::repository::Repository;

/// Who may let a deployment through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reviewer {
    /// A login.
    User(String),
    /// The slug of a team; its members stand in [`Repository::teams`].
    Team(String),
}

/// One environment.
#[derive(Debug, Clone)]
pub struct Environment {
    pub id: u64,
    pub name: String,
    /// Minutes.
    pub wait_timer: u32,
    pub reviewers: Vec<Reviewer>,
    pub prevent_self_review: bool,
    /// Whether only protected branches (true) or only named ones (false) may be deployed.
    pub branch_policy: Option<bool>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Environment {
    /// Deployments wait for one of these: `@team` or a login.
    pub fn reviewers(&mut self, reviewers: &[&str]) -> &mut Self {
        let reviewer = |name: &&str| match name.strip_prefix('@') {
            Some(team) => Reviewer::Team(team.to_owned()),
            None => Reviewer::User((*name).to_owned()),
        };
        self.reviewers = reviewers.iter().map(reviewer).collect();
        self
    }

    /// Deployments wait so many minutes.
    pub fn wait(&mut self, minutes: u32) -> &mut Self {
        self.wait_timer = minutes;
        self
    }

    /// Whether anything holds a deployment back.
    pub fn is_guarded(&self) -> bool {
        self.wait_timer > 0 || !self.reviewers.is_empty()
    }
}

/// One deployment.
#[derive(Debug, Clone)]
pub struct Deployment {
    pub id: u64,
    pub sha: String,
    pub reference: String,
    pub task: String,
    pub payload: Value,
    pub environment: String,
    pub original_environment: String,
    pub description: Option<String>,
    pub creator: String,
    pub created_at: Time,
    pub updated_at: Time,
    pub production: bool,
    pub transient: bool,
    /// Oldest first.
    pub statuses: Vec<Status>,
}

/// What was said of a deployment: `queued`, `waiting`, `pending`, `in_progress`, `success`, `failure`, `error`,
/// `inactive`.
#[derive(Debug, Clone)]
pub struct Status {
    pub id: u64,
    pub state: String,
    pub description: String,
    pub environment: String,
    pub environment_url: String,
    pub log_url: String,
    pub creator: String,
    pub at: Time,
}

impl Repository {
    /// Makes an environment, or finds it.
    pub fn environment(&mut self, name: &str) -> &mut Environment {
        let place = self.environments.iter().position(|it| it.name == name).unwrap_or_else(|| {
            let (id, now) = (self.clock.id(), self.clock.now());
            self.environments.push(Environment {
                id,
                name: name.to_owned(),
                wait_timer: 0,
                reviewers: Vec::new(),
                prevent_self_review: false,
                branch_policy: None,
                created_at: now,
                updated_at: now,
            });
            self.environments.len() - 1
        });
        &mut self.environments[place]
    }

    /// Whether this login is among the reviewers of an environment, itself or by a team.
    pub fn reviews(&self, environment: &Environment, login: &str) -> bool {
        environment.reviewers.iter().any(|it| match it {
            Reviewer::User(user) => user == login,
            Reviewer::Team(team) => self.teams.get(team).is_some_and(|members| members.iter().any(|it| it == login)),
        })
    }

    /// Creates a deployment, now and without a status. Its number.
    pub fn deploy(&mut self, creator: &str, environment: &str, reference: &str) -> u64 {
        let sha = self.resolve(reference).map_or_else(|| panic!("no reference {reference}"), |it| it.sha.clone());
        self.environment(environment);
        let (id, now) = (self.clock.id(), self.clock.now());
        self.deployments.push(Deployment {
            id,
            sha,
            reference: reference.to_owned(),
            task: "deploy".to_owned(),
            payload: Value::Object(serde_json::Map::new()),
            environment: environment.to_owned(),
            original_environment: environment.to_owned(),
            description: None,
            creator: creator.to_owned(),
            created_at: now,
            updated_at: now,
            production: environment == "production",
            transient: false,
            statuses: Vec::new(),
        });
        id
    }

    /// By its number.
    pub fn deployment_mut(&mut self, id: u64) -> &mut Deployment {
        let found = self.deployments.iter_mut().rfind(|it| it.id == id);
        found.unwrap_or_else(|| panic!("no deployment {id}"))
    }

    /// Says something of a deployment, now. Success makes what was there before inactive, as `auto_inactive` does:
    /// earlier, successful, not transient, not production, same environment; GitHub's own workflows do it everywhere.
    pub fn deployment_status(&mut self, id: u64, creator: &str, state: &str) -> &mut Status {
        let environment = self.deployment_mut(id).environment.clone();
        if state == "success" {
            self.retire(id, &environment, creator);
        }
        self.add_status(id, creator, state)
    }

    /// Says something of a deployment and nothing of those before it.
    pub fn add_status(&mut self, id: u64, creator: &str, state: &str) -> &mut Status {
        let (status_id, now) = (self.clock.id(), self.clock.now());
        let deployment = self.deployment_mut(id);
        deployment.updated_at = now;
        let status = Status {
            id: status_id,
            state: state.to_owned(),
            description: String::new(),
            environment: deployment.environment.clone(),
            environment_url: String::new(),
            log_url: String::new(),
            creator: creator.to_owned(),
            at: now,
        };
        deployment.statuses.push(status);
        deployment.statuses.last_mut().expect("it was pushed")
    }

    /// What was successful in an environment before this one is inactive now.
    pub fn retire(&mut self, before: u64, environment: &str, creator: &str) {
        let successful = |it: &&Deployment| it.statuses.last().is_some_and(|it| it.state == "success");
        let earlier = self.deployments.iter().filter(|it| it.id < before && it.environment == environment);
        let earlier: Vec<u64> = earlier.filter(|it| !it.transient).filter(successful).map(|it| it.id).collect();
        for id in earlier {
            self.add_status(id, creator, "inactive");
        }
    }
}

//! Workflows: what their runs will do.

use super::clock::Time;
use super::repository::Repository;

/// One workflow file.
#[derive(Debug, Clone)]
pub struct Workflow {
    pub id: u64,
    /// `deploy.yml`.
    pub file: String,
    pub name: String,
    /// Inputs of `workflow_dispatch`; without it nobody can dispatch.
    pub inputs: Option<Vec<String>>,
    /// `active`, `disabled_manually`.
    pub state: String,
    /// One after the other.
    pub jobs: Vec<Plan>,
    pub created_at: Time,
}

/// What a job will do.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub name: String,
    /// What it deploys to. `${{ inputs.environment }}` is what was dispatched.
    pub environment: Option<String>,
    pub steps: Vec<String>,
}

/// The environment that a dispatched input names.
pub const FROM_INPUT: &str = "${{ inputs.environment }}";

impl Plan {
    /// A job with steps.
    pub fn new(name: &str, steps: &[&str]) -> Self {
        let steps = steps.iter().map(|it| (*it).to_owned()).collect();
        Self { name: name.to_owned(), environment: None, steps }
    }

    /// It deploys.
    pub fn deploys_to(mut self, environment: &str) -> Self {
        self.environment = Some(environment.to_owned());
        self
    }
}

impl Repository {
    /// A workflow that can be dispatched with these inputs.
    pub fn workflow(&mut self, file: &str, name: &str, inputs: Option<&[&str]>, jobs: Vec<Plan>) {
        for environment in jobs.iter().filter_map(|it| it.environment.as_deref()).filter(|it| *it != FROM_INPUT) {
            self.environment(environment);
        }
        self.workflows.push(Workflow {
            id: self.clock.id(),
            file: file.to_owned(),
            name: name.to_owned(),
            inputs: inputs.map(|it| it.iter().map(|it| (*it).to_owned()).collect()),
            state: "active".to_owned(),
            jobs,
            created_at: self.clock.now(),
        });
    }

    /// By its file or its number.
    pub fn workflow_of(&self, name: &str) -> Option<&Workflow> {
        self.workflows.iter().find(|it| it.file == name || it.id.to_string() == name)
    }
}

//! One repository, as it is read right before something is written to it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::address::encoded;
use super::known::{Known, Said};
use crate::backend::github::Inner;
use crate::backend::github::client::{Api, Fresh};
use crate::backend::github::connection::Repository;
use crate::backend::github::wire::{
    Approval, ChecksPage, CombinedStatus, Deployment, DeploymentStatus, Environment, Items, Job, JobsPage, Pending,
    Release, Repository as About, Run, RunsPage,
};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{CommitId, SourceId, Text, Time};

/// How many deployments of an environment a page has.
const DEPLOYMENTS: usize = 30;
/// How many pages of jobs a run may have: GitHub lets a matrix have 256 jobs.
const PAGES: usize = 10;
/// How many runs are looked at.
const RUNS: usize = 20;

/// A repository that is spoken to.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The backend.
    pub source: &'a SourceId,
    /// By which it is spoken to.
    pub api: &'a Api,
    /// What it said last.
    pub known: &'a Known,
    /// It.
    pub repository: &'a Repository,
}

impl<'a> Place<'a> {
    /// The repositories of a backend.
    ///
    /// # Errors
    /// When none is known.
    pub fn all(inner: &'a Inner) -> Result<Vec<Self>> {
        let connection = inner.connection()?;
        let all = connection.repositories.iter();
        Ok(all
            .map(|repository| Self { source: &inner.id, api: &connection.api, known: &inner.known, repository })
            .collect())
    }

    /// A path of the API below the repository.
    pub fn path(&self, below: &str) -> String {
        self.repository.path(below)
    }

    /// An error of this backend about this repository.
    pub fn error(&self, kind: ErrorKind, what: impl Into<Text>) -> BackendError {
        BackendError::new(self.source, kind, what)
    }

    async fn fetch<T: DeserializeOwned>(&self, what: &str, below: &str) -> Result<T> {
        let what = format!("{what} of {}", self.repository.slug);
        Ok(self.get(&what, &self.path(below)).await?.0)
    }

    /// What is said now, and where the next page is. Where it was asked before, it is asked whether that holds still.
    async fn get<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<(T, Option<String>)> {
        let read = |it: &Value| {
            T::deserialize(it).map_err(|error| {
                let host = &self.api.host.name;
                let what = format!("{host}: to {what} an answer came that makes no sense: {error}");
                self.error(ErrorKind::Protocol, what)
            })
        };
        let before = self.known.of(path);
        let asked = self.api.get::<Value>(what, path, before.as_ref().map(|it| it.etag.as_str())).await?;
        let page = match (asked, before) {
            (Fresh::Unchanged, Some(before)) => return Ok((read(&before.it)?, before.next.clone())),
            (Fresh::Unchanged, None) => self.api.fetch::<Value>(what, path).await?,
            (Fresh::Changed(page), _) => page,
        };
        let it = read(&page.it)?;
        if let Some(etag) = page.etag {
            self.known.keep(path, Said { etag, it: page.it, next: page.next.clone() });
        }
        Ok((it, page.next))
    }

    /// The repository itself, and the scopes of the token where it has some.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn about(&self) -> Result<(About, Option<String>)> {
        let what = format!("read the settings of {}", self.repository.slug);
        let page = self.api.fetch(&what, &self.path("")).await?;
        Ok((page.it, page.scopes))
    }

    /// Where the newest deployments to an environment are listed, newest first: of one task or of all.
    pub fn deployments(&self, environment: &str, task: Option<&str>) -> String {
        let task = task.map(|it| format!("&task={}", encoded(it))).unwrap_or_default();
        self.path(&format!("/deployments?environment={}{task}&per_page={DEPLOYMENTS}", encoded(environment)))
    }

    /// A page of deployments, and where the next one is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn page(&self, path: &str) -> Result<(Vec<Deployment>, Option<String>)> {
        let what = format!("list deployments of {}", self.repository.slug);
        let (page, next) = self.get::<Items<Deployment>>(&what, path).await?;
        Ok((page.all, next))
    }

    /// What was said of a deployment, newest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn statuses(&self, deployment: u64) -> Result<Vec<DeploymentStatus>> {
        let below = format!("/deployments/{deployment}/statuses?per_page=30");
        let page: Items<DeploymentStatus> = self.fetch("read the statuses of a deployment", &below).await?;
        Ok(page.all)
    }

    /// The newest releases.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn releases(&self) -> Result<Vec<Release>> {
        let page: Items<Release> = self.fetch("list releases", "/releases?per_page=100").await?;
        Ok(page.all)
    }

    /// A run as its newest attempt stands.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn run(&self, id: u64) -> Result<Run> {
        self.fetch("read a run", &format!("/actions/runs/{id}?exclude_pull_requests=true")).await
    }

    /// The jobs of an attempt of a run; of the newest where none is named.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn jobs(&self, run: u64, attempt: Option<u32>) -> Result<Vec<Job>> {
        let attempt = attempt.map(|it| format!("/attempts/{it}")).unwrap_or_default();
        let mut next = Some(self.path(&format!("/actions/runs/{run}{attempt}/jobs?per_page=100")));
        let mut all = Vec::new();
        let what = format!("list the jobs of a run of {}", self.repository.slug);
        for _ in 0..PAGES {
            let Some(path) = next else { break };
            let (page, after) = self.get::<JobsPage>(&what, &path).await?;
            all.extend(page.jobs.all);
            next = after;
        }
        Ok(all)
    }

    /// One job.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn job(&self, id: u64) -> Result<Job> {
        self.fetch("read a job", &format!("/actions/jobs/{id}")).await
    }

    /// What of a run waits for an answer or for time.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn pending(&self, run: u64) -> Result<Vec<Pending>> {
        let below = format!("/actions/runs/{run}/pending_deployments");
        let page: Items<Pending> = self.fetch("list what a run waits for", &below).await?;
        Ok(page.all)
    }

    /// The answers that were given to a run, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn approvals(&self, run: u64) -> Result<Vec<Approval>> {
        let below = format!("/actions/runs/{run}/approvals");
        let page: Items<Approval> = self.fetch("list the answers that a run was given", &below).await?;
        Ok(page.all)
    }

    /// The newest runs that wait.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn waiting(&self) -> Result<Vec<Run>> {
        let below = format!("/actions/runs?status=waiting&exclude_pull_requests=true&per_page={RUNS}");
        let page: RunsPage = self.fetch("list runs", &below).await?;
        Ok(page.workflow_runs.all)
    }

    /// The newest runs of a workflow that people or programs dispatched, since a time where one is given.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn dispatched(&self, file: &str, since: Option<Time>) -> Result<Vec<Run>> {
        let since = since.map(|it| it.format(">=%Y-%m-%dT%H:%M:%SZ").to_string());
        let since = since.map(|it| format!("&created={}", encoded(&it))).unwrap_or_default();
        let query = format!("event=workflow_dispatch&exclude_pull_requests=true&per_page={RUNS}{since}");
        let below = format!("/actions/workflows/{}/runs?{query}", encoded(file));
        let page: RunsPage = self.fetch(&format!("list the runs of {file}"), &below).await?;
        Ok(page.workflow_runs.all)
    }

    /// The rules of an environment; none where GitHub has no such environment yet.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn environment(&self, name: &str) -> Result<Option<Environment>> {
        let below = format!("/environments/{}", encoded(name));
        absent(self.fetch("read the rules of an environment", &below).await)
    }

    /// The commit that a tag, a branch or the beginning of an id names; none where there is none.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn commit(&self, name: &str) -> Result<Option<CommitId>> {
        #[derive(serde::Deserialize)]
        struct Named {
            sha: String,
        }
        let named = self.fetch::<Named>("read a commit", &format!("/commits/{}", encoded(name))).await;
        let named = match named {
            Err(error) if error.kind == ErrorKind::Check => None,
            other => absent(other)?,
        };
        Ok(named.and_then(|it| it.sha.parse().ok()))
    }

    /// The checks of a commit.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn checks(&self, commit: &CommitId) -> Result<ChecksPage> {
        self.fetch("list the checks of a commit", &format!("/commits/{commit}/check-runs?per_page=100")).await
    }

    /// What other systems say of a commit.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn combined(&self, commit: &CommitId) -> Result<CombinedStatus> {
        self.fetch("read the status of a commit", &format!("/commits/{commit}/status?per_page=100")).await
    }

    /// Whether something that a run kept is gone by now; not known where that cannot be read.
    pub async fn has_lost_artifacts(&self, run: u64) -> Option<bool> {
        #[derive(serde::Deserialize)]
        struct Page {
            artifacts: Vec<Kept>,
        }
        #[derive(serde::Deserialize)]
        struct Kept {
            #[serde(default)]
            expired: bool,
        }
        let below = format!("/actions/runs/{run}/artifacts?per_page=100");
        let page: Page = self.fetch("list what a run kept", &below).await.ok()?;
        Some(page.artifacts.iter().any(|it| it.expired))
    }

    /// Who asks; none where an app or a program does.
    pub async fn me(&self) -> Option<String> {
        let me: crate::backend::github::wire::User = self.api.fetch("read who asks", "/user").await.ok()?.it;
        (!me.login.is_empty()).then_some(me.login)
    }
}

/// What is not there is none.
fn absent<T>(asked: Result<T>) -> Result<Option<T>> {
    match asked {
        Ok(it) => Ok(Some(it)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

//! A run or a deployment, followed until it ends.

use chrono::Duration;

use super::ground::Ground;
use super::scene::{Depth, Scene};
use super::way::called;
use crate::backend::github::deployments::{Deployed, Standing};
use crate::backend::github::state::Wait;
use crate::backend::github::wire::{Deployment, Job, Run};
use crate::backend::{ErrorKind, Order, Result, Verdict};
use crate::model::{Text, Time};

/// How long after its run a deployment may appear.
const APPEARS: Duration = Duration::minutes(1);

/// How a run stands that was begun for an order. `before` is the attempt that was there already.
///
/// # Errors
/// When it cannot be observed.
pub async fn run(ground: &Ground<'_>, order: &Order, id: u64, before: Option<u32>) -> Result<Verdict> {
    let run = match ground.place.run(id).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Ok(Verdict::Pending(format!("run {id} is not shown yet").into()));
        }
        other => other?,
    };
    if before.is_some_and(|before| run.attempt() <= before) {
        return Ok(Verdict::Pending(format!("run {} has not begun again yet", called(&run)).into()));
    }
    let since = if before.is_some() { run.run_started_at } else { run.created_at };
    let scene = Scene::read(ground, Depth::Live).await?;
    let look = Look { ground, order, run: &run, scene: &scene };
    let of_run = look.deployment(since, |it| it.run() == Some(run.id));
    // What a job creates by itself does not always say of which run it is.
    let alike = || look.deployment(since, |it| it.run().is_none() && look.is_the_version(&it.it));
    match of_run.or_else(alike) {
        Some(deployed) => look.judge(deployed).await,
        None if run.is_over() => look.ended().await,
        None => look.goes_on().await,
    }
}

/// How a deployment stands that was created for an order.
///
/// # Errors
/// When it cannot be observed.
pub async fn deployment(ground: &Ground<'_>, id: u64) -> Result<Verdict> {
    let scene = Scene::read(ground, Depth::Live).await?;
    let live = scene.live_in_words(ground);
    let Some(ours) = scene.deployments.iter().find(|it| it.it.id == id) else {
        let what = match ground.place.statuses(id).await {
            Ok(_) if scene.deployments.is_empty() => {
                return Ok(Verdict::Pending(format!("deployment {id} is not listed yet").into()));
            }
            Ok(_) => format!("a later deployment than {id} took over; {live}"),
            Err(error) if error.kind == ErrorKind::NotFound => format!("deployment {id} is gone; {live}"),
            Err(error) => return Err(error),
        };
        return Ok(Verdict::Failed(what.into()));
    };
    let said = said(ours).map(|it| format!(": {it}")).unwrap_or_default();
    Ok(match ours.standing() {
        Standing::Success => Verdict::Healthy(format!("deployment {id} succeeded{said}; {live}").into()),
        Standing::Running => Verdict::Pending(format!("deployment {id} is in progress{said}").into()),
        Standing::Waiting if ours.statuses.is_empty() => {
            let what = "nobody has picked it up yet: GitHub only notes it, and what acts on deployments is silent";
            Verdict::Pending(format!("deployment {id}: {what}").into())
        }
        Standing::Waiting => {
            let state = ours.statuses.first().map_or("waiting", |it| it.state.as_str());
            Verdict::Pending(format!("deployment {id} is {state}{said}").into())
        }
        Standing::Failed | Standing::Cancelled => {
            Verdict::Failed(format!("deployment {id} failed{said}; {live}").into())
        }
        Standing::Superseded => Verdict::Failed(format!("a later deployment than {id} took over; {live}").into()),
    })
}

/// How a run stands that was asked to end.
///
/// # Errors
/// When it cannot be observed.
pub async fn cancelled(ground: &Ground<'_>, id: u64) -> Result<Verdict> {
    let run = ground.place.run(id).await?;
    let number = called(&run);
    if !run.is_over() {
        let what = format!("run {number} is asked to end and is {} still", words(&run.status));
        let hint = format!(
            "what does not obey is ended by POST {}",
            ground.place.path(&format!("/actions/runs/{id}/force-cancel"))
        );
        return Ok(Verdict::Pending(format!("{what}; {hint}").into()));
    }
    let scene = Scene::read(ground, Depth::Live).await?;
    let live = scene.live_in_words(ground);
    Ok(match run.conclusion.as_deref() {
        Some("success") => {
            Verdict::Failed(format!("run {number} had succeeded before it could be cancelled; {live}").into())
        }
        Some("cancelled") => Verdict::Healthy(format!("run {number} was cancelled; {live}").into()),
        other => {
            let how = words(other.unwrap_or("over"));
            Verdict::Healthy(format!("run {number} ended ({how}); {live}").into())
        }
    })
}

/// A run beside what its environment says.
struct Look<'a> {
    ground: &'a Ground<'a>,
    order: &'a Order,
    run: &'a Run,
    scene: &'a Scene,
}

impl<'a> Look<'a> {
    /// The newest deployment since then that fits.
    fn deployment(&self, since: Option<Time>, fits: impl Fn(&Deployed) -> bool) -> Option<&'a Deployed> {
        let recent = |it: &&Deployed| it.it.created_at.zip(since).is_none_or(|(at, since)| at >= since);
        self.scene.deployments.iter().filter(recent).find(|it| fits(it))
    }

    fn is_the_version(&self, it: &Deployment) -> bool {
        self.scene.version(self.ground, it).as_ref() == Some(&self.order.to.version)
    }

    fn live(&self) -> String {
        self.scene.live_in_words(self.ground)
    }

    async fn judge(&self, deployed: &Deployed) -> Result<Verdict> {
        let (number, environment) = (called(self.run), &self.ground.environment);
        match deployed.standing() {
            Standing::Success => {
                let noted =
                    self.scene.version(self.ground, &deployed.it).filter(|_| !self.is_the_version(&deployed.it));
                let noted = noted.map(|it| format!("; GitHub notes it as {it}")).unwrap_or_default();
                Ok(Verdict::Healthy(format!("run {number} deployed to {environment}{noted}").into()))
            }
            Standing::Superseded if !self.run.is_over() => self.goes_on().await,
            Standing::Superseded if self.run.conclusion.as_deref() != Some("cancelled") => {
                Ok(Verdict::Failed(format!("a later deployment took over; {}", self.live()).into()))
            }
            Standing::Failed | Standing::Cancelled | Standing::Superseded => self.ended().await,
            Standing::Waiting | Standing::Running if self.run.is_over() => self.ended().await,
            Standing::Waiting | Standing::Running => self.goes_on().await,
        }
    }

    /// Its run goes on.
    async fn goes_on(&self) -> Result<Verdict> {
        let number = called(self.run);
        let page = self.run.html_url.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        if self.run.status == "waiting" {
            let all = self.ground.place.pending(self.run.id).await?;
            let here = all.iter().find(|it| it.environment.name == self.ground.environment).or(all.first());
            if let Some(pending) = here {
                let how = Wait { run: self.run, pending }.in_words();
                let where_to = &pending.environment.name;
                return Ok(Verdict::Pending(format!("run {number} {how} before {where_to}{page}").into()));
            }
        }
        let at = if self.run.status == "in_progress" { self.at().await? } else { String::new() };
        Ok(Verdict::Pending(format!("run {number} is {}{at}", words(&self.run.status)).into()))
    }

    /// Which job and step it is at.
    async fn at(&self) -> Result<String> {
        let jobs = self.ground.place.jobs(self.run.id, None).await?;
        let Some(job) = jobs.iter().find(|it| it.status == "in_progress") else { return Ok(String::new()) };
        let step = job.steps.iter().find(|it| it.status == "in_progress");
        Ok(match step {
            Some(step) => format!(": {}, {}", job.name, step.name),
            None => format!(": {}", job.name),
        })
    }

    /// Its run is over, and the environment has not got it.
    async fn ended(&self) -> Result<Verdict> {
        let (number, environment, live) = (called(self.run), &self.ground.environment, self.live());
        match self.run.conclusion.as_deref() {
            Some("success") if self.is_just_over() => {
                Ok(Verdict::Pending(format!("run {number} succeeded; no deployment is shown yet").into()))
            }
            Some("success") => {
                let why = format!("run {number} succeeded and deployed nothing to {environment}");
                let hint = format!("does one of its jobs say `environment: {environment}`?");
                Ok(Verdict::Failed(format!("{why}: {hint} {live}").into()))
            }
            Some("cancelled") => Ok(match self.had_begun() {
                true => Verdict::Failed(format!("run {number} was cancelled while it deployed; {live}").into()),
                false => Verdict::NoEffect(format!("run {number} was cancelled before it deployed; {live}").into()),
            }),
            Some("failure" | "timed_out" | "startup_failure") => {
                if let Some(no) = self.rejection().await? {
                    return Ok(Verdict::NoEffect(format!("{no}; {live}").into()));
                }
                let jobs = self.ground.place.jobs(self.run.id, None).await?;
                Ok(Verdict::Failed(format!("run {number} failed{}; {live}", culprit(&jobs)).into()))
            }
            None => Ok(Verdict::Pending(format!("run {number} is over, and how is not told yet").into())),
            Some(other) => Ok(Verdict::Failed(format!("run {number} ended: {}; {live}", words(other)).into())),
        }
    }

    /// Whether what came of it may not be shown yet, or is carried on by another run.
    fn is_just_over(&self) -> bool {
        self.run.updated_at.is_some_and(|it| self.ground.place.api.now() < it + APPEARS)
    }

    /// Whether its deployment was begun.
    fn had_begun(&self) -> bool {
        let its = self.scene.deployments.iter().filter(|it| it.run() == Some(self.run.id));
        its.flat_map(|it| &it.statuses).any(|it| it.state == "in_progress")
    }

    /// Who said no, and why.
    async fn rejection(&self) -> Result<Option<Text>> {
        let all = self.ground.place.approvals(self.run.id).await?;
        let here = |it: &&crate::backend::github::wire::Approval| {
            it.state == "rejected" && it.environments.iter().any(|it| it.name == self.ground.environment)
        };
        let no = all.iter().find(here);
        Ok(no.map(|it| {
            let comment = if it.comment.is_empty() { String::new() } else { format!(": {}", it.comment) };
            format!("{} said no{comment}", it.user.login).into()
        }))
    }
}

/// Which job failed, and at which step.
fn culprit(jobs: &[Job]) -> String {
    let failed = |conclusion: Option<&str>| matches!(conclusion, Some("failure" | "timed_out"));
    let Some(job) = jobs.iter().find(|it| failed(it.conclusion.as_deref())) else { return String::new() };
    match job.steps.iter().find(|it| failed(it.conclusion.as_deref())) {
        Some(step) => format!(" in job {} at step {}", job.name, step.name),
        None => format!(" in job {}", job.name),
    }
}

/// What was said of it last.
fn said(deployed: &Deployed) -> Option<&str> {
    deployed.statuses.first()?.description.as_deref().filter(|it| !it.is_empty())
}

/// GitHub's word as people write it.
fn words(word: &str) -> String {
    word.replace('_', " ")
}

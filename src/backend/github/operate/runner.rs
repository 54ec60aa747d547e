//! Stopping runs and running them again.

use async_trait::async_trait;

use super::place::Place;
use super::request::Request;
use super::rerun;
use super::way::called;
use crate::backend::github::wire::{Job, Run};
use crate::backend::github::{Github, runs};
use crate::backend::{BackendError, ErrorKind, Result, RunDraft, RunOrder, Runner, Verdict};
use crate::model::{RunAct, Text};

#[async_trait]
impl Runner for Github {
    fn acts(&self) -> &'static [RunAct] {
        &RunAct::ALL
    }

    async fn draft(&self, order: &RunOrder) -> Result<RunDraft> {
        let found = self.found(order).await?;
        let request = match found.request(order).await? {
            Ok(request) => request,
            Err(why) => return Ok(RunDraft { token: Some(found.token(order.act)), ..refused(why) }),
        };
        Ok(RunDraft {
            writes: vec![request.shown()],
            risks: found.risks(order.act).await,
            refused: None,
            token: Some(found.token(order.act)),
        })
    }

    async fn act(&self, order: &RunOrder) -> Result<Text> {
        let (found, request) = self.ready(order).await.map_err(BackendError::unwritten)?;
        request.send(&found.place).await.map_err(|error| explained(order.act, error))?;
        Ok(format!("asked GitHub to {}", request.what).into())
    }

    async fn verify(&self, order: &RunOrder) -> Result<Verdict> {
        let found = self.found(order).await?;
        Ok(found.judge(order))
    }
}

fn refused(why: Text) -> RunDraft {
    RunDraft { writes: Vec::new(), risks: Vec::new(), refused: Some(why), token: None }
}

impl Github {
    /// What is to be sent for an order, where its run is as it was. Reads only.
    async fn ready(&self, order: &RunOrder) -> Result<(Found<'_>, Request)> {
        let found = self.found(order).await?;
        let number = called(&found.run);
        if order.expected.as_ref().is_some_and(|it| *it != found.token(order.act)) {
            let what = format!("run {number} is not as it was: it is {} now", found.standing());
            return Err(found.place.error(ErrorKind::Conflict, what));
        }
        let refused = |why: Text| found.place.error(ErrorKind::Check, why);
        let request = found.request(order).await?.map_err(refused)?;
        Ok((found, request))
    }

    /// The run of an order, in whichever of the repositories it is.
    async fn found(&self, order: &RunOrder) -> Result<Found<'_>> {
        let unknown = |what: String| BackendError::new(&self.inner.id, ErrorKind::NotFound, what);
        let Some((id, attempt)) = runs::number(&order.run) else {
            return Err(unknown(format!("{} is no run of GitHub's", order.run)));
        };
        let mut last = None;
        for place in Place::all(&self.inner)? {
            match place.run(id).await {
                Ok(run) => return Ok(Found { place, run, attempt }),
                Err(error) if error.kind == ErrorKind::NotFound => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| unknown(format!("run {id} is in none of the repositories"))))
    }
}

/// A run and where it is.
struct Found<'a> {
    place: Place<'a>,
    run: Run,
    /// The attempt that was named, where one was.
    attempt: Option<u32>,
}

impl Found<'_> {
    /// How it stands, as far as that matters to what is to be done: a run that is cancelled may move meanwhile.
    fn token(&self, act: RunAct) -> String {
        let attempt = self.run.attempt();
        match (act, self.run.is_over()) {
            (RunAct::Cancel, false) => format!("{attempt} open"),
            _ => format!("{attempt} {}", self.standing()),
        }
    }

    fn standing(&self) -> String {
        let word = self.run.conclusion.as_deref().filter(|_| self.run.is_over()).unwrap_or(&self.run.status);
        word.replace('_', " ")
    }

    /// What is sent for an order, or why nothing is.
    async fn request(&self, order: &RunOrder) -> Result<std::result::Result<Request, Text>> {
        if let Some(why) = self.refusal(order.act) {
            return Ok(Err(why));
        }
        let number = called(&self.run);
        let of_run = |what: String, word: &str| Request {
            what,
            path: self.place.path(&format!("/actions/runs/{}/{word}", self.run.id)),
            body: None,
            precondition: Some(format!("attempt {} is the newest", self.run.attempt()).into()),
        };
        Ok(Ok(match order.act {
            RunAct::Cancel => of_run(format!("cancel run {number}"), "cancel"),
            RunAct::Rerun => of_run(format!("run all of run {number} again"), "rerun"),
            RunAct::RerunFailed => of_run(format!("run again what failed in run {number}"), "rerun-failed-jobs"),
            RunAct::RerunJob => {
                let job = match self.job(order.job.as_ref()).await? {
                    Ok(job) => job,
                    Err(why) => return Ok(Err(why)),
                };
                let what = format!("run job {} of run {number} again", job.name);
                Request { path: self.place.path(&format!("/actions/jobs/{}/rerun", job.id)), ..of_run(what, "") }
            }
        }))
    }

    /// Why it cannot be done now.
    fn refusal(&self, act: RunAct) -> Option<Text> {
        let number = called(&self.run);
        let newest = self.run.attempt();
        if let Some(attempt) = self.attempt.filter(|it| *it != newest) {
            return Some(format!("attempt {attempt} of run {number} is over; attempt {newest} is the newest").into());
        }
        match (act, self.run.is_over()) {
            (RunAct::Cancel, true) => Some(format!("run {number} is over already ({})", self.standing()).into()),
            (RunAct::Cancel, false) => None,
            (_, false) => Some(format!("run {number} is {}: what runs cannot run again", self.standing()).into()),
            (RunAct::RerunFailed, true) if self.run.conclusion.as_deref() == Some("success") => {
                Some(format!("nothing failed in run {number}").into())
            }
            (_, true) => rerun::too_old(&self.run, self.place.api.now()),
        }
    }

    /// The job that people call so.
    async fn job(&self, name: Option<&Text>) -> Result<std::result::Result<Job, Text>> {
        let Some(name) = name else { return Ok(Err("which job is not said".into())) };
        let jobs = self.place.jobs(self.run.id, None).await?;
        let found = runs::named(&jobs).into_iter().find(|(called, _)| Text::from(called.as_str()) == *name);
        Ok(found.map(|(_, job)| job.clone()).ok_or_else(|| {
            let all: Vec<&str> = jobs.iter().map(|it| it.name.as_str()).collect();
            format!("run {} has no job {name}: it has {}", called(&self.run), all.join(", ")).into()
        }))
    }

    async fn risks(&self, act: RunAct) -> Vec<Text> {
        if act == RunAct::Cancel {
            return match self.run.status.as_str() {
                "in_progress" => vec!["what it has begun stays as it is then".into()],
                _ => Vec::new(),
            };
        }
        rerun::risks(&self.place, &self.run).await
    }

    /// Whether an order has taken effect.
    fn judge(&self, order: &RunOrder) -> Verdict {
        let (number, standing) = (called(&self.run), self.standing());
        if order.act == RunAct::Cancel {
            return match (self.run.is_over(), self.run.conclusion.as_deref()) {
                (true, Some("success")) => Verdict::NoEffect(format!("run {number} had succeeded before").into()),
                (true, _) => Verdict::Healthy(format!("run {number} is over ({standing})").into()),
                (false, _) => {
                    let path = self.place.path(&format!("/actions/runs/{}/force-cancel", self.run.id));
                    let what = format!("run {number} is {standing} still; what does not obey is ended by POST {path}");
                    Verdict::Pending(what.into())
                }
            };
        }
        let before = order.expected.as_deref().and_then(|it| it.split(' ').next()?.parse::<u32>().ok());
        match before {
            Some(before) if self.run.attempt() > before => {
                Verdict::Healthy(format!("attempt {} of run {number} was begun: {standing}", self.run.attempt()).into())
            }
            _ => Verdict::Pending(format!("run {number} has not begun again yet").into()),
        }
    }
}

/// What a refusal means.
fn explained(act: RunAct, error: BackendError) -> BackendError {
    match (act, &error.kind) {
        (RunAct::Cancel, ErrorKind::Conflict) => BackendError { kind: ErrorKind::Check, ..error },
        (RunAct::Cancel, _) => error,
        _ if rerun::is_refused(&error) => BackendError { kind: ErrorKind::Check, hint: None, ..error },
        _ => error,
    }
}

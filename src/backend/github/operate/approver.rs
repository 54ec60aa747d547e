//! Saying yes or no to a run that waits before it deploys.

use async_trait::async_trait;
use serde_json::json;

use super::ground::Ground;
use super::request::Request;
use super::scene::{Scene, waits};
use super::way::called;
use crate::backend::approver::{Answer, Approver, Given, Waiting};
use crate::backend::github::deployments::Deployed;
use crate::backend::github::state::Wait;
use crate::backend::github::wire::{Approval, Pending, Run};
use crate::backend::github::{Github, rules, runs};
use crate::backend::{BackendError, ErrorKind, Result, Write};
use crate::model::{Text, TrackId, Version};

/// What GitHub wants to be told where nobody says anything.
const NO_COMMENT: &str = "answered in Flightdeck";

#[async_trait]
impl Approver for Github {
    fn guards(&self, track: &TrackId) -> bool {
        self.inner.is_here(track)
    }

    async fn waiting(&self, track: &TrackId) -> Result<Vec<Waiting>> {
        let ground = Ground::of(&self.inner, track)?;
        let mut all = Vec::new();
        let held = waits(&ground).await?;
        if held.is_empty() {
            return Ok(all);
        }
        let scene = Scene::read(&ground, super::scene::Depth::Live).await?;
        // Where the rules may not be read, whether the own yes counts is seen when it is given.
        let rules = ground.place.environment(&ground.environment).await.ok().flatten();
        let own = !rules.is_some_and(|it| it.protection_rules.iter().any(|it| it.prevent_self_review));
        for (run, pending) in held {
            let approvals = ground.place.approvals(run.id).await?;
            let given = given(&approvals, &run, &ground.environment);
            // What only time holds still after somebody's yes takes no answer any more.
            if run.attempt() == 1 && given.iter().any(|it| it.approved) {
                continue;
            }
            let its = scene.deployments.iter().find(|it| it.run() == Some(run.id));
            all.push(Waiting { own, given, ..waiting(&ground, &scene, &run, &pending, its) });
        }
        Ok(all)
    }

    fn draft(&self, answer: &Answer) -> Write {
        let drafted = Ground::of(&self.inner, &answer.waiting.track).and_then(|it| request(&it, answer));
        drafted.map_or_else(
            |error| Write { what: "answer".into(), verbatim: error.what, precondition: None },
            |request| request.shown(),
        )
    }

    async fn answer(&self, answer: &Answer) -> Result<Text> {
        let ground = Ground::of(&self.inner, &answer.waiting.track)?;
        let (run, pending, request) = ready(&ground, answer).await.map_err(BackendError::unwritten)?;
        request.send(&ground.place).await.map_err(|error| explained(&pending, error))?;
        let word = if answer.approved { "approved" } else { "rejected" };
        Ok(format!("{word} run {} for {}", called(&run), ground.environment).into())
    }
}

/// What is to be sent for an answer, where what it is about waits as it was read. Reads only.
async fn ready(ground: &Ground<'_>, answer: &Answer) -> Result<(Run, Pending, Request)> {
    let request = request(ground, answer)?;
    let (run, environment) = token(ground, &answer.waiting)?;
    let run = ground.place.run(run).await?;
    let pending = ground.place.pending(run.id).await?;
    let Some(pending) = pending.into_iter().find(|it| it.environment.id == environment) else {
        let what = format!("run {} does not wait for an answer about {} any more", called(&run), ground.environment);
        return Err(ground.place.error(ErrorKind::Conflict, what));
    };
    if token_of(&run, &pending) != answer.waiting.token {
        let what = format!("run {} was begun again since this was read", called(&run));
        return Err(ground.place.error(ErrorKind::Conflict, what));
    }
    Ok((run, pending, request))
}

/// A run that waits, as people are asked about it.
fn waiting(ground: &Ground<'_>, scene: &Scene, run: &Run, pending: &Pending, its: Option<&Deployed>) -> Waiting {
    let wait = Wait { run, pending };
    let reviewers = wait.reviewers();
    let by_deployment = its.and_then(|it| scene.version(ground, &it.it));
    let by_commit = || rules::short(&run.head_sha).map(Version::from);
    let version = by_deployment.or_else(by_commit).unwrap_or_else(|| Version::from(called(run)));
    let refused = match (pending.current_user_can_approve, reviewers.is_empty()) {
        (true, _) => None,
        (false, true) => Some(Text::from(format!("it {}: nobody is asked", wait.in_words()))),
        (false, false) => Some(Text::from(format!("GitHub does not take your answer: it {}", wait.in_words()))),
    };
    Waiting {
        track: ground.track.clone(),
        version,
        digest: None,
        commit: rules::commit(&run.head_sha),
        run: Some(runs::id(run.id, None)),
        since: pending.wait_timer_started_at.or(run.updated_at),
        until: wait.until().filter(|_| reviewers.is_empty()),
        needed: u32::from(!reviewers.is_empty() || pending.current_user_can_approve),
        reviewers,
        refused,
        url: run.html_url.as_deref().map(Text::from),
        own: true,
        given: Vec::new(),
        token: token_of(run, pending),
    }
}

/// What was said to a run about an environment, oldest first. GitHub does not tell when: at the latest when the run last
/// moved.
fn given(approvals: &[Approval], run: &Run, environment: &str) -> Vec<Given> {
    let Some(at) = run.updated_at.or(run.created_at) else { return Vec::new() };
    let here = |it: &&Approval| {
        matches!(it.state.as_str(), "approved" | "rejected") && it.environments.iter().any(|it| it.name == environment)
    };
    let all = approvals.iter().rev().filter(here).map(|it| Given {
        who: it.user.login.as_str().into(),
        at,
        approved: it.state == "approved",
        comment: it.comment.as_str().into(),
    });
    all.collect()
}

/// Which attempt of which run waits for which environment.
fn token_of(run: &Run, pending: &Pending) -> String {
    format!("{} {} {}", run.id, pending.environment.id, run.attempt())
}

/// The run and the environment that a token names.
fn token(ground: &Ground<'_>, waiting: &Waiting) -> Result<(u64, u64)> {
    let mut numbers = waiting.token.split(' ').map_while(|it| it.parse::<u64>().ok());
    numbers
        .next()
        .zip(numbers.next())
        .ok_or_else(|| ground.place.error(ErrorKind::Conflict, "what waits was read by another version: look again"))
}

fn request(ground: &Ground<'_>, answer: &Answer) -> Result<Request> {
    let (run, environment) = token(ground, &answer.waiting)?;
    let comment = answer.comment.as_str().trim();
    let state = if answer.approved { "approved" } else { "rejected" };
    let verb = if answer.approved { "approve" } else { "reject" };
    Ok(Request {
        what: format!("{verb} the deployment of run {run} to {}", ground.environment),
        path: ground.place.path(&format!("/actions/runs/{run}/pending_deployments")),
        body: Some(json!({
            "environment_ids": [environment],
            "state": state,
            "comment": if comment.is_empty() { NO_COMMENT } else { comment },
        })),
        precondition: Some("it waits there still".into()),
    })
}

/// What a refusal means.
fn explained(pending: &Pending, error: BackendError) -> BackendError {
    if !matches!(error.kind, ErrorKind::Check | ErrorKind::Forbidden) {
        return error;
    }
    let reviewers: Vec<String> = pending.reviewers.iter().map(crate::backend::github::wire::Reviewer::called).collect();
    let what = format!("{}: it was not answered", error.what);
    let mut error = BackendError { what: what.into(), ..error };
    if !reviewers.is_empty() {
        let hint = format!("the answer of {} counts; who started the run may be excluded", reviewers.join(" or "));
        error = error.hint(hint);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::github::wire::User;
    use crate::backend::github::wire::gate::PendingEnvironmentName;
    use crate::model::Time;

    #[test]
    fn what_was_said_about_another_environment_is_no_answer_here() {
        let said = |state: &str, who: &str, environment: &str| Approval {
            environments: vec![PendingEnvironmentName { name: environment.into() }],
            state: state.into(),
            user: User { login: who.into(), ..User::default() },
            comment: String::new(),
        };
        let run = Run { id: 1, updated_at: Time::from_timestamp(1_700_000_000, 0), ..Run::default() };
        let all = [
            said("rejected", "cid", "production"),
            said("approved", "ben", "staging"),
            said("pending", "eve", "production"),
            said("approved", "ann", "production"),
        ];
        let told: Vec<(String, bool)> =
            given(&all, &run, "production").into_iter().map(|it| (it.who.to_string(), it.approved)).collect();
        assert_eq!(told, [("ann".to_owned(), true), ("cid".to_owned(), false)]);
        assert!(given(&all, &Run::default(), "production").is_empty());
    }
}

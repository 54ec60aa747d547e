//! Writing down as GitHub deployments what other backends deploy.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::ground::{Ground, at_most};
use super::request::Request;
use crate::backend::github::Github;
use crate::backend::{ErrorKind, RecordDraft, Recorded, Recorder, Recording, Result, Verb};
use crate::model::{CommitId, Text};

/// How long GitHub lets a description be, in characters.
const DESCRIPTION: usize = 140;

#[async_trait]
impl Recorder for Github {
    fn draft(&self, record: &Recording) -> Option<RecordDraft> {
        let ground = self.records(record)?;
        let refused = |why: Text| RecordDraft { writes: Vec::new(), refused: Some(why) };
        Some(match commit(record) {
            Ok(commit) => {
                let state = match &record.ended {
                    Some(ended) => status(&ground, "NUMBER", ended),
                    None => open_status(&ground),
                };
                RecordDraft { writes: vec![deployment(&ground, record, &commit).shown(), state.shown()], refused: None }
            }
            Err(why) => refused(why),
        })
    }

    async fn record(&self, record: &Recording) -> Result<Text> {
        #[derive(Deserialize)]
        struct Made {
            id: u64,
        }
        let ground = self.records(record).ok_or_else(|| self.cannot("it is not written down here"))?;
        let commit = commit(record).map_err(|why| self.cannot(why))?;
        let ended = record.ended.as_ref().ok_or_else(|| self.cannot("how it ended is not known"))?;
        let answer = deployment(&ground, record, &commit).send(&ground.place).await.map_err(explained)?;
        let made: Made = match serde_json::from_slice(&answer.body) {
            Ok(made) if answer.status == 201 => made,
            _ => return Err(self.cannot("GitHub did not say which deployment it noted")),
        };
        let told = status(&ground, &made.id.to_string(), ended).send(&ground.place).await;
        let unsaid = |error: crate::backend::BackendError| {
            let path = ground.place.path(&format!("/deployments/{}/statuses", made.id));
            let open = format!("it looks as if it were on its way until somebody says so by POST {path}");
            let what = format!("deployment {} was noted, and not how it ended: {}; {open}", made.id, error.what);
            crate::backend::BackendError { what: what.into(), ..error }
        };
        told.map_err(unsaid)?;
        let how = if ended.succeeded { "succeeded" } else { "failed" };
        Ok(format!("deployment {} to {}, which {how}", made.id, ground.environment).into())
    }
}

impl Github {
    /// Where an operation is written down, if it is.
    fn records<'a>(&'a self, record: &'a Recording) -> Option<Ground<'a>> {
        let wanted = self.inner.settings.record.iter().any(|it| it == record.by.as_str());
        let deploys = matches!(record.order.verb, Verb::Promote | Verb::RollBack);
        if !wanted || !deploys || !self.inner.is_here(&record.order.track) {
            return None;
        }
        Ground::of(&self.inner, &record.order.track).ok()
    }

    fn cannot(&self, why: impl Into<Text>) -> crate::backend::BackendError {
        crate::backend::BackendError::new(&self.inner.id, ErrorKind::Check, why)
    }
}

fn commit(record: &Recording) -> std::result::Result<CommitId, Text> {
    let version = &record.order.to.version;
    record.order.to.commit.ok_or_else(|| format!("the commit of {version} is not known").into())
}

/// The deployment, skipping every check: it has happened.
fn deployment(ground: &Ground<'_>, record: &Recording, commit: &CommitId) -> Request {
    let order = &record.order;
    Request {
        what: format!("note a deployment to {}", ground.environment),
        path: ground.place.path("/deployments"),
        body: Some(json!({
            "ref": commit.to_string(),
            "task": ground.task,
            "auto_merge": false,
            "required_contexts": [],
            "payload": {
                "version": order.to.version.as_str(),
                "recorded_by": "flightdeck",
                "operation": order.operation.as_str(),
            },
            "environment": ground.environment,
            "description": at_most(&order.reason, DESCRIPTION),
            "transient_environment": false,
            "production_environment": ground.is_last(),
        })),
        precondition: Some("the operation has ended".into()),
    }
}

fn status(ground: &Ground<'_>, deployment: &str, ended: &Recorded) -> Request {
    let state = if ended.succeeded { "success" } else { "failure" };
    Request {
        what: format!("note how the deployment to {} ended", ground.environment),
        path: ground.place.path(&format!("/deployments/{deployment}/statuses")),
        body: Some(json!({ "state": state, "description": at_most(&ended.why, DESCRIPTION) })),
        precondition: None,
    }
}

fn open_status(ground: &Ground<'_>) -> Request {
    Request {
        what: format!("note how the deployment to {} ended", ground.environment),
        path: ground.place.path("/deployments/NUMBER/statuses"),
        body: Some(json!({ "state": "success or failure", "description": "how it ended" })),
        precondition: None,
    }
}

/// What a refusal means.
fn explained(error: crate::backend::BackendError) -> crate::backend::BackendError {
    match error.kind {
        ErrorKind::Check => error.hint("does GitHub have the commit? It has to be pushed"),
        _ => error,
    }
}

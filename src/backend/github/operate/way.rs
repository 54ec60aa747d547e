//! What an order comes down to: a workflow that is dispatched, a deployment that is created, a job that runs again, a run
//! that is cancelled.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::address::encoded;
use super::ground::{Ground, at_most};
use super::request::Request;
use super::rerun;
use super::scene::Scene;
use super::words::Words;
use crate::backend::github::rules;
use crate::backend::github::settings::{Deploying, Dispatch, Promote, Rollback};
use crate::backend::github::wire::{Job, Repository as About, Run};
use crate::backend::{Order, Result, Verb};
use crate::model::{CommitId, Text};

/// How long GitHub lets the description of a deployment be, in characters.
const DESCRIPTION: usize = 140;
/// The key of a payload that holds the operation.
pub const OPERATION: &str = "flightdeck";

/// Asks for the number of the run that a dispatch begins; servers of before 2026 do not know it.
pub const RUN_DETAILS: &str = "return_run_details";

/// What an order comes down to.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// A workflow is dispatched.
    Dispatch {
        /// Its file.
        file: String,
        /// The branch or tag whose workflow runs.
        reference: String,
        /// Its inputs.
        inputs: BTreeMap<String, String>,
    },
    /// A deployment is created.
    Deploy {
        /// What is sent.
        body: Value,
    },
    /// The job that deployed it runs again.
    Rerun {
        /// Its run.
        run: Run,
        /// It, as the newest attempt has it.
        job: Job,
    },
    /// The run that is on its way is cancelled.
    Cancel {
        /// It.
        run: Run,
    },
}

/// What `order` comes down to, and the commit where it is known; otherwise why it cannot be carried out.
///
/// # Errors
/// When the world cannot be read.
pub async fn decide(
    ground: &Ground<'_>,
    scene: &Scene,
    about: &About,
    order: &Order,
) -> Result<std::result::Result<(Way, Option<CommitId>), Text>> {
    let settings = ground.settings();
    match (order.verb, &settings.promote, &settings.rollback) {
        (Verb::Abort, ..) => Ok(cancel(ground, scene).await?.map(|way| (way, order.to.commit))),
        (Verb::RollBack, _, Some(Rollback::RerunJob)) => {
            Ok(rerun::of(ground, scene, order).await?.map(|way| (way, order.to.commit)))
        }
        (Verb::RollBack, _, Some(Rollback::Workflow(dispatch))) => dispatched(ground, about, order, dispatch).await,
        (Verb::Promote | Verb::RollBack, Some(Promote::Workflow(dispatch)), _) => {
            dispatched(ground, about, order, dispatch).await
        }
        (Verb::Promote | Verb::RollBack, Some(Promote::Deployment(deploying)), _) => {
            deployed(ground, order, deploying).await
        }
        (Verb::Promote | Verb::RollBack, None, _) => Ok(Err(unconfigured(order.verb))),
        (verb, ..) => Ok(Err(format!("GitHub cannot {} deployments", verb.word()).into())),
    }
}

/// How to say what is missing.
fn unconfigured(verb: Verb) -> Text {
    let why = format!(
        "it was not said how to {} here: set `promote = {{ by = \"workflow\", workflow = \"deploy.yml\", inputs = {{ \
         version = \"{{version}}\" }} }}`, or `{{ by = \"deployment\" }}`, in the backend",
        verb.word()
    );
    why.into()
}

/// The commit of what should be live, as the order or GitHub knows it.
async fn commit(ground: &Ground<'_>, order: &Order) -> Result<Option<CommitId>> {
    match order.to.commit {
        Some(commit) => Ok(Some(commit)),
        None => ground.place.commit(order.to.version.as_str()).await,
    }
}

async fn dispatched(
    ground: &Ground<'_>,
    about: &About,
    order: &Order,
    dispatch: &Dispatch,
) -> Result<std::result::Result<(Way, Option<CommitId>), Text>> {
    let commit = commit(ground, order).await?;
    let words = Words::of(ground, order, commit.as_ref());
    let filled = || -> std::result::Result<Way, Text> {
        let reference = match &dispatch.reference {
            Some(template) => words.fill(template)?,
            None => about.default_branch.clone(),
        };
        if reference.trim().is_empty() {
            return Err("the default branch of the repository is not told: set `ref`".into());
        }
        if rules::commit(&reference).is_some() {
            return Err("a workflow is dispatched on a branch or a tag, and `ref` is a commit".into());
        }
        Ok(Way::Dispatch { file: dispatch.workflow.clone(), reference, inputs: words.fill_all(&dispatch.inputs)? })
    };
    Ok(filled().map(|way| (way, commit)))
}

async fn deployed(
    ground: &Ground<'_>,
    order: &Order,
    deploying: &Deploying,
) -> Result<std::result::Result<(Way, Option<CommitId>), Text>> {
    let Some(commit) = commit(ground, order).await? else {
        return Ok(Err(
            format!("the commit of {} is not known, and a deployment is of a commit", order.to.version).into()
        ));
    };
    let words = Words::of(ground, order, Some(&commit));
    let filled = || -> std::result::Result<Way, Text> {
        let mut payload: Map<String, Value> = Map::new();
        payload.extend(words.fill_all(&deploying.payload)?.into_iter().map(|(key, value)| (key, value.into())));
        payload.insert("version".to_owned(), order.to.version.as_str().into());
        payload.insert(OPERATION.to_owned(), order.operation.as_str().into());
        let task = deploying.task.as_deref().map(|it| words.fill(it)).transpose()?;
        let mut body = json!({
            "ref": commit.to_string(),
            "task": task.unwrap_or_else(|| ground.task.clone()),
            "auto_merge": false,
            "payload": payload,
            "environment": ground.environment,
            "description": at_most(&order.reason, DESCRIPTION),
            "production_environment": ground.is_last(),
        });
        if let (Some(contexts), Some(body)) = (&deploying.required_contexts, body.as_object_mut()) {
            body.insert("required_contexts".to_owned(), json!(contexts));
        }
        Ok(Way::Deploy { body })
    };
    Ok(filled().map(|way| (way, Some(commit))))
}

/// The run of what is on its way.
async fn cancel(ground: &Ground<'_>, scene: &Scene) -> Result<std::result::Result<Way, Text>> {
    let Some(coming) = scene.situation().coming else {
        return Ok(Err(format!("nothing is on its way: {}", scene.live_in_words(ground)).into()));
    };
    let Some(run) = coming.run() else {
        let why = format!("deployment {} is of no run of GitHub's: only who carries it out can stop it", coming.it.id);
        return Ok(Err(why.into()));
    };
    let run = ground.place.run(run).await?;
    if run.is_over() {
        return Ok(Err(format!("its run {} is over already", called(&run)).into()));
    }
    Ok(Ok(Way::Cancel { run }))
}

/// What people call a run: `#12 of Deploy`.
pub fn called(run: &Run) -> String {
    let number = run.run_number.map_or_else(|| run.id.to_string(), |it| format!("#{it}"));
    match run.name.as_deref().filter(|it| !it.trim().is_empty()) {
        Some(name) => format!("{number} of {name}"),
        None => number,
    }
}

impl Way {
    /// Whether it creates a deployment.
    pub fn is_deployment(&self) -> bool {
        matches!(self, Self::Deploy { .. })
    }

    /// The write that it is.
    pub fn request(&self, ground: &Ground<'_>) -> Request {
        let place = &ground.place;
        let same = || Some(Text::from("nothing else was deployed there since this was planned"));
        match self {
            Self::Dispatch { file, reference, inputs } => Request {
                what: format!("dispatch {file} on {reference}"),
                path: place.path(&format!("/actions/workflows/{}/dispatches", encoded(file))),
                body: Some(json!({ "ref": reference, "inputs": inputs, RUN_DETAILS: true })),
                precondition: same(),
            },
            Self::Deploy { body } => Request {
                what: format!("create a deployment to {}", ground.environment),
                path: place.path("/deployments"),
                body: Some(body.clone()),
                precondition: same(),
            },
            Self::Rerun { run, job } => Request {
                what: format!("run job {} of run {} again", job.name, called(run)),
                path: place.path(&format!("/actions/jobs/{}/rerun", job.id)),
                body: None,
                precondition: same(),
            },
            Self::Cancel { run } => Request {
                what: format!("cancel run {}", called(run)),
                path: place.path(&format!("/actions/runs/{}/cancel", run.id)),
                body: None,
                precondition: Some("it has not ended".into()),
            },
        }
    }
}

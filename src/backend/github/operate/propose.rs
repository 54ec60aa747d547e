//! What an order would write, told before it is written, with what GitHub holds against it.

use serde::Deserialize;

use super::address::encoded;
use super::gates::{self, Checks};
use super::ground::Ground;
use super::risks;
use super::scene::{Depth, Scene};
use super::way::{self, Way};
use crate::backend::{ErrorKind, Order, Proposal, Result, SameBinary, Verb};
use crate::model::Text;

/// What `order` would write; where it cannot be carried out, why.
///
/// # Errors
/// When the world cannot be read.
pub async fn propose(ground: &Ground<'_>, order: &Order) -> Result<Proposal> {
    let (about, scopes) = ground.place.about().await?;
    let scene = Scene::read(ground, Depth::of(ground, order.verb)).await?;
    let (way, commit) = match way::decide(ground, &scene, &about, order).await? {
        Ok(decided) => decided,
        Err(why) => return Ok(refused(why)),
    };
    if let Some(why) = trouble(ground, &way).await? {
        return Ok(refused(why));
    }
    let mut unread = Vec::new();
    let checks = match commit.filter(|_| order.verb != Verb::Abort) {
        Some(commit) => {
            let checks = Checks::read(ground, &commit).await;
            let what = format!("the checks of {}", commit.short());
            readable(checks, &what, &mut unread)?.map(|it| (commit, it))
        }
        None => None,
    };
    let rules = ground.place.environment(&ground.environment).await;
    let environment = readable(rules, &format!("the rules of {}", ground.environment), &mut unread)?;
    let running = readable(gates::running(ground, &scene, &way).await, "the runs that go on", &mut unread)?;
    let look = risks::Look {
        ground,
        order,
        way: &way,
        environment: environment.as_ref().map(Option::as_ref),
        checks: checks.as_ref().map(|(commit, checks)| (commit, checks)),
    };
    let mut risks = risks::of(&look).await;
    risks.extend(running.into_iter().flatten().chain(unread));
    let permission = gates::permission(ground, &about, scopes.as_deref(), &way);
    let checks = checks.as_ref().and_then(|(commit, checks)| checks.gate(ground, commit, order.verb));
    Ok(Proposal {
        writes: vec![way.request(ground).shown()],
        same_binary: SameBinary::Unknown(
            "GitHub knows commits and no digests: which bytes are deployed is up to the workflow".into(),
        ),
        gates: permission.into_iter().chain(checks).collect(),
        risks,
        refused: None,
        undo: undo(order),
    })
}

/// A proposal that cannot be carried out.
fn refused(why: Text) -> Proposal {
    Proposal {
        writes: Vec::new(),
        same_binary: SameBinary::Unknown(why.clone()),
        gates: Vec::new(),
        risks: Vec::new(),
        refused: Some(why),
        undo: "nothing is written, so there is nothing to take back".into(),
    }
}

/// Why a workflow cannot be dispatched, where it cannot.
async fn trouble(ground: &Ground<'_>, way: &Way) -> Result<Option<Text>> {
    #[derive(Deserialize)]
    struct Workflow {
        #[serde(default)]
        state: String,
    }
    let Way::Dispatch { file, .. } = way else { return Ok(None) };
    let path = ground.place.path(&format!("/actions/workflows/{}", encoded(file)));
    let slug = &ground.place.repository.slug;
    Ok(match ground.place.api.fetch::<Workflow>("read a workflow", &path).await {
        Ok(page) if matches!(page.it.state.as_str(), "active" | "") => None,
        Ok(page) => Some(format!("{file} is switched off ({})", page.it.state.replace('_', " ")).into()),
        Err(error) if error.kind == ErrorKind::NotFound => {
            Some(format!("{slug} has no workflow {file}, or the token may not see it").into())
        }
        Err(error) => return Err(error),
    })
}

/// What was read; where it may not be read, that is a risk and stops nothing.
fn readable<T>(asked: Result<T>, what: &str, unread: &mut Vec<Text>) -> Result<Option<T>> {
    match asked {
        Ok(it) => Ok(Some(it)),
        Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Check) => {
            unread.push(format!("{what} could not be read: {}", error.what).into());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What taking it back would be.
fn undo(order: &Order) -> Text {
    match (order.verb, &order.from, &order.coming) {
        (Verb::Abort, _, Some(coming)) => format!("promote {} again", coming.version).into(),
        (Verb::Abort, ..) => "promote again what was given up".into(),
        (_, Some(from), _) => format!("roll back to {}, the same way", from.version).into(),
        (_, None, _) => "nothing was live before: there is nothing to go back to".into(),
    }
}

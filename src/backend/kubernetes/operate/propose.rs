//! What an order would write, told before it is written, with what the server itself says of it.

use serde_json::Value;

use super::access::Answer;
use super::action::{Action, Means, decide};
use super::dry_run::{self, Opinion};
use super::ground::Ground;
use super::json::text;
use super::scene::Scene;
use super::send::token_of;
use super::source::Taken;
use super::{owner, risks, rollback, same_binary};
use crate::backend::kubernetes::view::View;
use crate::backend::{Order, Proposal, Result, SameBinary, Verb};
use crate::model::{Gate, Text};

/// What `order` would write; where it cannot be carried out, why.
///
/// # Errors
/// When the workload cannot be read.
pub async fn propose(
    ground: &Ground<'_>,
    order: &Order,
    taken: Option<std::result::Result<Taken, Text>>,
) -> Result<Proposal> {
    let scene = ground.scene().await?;
    let taken = match taken.transpose() {
        Ok(taken) => taken,
        Err(why) => return Ok(refused(why)),
    };
    let means = Means { rules: ground.rules, repository: ground.repository, taken: taken.as_ref(), now: ground.now };
    let action = match decide(&scene, order, &means) {
        Ok(action) => action,
        Err(why) => return Ok(refused(why)),
    };
    let request = match action.request(scene.subject()) {
        Ok(request) => request,
        Err(why) => return Ok(refused(why)),
    };
    let view = scene.view(ground.rules, order.track.service.as_str());
    let mut proposal = Proposal {
        writes: vec![request.shown()],
        same_binary: same_binary::of(order, &action, taken.as_ref(), view.as_ref()),
        gates: gates(ground, &scene, order.verb).await,
        risks: risks::of(&risks::Look { scene: &scene, view: view.as_ref(), action: &action, rules: ground.rules }),
        refused: None,
        undo: undo(&scene, view.as_ref(), &action, order.verb),
    };
    deletions(ground, &scene, &action, &mut proposal).await;
    if !proposal.gates.iter().any(|gate| gate.forbids(order.verb)) {
        dry_run(ground, order, &scene, &action, &mut proposal).await;
    }
    Ok(proposal)
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

/// What holds it: rights that we do not have, and who would revert it.
async fn gates(ground: &Ground<'_>, scene: &Scene, verb: Verb) -> Vec<Gate> {
    let owner = owner::of(&scene.object).map(|owner| owner.gate(ground.track)).filter(|gate| gate.is_about(verb));
    ground.forbidden().await.into_iter().chain(owner).collect()
}

/// The second writes of a forced rollback.
async fn deletions(ground: &Ground<'_>, scene: &Scene, action: &Action, proposal: &mut Proposal) {
    let Action::PutBack { revision, .. } = action else { return };
    let pods: Vec<&Value> = rollback::in_the_way(scene, revision);
    if pods.is_empty() {
        return;
    }
    if ground.may_delete_pods().await {
        let deletes = pods.iter().map(|pod| rollback::delete(&scene.name.namespace, pod).shown());
        proposal.writes.extend(deletes);
        return;
    }
    let names: Vec<&str> = pods.iter().map(|pod| text(pod, "/metadata/name")).collect();
    let names = names.join(", ");
    let what =
        format!("the StatefulSet waits for {names}, which is not ready, and we may not delete it: somebody has to");
    proposal.risks.push(what.into());
}

/// Adds what the server says of the write to the proposal.
async fn dry_run(ground: &Ground<'_>, order: &Order, scene: &Scene, action: &Action, proposal: &mut Proposal) {
    let expected = order.expected.clone().unwrap_or_else(|| token_of(&scene.object));
    let draft = |object: &Value| action.request(ground.subject(object));
    match dry_run::ask(&ground.api, &ground.name, &expected, draft).await {
        Opinion::Yes(altered) => proposal.risks.extend(altered),
        Opinion::No(why) => proposal.refused = Some(format!("the cluster refuses it: {why}").into()),
        Opinion::Forbidden(reason) => {
            let answer = Answer { allowed: false, reason };
            let gate = ground.right().gate(ground.track, &ground.api.cluster.context, &answer, &[order.verb]);
            proposal.gates.push(gate);
        }
        Opinion::Unknown(why) => {
            proposal.risks.push(format!("whether the cluster would take it is not known: {why}").into());
        }
    }
}

/// What taking it back would be.
fn undo(scene: &Scene, view: Option<&View<'_>>, action: &Action, verb: Verb) -> Text {
    let version = view.and_then(View::desired).map(|it| it.version.to_string());
    let version = version.unwrap_or_else(|| "what it is set to now".to_owned());
    match action {
        Action::PutBack { .. } if verb == Verb::Abort => {
            format!("promote {version} again: it is given up before it was live").into()
        }
        Action::SetImage { .. } | Action::PutBack { .. } => match scene.current() {
            Some(current) => {
                let number = current.number;
                format!("roll back to {version}: its template is kept as revision {number} and put back").into()
            }
            None => format!("roll back to {version}, once its revision is kept").into(),
        },
        Action::Pause => "resume it".into(),
        Action::Resume => "pause it again: what has rolled out by then stays".into(),
        Action::Restart { .. } => "nothing to take back: the same version starts anew".into(),
    }
}

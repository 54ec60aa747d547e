//! Whether an order has taken effect, judged as `kubectl rollout status` does, and told as soon as it is certain.

use super::choice;
use super::first;
use super::ground::Ground;
use super::request::MANAGER;
use super::scene::Scene;
use super::send::token_of;
use super::stuck;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::rollout::Rollout;
use crate::backend::kubernetes::rules::Rules;
use crate::backend::kubernetes::view::View;
use crate::backend::{Order, Receipt, Result, Verb, Verdict};
use crate::model::{Text, Time};

/// Whether `order` has taken effect.
///
/// # Errors
/// When the workload cannot be read.
pub async fn verify(ground: &Ground<'_>, order: &Order, receipt: Option<&Receipt>) -> Result<Verdict> {
    let scene = ground.scene().await?;
    Ok(judge(&scene, ground.rules, order, receipt, ground.now))
}

/// Whether `order` has taken effect on a workload as it was found.
pub fn judge(scene: &Scene, rules: &Rules, order: &Order, receipt: Option<&Receipt>, now: Time) -> Verdict {
    let Some(view) = scene.view(rules, order.track.service.as_str()) else {
        return Verdict::Failed(format!("{} cannot be read", scene.name.short()).into());
    };
    match standing(scene, &view, order, receipt) {
        Standing::Untouched => Verdict::NoEffect(format!("{}, as before", live(&view)).into()),
        Standing::Overtaken => Verdict::Failed(format!("{}; {}", first::words(&scene.object), live(&view)).into()),
        // Until the controller has seen it, it goes on.
        Standing::Ours if order.verb == Verb::Pause && !view.workload.is_observed() => {
            Verdict::Pending(so_far(&view).into())
        }
        Standing::Ours if order.verb == Verb::Pause => {
            Verdict::Healthy(format!("it is paused; {}", so_far(&view)).into())
        }
        Standing::Ours => rolled_out(scene, &view, now),
    }
}

/// What became of the write.
enum Standing {
    /// It is there.
    Ours,
    /// Nothing was changed since the plan.
    Untouched,
    /// Something else was written since.
    Overtaken,
}

fn standing(scene: &Scene, view: &View<'_>, order: &Order, receipt: Option<&Receipt>) -> Standing {
    let token = token_of(&scene.object);
    if receipt.and_then(|it| it.token.as_ref()) == Some(&token) {
        return Standing::Ours;
    }
    if order.expected.as_ref() == Some(&token) {
        return Standing::Untouched;
    }
    let paused = scene.subject().is_paused();
    let meant = view.desired().is_some_and(|it| it.installed(None).is_same(&order.to));
    let ours = match order.verb {
        Verb::Promote | Verb::RollBack | Verb::Abort => {
            // A revision that was named by its number is another one now.
            let numbered =
                choice::numbered(&order.to.version).is_some() && receipt.is_none() && first::was_us(&scene.object);
            (meant || numbered) && !paused
        }
        Verb::Pause => paused,
        Verb::Resume => !paused && meant,
        Verb::Restart => scene.cause_holds(order.operation.as_str()),
    };
    if ours { Standing::Ours } else { Standing::Overtaken }
}

fn rolled_out(scene: &Scene, view: &View<'_>, now: Time) -> Verdict {
    let wanted = view.workload.wanted();
    let observed = view.workload.is_observed();
    match &view.rollout {
        Rollout::Complete if wanted == 0 && observed => {
            let why = if scene.kind == Kind::DaemonSet { "no node takes it" } else { "it is scaled to 0" };
            Verdict::Healthy(format!("{}; {why}, so that nothing runs", set(view)).into())
        }
        Rollout::Complete => {
            Verdict::Healthy(format!("{}: {wanted} of {wanted} pods are available", live(view)).into())
        }
        // What was said of the rollout before ours stays until the first pod of ours is made.
        Rollout::Failed(_) if is_older_than_our_write(view) || is_about_another(scene, view) => {
            Verdict::Pending(waits("the controller has not begun yet", view))
        }
        Rollout::Failed(why) => Verdict::Failed(told(why, view)),
        // Nothing goes on by itself, and who resumes it needs the track.
        Rollout::Progressing(_) if scene.subject().is_paused() => {
            Verdict::Failed(format!("it was paused half-way: {}; {}", so_far(view), live(view)).into())
        }
        Rollout::Progressing(step) => match stuck::certainly(scene, now) {
            Some(why) => Verdict::Failed(told(&why, view)),
            None => Verdict::Pending(waits(&step.what, view)),
        },
        Rollout::Manual(step) => {
            let what = format!("{}: pods take it when somebody deletes them (OnDelete)", step.what);
            Verdict::Pending(what.into())
        }
    }
}

/// Whether what the controller says of the rollout was said before we wrote.
fn is_older_than_our_write(view: &View<'_>) -> bool {
    let ours = view.workload.managers.iter().filter(|(manager, _)| manager == MANAGER).filter_map(|(_, at)| *at).max();
    let said = view.workload.progressing().and_then(|it| it.last_update_time);
    said.zip(ours).is_some_and(|(said, ours)| said < ours)
}

/// Whether what the controller says of the rollout names a ReplicaSet that is not of the template as it is now. Times are
/// whole seconds and do not tell what was said in the second of our write.
fn is_about_another(scene: &Scene, view: &View<'_>) -> bool {
    let said = view.workload.progressing().map_or("", |it| it.message.as_str());
    let named = said.strip_prefix("ReplicaSet \"").and_then(|rest| rest.split_once('"'));
    named.is_some_and(|(named, _)| scene.current().is_none_or(|current| current.name() != named))
}

/// What is live, in words.
fn live(view: &View<'_>) -> String {
    let live = view.serving().and_then(|side| side.carried.as_ref()).map(|it| it.version.to_string());
    live.map_or_else(|| "nothing is live".to_owned(), |version| format!("{version} is live"))
}

/// What it is set to, in words.
fn set(view: &View<'_>) -> String {
    let version = view.desired().map(|it| it.version.to_string());
    version.map_or_else(|| "nothing is set".to_owned(), |version| format!("{version} is set"))
}

fn so_far(view: &View<'_>) -> String {
    match &view.rollout {
        Rollout::Complete => "nothing is on its way".to_owned(),
        Rollout::Progressing(step) | Rollout::Manual(step) => step.what.clone(),
        Rollout::Failed(why) => why.clone(),
    }
}

/// What it waits for, and why, where that is known.
fn waits(step: &str, view: &View<'_>) -> Text {
    match view.trouble() {
        Some(trouble) => format!("{step}; {}", trouble.words).into(),
        None => step.into(),
    }
}

/// Why it failed, the cause behind it where it is known, and what is live instead.
fn told(why: &str, view: &View<'_>) -> Text {
    let cause = view.trouble().map(|it| it.words).filter(|words| !why.contains(words.as_str()));
    let cause = cause.map(|it| format!("; {it}")).unwrap_or_default();
    format!("{why}{cause}; {}", live(view)).into()
}

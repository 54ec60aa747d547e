//! What could go wrong with a write, as far as the objects tell.

use super::action::Action;
use super::json::integer;
use super::promote;
use super::scene::Scene;
use super::template::{self, Container};
use crate::backend::kubernetes::image::Reference;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::rules::Rules;
use crate::backend::kubernetes::view::{Side, View};
use crate::model::Text;

/// What is looked at.
pub struct Look<'a> {
    /// The workload.
    pub scene: &'a Scene,
    /// The same as the reading half sees it.
    pub view: Option<&'a View<'a>>,
    /// What is about to be done to it.
    pub action: &'a Action,
    /// How versions are read.
    pub rules: &'a Rules,
}

/// Each thing that is looked for.
const ALL: [fn(&Look<'_>) -> Vec<Text>; 9] =
    [scale, strategy, partition, repository, siblings, other_images, moving_tags, alike, nothing_kept];

/// What could go wrong.
pub fn of(look: &Look<'_>) -> Vec<Text> {
    ALL.iter().flat_map(|risk| risk(look)).collect()
}

impl Look<'_> {
    /// Whether pods are replaced by it.
    fn replaces(&self) -> bool {
        !matches!(self.action, Action::Pause | Action::Resume)
    }
}

fn scale(look: &Look<'_>) -> Vec<Text> {
    let Some(view) = look.view else { return Vec::new() };
    let scaler = view.autoscaler();
    let none = look.scene.kind != Kind::DaemonSet && view.workload.wanted() == 0;
    let words = match (none, scaler) {
        (true, None) => "it is scaled to 0: nothing runs before or after".to_owned(),
        (true, Some((item, _))) => {
            format!(
                "it is scaled to 0, where HorizontalPodAutoscaler {} rests: nothing runs before or after",
                item.name
            )
        }
        (false, Some((item, scaler))) => {
            let (name, least, most) = (&item.name, scaler.least, scaler.most);
            format!("HorizontalPodAutoscaler {name} sets its replicas ({least} to {most}), also while it rolls out")
        }
        (false, None) => return Vec::new(),
    };
    vec![words.into()]
}

fn strategy(look: &Look<'_>) -> Vec<Text> {
    let words = match look.scene.subject().strategy() {
        _ if !look.replaces() => return Vec::new(),
        "OnDelete" => "its strategy is OnDelete: pods take it only when somebody deletes them",
        "Recreate" => "its strategy is Recreate: all pods end before new ones start",
        _ => return Vec::new(),
    };
    vec![words.into()]
}

fn partition(look: &Look<'_>) -> Vec<Text> {
    let partition = integer(&look.scene.object, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or_default();
    if partition <= 0 || look.scene.kind != Kind::StatefulSet || !look.replaces() {
        return Vec::new();
    }
    vec![format!("its partition is {partition}: pods with lower numbers stay as they are").into()]
}

fn repository(look: &Look<'_>) -> Vec<Text> {
    let Action::SetImage { before, image, .. } = look.action else { return Vec::new() };
    let (before, after) = (Reference::parse(before).repository, Reference::parse(image).repository);
    if before == after {
        return Vec::new();
    }
    vec![format!("the repository changes from {before} to {after}: the cluster has to be allowed to pull there").into()]
}

fn siblings(look: &Look<'_>) -> Vec<Text> {
    let Action::SetImage { container, image, .. } = look.action else { return Vec::new() };
    let subject = look.scene.subject();
    promote::container(subject, container).map(|it| promote::siblings(subject, &it, image)).unwrap_or_default()
}

/// Other containers whose image an old template changes too.
fn other_images(look: &Look<'_>) -> Vec<Text> {
    let Action::PutBack { revision, .. } = look.action else { return Vec::new() };
    let own = look.view.and_then(View::desired).map(|it| it.container);
    let now = template::containers(look.scene.subject().template());
    let then = template::containers(&revision.template);
    let named = |all: &[Container<'_>], name: &str| all.iter().find(|it| it.name == name).map(|it| it.image.to_owned());
    let mut words = Vec::new();
    for container in now.iter().filter(|it| Some(it.name) != own.as_deref()) {
        match named(&then, container.name) {
            None => words.push(format!("container {} goes: the old template has none", container.name)),
            Some(image) if image != container.image => {
                words.push(format!("container {} goes from {} to {image} too", container.name, container.image));
            }
            Some(_) => {}
        }
    }
    let added = then.iter().filter(|it| named(&now, it.name).is_none());
    words.extend(added.map(|it| format!("container {} comes back with {}", it.name, it.image)));
    words.into_iter().map(Text::from).collect()
}

/// Tags that people move: what they are now may not be what ran.
fn moving_tags(look: &Look<'_>) -> Vec<Text> {
    let moves = |it: &Reference| it.digest.is_none() && it.tag.as_deref().is_none_or(|tag| look.rules.moves(tag));
    let all = look.action.images().into_iter().filter(moves);
    all.map(|it| format!("{} can be moved: it may not be what ran before", it.written()).into()).collect()
}

/// Other revisions of the same version: which one is meant is said.
fn alike(look: &Look<'_>) -> Vec<Text> {
    let (Action::PutBack { revision, .. }, Some(view)) = (look.action, look.view) else { return Vec::new() };
    let version = |side: &Side<'_>| side.carried.as_ref().map(|it| it.version.clone());
    let meant = view.revisions.iter().find(|side| side.revision.number == revision.number).and_then(version);
    let same = |side: &&Side<'_>| side.revision.number != revision.number && version(side) == meant;
    let others = view.revisions.iter().filter(same).filter_map(|side| view.called(side));
    let others: Vec<String> = others.map(|it| it.to_string()).collect();
    let Some(meant) = meant.filter(|_| !others.is_empty()) else { return Vec::new() };
    let others = others.join(", ");
    vec![format!("{meant} is kept with other settings too, as {others}: revision {} is meant", revision.number).into()]
}

fn nothing_kept(look: &Look<'_>) -> Vec<Text> {
    let none = integer(&look.scene.object, "/spec/revisionHistoryLimit") == Some(0);
    if !none || !look.replaces() {
        return Vec::new();
    }
    vec!["its revisionHistoryLimit is 0: once it is rolled out, there is nothing to go back to".into()]
}

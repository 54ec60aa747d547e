//! A workload as it is found before something is written to it: read afresh, with what belongs to it.

use std::sync::Arc;

use serde_json::Value;

use super::api::Api;
use super::json::{annotation, list, text};
use super::request::ObjectName;
use super::revision::{Revision, controlled_by};
use super::selector;
use super::subject::Subject;
use super::template;
use crate::backend::kubernetes::item::{Item, Uid};
use crate::backend::kubernetes::kind::{Kind, Watched};
use crate::backend::kubernetes::mirror::{Feed, Mirror};
use crate::backend::kubernetes::place::{Namespace, Scope};
use crate::backend::kubernetes::rules::Rules;
use crate::backend::kubernetes::view::View;
use crate::backend::kubernetes::watch::Watch;
use crate::backend::{BackendError, ErrorKind, Result};

/// A workload with what belongs to it.
pub struct Scene {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub name: ObjectName,
    /// The object itself.
    pub object: Value,
    /// Its revisions, in no order.
    pub revisions: Vec<Revision>,
    /// Its pods.
    pub pods: Vec<Value>,
    /// The number of a revision that was seen to serve whole.
    pub served: Option<i64>,
    uid: Uid,
    mirror: Mirror,
}

impl Scene {
    /// Reads a workload with its revisions and pods; warnings and what scales it are taken as the watches know them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(api: &Api<'_>, watch: &Watch, kind: Kind, name: &ObjectName) -> Result<Self> {
        let object = api.get(name).await?;
        let uid = text(&object, "/metadata/uid").to_owned();
        let selected = selector::of(object.pointer("/spec/selector").unwrap_or(&Value::Null));
        let Some(selected) = selected else {
            let what = format!("{} selects its pods in a way that is not known", name.short());
            return Err(BackendError::new(api.source, ErrorKind::Protocol, what));
        };
        let history = history_of(kind);
        let (resource, pod, namespace) = (history.resource(), Watched::Pod.resource(), name.namespace.as_str());
        let (revisions, pods) =
            futures::join!(api.list(&resource, namespace, &selected), api.list(&pod, namespace, &selected),);
        let mut revisions = revisions?;
        revisions.retain(|it| controlled_by(it, &uid));
        let owners: Vec<&str> = revisions.iter().map(|it| text(it, "/metadata/uid")).chain([uid.as_str()]).collect();
        let mut pods = pods?;
        pods.retain(|pod| owners.iter().any(|owner| controlled_by(pod, owner)));
        let mut scene = Self::new(kind, name.clone(), object, revisions, pods, Vec::new());
        let all = std::iter::once(&scene.object).chain(scene.revisions.iter().map(|it| &it.raw)).chain(&scene.pods);
        let uids: Vec<Uid> = all.map(|it| Uid::from(text(it, "/metadata/uid"))).collect();
        let others: Vec<Item> = watch.state().mirror.about(&uids).cloned().collect();
        others.into_iter().for_each(|item| scene.mirror.put(&feed(Watched::Event), item));
        Ok(scene)
    }

    /// A workload from what was read of it.
    pub fn new(
        kind: Kind,
        name: ObjectName,
        object: Value,
        revisions: Vec<Value>,
        pods: Vec<Value>,
        others: Vec<(Watched, Value)>,
    ) -> Self {
        let mut mirror = Mirror::default();
        let history = history_of(kind);
        let own = std::iter::once((Watched::Workload(kind), &object));
        let below = revisions.iter().map(|it| (history, it)).chain(pods.iter().map(|it| (Watched::Pod, it)));
        let all = own.chain(below).chain(others.iter().map(|(watched, it)| (*watched, it)));
        for (watched, raw) in all {
            match Item::read(watched, &raw.to_string()) {
                Ok(item) => mirror.put(&feed(watched), item),
                Err(why) => tracing::debug!(%why, "an object that cannot be read is left out"),
            }
        }
        let uid = Uid::from(text(&object, "/metadata/uid"));
        let revisions = revisions.into_iter().filter_map(|raw| Revision::read(kind, raw)).collect();
        Self { kind, name, object, revisions, pods, served: None, uid, mirror }
    }

    /// The workload itself.
    pub fn subject(&self) -> Subject<'_> {
        Subject { kind: self.kind, name: &self.name, object: &self.object }
    }

    /// What it is to the reading half: which revision serves, how far a rollout has come.
    pub fn view<'a>(&'a self, rules: &'a Rules, service: &'a str) -> Option<View<'a>> {
        View::new(&self.mirror, &self.uid, rules, service, self.served)
    }

    /// The revision that it is set to, where there is one already. The oldest, where several are alike.
    pub fn current(&self) -> Option<&Revision> {
        let template = self.subject().template();
        let alike = self.revisions.iter().filter(|it| template::same(&it.template, template));
        alike.min_by_key(|it| text(&it.raw, "/metadata/creationTimestamp"))
    }

    /// The revision of that uid.
    pub fn revision(&self, uid: &str) -> Option<&Revision> {
        self.revisions.iter().find(|it| text(&it.raw, "/metadata/uid") == uid)
    }

    /// Whether the annotation that says why the newest revision was made holds this word.
    pub fn cause_holds(&self, word: &str) -> bool {
        annotation(&self.object, super::revision::CAUSE).is_some_and(|cause| cause.contains(word))
    }
}

/// A feed that nobody follows.
fn feed(watched: Watched) -> Feed {
    (Arc::new(Scope { context: String::new(), namespace: Namespace::All }), watched)
}

/// What holds the revisions of a kind.
fn history_of(kind: Kind) -> Watched {
    match kind {
        Kind::Deployment => Watched::ReplicaSet,
        Kind::StatefulSet | Kind::DaemonSet => Watched::ControllerRevision,
    }
}

/// Whether a pod says that it serves.
pub fn is_ready(pod: &Value) -> bool {
    let conditions = list(pod, "/status/conditions");
    conditions.iter().any(|it| text(it, "/type") == "Ready" && text(it, "/status") == "True")
}

/// Whether a pod is going away.
pub fn is_leaving(pod: &Value) -> bool {
    pod.pointer("/metadata/deletionTimestamp").is_some_and(|it| !it.is_null())
}

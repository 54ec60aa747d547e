//! One track read afresh, past the watches: what an operation decides on.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kube::api::{Api, DynamicObject, ListParams};
use kube::core::ObjectList;
use serde_json::Value;

use super::Inner;
use super::item::{Item, Uid};
use super::kind::{Kind, Watched};
use super::mirror::Mirror;
use super::raw::Raw;
use super::view::View;
use super::watch::Watch;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::TrackId;

/// How long one request may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How long the first lists may take before a track is said to be unknown.
const FIRST: Duration = Duration::from_secs(30);
/// How many pods and revisions of one workload are read.
const MOST: u32 = 2_000;

/// Which object a track is.
#[derive(Clone)]
pub struct Target {
    /// Its cluster.
    pub watch: Arc<Watch>,
    /// Its namespace.
    pub namespace: String,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What tells it from one that has its name later.
    pub uid: Uid,
}

/// A workload with its revisions and pods, as they are at this moment.
pub struct Fresh {
    /// Which track it is.
    pub track: TrackId,
    /// The objects.
    pub mirror: Mirror,
    /// The workload.
    pub uid: Uid,
    /// It as the API writes it.
    pub raw: Value,
}

impl Inner {
    /// The object that a track is, as the watches know it.
    ///
    /// # Errors
    /// When no workload is that track, or its cluster cannot be read.
    pub async fn locate(&self, track: &TrackId) -> Result<Target> {
        self.start();
        let context = self.places.context_of(&track.environment);
        let Some(watch) = self.watches.iter().find(|it| Some(it.cluster.context.as_str()) == context) else {
            let what = format!("{} is no environment of {}", track.environment, self.id);
            return Err(BackendError::new(&self.id, ErrorKind::NotFound, what));
        };
        watch.settled(FIRST).await;
        let state = watch.state();
        if let Some(uid) = self.meant_by(watch, &state, track)
            && let Some((item, workload)) = state.mirror.workload(&uid)
        {
            return Ok(Target {
                watch: watch.clone(),
                namespace: item.namespace.to_string(),
                kind: workload.kind,
                name: item.name.to_string(),
                uid: item.uid.clone(),
            });
        }
        let failing = state.feeds.iter().filter(|((_, watched), _)| watched.is_needed());
        match failing.filter_map(|(_, it)| it.failing.as_ref()).map(|(_, error)| error.clone()).next() {
            Some(error) => Err(error),
            None => Err(BackendError::new(&self.id, ErrorKind::NotFound, format!("no workload is {track}"))),
        }
    }

    /// The track as it is at this moment.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn fresh(&self, track: &TrackId) -> Result<Fresh> {
        let target = self.locate(track).await?;
        let api = target.api().await?;
        let raw = target.within(&format!("get {}", target.shown()), api.get(&target.name)).await?;
        let raw = serde_json::to_value(&raw).unwrap_or_default();
        let mut mirror = Mirror::default();
        let own = put(&mut mirror, Watched::Workload(target.kind), &raw.to_string());
        let Some(uid) = own else {
            let what = format!("{} {} makes no sense", target.kind.lower(), target.name);
            return Err(BackendError::new(&self.id, ErrorKind::Protocol, what));
        };
        let selector = selector(&raw);
        let revisions = if target.kind == Kind::Deployment { Watched::ReplicaSet } else { Watched::ControllerRevision };
        for (watched, needed) in [(revisions, true), (Watched::Pod, true), (Watched::Event, false)] {
            let listed = target.list(watched, selector.as_deref().filter(|_| watched != Watched::Event)).await;
            match listed {
                Ok(list) => list.items.iter().for_each(|raw| _ = put(&mut mirror, watched, raw.json())),
                Err(error) if needed => return Err(error),
                Err(_) => {}
            }
        }
        Ok(Fresh { track: track.clone(), mirror, uid, raw })
    }

    /// The fresh objects as one workload.
    ///
    /// # Errors
    /// When it is not there.
    pub fn view<'a>(&'a self, fresh: &'a Fresh) -> Result<View<'a>> {
        let view = View::new(&fresh.mirror, &fresh.uid, &self.rules, fresh.track.service.as_str());
        view.ok_or_else(|| BackendError::new(&self.id, ErrorKind::NotFound, format!("no workload is {}", fresh.track)))
    }
}

impl Target {
    /// Where it is, as people write it: `deployment shop/checkout`.
    pub fn shown(&self) -> String {
        format!("{} {}/{}", self.kind.lower(), self.namespace, self.name)
    }

    /// The objects of its kind in its namespace.
    ///
    /// # Errors
    /// When the cluster gives no client.
    pub async fn api(&self) -> Result<Api<DynamicObject>> {
        let client = self.watch.cluster.client().await?;
        Ok(Api::namespaced_with(client, &self.namespace, &self.kind.resource()))
    }

    /// An answer within time.
    ///
    /// # Errors
    /// When it is refused or nobody answers.
    pub async fn within<T>(&self, what: &str, answer: impl Future<Output = kube::Result<T>>) -> Result<T> {
        let asked = self.watch.cluster.asked(what);
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let told = asked.failed(&error);
                if told.kind == ErrorKind::Auth {
                    self.watch.cluster.log_out().await;
                }
                Err(told)
            }
            Err(_) => Err(asked.timed_out()),
        }
    }

    async fn list(&self, watched: Watched, selector: Option<&str>) -> Result<ObjectList<Raw>> {
        let client = self.watch.cluster.client().await?;
        let api: Api<Raw> = Api::namespaced_with(client, &self.namespace, &watched.resource());
        let mut params = ListParams::default().limit(MOST);
        if let Some(fields) = watched.fields() {
            params = params.fields(fields);
        }
        if let Some(selector) = selector {
            params = params.labels(selector);
        }
        let what = format!("list {} in {}", watched.plural(), self.namespace);
        self.within(&what, api.list(&params)).await
    }
}

fn put(mirror: &mut Mirror, watched: Watched, json: &str) -> Option<Uid> {
    let item = Item::read(watched, json).ok()?;
    let uid = item.uid.clone();
    let scope = super::place::Scope { context: String::new(), namespace: super::place::Namespace::All };
    mirror.put(&(Arc::new(scope), watched), item);
    Some(uid)
}

/// The label selector of a workload as a query writes it; absent where it is more than equality.
fn selector(raw: &Value) -> Option<String> {
    let selector = raw.pointer("/spec/selector")?;
    let more = selector.get("matchExpressions").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
    let labels = selector.get("matchLabels")?.as_object().filter(|_| !more)?;
    let pairs: Option<Vec<String>> =
        labels.iter().map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect();
    pairs.filter(|it| !it.is_empty()).map(|it| it.join(","))
}

//! What one cluster is known to hold: objects by uid, who belongs to whom, and which workloads changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::item::{Autoscaler, Body, Item, Pod, Revision, Uid, Workload};
use super::kind::Watched;
use super::place::Scope;

/// How far up owners are followed: an event of a pod of a ReplicaSet of a Deployment is three.
const HEIGHT: usize = 6;
/// How many warnings are kept of a cluster.
const EVENTS: usize = 5_000;

/// One watch: a kind in a scope.
pub type Feed = (Arc<Scope>, Watched);

/// What one cluster is known to hold.
#[derive(Default)]
pub struct Mirror {
    items: HashMap<Uid, (Item, Feed)>,
    below: HashMap<Uid, HashSet<Uid>>,
    /// Autoscalers by namespace, kind and name of what they scale.
    autoscalers: HashMap<(Arc<str>, String, String), Uid>,
    events: usize,
    /// What a feed that begins anew has told so far.
    told: BTreeMap<Feed, HashSet<Uid>>,
    changed: BTreeSet<Uid>,
}

impl Mirror {
    /// Takes in an object that is there.
    pub fn put(&mut self, feed: &Feed, item: Item) {
        if let Some(told) = self.told.get_mut(feed) {
            told.insert(item.uid.clone());
        }
        if self.items.get(&item.uid).is_some_and(|(known, _)| *known == item) {
            return;
        }
        let new = !self.items.contains_key(&item.uid);
        if new && matches!(item.body, Body::Event(_)) {
            if self.events >= EVENTS {
                return;
            }
            self.events += 1;
        }
        self.unlink(&item.uid);
        let uid = item.uid.clone();
        if let Some(owner) = &item.owner {
            self.below.entry(owner.clone()).or_default().insert(uid.clone());
        }
        if let Body::Autoscaler(Autoscaler { target: (kind, name), .. }) = &item.body {
            self.autoscalers.insert((item.namespace.clone(), kind.clone(), name.clone()), uid.clone());
        }
        self.items.insert(uid.clone(), (item, feed.clone()));
        self.mark(&uid);
    }

    /// Takes out an object that is gone.
    pub fn remove(&mut self, uid: &str) {
        self.mark(uid);
        self.unlink(uid);
        if let Some((item, _)) = self.items.remove(uid)
            && matches!(item.body, Body::Event(_))
        {
            self.events = self.events.saturating_sub(1);
        }
    }

    fn unlink(&mut self, uid: &str) {
        let Some((item, _)) = self.items.get(uid) else { return };
        if let Some(owner) = &item.owner
            && let Some(siblings) = self.below.get_mut(owner)
        {
            siblings.remove(uid);
            if siblings.is_empty() {
                self.below.remove(owner);
            }
        }
        if let Body::Autoscaler(Autoscaler { target: (kind, name), .. }) = &item.body {
            self.autoscalers.remove(&(item.namespace.clone(), kind.clone(), name.clone()));
        }
    }

    /// A feed begins to tell everything from the start.
    pub fn begin(&mut self, feed: &Feed) {
        self.told.insert(feed.clone(), HashSet::new());
    }

    /// It has told everything: what it did not tell is gone.
    pub fn end(&mut self, feed: &Feed) {
        let Some(told) = self.told.remove(feed) else { return };
        let gone: Vec<Uid> = self
            .items
            .iter()
            .filter(|(uid, (_, by))| by == feed && !told.contains(*uid))
            .map(|(uid, _)| uid.clone())
            .collect();
        gone.iter().for_each(|uid| self.remove(uid));
    }

    /// The workloads that changed since this was asked last, those that are gone among them.
    pub fn take_changed(&mut self) -> BTreeSet<Uid> {
        std::mem::take(&mut self.changed)
    }

    /// The same without forgetting them.
    pub fn changed(&self) -> impl Iterator<Item = &Uid> {
        self.changed.iter()
    }

    /// Whether any workload changed.
    pub fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    fn mark(&mut self, uid: &str) {
        let mut at = self.items.get_key_value(uid);
        for _ in 0..HEIGHT {
            let Some((uid, (item, _))) = at else { return };
            match &item.body {
                Body::Workload(_) => {
                    self.changed.insert(uid.clone());
                    return;
                }
                Body::Autoscaler(scaler) => {
                    let scaled = self.workload_named(&item.namespace, &scaler.target);
                    self.changed.extend(scaled);
                    return;
                }
                _ => at = item.owner.as_ref().and_then(|owner| self.items.get_key_value(owner)),
            }
        }
    }

    fn workload_named(&self, namespace: &str, target: &(String, String)) -> Option<Uid> {
        self.workloads()
            .find(|(item, workload)| {
                *item.namespace == *namespace && *item.name == *target.1 && workload.kind.word() == target.0
            })
            .map(|(item, _)| item.uid.clone())
    }

    /// All workloads, in no order.
    pub fn workloads(&self) -> impl Iterator<Item = (&Item, &Workload)> {
        self.items.values().filter_map(|(item, _)| match &item.body {
            Body::Workload(workload) => Some((item, &**workload)),
            _ => None,
        })
    }

    /// A workload.
    pub fn workload(&self, uid: &str) -> Option<(&Item, &Workload)> {
        match self.items.get(uid) {
            Some((item, _)) => match &item.body {
                Body::Workload(workload) => Some((item, workload)),
                _ => None,
            },
            None => None,
        }
    }

    fn below(&self, uid: &str) -> impl Iterator<Item = &Item> {
        self.below.get(uid).into_iter().flatten().filter_map(|uid| self.items.get(uid)).map(|(item, _)| item)
    }

    /// The revisions of a workload, newest first.
    pub fn revisions(&self, uid: &str) -> Vec<(&Item, &Revision)> {
        let mut all: Vec<(&Item, &Revision)> = self
            .below(uid)
            .filter_map(|item| match &item.body {
                Body::Revision(revision) => Some((item, revision)),
                _ => None,
            })
            .collect();
        all.sort_by(|(a, one), (b, other)| other.number.cmp(&one.number).then_with(|| a.uid.cmp(&b.uid)));
        all
    }

    /// The pods that belong to an object, by name.
    pub fn pods(&self, uid: &str) -> Vec<(&Item, &Pod)> {
        let mut all: Vec<(&Item, &Pod)> = self
            .below(uid)
            .filter_map(|item| match &item.body {
                Body::Pod(pod) => Some((item, &**pod)),
                _ => None,
            })
            .collect();
        all.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        all
    }

    /// The warnings about an object itself, newest first.
    pub fn events(&self, uid: &str) -> Vec<&super::item::Event> {
        let mut all: Vec<&super::item::Event> = self
            .below(uid)
            .filter_map(|item| match &item.body {
                Body::Event(event) => Some(event),
                _ => None,
            })
            .collect();
        all.sort_by(|a, b| (b.last, &b.message).cmp(&(a.last, &a.message)));
        all
    }

    /// What is known about these objects beside them: the warnings about each, and what scales one of them.
    pub fn about<'a>(&'a self, uids: &'a [Uid]) -> impl Iterator<Item = &'a Item> + 'a {
        let warnings = uids.iter().flat_map(|uid| self.below(uid)).filter(|item| matches!(item.body, Body::Event(_)));
        let workloads = uids.iter().filter_map(|uid| self.workload(uid));
        let scalers = workloads.filter_map(|(item, workload)| Some(self.autoscaler(item, workload)?.0));
        warnings.chain(scalers)
    }

    /// What scales a workload.
    pub fn autoscaler(&self, item: &Item, workload: &Workload) -> Option<(&Item, &Autoscaler)> {
        let key = (item.namespace.clone(), workload.kind.word().to_owned(), item.name.to_string());
        let (item, _) = self.items.get(self.autoscalers.get(&key)?)?;
        match &item.body {
            Body::Autoscaler(scaler) => Some((item, scaler)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::kubernetes::kind::Kind;
    use crate::backend::kubernetes::place::Namespace;

    fn feed(watched: Watched) -> Feed {
        (Arc::new(Scope { context: String::new(), namespace: Namespace::All }), watched)
    }

    fn item(watched: Watched, uid: &str, owner: &str, more: &str) -> Item {
        let owners = format!(r#"[{{"uid":"{owner}","kind":"X","name":"x","controller":true}}]"#);
        let owners = if owner.is_empty() { "[]".to_owned() } else { owners };
        let text = format!(
            r#"{{"metadata":{{"name":"{uid}","namespace":"dev","uid":"{uid}","ownerReferences":{owners}}},"spec":{{}}{more}}}"#
        );
        Item::read(watched, &text).expect("an item")
    }

    const DEPLOYMENT: Watched = Watched::Workload(Kind::Deployment);

    fn filled() -> Mirror {
        let mut mirror = Mirror::default();
        mirror.put(&feed(Watched::Pod), item(Watched::Pod, "p", "r", ""));
        mirror.put(&feed(Watched::ReplicaSet), item(Watched::ReplicaSet, "r", "d", ""));
        mirror.put(&feed(DEPLOYMENT), item(DEPLOYMENT, "d", "", ""));
        mirror
    }

    #[test]
    fn a_pod_that_changes_changes_its_workload_whatever_came_first() {
        let mut mirror = filled();
        assert_eq!(mirror.take_changed().len(), 1);
        mirror.put(&feed(Watched::Pod), item(Watched::Pod, "p", "r", r#","status":{"phase":"Running"}"#));
        assert_eq!(mirror.take_changed(), BTreeSet::from([Uid::from("d")]));
        mirror.put(&feed(Watched::Pod), item(Watched::Pod, "p", "r", r#","status":{"phase":"Running"}"#));
        assert!(!mirror.has_changed(), "the same again is no change");
    }

    #[test]
    fn what_a_feed_does_not_tell_again_is_gone() {
        let mut mirror = filled();
        mirror.take_changed();
        mirror.begin(&feed(Watched::Pod));
        mirror.put(&feed(Watched::Pod), item(Watched::Pod, "q", "r", ""));
        mirror.end(&feed(Watched::Pod));
        let names: Vec<&str> = mirror.pods("r").iter().map(|(item, _)| &*item.name).collect();
        assert_eq!(names, ["q"]);
        assert_eq!(mirror.take_changed(), BTreeSet::from([Uid::from("d")]));
    }

    #[test]
    fn a_workload_that_is_gone_has_changed() {
        let mut mirror = filled();
        mirror.take_changed();
        mirror.remove("d");
        assert_eq!(mirror.take_changed(), BTreeSet::from([Uid::from("d")]));
        assert!(mirror.workload("d").is_none());
    }
}

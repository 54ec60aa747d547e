//! One workload with what belongs to it: which revision serves, which is on its way, and how they fare.

use super::item::{Item, Pod, Revision, Uid, Workload};
use super::kind::Kind;
use super::mirror::Mirror;
use super::reason::{self, Reason};
use super::rollout::Rollout;
use super::rules::{Carried, Rules};

/// One workload with what belongs to it.
pub struct View<'a> {
    /// The object.
    pub item: &'a Item,
    /// The workload.
    pub workload: &'a Workload,
    /// Its revisions, newest first.
    pub revisions: Vec<Side<'a>>,
    /// How far its rollout has come.
    pub rollout: Rollout,
    mirror: &'a Mirror,
    rules: &'a Rules,
    service: &'a str,
    /// The number of a revision that was seen to serve whole.
    served: Option<i64>,
}

/// A revision of a workload with its pods.
pub struct Side<'a> {
    /// The object.
    pub item: &'a Item,
    /// The revision.
    pub revision: &'a Revision,
    /// Its pods.
    pub pods: Vec<(&'a Item, &'a Pod)>,
    /// What it runs.
    pub carried: Option<Carried>,
}

impl Side<'_> {
    /// How many of its pods serve.
    pub fn ready(&self) -> usize {
        self.pods.iter().filter(|(_, pod)| pod.ready.is_some() && !pod.leaving).count()
    }
}

impl<'a> View<'a> {
    /// The workload of a mirror; absent where it is not there.
    pub fn new(mirror: &'a Mirror, uid: &Uid, rules: &'a Rules, service: &'a str, served: Option<i64>) -> Option<Self> {
        let (item, workload) = mirror.workload(uid)?;
        let names = (service, &*item.name);
        let own = mirror.pods(uid);
        let revisions = mirror.revisions(uid).into_iter().map(|(of, revision)| {
            let pods = match workload.kind {
                Kind::Deployment => mirror.pods(&of.uid),
                Kind::StatefulSet | Kind::DaemonSet => own
                    .iter()
                    .filter(|(_, pod)| pod.hash.as_ref().is_some_and(|it| is_of(&of.name, it)))
                    .copied()
                    .collect(),
            };
            let container = rules.container(&revision.template, names.0, names.1);
            let running = container.and_then(|container| image_id(&pods, container));
            let carried = rules.carried(&revision.template, Some(workload), names, running);
            Side { item: of, revision, pods, carried }
        });
        let revisions = revisions.collect();
        Some(Self { item, workload, revisions, rollout: workload.rollout(), mirror, rules, service, served })
    }

    /// The revision that the workload's template is, where its controller has made it.
    pub fn newest(&self) -> Option<&Side<'a>> {
        match self.workload.kind {
            Kind::Deployment | Kind::DaemonSet => self.revisions.first(),
            // After a rollback of a StatefulSet its status tells which one it is.
            Kind::StatefulSet => {
                let named = |side: &&Side<'_>| *side.item.name == self.workload.status.update_revision;
                self.revisions.iter().find(named).or(self.revisions.first())
            }
        }
        .filter(|side| self.is_template(side))
    }

    /// Whether a revision runs the images of the workload's template: a paused workload may have none that does.
    fn is_template(&self, side: &Side<'_>) -> bool {
        let (own, its) = (&self.workload.template, &side.revision.template);
        own.containers == its.containers && own.init == its.init
    }

    /// What the template says should run.
    pub fn desired(&self) -> Option<Carried> {
        if let Some(side) = self.newest() {
            return side.carried.clone();
        }
        let names = (self.service, &*self.item.name);
        self.rules.carried(&self.workload.template, Some(self.workload), names, None)
    }

    /// Whether the newest revision once served whole: its status says so, or somebody saw it.
    pub fn has_served(&self) -> bool {
        let seen = || self.served.is_some() && self.newest().map(|side| side.revision.number) == self.served;
        self.workload.was_complete() || (self.workload.is_observed() && seen())
    }

    /// The revision that serves: the newest once it did so whole; while it comes, the one before that still has pods.
    pub fn serving(&self) -> Option<&Side<'a>> {
        let newest = self.newest();
        let uid = newest.map(|side| &side.item.uid);
        if self.has_served() || (self.rollout == Rollout::Complete && self.workload.wanted() == 0) {
            return newest;
        }
        let mut older = self.revisions.iter().filter(|side| Some(&side.item.uid) != uid);
        let before = older.clone().find(|side| side.ready() > 0);
        before
            .or_else(|| newest.filter(|side| side.ready() > 0))
            .or_else(|| older.find(|side| !side.pods.is_empty() || side.revision.replicas.is_some_and(|it| it > 0)))
    }

    /// Whether a revision is on its way and another one serves, or none does yet.
    pub fn is_rolling(&self) -> bool {
        !self.has_served() && self.rollout != Rollout::Complete
    }

    /// Why the newest revision does not come to serve, where something is known.
    pub fn trouble(&self) -> Option<Reason> {
        let newest = self.newest();
        if let Some((reason, message)) = newest.and_then(|side| side.revision.failure.as_ref()) {
            return Some(Reason { grave: true, words: reason::of_failure(reason, message) });
        }
        let side = newest?;
        let own;
        let pods = if side.pods.is_empty() && self.workload.kind != Kind::Deployment {
            own = self.mirror.pods(&self.item.uid);
            &own
        } else {
            &side.pods
        };
        let found = reason::of_pods(self.mirror, pods);
        found.or_else(|| self.event("FailedCreate").map(|it| Reason { grave: true, words: it }))
    }

    /// What its controller warned of.
    fn event(&self, reason: &str) -> Option<String> {
        // Only while pods are missing: a warning outlives its cause by an hour.
        let missing = self.workload.status.replicas < self.workload.wanted();
        let events = if missing { self.mirror.events(&self.item.uid) } else { Vec::new() };
        events.iter().find(|it| it.reason == reason).map(|it| reason::of_failure(&it.reason, &it.message))
    }

    /// All pods of the workload.
    pub fn pods(&self) -> impl Iterator<Item = (&'a Item, &'a Pod)> + '_ {
        let own = match self.workload.kind {
            Kind::Deployment => Vec::new(),
            Kind::StatefulSet | Kind::DaemonSet => self.mirror.pods(&self.item.uid),
        };
        let sides = (self.workload.kind == Kind::Deployment).then_some(&self.revisions);
        sides.into_iter().flatten().flat_map(|side| side.pods.iter().copied()).chain(own)
    }

    /// The warnings about the workload, its revisions and its pods, newest first, each once.
    pub fn warnings(&self, most: usize) -> Vec<&'a super::item::Event> {
        let uids = std::iter::once(&self.item.uid)
            .chain(self.revisions.iter().map(|side| &side.item.uid))
            .chain(self.pods().map(|(item, _)| &item.uid));
        let mut all: Vec<&super::item::Event> = uids.flat_map(|uid| self.mirror.events(uid)).collect();
        all.sort_by(|a, b| (b.last, &b.message).cmp(&(a.last, &a.message)));
        all.dedup_by(|a, b| a.message == b.message);
        all.truncate(most);
        all
    }

    /// What changes its number of replicas by itself.
    pub fn autoscaler(&self) -> Option<(&'a Item, &'a super::item::Autoscaler)> {
        self.mirror.autoscaler(self.item, self.workload)
    }
}

/// Whether the label of a pod names a ControllerRevision: a StatefulSet's by its name, a DaemonSet's by the end of it.
fn is_of(revision: &str, hash: &str) -> bool {
    revision == hash || revision.strip_suffix(hash).is_some_and(|rest| rest.ends_with('-'))
}

/// The image id of a container in the first pod that tells one; pods that serve go first.
fn image_id<'a>(pods: &[(&'a Item, &'a Pod)], container: &str) -> Option<&'a str> {
    let told = |pod: &'a Pod| {
        let found = pod.containers.iter().find(|it| &*it.name == container && !it.image_id.is_empty());
        found.map(|it| &*it.image_id)
    };
    let serving = pods.iter().filter(|(_, pod)| pod.ready.is_some());
    serving.chain(pods.iter()).find_map(|(_, pod)| told(pod))
}

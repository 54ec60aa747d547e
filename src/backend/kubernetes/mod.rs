//! Workloads in Kubernetes clusters: Deployments, StatefulSets and DaemonSets.
//!
//! ```toml
//! [[backend]]
//! name = "clusters"
//! kind = "kubernetes"
//! context = "{environment}-eu"                  # default: the current context
//! namespace = "shop-*"                          # default: `{environment}`
//! workload = "{service}"                        # how workloads are called
//! service_label = "app.kubernetes.io/name"      # or the label that names the service
//! environments = ["testing", "production"]      # or environment = what `{environment}` stands for
//! selector = "app.kubernetes.io/part-of=shop"
//! ```
//!
//! **Reading** lists once and watches then: one watch for each kind and scope, however many tracks. What is kept of an
//! object is the few fields that the picture needs ([`item`]), by uid, with who belongs to whom ([`mirror`]). A
//! reading is what changed there since the one before; when the cluster is gone, nothing changes, and the picture says
//! how old it is.
//!
//! **What is live** is the revision that serves: while a new one comes, the older one whose pods are still ready. The
//! version is the tag of the image of one container, its digest what its pods say they run.
//!
//! **Later kinds** (rollouts, delivery controllers) are one more row in [`kind`], one more reading of an object in
//! [`item`], and one more judgement in [`rollout`]; watching, mirroring, owners and errors stay as they are.

mod cause;
mod cluster;
mod error;
mod feed;
mod fresh;
mod history;
mod image;
mod item;
mod kind;
mod mirror;
mod operate;
mod output;
mod place;
mod problem;
mod raw;
mod read;
mod reason;
mod rights;
mod rollout;
mod rules;
mod settings;
mod state;
mod survey;
mod traffic;
mod view;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use self::cluster::Cluster;
use self::kind::Watched;
use self::operate::Access;
use self::place::{Places, Scope};
use self::read::Memory;
use self::rules::Rules;
use self::settings::RepositoryOf;
pub use self::settings::Settings;
pub use self::survey::{Proposal, survey};
use self::watch::Watch;
use super::{Backend, Notices, Opening, Operator, Outputs, Reader, SettingsProblem};
use crate::fact::FactKind;
use crate::model::{Clock, EnvironmentId, Requests, SourceId, Text};

/// A backend over clusters.
pub struct Kubernetes {
    inner: Arc<Inner>,
}

/// What readings and operations share.
struct Inner {
    id: SourceId,
    clock: Clock,
    places: Places,
    rules: Rules,
    watches: Vec<Arc<Watch>>,
    memory: Mutex<Memory>,
    /// The environments in the order of promotion.
    order: Vec<EnvironmentId>,
    repository: RepositoryOf,
    access: Access,
}

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// Makes the backend from its settings. Reads no kubeconfig yet.
///
/// # Errors
/// When a setting makes no sense.
pub fn open(opening: &Opening<'_>) -> Result<Arc<dyn Backend>, SettingsProblem> {
    let settings: Settings = opening.settings()?;
    let places = Places::new(&settings, opening.environments)?;
    let rules = Rules::new(&settings)?;
    let scopes: Vec<Arc<Scope>> = places.scopes().into_iter().map(Arc::new).collect();
    let watches = places.contexts().into_iter().map(|context| {
        let cluster = Cluster::new(&opening.id, &context, &settings, opening.base);
        let own = scopes.iter().filter(|scope| scope.context == context).cloned().collect();
        Arc::new(Watch::new(cluster, own, settings.selector.clone(), opening.clock.clone()))
    });
    let inner = Inner {
        id: opening.id.clone(),
        clock: opening.clock.clone(),
        watches: watches.collect(),
        memory: Mutex::default(),
        places,
        rules,
        order: opening.environments.to_vec(),
        repository: settings.repository,
        access: Access::default(),
    };
    Ok(Arc::new(Kubernetes { inner: Arc::new(inner) }))
}

impl Inner {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to watch, unless that was done.
    fn start(&self) {
        let kinds = Watched::of(&self.places.kinds);
        self.watches.iter().for_each(|watch| watch.start(&kinds));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.watches.iter().for_each(|watch| watch.stop());
    }
}

impl Backend for Kubernetes {
    fn id(&self) -> &SourceId {
        &self.inner.id
    }

    fn kind(&self) -> &'static str {
        "kubernetes"
    }

    fn reports(&self) -> &'static [FactKind] {
        &[FactKind::Deployment, FactKind::State]
    }

    fn credentials(&self) -> Option<Text> {
        let each: Vec<String> = self.inner.watches.iter().map(|watch| watch.cluster.login_in_words()).collect();
        Some(Text::from(each.join(", ")))
    }

    fn requests(&self) -> Option<Requests> {
        let all = self.inner.watches.iter().map(|watch| watch.cluster.requests());
        Some(all.fold(Requests::default(), |sum, one| Requests {
            asked: sum.asked + one.asked,
            watches: sum.watches + one.watches,
            ..Requests::default()
        }))
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn operator(&self) -> Option<&dyn Operator> {
        Some(self)
    }

    fn outputs(&self) -> Option<&dyn Outputs> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }
}

#[async_trait]
impl Notices for Kubernetes {
    async fn next(&self) {
        let each = self.inner.watches.iter().map(|watch| Box::pin(watch.news.notified()));
        futures::future::select_all(each).await;
    }
}

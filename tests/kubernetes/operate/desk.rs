//! A backend over namespaces of a test, and orders for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use flightdeck::backend::{
    Backend, Opening, Operator, Order, ProgressSink, Proposal, Receipt, Result, Verb, Verdict, kubernetes,
};
use flightdeck::model::{EnvironmentId, Installed, OperationId, TrackId, TrackState};

use crate::cluster::waiting::eventually;

/// A backend over the namespaces `PREFIX-dev` and `PREFIX-production`.
pub struct Desk {
    backend: Arc<dyn Backend>,
}

impl Desk {
    /// Opens it with a context of a kubeconfig.
    pub fn open(kubeconfig: &Path, context: &str, prefix: &str) -> Self {
        Self::with(kubeconfig, context, prefix, "")
    }

    /// The same with more settings, as TOML.
    pub fn with(kubeconfig: &Path, context: &str, prefix: &str, more: &str) -> Self {
        let text = format!(
            "kubeconfig = {:?}\ncontext = {context:?}\nnamespace = \"{prefix}-{{environment}}\"\n{more}",
            kubeconfig.display().to_string()
        );
        let settings: BTreeMap<String, toml::Value> = toml::from_str(&text).expect("settings");
        let environments: [EnvironmentId; 2] = ["dev".into(), "production".into()];
        let opening = Opening {
            id: "clusters".into(),
            settings: &settings,
            base: Path::new("/"),
            environments: &environments,
            cache: Path::new("/nowhere"),
            clock: Arc::new(chrono::Utc::now),
        };
        let backend = kubernetes::open(&opening).unwrap_or_else(|why| panic!("{why:?}"));
        Self { backend }
    }

    /// The half that writes.
    pub fn operator(&self) -> &dyn Operator {
        self.backend.operator().expect("it writes")
    }

    /// What runs in production.
    pub async fn state(&self, service: &str) -> TrackState {
        self.operator().observe(&track(service)).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Waits until something holds of the track in production.
    pub async fn until(&self, service: &str, what: &str, holds: impl Fn(&TrackState) -> bool) -> TrackState {
        eventually(what, async || match self.operator().observe(&track(service)).await {
            Ok(state) if holds(&state) => Ok(state),
            Ok(state) => Err(format!("{state:?}")),
            Err(why) => Err(why.to_string()),
        })
        .await
    }

    /// An order about production, as it would be planned now.
    pub async fn order(&self, verb: Verb, service: &str, version: &str) -> Order {
        let state = self.state(service).await;
        Order {
            operation: OperationId::from(format!("op-{service}-{}", verb.command())),
            verb,
            track: track(service),
            from: state.live.clone(),
            coming: state.coming().cloned(),
            to: Installed { version: version.into(), digest: None, commit: None, since: None },
            source: (verb == Verb::Promote).then(|| "dev".into()),
            expected: state.token,
            actor: "ann".into(),
            reason: "because".into(),
        }
    }

    /// What would be written.
    pub async fn propose(&self, order: &Order) -> Proposal {
        self.operator().propose(order).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Carries it out.
    pub async fn execute(&self, order: &Order) -> Result<Receipt> {
        let (progress, _) = tokio::sync::watch::channel(None);
        let progress: ProgressSink = progress;
        self.operator().execute(order, &progress).await
    }

    /// Plans, finds nothing against it, carries it out.
    pub async fn done(&self, order: &Order) -> Receipt {
        let proposal = self.propose(order).await;
        assert_eq!(proposal.refused, None, "{proposal:?}");
        assert!(proposal.gates.is_empty(), "{proposal:?}");
        self.execute(order).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// What became of it, once that is settled.
    pub async fn settled(&self, order: &Order, receipt: Option<&Receipt>) -> Verdict {
        eventually("the operation settles", async || match self.operator().verify(order, receipt).await {
            Ok(Verdict::Pending(why)) => Err(why.to_string()),
            Ok(verdict) => Ok(verdict),
            Err(why) => Err(why.to_string()),
        })
        .await
    }

    /// What it waits for, once it says something that holds.
    pub async fn pending(&self, order: &Order, receipt: &Receipt, what: &str) -> String {
        eventually(&format!("it waits for {what}"), async || match self.operator().verify(order, Some(receipt)).await {
            Ok(Verdict::Pending(why)) if why.as_str().contains(what) => Ok(why.to_string()),
            other => Err(format!("{other:?}")),
        })
        .await
    }
}

/// A service in production.
pub fn track(service: &str) -> TrackId {
    TrackId::new(service, "production")
}

//! What a cluster can be asked to do.

use async_trait::async_trait;

use super::api::Api;
use super::ground::Ground;
use super::request::ObjectName;
use super::source::Taken;
use super::{available, execute, propose, source, verify};
use crate::backend::kubernetes::fresh::Target;
use crate::backend::kubernetes::{Inner, Kubernetes};
use crate::backend::{
    Available, Declaration, ErrorKind, Idempotency, Operator, Order, PreconditionKind, ProgressSink, ProgressSource,
    Proposal, Receipt, Result, RollbackCode, Verb, Verdict,
};
use crate::model::{EnvironmentId, Text, TrackId, TrackState};

#[async_trait]
impl Operator for Kubernetes {
    fn declaration(&self) -> Declaration {
        Declaration {
            verbs: Verb::ALL.to_vec(),
            rollback: RollbackCode::Template,
            precondition: PreconditionKind::ResourceVersion,
            idempotency: Idempotency::Natural,
            progress: ProgressSource::Poll,
            history:
                "to the oldest revision that the workload keeps: of ten, unless revisionHistoryLimit says otherwise"
                    .into(),
        }
    }

    fn owns(&self, track: &TrackId) -> bool {
        self.inner.may_hold(track)
    }

    async fn observe(&self, track: &TrackId) -> Result<TrackState> {
        let ground = Standing::of(self, track).await?;
        let ground = ground.ground();
        let scene = ground.scene().await?;
        let view = scene.view(ground.rules, track.service.as_str());
        let mut state = view.map_or_else(|| TrackState::new(track.clone()), |view| view.state(track.clone()));
        state.gates.extend(ground.forbidden().await);
        Ok(state)
    }

    async fn available(&self, track: &TrackId) -> Result<Vec<Available>> {
        let (rules, service) = (&self.inner.rules, track.service.as_str());
        let standing = Standing::of(self, track).await?;
        let scene = standing.ground().scene().await?;
        let mut all = available::kept(&scene, rules, service);
        let here = scene.view(rules, service).and_then(|view| view.desired()).map(|it| it.version);
        for before in self.inner.before(&track.environment) {
            let source = TrackId { service: track.service.clone(), environment: before.clone() };
            let scene = async { Standing::of(self, &source).await?.ground().scene().await };
            match tokio::time::timeout(NEIGHBOUR, scene).await {
                Ok(Ok(scene)) => {
                    all.extend(available::offered(&scene, rules, service, &before, here.as_ref()));
                    break;
                }
                // The service is not in every environment.
                Ok(Err(error)) if error.kind == ErrorKind::NotFound => {}
                // What lies here can be put back, whatever cluster is gone.
                Ok(Err(_)) | Err(_) => break,
            }
        }
        Ok(all)
    }

    async fn propose(&self, order: &Order) -> Result<Proposal> {
        let taken = taken(self, order).await?;
        propose::propose(&Standing::of(self, &order.track).await?.ground(), order, taken).await
    }

    async fn execute(&self, order: &Order, progress: &ProgressSink) -> Result<Receipt> {
        let taken = taken(self, order).await?;
        execute::execute(&Standing::of(self, &order.track).await?.ground(), order, taken, progress).await
    }

    async fn verify(&self, order: &Order, receipt: Option<&Receipt>) -> Result<Verdict> {
        verify::verify(&Standing::of(self, &order.track).await?.ground(), order, receipt).await
    }
}

impl Inner {
    /// Whether a track is one of these clusters': a workload is known to be it, or not everything is known there yet.
    fn may_hold(&self, track: &TrackId) -> bool {
        let Some(context) = self.places.context_of(&track.environment) else { return false };
        let mut watches = self.watches.iter().filter(|watch| watch.cluster.context == context);
        watches.any(|watch| {
            let state = watch.state();
            let within = |scope| self.places.environments_in(scope).any(|it| *it == track.environment);
            let mut needed = state.feeds.iter().filter(|((scope, watched), _)| watched.is_needed() && within(scope));
            // Where nothing can be seen at all, it may be there: asking for it says why it cannot be seen.
            let blind = state.feeds.is_empty() || needed.all(|(_, feed)| !feed.listed);
            blind || self.meant_by(watch, &state, track).is_some()
        })
    }

    /// The environments before one in the order of promotion, the nearest first.
    fn before(&self, environment: &EnvironmentId) -> Vec<EnvironmentId> {
        let at = self.order.iter().position(|it| it == environment).unwrap_or(0);
        let earlier = self.order.iter().take(at).rev();
        earlier.filter(|it| self.places.has(it)).cloned().collect()
    }
}

/// How long another environment's cluster may take to say what it offers.
const NEIGHBOUR: std::time::Duration = std::time::Duration::from_secs(3);

/// A track that was found, with a client of its cluster.
struct Standing<'a> {
    of: &'a Kubernetes,
    track: &'a TrackId,
    target: Target,
    client: kube::Client,
}

impl<'a> Standing<'a> {
    async fn of(of: &'a Kubernetes, track: &'a TrackId) -> Result<Self> {
        let target = of.inner.locate(track).await?;
        let client = target.watch.cluster.client().await?;
        Ok(Self { of, track, target, client })
    }

    fn ground(&self) -> Ground<'_> {
        let inner = &self.of.inner;
        let (namespace, name) = (self.target.namespace.clone(), self.target.name.clone());
        Ground {
            api: Api { cluster: &self.target.watch.cluster, client: self.client.clone(), source: &inner.id },
            watch: &self.target.watch,
            kind: self.target.kind,
            name: ObjectName { resource: self.target.kind.resource(), namespace, name },
            track: self.track,
            rules: &inner.rules,
            repository: inner.repository,
            access: &inner.access,
            served: inner.served(self.track, &self.target.uid),
            now: (inner.clock)(),
        }
    }
}

/// What a promotion takes from an environment of this backend; nothing for other orders and for other sources.
async fn taken(of: &Kubernetes, order: &Order) -> Result<Option<std::result::Result<Taken, Text>>> {
    let from = order.source.as_ref().filter(|from| order.verb == Verb::Promote && of.inner.places.has(from));
    let Some(from) = from else { return Ok(None) };
    if *from == order.track.environment {
        return Ok(Some(Err(format!("{from} cannot be promoted into itself").into())));
    }
    let track = TrackId { service: order.track.service.clone(), environment: from.clone() };
    let standing = Standing::of(of, &track).await?;
    let scene = standing.ground().scene().await?;
    let service = track.service.as_str();
    Ok(Some(source::taken(&scene, &of.inner.rules, service, from, &order.to.version)))
}

//! What GitHub can be asked to do with a track.

use async_trait::async_trait;

use super::ground::Ground;
use super::scene::{Depth, Scene};
use super::{available, execute, propose, verify};
use crate::backend::github::Github;
use crate::backend::github::settings::Rollback;
use crate::backend::{
    Available, Declaration, Idempotency, Operator, Order, PreconditionKind, ProgressSink, ProgressSource, Proposal,
    Receipt, Result, RollbackCode, Verb, Verdict,
};
use crate::model::{TrackId, TrackState};

#[async_trait]
impl Operator for Github {
    fn declaration(&self) -> Declaration {
        let rollback = match self.inner.settings.rollback {
            Some(Rollback::RerunJob) => RollbackCode::RerunJob,
            _ => RollbackCode::PromoteOlder,
        };
        Declaration {
            verbs: vec![Verb::Promote, Verb::RollBack, Verb::Abort],
            rollback,
            // GitHub takes no condition: it is looked at right before the write.
            precondition: PreconditionKind::None,
            idempotency: Idempotency::None,
            progress: ProgressSource::Poll,
            history: "to the newest 30 deployments of an environment; runs can run again for 30 days".into(),
        }
    }

    fn owns(&self, track: &TrackId) -> bool {
        self.inner.is_here(track)
    }

    fn stands_back(&self, _: &TrackId) -> bool {
        self.inner.settings.promote.is_none() && self.inner.settings.rollback.is_none()
    }

    async fn observe(&self, track: &TrackId) -> Result<TrackState> {
        let ground = Ground::of(&self.inner, track)?;
        Ok(Scene::read(&ground, Depth::Live).await?.state(&ground))
    }

    async fn available(&self, track: &TrackId) -> Result<Vec<Available>> {
        available::available(&Ground::of(&self.inner, track)?).await
    }

    async fn propose(&self, order: &Order) -> Result<Proposal> {
        propose::propose(&Ground::of(&self.inner, &order.track)?, order).await
    }

    async fn execute(&self, order: &Order, progress: &ProgressSink) -> Result<Receipt> {
        execute::execute(&Ground::of(&self.inner, &order.track)?, order, progress).await
    }

    async fn verify(&self, order: &Order, receipt: Option<&Receipt>) -> Result<Verdict> {
        verify::verify(&Ground::of(&self.inner, &order.track)?, order, receipt).await
    }
}

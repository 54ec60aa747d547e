//! What an operation stands on: the workload of a track, and whom to ask about it.

use serde_json::Value;

use super::access::{Access, Right};
use super::api::Api;
use super::request::ObjectName;
use super::scene::Scene;
use super::subject::Subject;
use crate::backend::Result;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::rules::Rules;
use crate::backend::kubernetes::settings::RepositoryOf;
use crate::backend::kubernetes::watch::Watch;
use crate::model::{Gate, Time, TrackId, Verb};

/// What an operation stands on.
pub struct Ground<'a> {
    /// The cluster.
    pub api: Api<'a>,
    /// What is watched there.
    pub watch: &'a Watch,
    /// What the workload is.
    pub kind: Kind,
    /// Which one.
    pub name: ObjectName,
    /// The track that it is.
    pub track: &'a TrackId,
    /// How versions are read.
    pub rules: &'a Rules,
    /// From where the repository of a promoted image comes.
    pub repository: RepositoryOf,
    /// What is known of our rights.
    pub access: &'a Access,
    /// The number of a revision that was seen to serve whole.
    pub served: Option<i64>,
    /// The present.
    pub now: Time,
}

impl Ground<'_> {
    /// The workload, read afresh.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn scene(&self) -> Result<Scene> {
        let mut scene = Scene::read(&self.api, self.watch, self.kind, &self.name).await?;
        scene.served = self.served;
        Ok(scene)
    }

    /// The workload, as it was read.
    pub fn subject<'a>(&'a self, object: &'a Value) -> Subject<'a> {
        Subject { kind: self.kind, name: &self.name, object }
    }

    /// The right to change the workload.
    pub fn right(&self) -> Right {
        Right::to_change(self.kind, &self.name.namespace)
    }

    /// The gate that keeps us from changing the workload, where we may not.
    pub async fn forbidden(&self) -> Option<Gate> {
        let right = self.right();
        let answer = self.access.may(&self.api, &right).await?;
        (!answer.allowed).then(|| right.gate(self.track, &self.api.cluster.context, &answer, &Verb::ALL))
    }

    /// Whether pods may be deleted.
    pub async fn may_delete_pods(&self) -> bool {
        let right = Right { verb: "delete", group: "", resource: "pods", namespace: self.name.namespace.clone() };
        self.access.may(&self.api, &right).await.is_none_or(|answer| answer.allowed)
    }
}

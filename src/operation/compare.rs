//! Two versions side by side: what changed from one to the other, with the marks that plans put on changes.

use serde::Serialize;

use crate::model::{ServiceId, Text};
use crate::operation::changes::Code;
use crate::operation::{Engine, Risk};
use crate::picture::Snapshot;
use crate::query::{self, ChangesAnswer, QueryError};

/// What changed between two points of a service's history, with what the risk rules say of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What changed.
    #[serde(flatten)]
    pub answer: ChangesAnswer,
    /// Whether both are the same bytes; absent where a digest is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_bytes: Option<bool>,
    /// Marks on the changes.
    pub risks: Vec<Risk>,
    /// Why the marks could not be looked at, where they could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<Text>,
}

impl Engine {
    /// What changed for `service` from `from` to `to`; see [`query::changes_between`].
    ///
    /// # Errors
    /// When one of them is not known or can mean several commits.
    pub async fn compare(
        &self,
        snapshot: &Snapshot,
        service: &ServiceId,
        (from, to): (&str, &str),
        most: usize,
    ) -> Result<Comparison, QueryError> {
        let mut answer = query::changes_between(snapshot, service, from, to, most)?;
        let deps = self.deps();
        let code = Code {
            service,
            repository: snapshot.repository_of(service).map(|repository| &**repository),
            backends: &deps.backends,
            rules: &deps.policy.risk,
        };
        let (risks, unread) = code.mark(&mut answer).await;
        Ok(Comparison { same_bytes: answer.same_bytes(), answer, risks, unread })
    }
}

//! What we may do: asked of the server before a key is offered, and remembered for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::api::Api;
use super::json::{flag, text};
use crate::backend::kubernetes::kind::{Kind, Watched};
use crate::model::{Gate, GateKind, Holds, Override, Scope, Text, TrackId, Verb};

/// How long an answer is remembered.
const KEPT: Duration = Duration::from_secs(60);
/// Where the server is asked.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
/// How many answers are remembered.
const MOST: usize = 10_000;

/// A right: to do something to the objects of a kind in a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Right {
    /// `patch`, `delete` …
    pub verb: &'static str,
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The resource, in plural.
    pub resource: &'static str,
    /// The namespace.
    pub namespace: String,
}

/// What is known of our rights.
#[derive(Debug, Default)]
pub struct Access {
    known: Mutex<HashMap<(String, Right), (Answer, Instant)>>,
}

/// What the server says of a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether we have it.
    pub allowed: bool,
    /// Why, where the server says.
    pub reason: Text,
}

impl Right {
    /// The right to change workloads of a kind.
    pub fn to_change(kind: Kind, namespace: &str) -> Self {
        let resource = Watched::Workload(kind).plural();
        Self { verb: "patch", group: "apps", resource, namespace: namespace.to_owned() }
    }

    /// The gate that a right is that we do not have.
    pub fn gate(&self, track: &TrackId, context: &str, answer: &Answer, verbs: &[Verb]) -> Gate {
        let group = if self.group.is_empty() { String::new() } else { format!(".{}", self.group) };
        let reason = if answer.reason.is_empty() { String::new() } else { format!(": {}", answer.reason) };
        let why = format!("may not {} {}{group} in {}{reason}", self.verb, self.resource, self.namespace);
        let who = if context.is_empty() { "the cluster".to_owned() } else { format!("the cluster {context}") };
        Gate {
            kind: GateKind::Permission,
            scope: Scope { service: Some(track.service.clone()), environment: Some(track.environment.clone()) },
            holds: Holds::Humans,
            who: who.into(),
            why: why.into(),
            since: None,
            until: None,
            overridden_by: Override::None,
            verbs: verbs.to_vec(),
            url: None,
        }
    }
}

impl Access {
    /// Whether we have a right. Nothing where the server does not say: the write itself will tell.
    pub async fn may(&self, api: &Api<'_>, right: &Right) -> Option<Answer> {
        let key = (api.cluster.context.clone(), right.clone());
        if let Some(known) = self.known(&key) {
            return Some(known);
        }
        let attributes = json!({
            "namespace": right.namespace, "verb": right.verb, "group": right.group, "resource": right.resource,
        });
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": attributes },
        });
        let said = api.ask(REVIEWS, &review, "ask what may be done").await.ok()?;
        said.pointer("/status/allowed")?;
        let answer = Answer { allowed: flag(&said, "/status/allowed"), reason: text(&said, "/status/reason").into() };
        self.keep(key, answer.clone());
        Some(answer)
    }

    fn known(&self, key: &(String, Right)) -> Option<Answer> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, at) = known.get(key)?;
        (at.elapsed() < KEPT).then(|| answer.clone())
    }

    fn keep(&self, key: (String, Right), answer: Answer) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (answer, Instant::now()));
    }
}

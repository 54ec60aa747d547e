//! Facts: single observations that backends report, with their key, source and time.
//!
//! Facts are idempotent by key and may come in any order: of two facts with one key, the later observation holds, and of
//! two observations at one instant the one whose encoding is greater. So folding is a union, and replay changes nothing.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{
    Artifact, BadMark, Deployment, Incident, Lock, Pool, PullRequest, Reference, Run, Share, SourceId, Time, TrackState,
};

/// The version of the encoding of [`Body`]. Raised when an older reader could misread a newer body.
pub const ENCODING: u16 = 1;

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Who says so.
    pub source: SourceId,
    /// When it was seen to be so.
    pub observed_at: Time,
    /// What was seen.
    #[serde(flatten)]
    pub body: Body,
}

impl Fact {
    /// A fact of `source`.
    pub fn new(source: SourceId, observed_at: Time, body: impl Into<Body>) -> Self {
        Self { source, observed_at, body: body.into() }
    }

    /// What it is about: one key holds one fact.
    pub fn key(&self) -> FactKey {
        let (kind, name) = self.body.kind_and_name();
        FactKey { source: self.source.clone(), kind, name }
    }

    /// Shares the names that many facts have with those in `pool`. What somebody else holds already is left as it is.
    pub fn share(&mut self, pool: &mut Pool) {
        self.source.share(pool);
        match &mut self.body {
            Body::Deployment(it) => Arc::get_mut(it).into_iter().for_each(|it| it.share(pool)),
            Body::Run(it) => Arc::get_mut(it).into_iter().for_each(|it| it.share(pool)),
            Body::Artifact(it) => Arc::get_mut(it).into_iter().for_each(|it| it.share(pool)),
            Body::State(it) => Arc::get_mut(it).into_iter().for_each(|it| it.share(pool)),
            _ => {}
        }
    }

    /// Whether this fact holds over `other`, which has the same key.
    pub fn supersedes(&self, other: &Self) -> bool {
        self.observed_at.cmp(&other.observed_at).then_with(|| self.body.encoded().cmp(&other.body.encoded())).is_gt()
    }
}

/// What was seen: shared, because the picture is made of the same things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Body {
    /// A branch, a tag or what is checked out.
    Reference(Arc<Reference>),
    /// A pull request.
    PullRequest(Arc<PullRequest>),
    /// An execution of a pipeline.
    Run(Arc<Run>),
    /// A built thing in a place.
    Artifact(Arc<Artifact>),
    /// An attempt to put a version into an environment.
    Deployment(Arc<Deployment>),
    /// What an environment runs now.
    State(Arc<TrackState>),
    /// A period in which users were hurt.
    Incident(Arc<Incident>),
    /// A lock that somebody set or took away.
    Lock(Arc<Lock>),
    /// A version that somebody marked bad.
    BadMark(Arc<BadMark>),
    /// What had this key is not there any more.
    Withdrawn(Arc<Withdrawn>),
}

/// The absence of what was reported before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// What sort of fact it was.
    pub kind: FactKind,
    /// Its name within kind and source.
    pub name: String,
}

macro_rules! body_from {
    ($($Kind:ident),*) => {
        $(impl From<$Kind> for Body {
            fn from(it: $Kind) -> Self {
                Self::$Kind(Arc::new(it))
            }
        })*
    };
}
body_from!(Reference, PullRequest, Run, Artifact, Deployment, Incident, Lock, BadMark, Withdrawn);

impl From<TrackState> for Body {
    fn from(it: TrackState) -> Self {
        Self::State(Arc::new(it))
    }
}

impl Body {
    /// The sort of fact and its name within kind and source. The name is the whole identity as a JSON array, so that no
    /// choice of separator can make two things one.
    fn kind_and_name(&self) -> (FactKind, String) {
        match self {
            Self::Reference(it) => (FactKind::Reference, name(&[it.repository.as_str(), it.name.as_str()])),
            Self::PullRequest(it) => (FactKind::PullRequest, name(&[it.repository.as_str(), it.number.as_str()])),
            Self::Run(it) => (FactKind::Run, name(&[it.id.as_str()])),
            Self::Artifact(it) => {
                (FactKind::Artifact, name(&[it.service.as_str(), it.location.as_str(), it.version.as_str()]))
            }
            Self::Deployment(it) => {
                (FactKind::Deployment, name(&[it.service.as_str(), it.environment.as_str(), it.id.as_str()]))
            }
            Self::State(it) => (FactKind::State, name(&[it.track.service.as_str(), it.track.environment.as_str()])),
            Self::Incident(it) => (FactKind::Incident, name(&[it.id.as_str()])),
            Self::Lock(it) => (FactKind::Lock, name(&[it.id.as_str()])),
            Self::BadMark(it) => (FactKind::BadMark, name(&[it.service.as_str(), it.version.as_str()])),
            Self::Withdrawn(it) => (it.kind, it.name.clone()),
        }
    }

    /// The body as JSON, the form in which the store keeps it and in which ties are broken.
    pub fn encoded(&self) -> String {
        // Every body is made of strings, numbers and lists: serde_json has no way to fail on them.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`encoded`](Self::encoded) wrote.
    ///
    /// # Errors
    /// When the text is not a body of this or an older encoding.
    pub fn decoded(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

fn name(parts: &[&str]) -> String {
    serde_json::to_string(parts).unwrap_or_default()
}

/// What sort of thing a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// [`Body::Reference`].
    Reference,
    /// [`Body::PullRequest`].
    PullRequest,
    /// [`Body::Run`].
    Run,
    /// [`Body::Artifact`].
    Artifact,
    /// [`Body::Deployment`].
    Deployment,
    /// [`Body::State`].
    State,
    /// [`Body::Incident`].
    Incident,
    /// [`Body::Lock`].
    Lock,
    /// [`Body::BadMark`].
    BadMark,
}

impl FactKind {
    /// The word that the encoding uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::PullRequest => "pull_request",
            Self::Run => "run",
            Self::Artifact => "artifact",
            Self::Deployment => "deployment",
            Self::State => "state",
            Self::Incident => "incident",
            Self::Lock => "lock",
            Self::BadMark => "bad_mark",
        }
    }
}

/// What a fact is about: the whole tuple, never the name alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    /// Who says so.
    pub source: SourceId,
    /// What sort of thing.
    pub kind: FactKind,
    /// Which one, within source and kind: a JSON array of the parts of its identity.
    pub name: String,
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.source, self.kind.word(), crate::model::text::clean(&self.name))
    }
}

/// The promise of a backend that a reading holds *everything* of a sort: what the store has of it and the reading has
/// not is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complete {
    /// What sort of fact.
    pub kind: FactKind,
    /// The leading parts of the identity that the promise is limited to; empty means everything of the source.
    pub within: Vec<String>,
}

impl Complete {
    /// Whether a fact of this sort and name falls under the promise.
    pub fn covers(&self, kind: FactKind, name: &str) -> bool {
        if kind != self.kind {
            return false;
        }
        serde_json::from_str::<Vec<String>>(name).is_ok_and(|parts| parts.starts_with(&self.within))
    }
}

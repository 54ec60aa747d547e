//! Gates: anything that holds a deployment back, in one shape whatever system it comes from.

use serde::{Deserialize, Serialize};

use super::{EnvironmentId, ServiceId, Text, Time, TrackId, Verb, Version};

/// Anything that holds a deployment back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What sort of thing holds.
    pub kind: GateKind,
    /// What it holds.
    pub scope: Scope,
    /// Whom it holds.
    pub holds: Holds,
    /// Who put it there: a person, a file and line of configuration, a system.
    pub who: Text,
    /// Why.
    pub why: Text,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// What it takes to pass it all the same.
    #[serde(rename = "override")]
    pub overridden_by: Override,
    /// Which operations it holds; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<Verb>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}

impl Gate {
    /// Whether it is about `verb`.
    pub fn is_about(&self, verb: Verb) -> bool {
        self.verbs.is_empty() || self.verbs.contains(&verb)
    }

    /// Whether the system says that nobody of us may do `verb`, whatever reason is given: it need not be offered.
    pub fn forbids(&self, verb: Verb) -> bool {
        self.kind == GateKind::Permission && self.overridden_by == Override::None && self.is_about(verb)
    }
}

/// Something that may not be read: it is shown as restricted, not as empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Restricted {
    /// Which tracks cannot be seen.
    pub scope: Scope,
    /// What was forbidden, and to whom.
    pub why: Text,
}

/// What sort of thing holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// A window of time in which nothing is deployed.
    Freeze,
    /// Somebody said stop.
    Lock,
    /// Somebody has to say yes.
    Approval,
    /// The version has not been long enough in the environment before.
    Soak,
    /// A check of the version failed.
    Checks,
    /// Another operation is under way.
    RunningOperation,
    /// The backend says that we may not.
    Permission,
    /// Automation would undo what we write.
    Automation,
}

impl GateKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Lock => "lock",
            Self::Approval => "approval",
            Self::Soak => "soak",
            Self::Checks => "checks",
            Self::RunningOperation => "running operation",
            Self::Permission => "permission",
            Self::Automation => "automation",
        }
    }
}

/// Which tracks something is about: an absent part means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// One service, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// One environment, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentId>,
}

impl Scope {
    /// Whether `track` is in it.
    pub fn covers(&self, track: &TrackId) -> bool {
        self.service.as_ref().is_none_or(|service| *service == track.service)
            && self.environment.as_ref().is_none_or(|environment| *environment == track.environment)
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.service, &self.environment) {
            (Some(service), Some(environment)) => write!(f, "{service} in {environment}"),
            (Some(service), None) => write!(f, "{service} everywhere"),
            (None, Some(environment)) => write!(f, "everything in {environment}"),
            (None, None) => f.write_str("everything"),
        }
    }
}

/// Whom a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holds {
    /// People, not automation.
    Humans,
    /// Automation, not people.
    Automation,
    /// Everybody.
    Both,
}

/// What it takes to pass a gate all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Override {
    /// Nothing does.
    None,
    /// A reason, which the journal keeps.
    Reason,
    /// A role in the system that set the gate.
    Role,
}

/// A lock or freeze that somebody set by command. Configured freeze windows are configuration, not facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Unique within its source.
    pub id: Text,
    /// What it holds.
    pub scope: Scope,
    /// Who set it.
    pub who: Text,
    /// Why.
    pub why: Text,
    /// When it was set.
    pub since: Time,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// When somebody took it away, and who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<(Time, Text)>,
}

impl Lock {
    /// Whether it holds at `now`.
    pub fn holds_at(&self, now: Time) -> bool {
        self.released.is_none() && self.since <= now && self.until.is_none_or(|until| now < until)
    }

    /// The gate that it is.
    pub fn gate(&self) -> Gate {
        Gate {
            kind: GateKind::Lock,
            scope: self.scope.clone(),
            holds: Holds::Both,
            who: self.who.clone(),
            why: self.why.clone(),
            since: Some(self.since),
            until: self.until,
            overridden_by: Override::Reason,
            verbs: Vec::new(),
            url: None,
        }
    }
}

/// A version that somebody marked bad: it is never offered as a default again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadMark {
    /// Of which service.
    pub service: ServiceId,
    /// Which version.
    pub version: Version,
    /// Who marked it.
    pub who: Text,
    /// Why.
    pub why: Text,
    /// When.
    pub at: Time,
    /// Whether the mark was taken back.
    #[serde(default)]
    pub lifted: bool,
}

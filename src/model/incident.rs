//! Incidents: periods in which users were hurt.

use serde::{Deserialize, Serialize};

use super::{DeploymentId, EnvironmentId, IncidentId, ServiceId, Text, Time};

/// A period in which users were hurt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Unique within its source.
    pub id: IncidentId,
    /// Which service hurt them, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// In which environment, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentId>,
    /// What it was.
    pub title: Text,
    /// When it began.
    pub opened_at: Time,
    /// When somebody noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Time>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Time>,
    /// The deployment that caused it, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caused_by: Option<DeploymentId>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}

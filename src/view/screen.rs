//! What a screen is asked for, and from what it is made: the contract between who holds the place and who fills it.

use std::sync::Arc;

use super::metrics::{Depth, Known};
use crate::model::{
    CommitId, DeploymentId, EnvironmentId, OperationId, RunId, ServiceId, Text, Time, TrackId, Version,
};
use crate::operation::OperationSummary;
use crate::picture::Snapshot;

/// The screens, by the number that opens them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    /// Services × environments.
    Board,
    /// Changes × milestones of one service.
    Flow,
    /// Pipeline runs, or the jobs of one run.
    Runs,
    /// One service in one environment.
    Track,
    /// How well and how fast changes come to users.
    Metrics,
    /// What happened everywhere, newest first.
    Activity,
    /// Operations, unfinished first.
    Journal,
}

impl Screen {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Board, Self::Flow, Self::Runs, Self::Track, Self::Metrics, Self::Activity, Self::Journal];

    /// The number that opens it.
    pub fn number(self) -> u8 {
        match self {
            Self::Board => 1,
            Self::Flow => 2,
            Self::Runs => 3,
            Self::Track => 4,
            Self::Metrics => 5,
            Self::Activity => 6,
            Self::Journal => 7,
        }
    }

    /// What stands on its tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Board => "Board",
            Self::Flow => "Flow",
            Self::Runs => "Runs",
            Self::Track => "Track",
            Self::Metrics => "Metrics",
            Self::Activity => "Activity",
            Self::Journal => "Journal",
        }
    }

    /// The filter that leaves what needs attention; none where nothing on it does by itself.
    pub fn attention(self) -> Option<&'static str> {
        match self {
            Self::Board => Some("is:interesting"),
            Self::Flow => Some("is:waiting"),
            Self::Track => Some("outcome:failed"),
            Self::Runs | Self::Activity | Self::Journal => Some("status:failed"),
            Self::Metrics => None,
        }
    }

    /// The screen of that word.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|screen| screen.id() == id)
    }

    /// The word for it in keys and commands.
    pub fn id(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Flow => "flow",
            Self::Runs => "runs",
            Self::Track => "track",
            Self::Metrics => "metrics",
            Self::Activity => "activity",
            Self::Journal => "journal",
        }
    }
}

/// What a screen is asked to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which screen.
    pub screen: Screen,
    /// Whose flow, whose track; on the other screens the one service that they are narrowed to.
    pub service: Option<ServiceId>,
    /// In which environment the track is.
    pub environment: Option<EnvironmentId>,
    /// On the runs screen the run whose jobs are shown in place of the runs.
    pub run: Option<RunId>,
    /// How deep in the track one is on the metrics screen.
    pub depth: Depth,
    /// Which rows pass, as it was typed.
    pub filter: String,
    /// By what they are ordered, as it was typed: a name, with `-` before it for the other way round. Absent means the
    /// screen's own order.
    pub sort: Option<String>,
}

impl Wish {
    /// A screen without narrowing, filter or order.
    pub fn of(screen: Screen) -> Self {
        Self {
            screen,
            service: None,
            environment: None,
            run: None,
            depth: Depth::Charts,
            filter: String::new(),
            sort: None,
        }
    }
}

/// What a screen is made from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The picture.
    pub snapshot: Arc<Snapshot>,
    /// What the journal tells, newest first.
    pub operations: Arc<[OperationSummary]>,
    /// What was measured.
    pub metrics: Known,
    /// By which names and addresses the person who asks is known, for `author:me`.
    pub me: Arc<[String]>,
    /// The present.
    pub now: Time,
}

impl Sources {
    /// Nothing at all: what the vocabulary of a screen is asked of.
    pub fn nothing() -> Self {
        Self {
            snapshot: Arc::default(),
            operations: Arc::from([]),
            metrics: Known::default(),
            me: Arc::default(),
            now: Time::UNIX_EPOCH,
        }
    }
}

/// What a row, or one cell of it, is about: what a command acts on when it is run there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The service.
    pub service: Option<ServiceId>,
    /// The environment.
    pub environment: Option<EnvironmentId>,
    /// The version.
    pub version: Option<Version>,
    /// The commit.
    pub commit: Option<CommitId>,
    /// The run.
    pub run: Option<RunId>,
    /// The job of that run.
    pub job: Option<Text>,
    /// The deployment.
    pub deployment: Option<DeploymentId>,
    /// The operation.
    pub operation: Option<OperationId>,
    /// Where a person can look at it, as the outside said.
    pub url: Option<Text>,
    /// What copying it copies.
    pub copy: Option<String>,
}

impl Subject {
    /// The track, where both its parts are known.
    pub fn track(&self) -> Option<TrackId> {
        Some(TrackId { service: self.service.clone()?, environment: self.environment.clone()? })
    }
}

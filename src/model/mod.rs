//! The nouns of software delivery. Plain data: no I/O, no clock, no wire format.
//!
//! The words are those of the glossary in `README.md`; each has one file here.

pub mod artifact;
pub mod attention;
pub mod change;
pub mod deployment;
pub mod environment;
pub mod gate;
pub mod id;
pub mod incident;
pub mod pool;
pub mod reference;
pub mod requests;
pub mod run;
pub mod run_act;
pub mod service;
pub mod state;
pub mod status;
pub mod text;
pub mod verb;

/// An instant. Durations are differences of instants; time zones matter only where days are counted.
pub type Time = chrono::DateTime<chrono::Utc>;

pub use artifact::Artifact;
pub use attention::{Attention, Sight};
pub use change::{ChangeLine, Changes, CommitText, PullRequest};
pub use deployment::{AlsoCommit, Deployment, Kind, Outcome};
pub use environment::Environment;
pub use gate::{BadMark, Gate, GateKind, Holds, Lock, Override, Restricted, Scope};
pub use id::{
    CommitId, DeploymentId, Digest, EnvironmentId, IncidentId, OperationId, RefName, RepositoryId, RunId, ServiceId,
    SourceId, TrackId, Version,
};
pub use incident::Incident;
pub use pool::{Pool, Share};
pub use reference::{Reference, ReferenceKind};
pub use requests::{Budget, Quiet, Requests};
pub use run::{Job, Phase, PhaseKind, Run, Step};
pub use run_act::RunAct;
pub use service::Service;
pub use state::{Health, Installed, Progress, Replicas, TrackState};
pub use status::Status;
pub use text::Text;
pub use verb::Verb;

/// Where the present comes from. Passed in, so that tests, pictures and replays can fix it.
pub type Clock = std::sync::Arc<dyn Fn() -> Time + Send + Sync>;

//! Who approved which bytes: `approvals.jsonl` beside the versions of a service in a stage.
//!
//! ```toml
//! [[backend.approvals]]
//! environment = "testing"
//! services = ["payments"]     # patterns; absent means all
//! needed = 1
//! own = false                 # whether the yes of who promotes it counts
//! ```
//!
//! The last answer of a person to a version with these bytes holds. One no holds a version until who said it says yes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind as IoKind, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::track::Track;
use super::{Inner, Stages};
use crate::backend::approver::{Answer, Approver, Given, Waiting};
use crate::backend::package::error::At as _;
use crate::backend::package::{Guard, Holder, Package, PackageError, Result};
use crate::backend::{SettingsProblem, Write};
use crate::model::{
    Digest, EnvironmentId, Gate, GateKind, Holds, OperationId, Override, Scope, Text, TrackId, TrackState, Version,
};

/// The name of the answers of a service in a stage.
const ANSWERS: &str = "approvals.jsonl";

/// Which versions need approvals before they come into an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The environment.
    pub environment: String,
    /// Patterns of services; absent means all.
    #[serde(default)]
    pub services: Vec<String>,
    /// How many have to say yes.
    #[schemars(range(min = 1))]
    pub needed: u32,
    /// Whether the yes of who promotes it counts.
    #[serde(default)]
    pub own: bool,
}

/// The rules, ready to be asked.
#[derive(Debug, Default)]
pub struct Rules(Vec<(EnvironmentId, Option<GlobSet>, u32, bool)>);

/// One line of the file.
#[derive(Serialize, Deserialize)]
struct Record {
    version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    #[serde(flatten)]
    given: Given,
}

impl Rules {
    /// Reads the rules of the settings.
    ///
    /// # Errors
    /// When a pattern is none, or nobody has to say yes.
    pub fn new(rules: &[Rule]) -> std::result::Result<Self, SettingsProblem> {
        let read = |(at, rule): (usize, &Rule)| {
            let problem =
                |key: &str, what: String| SettingsProblem { key: format!("approvals[{at}].{key}"), what: what.into() };
            if rule.needed == 0 {
                return Err(problem("needed", "nobody has to say yes: leave the rule out".to_owned()));
            }
            let mut globs = GlobSetBuilder::new();
            for pattern in &rule.services {
                globs.add(Glob::new(pattern).map_err(|error| problem("services", error.to_string()))?);
            }
            let globs = globs.build().map_err(|error| problem("services", error.to_string()))?;
            let services = (!rule.services.is_empty()).then_some(globs);
            Ok((rule.environment.as_str().into(), services, rule.needed, rule.own))
        };
        rules.iter().enumerate().map(read).collect::<std::result::Result<_, _>>().map(Self)
    }

    /// How many have to say yes to a version there, and whether the own yes counts.
    fn of(&self, track: &TrackId) -> Option<(u32, bool)> {
        let held = |(environment, services, ..): &&(EnvironmentId, Option<GlobSet>, u32, bool)| {
            let service = services.as_ref().is_none_or(|it| it.is_match(track.service.as_str()));
            *environment == track.environment && service
        };
        self.0.iter().filter(held).map(|(.., needed, own)| (*needed, *own)).max_by_key(|(needed, own)| (*needed, !own))
    }
}

impl Inner {
    /// What a version needs before it comes into `track`; nothing where no rule holds it, or where what lies there under
    /// its name ran there already.
    pub fn wanted(&self, track: &TrackId, directory: &Path, package: &Package) -> Result<Option<Waiting>> {
        let Some((needed, own)) = self.approvals.of(track) else { return Ok(None) };
        let (records, token) = read(directory)?;
        let mut given: BTreeMap<Text, Given> = BTreeMap::new();
        let same = |it: &Record| it.version == package.version && it.digest == package.digest;
        for record in records.into_iter().filter(same) {
            given.insert(record.given.who.clone(), record.given);
        }
        let mut given: Vec<Given> = given.into_values().collect();
        given.sort_by_key(|it| it.at);
        let (version, digest) = (package.version.clone(), package.digest.clone());
        Ok(Some(Waiting {
            track: track.clone(),
            version,
            digest,
            commit: None,
            run: None,
            since: None,
            until: None,
            reviewers: Vec::new(),
            refused: None,
            url: None,
            needed,
            own,
            given,
            token,
        }))
    }

    /// The state of a track, with what waits there for approvals. Nobody in particular would promote it.
    pub fn state(&self, track: &Track) -> TrackState {
        let mut state = track.state(&self.hashes);
        match self.waiting(track) {
            Ok(waiting) => {
                let nobody = Text::default();
                state.gates.extend(waiting.and_then(|it| gate(&it, &nobody, self.id.as_str())));
            }
            Err(error) => state.problems.push(error.what),
        }
        state
    }

    /// What the stage before offers and may not come here yet.
    pub fn waiting(&self, track: &Track) -> Result<Option<Waiting>> {
        let Some(before) = self.before(&track.id.environment).filter(|_| self.approvals.of(&track.id).is_some()) else {
            return Ok(None);
        };
        let source = Track::read(before, track.id.service.as_str())?;
        let live = |track: &Track| track.live().ok().flatten().map(|it| it.version.clone());
        let Some(package) = source.live().ok().flatten().filter(|it| live(track).as_ref() != Some(&it.version)) else {
            return Ok(None);
        };
        self.wanted(&track.id, &track.directory, package)
    }
}

/// The gate of a version that waits, for one who would promote it; none once enough said yes and nobody no.
pub fn gate(waiting: &Waiting, who: &Text, source: &str) -> Option<Gate> {
    let approvals = waiting.approvals(who);
    let why = match waiting.rejection() {
        Some(no) if no.comment.is_empty() => format!("{}: {} said no", waiting.version, no.who),
        Some(no) => format!("{}: {} said no: {}", waiting.version, no.who, no.comment),
        None if approvals >= waiting.needed as usize => return None,
        None => {
            let s = if waiting.needed == 1 { "" } else { "s" };
            format!("{} needs {} approval{s} and has {approvals}", waiting.version, waiting.needed)
        }
    };
    Some(Gate {
        kind: GateKind::Approval,
        scope: Scope {
            service: Some(waiting.track.service.clone()),
            environment: Some(waiting.track.environment.clone()),
        },
        holds: Holds::Humans,
        who: source.into(),
        why: why.into(),
        since: None,
        until: None,
        overridden_by: Override::Role,
        verbs: Vec::new(),
        url: None,
    })
}

/// The records and what changes with each of them. Lines that are none are passed over: they approve nothing.
fn read(directory: &Path) -> Result<(Vec<Record>, String)> {
    let path = directory.join(ANSWERS);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == IoKind::NotFound => Vec::new(),
        other => other.at(&path)?,
    };
    let records = text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
    Ok((records, text.len().to_string()))
}

fn write(inner: &Inner, answer: &Answer) -> Result<Text> {
    let waiting = &answer.waiting;
    let stage = inner.stage_of(&waiting.track)?;
    let directory = stage.service(waiting.track.service.as_str());
    fs::create_dir_all(&directory).at(&directory)?;
    let now = (inner.clock)();
    let operation = OperationId::from(format!("approval-{}", now.timestamp_micros()));
    let _held = Guard::take(&directory, &Holder::new(answer.who.clone(), operation, now))?;
    let fresh = inner.waiting(&Track::read(stage, waiting.track.service.as_str())?)?;
    let Some(fresh) = fresh.filter(|it| it.version == waiting.version && it.digest == waiting.digest) else {
        return Err(PackageError::conflict(format!("{} does not wait there any more", waiting.version)));
    };
    if fresh.token != waiting.token {
        return Err(PackageError::conflict("somebody else answered meanwhile"));
    }
    let (who, comment, approved) = (answer.who.clone(), answer.comment.clone(), answer.approved);
    let given = Given { who, at: now, approved, comment };
    let record = Record { version: waiting.version.clone(), digest: waiting.digest.clone(), given };
    let line = serde_json::to_string(&record).map_err(|error| PackageError::integrity(error.to_string()))?;
    let path: PathBuf = directory.join(ANSWERS);
    let mut file = fs::OpenOptions::new().create(true).append(true).open(&path).at(&path)?;
    // A line that lost its end to a crash must not swallow this one.
    let begins = if fresh.token == "0" { "" } else { "\n" };
    file.write_all(format!("{begins}{line}\n").as_bytes()).and_then(|()| file.sync_data()).at(&path)?;
    let verb = if approved { "approved" } else { "rejected" };
    Ok(format!("{verb} {} of {}", waiting.version, waiting.track).into())
}

#[async_trait]
impl Approver for Stages {
    fn guards(&self, track: &TrackId) -> bool {
        self.inner.approvals.of(track).is_some() && self.inner.stage(&track.environment).is_some()
    }

    async fn waiting(&self, track: &TrackId) -> crate::backend::Result<Vec<Waiting>> {
        let id = track.clone();
        self.blocking(move |inner| {
            let waiting = inner.waiting(&inner.track(&id)?).map_err(|error| error.of(&inner.id))?;
            Ok(waiting.into_iter().collect())
        })
        .await
    }

    fn draft(&self, answer: &Answer) -> Write {
        let waiting = &answer.waiting;
        let stage = self.inner.stage(&waiting.track.environment);
        let path = stage.map(|it| it.service(waiting.track.service.as_str()).join(ANSWERS)).unwrap_or_default();
        let word = if answer.approved { "approved" } else { "rejected" };
        Write {
            what: "record the answer".into(),
            verbatim: format!("append {}: {word} {} by {}", path.display(), waiting.version, answer.who).into(),
            precondition: Some("it waits there still, and nobody answered since".into()),
        }
    }

    async fn answer(&self, answer: &Answer) -> crate::backend::Result<Text> {
        let answer = answer.clone();
        self.blocking(move |inner| write(inner, &answer).map_err(|error| error.of(&inner.id))).await
    }
}

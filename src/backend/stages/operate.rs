//! What a stage can be asked to do: observe, list, propose, verify.

use async_trait::async_trait;

use super::promote::{execute, recover};
use super::propose::propose;
use super::track::Track;
use super::{Inner, Stage, Stages};
use crate::backend::package::{PackageError, expect, name};
use crate::backend::{
    Available, Declaration, Idempotency, Operator, Order, Place, PreconditionKind, ProgressSink, ProgressSource,
    Proposal, Receipt, Result, RollbackCode, Verb, Verdict,
};
use crate::model::{Outcome, TrackId, TrackState};

#[async_trait]
impl Operator for Stages {
    fn declaration(&self) -> Declaration {
        Declaration {
            verbs: vec![Verb::Promote, Verb::RollBack],
            rollback: RollbackCode::PromoteOlder,
            precondition: PreconditionKind::ExpectedCurrent,
            idempotency: Idempotency::ClientToken,
            progress: ProgressSource::InProcess,
            history: "every promotion that history.jsonl of the stage records".into(),
        }
    }

    fn owns(&self, track: &TrackId) -> bool {
        self.inner.stage(&track.environment).is_some() && name::is_component(track.service.as_str())
    }

    async fn observe(&self, track: &TrackId) -> Result<TrackState> {
        let track = track.clone();
        self.blocking(move |inner| Ok(inner.state(&inner.track(&track)?))).await
    }

    async fn available(&self, track: &TrackId) -> Result<Vec<Available>> {
        let track = track.clone();
        self.blocking(move |inner| available(inner, &track)).await
    }

    async fn propose(&self, order: &Order) -> Result<Proposal> {
        let order = order.clone();
        self.blocking(move |inner| propose(inner, &order)).await
    }

    async fn execute(&self, order: &Order, progress: &ProgressSink) -> Result<Receipt> {
        // On a thread of its own: whoever stops waiting for it does not stop it half-way.
        let (order, progress) = (order.clone(), progress.clone());
        self.blocking(move |inner| execute(inner, &order, &progress).map_err(|error| error.of(&inner.id))).await
    }

    async fn verify(&self, order: &Order, _receipt: Option<&Receipt>) -> Result<Verdict> {
        let order = order.clone();
        self.blocking(move |inner| verify(inner, &order)).await
    }

    async fn recover(&self, order: &Order) -> Result<Verdict> {
        let order = order.clone();
        self.blocking(move |inner| {
            match recover(inner, &order) {
                Ok(()) => verify(inner, &order),
                // Somebody is at work there: nothing was touched, and how it ends is not known yet.
                Err(error) if error.kind == crate::backend::ErrorKind::Conflict => Ok(Verdict::Pending(error.what)),
                Err(error) => Err(error.of(&inner.id)),
            }
        })
        .await
    }
}

impl Inner {
    /// The stage of an environment, or that it is none.
    pub fn stage_of(&self, track: &TrackId) -> super::super::package::Result<&Stage> {
        self.stage(&track.environment)
            .ok_or_else(|| PackageError::refused(format!("{} is no stage of {}", track.environment, self.id)))
    }

    pub fn track(&self, track: &TrackId) -> Result<Track> {
        self.stage_of(track).and_then(|stage| Track::read(stage, track.service.as_str())).map_err(|it| it.of(&self.id))
    }

    /// The stage that a promotion takes its version from.
    pub fn source(&self, order: &Order) -> super::super::package::Result<&Stage> {
        let into = &order.track.environment;
        match &order.source {
            Some(named) if named == into => {
                Err(PackageError::refused(format!("{into} cannot be promoted into itself")))
            }
            Some(named) => {
                self.stage(named).ok_or_else(|| PackageError::refused(format!("{named} is no stage of {}", self.id)))
            }
            None => self
                .before(into)
                .ok_or_else(|| PackageError::refused(format!("no stage of {} comes before {into}", self.id))),
        }
    }
}

fn available(inner: &Inner, id: &TrackId) -> Result<Vec<Available>> {
    let track = inner.track(id)?;
    let live = track.live().ok().flatten().map(|package| package.version.clone());
    let here = track.shelf.packages.iter().rev().map(|package| Available {
        version: package.version.clone(),
        digest: package.digest.clone(),
        place: Place::Installed,
        refused: package
            .refused
            .clone()
            .or_else(|| (live.as_ref() == Some(&package.version)).then(|| "it is live already".into())),
    });
    let mut all: Vec<Available> = here.collect();
    let Some(source) = inner.before(&id.environment) else { return Ok(all) };
    let Ok(before) = Track::read(source, id.service.as_str()) else { return Ok(all) };
    all.extend(before.shelf.packages.iter().rev().map(|package| {
        Available {
            version: package.version.clone(),
            digest: package.digest.clone(),
            place: Place::Environment(source.environment.clone()),
            refused: package
                .refused
                .clone()
                .or_else(|| (live.as_ref() == Some(&package.version)).then(|| "it is live already".into()))
                .or_else(|| track.rival(package).map(|why| why.into())),
        }
    }));
    Ok(all)
}

fn verify(inner: &Inner, order: &Order) -> Result<Verdict> {
    let track = inner.track(&order.track)?;
    let live = match track.live() {
        Ok(live) => live,
        Err(why) => return Ok(Verdict::Failed(why)),
    };
    let version = live.map(|package| &package.version);
    let now = expect::live_words(version);
    if let Some(package) = live.filter(|package| package.version == order.to.version) {
        let Some(manifest) = package.manifest.as_ref().filter(|_| package.refused.is_none()) else {
            let why = package.refused.clone().unwrap_or_default();
            return Ok(Verdict::Failed(format!("{now}, but it is flawed: {why}").into()));
        };
        return Ok(match inner.hashes.verify(&package.directory, manifest) {
            Ok(()) => Verdict::Healthy(format!("{now}; its bytes hash to {}", manifest.computed_digest()).into()),
            Err(error) => Verdict::Failed(format!("{now}, but {error}").into()),
        });
    }
    let failed = track.history.of(&order.operation).filter(|entry| entry.outcome == Outcome::Failed);
    if version == order.from.as_ref().map(|from| &from.version) {
        let why = failed.and_then(|entry| entry.note.clone()).map(|note| format!(": {note}"));
        return Ok(Verdict::NoEffect(format!("{now}, as before{}", why.unwrap_or_default()).into()));
    }
    let who = track.history.newest_success().map(|entry| format!(": {}", entry.told()));
    Ok(Verdict::Failed(format!("{now}{}", who.unwrap_or_default()).into()))
}

//! What release directories can be asked to do: observe, list, propose, execute, verify, recover.

use async_trait::async_trait;

use super::execute::{execute, recover};
use super::health::{self, Subject};
use super::propose::propose;
use super::root::Root;
use super::{Inner, Releases};
use crate::backend::package::{Result as PackageResult, Shelf, expect};
use crate::backend::{
    Available, Declaration, ErrorKind, Idempotency, Operator, Order, Place, PreconditionKind, ProgressSink,
    ProgressSource, Proposal, Receipt, Result, RollbackCode, Verb, Verdict,
};
use crate::model::{Outcome, Text, TrackId, TrackState};

#[async_trait]
impl Operator for Releases {
    fn declaration(&self) -> Declaration {
        Declaration {
            verbs: vec![Verb::Promote, Verb::RollBack],
            rollback: RollbackCode::Pointer,
            precondition: PreconditionKind::ExpectedCurrent,
            idempotency: Idempotency::ClientToken,
            progress: ProgressSource::InProcess,
            history: "every deployment that deployments.jsonl or revisions.log of the root records".into(),
        }
    }

    fn owns(&self, track: &TrackId) -> bool {
        self.inner.path(track).is_ok()
    }

    async fn observe(&self, track: &TrackId) -> Result<TrackState> {
        let track = track.clone();
        self.blocking(move |inner| inner.root(&track).map(|root| root.state()).map_err(|error| error.of(&inner.id)))
            .await
    }

    async fn available(&self, track: &TrackId) -> Result<Vec<Available>> {
        let track = track.clone();
        self.blocking(move |inner| available(inner, &track).map_err(|error| error.of(&inner.id))).await
    }

    async fn propose(&self, order: &Order) -> Result<Proposal> {
        let order = order.clone();
        self.blocking(move |inner| propose(inner, &order).map_err(|error| error.of(&inner.id))).await
    }

    async fn execute(&self, order: &Order, progress: &ProgressSink) -> Result<Receipt> {
        let (order, progress) = (order.clone(), progress.clone());
        self.blocking(move |inner| execute(inner, &order, &progress).map_err(|error| error.of(&inner.id))).await
    }

    async fn verify(&self, order: &Order, _receipt: Option<&Receipt>) -> Result<Verdict> {
        let asked = order.clone();
        let seen = self.blocking(move |inner| look(inner, &asked).map_err(|error| error.of(&inner.id))).await?;
        let (live, subject) = match seen {
            Seen::Told(verdict) => return Ok(verdict),
            Seen::Live(live, subject) => (live, subject),
        };
        if !health::is_configured(&self.inner.settings) {
            return Ok(Verdict::Healthy(format!("{live}; nothing checks its health").into()));
        }
        Ok(match health::check(&self.inner.settings, &subject).await {
            Ok(()) => Verdict::Healthy(format!("{live} and its health check says yes").into()),
            Err(why) => Verdict::Failed(format!("{live}, but its health check says no: {why}").into()),
        })
    }

    async fn recover(&self, order: &Order) -> Result<Verdict> {
        let asked = order.clone();
        let held = self
            .blocking(move |inner| match recover(inner, &asked) {
                Ok(()) => Ok(None),
                // Somebody is at work there: nothing was touched, and how it ends is not known yet.
                Err(error) if error.kind == ErrorKind::Conflict => Ok(Some(error.what)),
                Err(error) => Err(error.of(&inner.id)),
            })
            .await?;
        match held {
            Some(who) => Ok(Verdict::Pending(who)),
            None => self.verify(order, None).await,
        }
    }
}

/// What a look at the root says of an order.
enum Seen {
    /// Everything.
    Told(Verdict),
    /// That the target is live; whether it serves has to be asked.
    Live(String, Subject),
}

fn look(inner: &Inner, order: &Order) -> PackageResult<Seen> {
    let root = inner.root(&order.track)?;
    let live = root.live_version();
    let words = expect::live_words(live);
    if live == Some(&order.to.version) {
        let release = root.shelf().join(order.to.version.as_str());
        return Ok(Seen::Live(words, inner.subject(order, &root.path, &release)));
    }
    if let Some(why) = root.pointer.problem(&root.path) {
        return Ok(Seen::Told(Verdict::Failed(why)));
    }
    let failed = root.history.of(&order.operation).filter(|entry| entry.outcome == Outcome::Failed);
    let why = failed.and_then(|entry| entry.note.as_ref()).map(|note| format!("{note}; ")).unwrap_or_default();
    let as_before = live == order.from.as_ref().map(|from| &from.version);
    Ok(Seen::Told(match (as_before, failed.and_then(|entry| entry.traffic)) {
        (true, Some(true)) => Verdict::Failed(format!("{why}{words} again").into()),
        (true, _) => Verdict::NoEffect(format!("{why}{words}, as before").into()),
        (false, _) => {
            let who = root.history.newest_success().filter(|entry| Some(&entry.version) == live);
            let who = who.map(|entry| format!(": {}", entry.told())).unwrap_or_default();
            Verdict::Failed(format!("{why}{words}{who}").into())
        }
    }))
}

fn available(inner: &Inner, id: &TrackId) -> PackageResult<Vec<Available>> {
    let root = inner.root(id)?;
    let live = |version| (root.live_version() == Some(version)).then(|| Text::from("it is live already"));
    let mut all: Vec<Available> = root
        .releases
        .iter()
        .rev()
        .map(|release| Available {
            version: release.version.clone(),
            digest: release.digest().cloned(),
            place: Place::Installed,
            refused: release.refused.clone().or_else(|| live(&release.version)),
        })
        .collect();
    let Ok((directory, by_source)) = inner.packages(id, None) else { return Ok(all) };
    let Ok(shelf) = Shelf::read(&directory) else { return Ok(all) };
    let place = match inner.before(&id.environment).filter(|_| by_source) {
        Some(source) => Place::Environment(source.clone()),
        None => Place::Store(directory.display().to_string().into()),
    };
    all.extend(shelf.packages.iter().rev().map(|package| {
        Available {
            version: package.version.clone(),
            digest: package.digest.clone(),
            place: place.clone(),
            refused: package
                .refused
                .clone()
                .or_else(|| live(&package.version))
                .or_else(|| rival(&root, package.digest.as_ref(), &package.version)),
        }
    }));
    Ok(all)
}

/// Why a package cannot be installed because of what lies there under its name. Looks at no file's content.
fn rival(root: &Root, digest: Option<&crate::model::Digest>, version: &crate::model::Version) -> Option<Text> {
    let release = root.get(version)?;
    match release.digest() {
        _ if release.refused.is_some() => Some("a flawed release of this name lies there".into()),
        None => Some("a release of this name lies there; who installed it did not record its bytes".into()),
        Some(here) if Some(here) != digest => Some("a release of this name lies there with other bytes".into()),
        Some(_) => None,
    }
}

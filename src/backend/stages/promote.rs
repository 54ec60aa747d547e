//! Carrying an order out.
//!
//! Until [`Step::Switch`] nothing that anybody uses is touched: a failure removes what was written and leaves what is
//! live as it was. The record that a deployment runs is written before the switch, so that a process that dies leaves a
//! trace; whoever takes the lock next ends such records by what is live.

use std::fs;
use std::path::{Path, PathBuf};

use super::propose::{promotable, switchable};
use super::track::Track;
use super::{HISTORY, Inner, approvals};
use crate::backend::package::copy::write_new;
use crate::backend::package::error::At as _;
use crate::backend::package::{
    Entry, Guard, Holder, INCOMING, MANIFEST, Manifest, Package, PackageError, Result, Step, Steps, component,
    copy_verified, expect, history, pointer, remove_unfinished, shelf, sync_directory,
};
use crate::backend::{Order, ProgressSink, Receipt, Verb};
use crate::model::{Outcome, Text, Time};

const PROMOTION: &[Step] =
    &[Step::Lock, Step::Check, Step::Copy, Step::Place, Step::Announce, Step::Switch, Step::Record];
const ROLLBACK: &[Step] = &[Step::Lock, Step::Check, Step::Announce, Step::Switch, Step::Record];

/// Carries `order` out.
///
/// # Errors
/// What stopped it, with what is live now. Every error means that the pointer was not switched.
pub fn execute(inner: &Inner, order: &Order, sink: &ProgressSink) -> Result<Receipt> {
    let of = if order.verb == Verb::Promote { PROMOTION } else { ROLLBACK };
    let steps = Steps::new(of, Some(sink), &*inner.observer);
    component("operation", order.operation.as_str())?;
    component("version", order.to.version.as_str())?;
    let stage = inner.stage_of(&order.track)?;
    let service = component("service", order.service().as_str())?;
    let directory = stage.service(service);
    make_home(&stage.directory, &directory)?;

    steps.begin(Step::Lock, "");
    let mut guard = take_lock(inner, order, &directory)?;
    steps.end(Step::Lock);

    steps.begin(Step::Check, "");
    let track = Track::read(stage, service)?;
    let live = track.live().ok().flatten().map(|package| package.version.clone());
    if let Some(done) = expect::done_before(order, &track.token, live.as_ref(), &track.history) {
        return Ok(done);
    }
    expect::unchanged(order, &track.token, live.as_ref(), &track.history)?;
    remove_unfinished(&directory, guard.dead())?;
    history::settle(&directory.join(HISTORY), &track.history, live.as_ref(), (inner.clock)())?;
    let track = Track::read(stage, service)?;
    steps.end(Step::Check);

    let started = (inner.clock)();
    let result = carry_out(inner, order, &track, started, &steps);
    if let Err(error) = &result {
        note_failure(inner, order, &track, started, error);
    }
    let result = result.map_err(|error| {
        let now = Track::read(stage, service).map(|track| track.live().ok().flatten().map(|it| it.version.clone()));
        error.and(&expect::after_failure(live.as_ref(), now.ok().as_ref().map(Option::as_ref)))
    });
    // What could not be taken away is named to whoever comes next.
    if shelf::unfinished(&directory, std::slice::from_ref(&order.operation)).is_ok_and(|left| !left.is_empty()) {
        guard.keep_name();
    }
    result
}

/// Cleans up after an order whose process died, and ends its record.
///
/// # Errors
/// [`Conflict`](crate::backend::ErrorKind::Conflict) when somebody is at work there.
pub fn recover(inner: &Inner, order: &Order) -> Result<()> {
    component("operation", order.operation.as_str())?;
    let stage = inner.stage_of(&order.track)?;
    let service = component("service", order.service().as_str())?;
    let directory = stage.service(service);
    if !directory.is_dir() {
        return Ok(());
    }
    let guard = take_lock(inner, order, &directory)?;
    remove_unfinished(&directory, &[guard.dead(), std::slice::from_ref(&order.operation)].concat())?;
    let track = Track::read(stage, service)?;
    let live = track.live().ok().flatten().map(|package| package.version.clone());
    history::settle(&directory.join(HISTORY), &track.history, live.as_ref(), (inner.clock)()).map(drop)
}

fn take_lock(inner: &Inner, order: &Order, directory: &Path) -> Result<Guard> {
    Guard::take(directory, &Holder::new(order.actor.clone(), order.operation.clone(), (inner.clock)()))
}

/// The directory of the service, made where the stage never had it. The stage itself has to be there.
fn make_home(stage: &Path, directory: &Path) -> Result<()> {
    if !fs::metadata(stage).at(stage)?.is_dir() {
        return Err(PackageError::refused(format!("{}: not a directory", stage.display())));
    }
    match fs::create_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.at(directory),
    }
}

fn carry_out(inner: &Inner, order: &Order, track: &Track, started: Time, steps: &Steps<'_>) -> Result<Receipt> {
    switchable(order, track)?;
    let mut done: Vec<Text> = Vec::new();
    let package = match order.verb {
        Verb::Promote => bring(inner, order, track, steps, &mut done)?,
        Verb::RollBack => {
            let package = track.take(&order.to.version)?;
            track.prove(inner, package)?;
            expect::planned(order, package.digest.as_ref(), &package.directory)?;
            package.clone()
        }
        Verb::Pause | Verb::Resume | Verb::Restart | Verb::Abort => return Err(expect::undeclared(order)),
    };
    let entry = Entry {
        digest: package.digest.clone(),
        commit: package.manifest.as_ref().and_then(|manifest| manifest.commit).or(order.to.commit),
        ..Entry::running(order, started)
    };
    // The last look before the write that people feel.
    let stage = inner.stage_of(&order.track)?;
    let fresh = Track::read(stage, order.service().as_str())?;
    if fresh.token != track.token {
        return Err(PackageError::conflict("somebody changed it meanwhile"));
    }
    let records = track.directory.join(HISTORY);
    steps.begin(Step::Announce, "");
    steps.writes(0).at(&records)?;
    history::append(&records, &entry)?;
    steps.end(Step::Announce);

    steps.begin(Step::Switch, &order.to.version.to_string());
    let target = PathBuf::from(order.to.version.as_str());
    let unsynced = pointer::switch(&track.directory, &target, order.operation.as_str())?;
    done.push(format!("switched {}/current → {}", track.directory.display(), order.to.version).into());
    done.extend(unsynced.map(|why| Text::from(format!("the switch was made but not flushed: {why}"))));
    steps.end(Step::Switch);

    // From here on it has happened: what fails is told, and changes nothing.
    steps.begin(Step::Record, "");
    let ended = steps
        .writes(0)
        .at(&records)
        .and_then(|()| history::append(&records, &entry.ended(Outcome::Success, (inner.clock)())));
    done.push(match ended {
        Ok(()) => "recorded it".into(),
        Err(error) => format!("it could not be recorded: {error}").into(),
    });
    steps.end(Step::Record);
    let token = Track::read(stage, order.service().as_str()).ok().map(|track| track.token);
    Ok(Receipt { token, done })
}

/// Makes the version lie in the stage: copied and proved, or there already with the same bytes.
fn bring(inner: &Inner, order: &Order, track: &Track, steps: &Steps<'_>, done: &mut Vec<Text>) -> Result<Package> {
    let source = Track::read(inner.source(order)?, order.service().as_str())?;
    steps.begin(Step::Copy, &format!("{} from {}", order.to.version, source.id.environment));
    let (package, there) = promotable(inner, order, &source, track)?;
    let wanted = inner.wanted(&order.track, &track.directory, package)?;
    if let Some(gate) = wanted.and_then(|it| approvals::gate(&it, &order.actor, inner.id.as_str())) {
        return Err(PackageError::refused(gate.why.as_str()));
    }
    if let Some(there) = there {
        done.push(format!("{} lay there already with the same bytes", there.version).into());
        return Ok(there.clone());
    }
    let incoming = track.directory.join(format!("{INCOMING}{}", order.operation.as_str()));
    let placed = track.directory.join(order.to.version.as_str());
    let brought = fill(package, &incoming, steps).and_then(|()| {
        steps.end(Step::Copy);
        steps.begin(Step::Place, "");
        // Renaming onto a directory succeeds only where that is empty; nothing that holds bytes is ever replaced.
        fs::rename(&incoming, &placed).at(&placed)?;
        sync_directory(&track.directory)?;
        steps.end(Step::Place);
        Ok(())
    });
    if let Err(error) = brought {
        // Nothing points there. Should it stay, the next operation removes it.
        let _ = fs::remove_dir_all(&incoming);
        return Err(error);
    }
    done.push(format!("copied {} → {}", package.directory.display(), placed.display()).into());
    Ok(Package { directory: placed, ..package.clone() })
}

fn fill(package: &Package, incoming: &Path, steps: &Steps<'_>) -> Result<()> {
    fs::create_dir(incoming).at(incoming)?;
    let Some(manifest) = &package.manifest else {
        return Err(PackageError::integrity(format!("{}: no {MANIFEST}", package.directory.display())));
    };
    for file in &manifest.files {
        copy_verified(&package.directory, incoming, file, steps)?;
    }
    let stated = package.directory.join(MANIFEST);
    let bytes = fs::read(&stated).at(&stated)?;
    write_new(&incoming.join(MANIFEST), &bytes, steps)?;
    if Manifest::read(incoming)? != *manifest {
        return Err(PackageError::integrity(format!("{}: it changed while it was copied", stated.display())));
    }
    sync_directory(incoming)
}

/// Records that an attempt failed. Should that fail too, the error that is reported says what happened anyway.
fn note_failure(inner: &Inner, order: &Order, track: &Track, started: Time, error: &PackageError) {
    let failed = Entry {
        traffic: Some(false),
        note: Some(error.what.clone()),
        ..Entry::running(order, started).ended(Outcome::Failed, (inner.clock)())
    };
    let _ = history::append(&track.directory.join(HISTORY), &failed);
}

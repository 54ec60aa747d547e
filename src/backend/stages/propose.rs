//! What an order would write, told before it is written.

use super::track::Track;
use super::{Inner, approvals};
use crate::backend::package::{INCOMING, MANIFEST, Package, PackageError, Pointer, Result, component, expect};
use crate::backend::{Order, Proposal, SameBinary, Verb, Write};
use crate::model::{Digest, Text};

/// What `order` would write; where it cannot be carried out, why.
///
/// # Errors
/// When the stage that is to change cannot be read.
pub fn propose(inner: &Inner, order: &Order) -> crate::backend::Result<Proposal> {
    let track = inner.track(&order.track)?;
    let undo = undo(&track, order);
    let drafted = component("operation", order.operation.as_str()).and_then(|_| match order.verb {
        Verb::Promote => promotion(inner, order, &track),
        Verb::RollBack => rollback(inner, order, &track),
        Verb::Pause | Verb::Resume | Verb::Restart | Verb::Abort => Err(expect::undeclared(order)),
    });
    Ok(match drafted {
        Ok(proposal) => Proposal { undo, ..proposal },
        Err(error) => Proposal {
            writes: Vec::new(),
            same_binary: SameBinary::Unknown(error.what.clone()),
            gates: Vec::new(),
            risks: Vec::new(),
            refused: Some(error.what),
            undo,
        },
    })
}

/// The version that a promotion takes, proved, and where it lies already, the version that is there.
pub fn promotable<'a>(
    inner: &Inner,
    order: &Order,
    source: &'a Track,
    target: &'a Track,
) -> Result<(&'a Package, Option<&'a Package>)> {
    let package = source.take(&order.to.version)?;
    source.prove(inner, package)?;
    expect::planned(order, package.digest.as_ref(), &package.directory)?;
    let there = target.shelf.get(&order.to.version);
    if let Some(there) = there {
        if let Some(why) = target.rival(package) {
            return Err(PackageError::integrity(why));
        }
        target.prove(inner, there)?;
    }
    Ok((package, there))
}

/// Why `current` cannot be switched to the version, where it cannot.
pub fn switchable(order: &Order, track: &Track) -> Result<()> {
    if let Some(why) = track.pointer.refusal(&track.directory) {
        return Err(PackageError::refused(why));
    }
    if track.live().ok().flatten().is_some_and(|live| live.version == order.to.version) {
        let what = format!("{} is live in {} already", order.to.version, order.track.environment);
        return Err(PackageError::refused(what));
    }
    Ok(())
}

fn promotion(inner: &Inner, order: &Order, track: &Track) -> Result<Proposal> {
    let from = inner.source(order)?;
    let source = Track::read(from, order.service().as_str())?;
    switchable(order, track)?;
    let (package, there) = promotable(inner, order, &source, track)?;
    let same_binary = match (&package.digest, there) {
        (Some(digest), None) => SameBinary::Yes(
            format!(
                "the bytes in {} hash to {digest}, as its {MANIFEST} states, and these are copied",
                from.environment
            )
            .into(),
        ),
        (Some(digest), Some(_)) => SameBinary::Yes(
            format!("the bytes in {} and those that lie here hash to {digest}", from.environment).into(),
        ),
        (None, _) => SameBinary::Unknown("the digest is not known".into()),
    };
    let mut writes = Vec::new();
    if there.is_none() {
        writes.extend(copies(order, track, package));
    }
    writes.extend(switch(order, track));
    let unlisted = package
        .unlisted()
        .into_iter()
        .map(|file| Text::from(format!("{file} is not in {MANIFEST} of {} and stays behind", package.version)));
    let risks = pointer_risks(track).into_iter().chain(unlisted).collect();
    let wanted = inner.wanted(&order.track, &track.directory, package)?;
    let gates = wanted.and_then(|it| approvals::gate(&it, &order.actor, inner.id.as_str())).into_iter().collect();
    Ok(Proposal { writes, same_binary, gates, risks, refused: None, undo: Text::default() })
}

fn rollback(inner: &Inner, order: &Order, track: &Track) -> Result<Proposal> {
    switchable(order, track)?;
    let package = track.take(&order.to.version)?;
    track.prove(inner, package)?;
    expect::planned(order, package.digest.as_ref(), &package.directory)?;
    let ran = track.history.newest_of(&package.version).and_then(|entry| entry.digest.clone());
    let same_binary = compared(ran.as_ref(), package.digest.as_ref(), &order.track.environment.to_string());
    let risks = pointer_risks(track);
    let writes = switch(order, track);
    Ok(Proposal { writes, same_binary, gates: Vec::new(), risks, refused: None, undo: Text::default() })
}

/// Whether what ran is what lies there.
fn compared(ran: Option<&Digest>, lies: Option<&Digest>, place: &str) -> SameBinary {
    match (ran, lies) {
        (Some(ran), Some(lies)) if ran == lies => {
            SameBinary::Yes(format!("the bytes hash to {lies}, which the history of {place} recorded").into())
        }
        (Some(ran), Some(lies)) => {
            SameBinary::No(format!("{} ran in {place}, {} lies there now", ran.short(), lies.short()).into())
        }
        (None, _) => SameBinary::Unknown(format!("the history of {place} does not say which bytes ran").into()),
        (_, None) => SameBinary::Unknown("the digest of what lies there is not known".into()),
    }
}

fn copies(order: &Order, track: &Track, package: &Package) -> Vec<Write> {
    let directory = track.directory.display();
    let incoming = format!("{directory}/{INCOMING}{}", order.operation);
    let size = package.manifest.as_ref().map_or(0, |manifest| manifest.size());
    let digest = package.digest.as_ref().map(|digest| format!("{digest} before and after"));
    vec![
        Write {
            what: format!("copy {} ({size} bytes) beside the others", package.version).into(),
            verbatim: format!("copy {} → {incoming}", package.directory.display()).into(),
            precondition: digest.map(Text::from),
        },
        Write {
            what: "give it its name".into(),
            verbatim: format!("rename {incoming} → {directory}/{}", package.version).into(),
            precondition: Some(format!("there is no {} yet", package.version).into()),
        },
    ]
}

/// The writes that make a version live.
fn switch(order: &Order, track: &Track) -> Vec<Write> {
    let was = match &track.pointer {
        Pointer::To(version) => format!("was {version}"),
        Pointer::Dangling(target) => format!("was {}, which is not there", target.display()),
        _ => "was not there".to_owned(),
    };
    let directory = track.directory.display();
    let history = format!("{directory}/{}", super::HISTORY);
    let holds = format!(
        "{}, and nothing was recorded since",
        expect::live_words(track.live().ok().flatten().map(|it| &it.version))
    );
    vec![
        Write {
            what: format!("offer {} in {}", order.to.version, order.track.environment).into(),
            verbatim: format!("symlink {directory}/current → {} ({was})", order.to.version).into(),
            precondition: Some(holds.into()),
        },
        Write {
            what: "record it: before the switch that it runs, afterwards how it ended".into(),
            verbatim: format!(
                "append {history}: {} {}",
                crate::backend::package::history::verb_word(order.verb),
                order.to.version
            )
            .into(),
            precondition: None,
        },
    ]
}

fn pointer_risks(track: &Track) -> Vec<Text> {
    track.pointer.problem(&track.directory).into_iter().collect()
}

fn undo(track: &Track, order: &Order) -> Text {
    let from = track.live().ok().flatten().map(|package| package.version.clone());
    match from {
        Some(version) => {
            format!("roll {} back to {version}: it lies there still, only current is switched", order.track.environment)
                .into()
        }
        None => "nothing was live before, so there is nothing to go back to".into(),
    }
}

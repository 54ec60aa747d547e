//! What an order would write, told before it is written.

use super::Inner;
use super::root::{Release, Root};
use super::target::{installed, promotable, switchable};
use super::writes;
use crate::backend::package::{Package, PackageError, Result, component, expect, pointer};
use crate::backend::{ErrorKind, Order, Proposal, SameBinary, Verb};
use crate::model::Text;

/// What `order` would write; where it cannot be carried out, why.
///
/// # Errors
/// When the root cannot be read.
pub fn propose(inner: &Inner, order: &Order) -> Result<Proposal> {
    let root = match inner.root(&order.track) {
        Ok(root) => root,
        // A root that is not there is nothing that failed: it is why the order cannot be carried out.
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(refusal(error, Text::default())),
        Err(error) => return Err(error),
    };
    let undo = undo(&root, order);
    let drafted = component("operation", order.operation.as_str()).and_then(|_| match order.verb {
        Verb::Promote => promotion(inner, order, &root),
        Verb::RollBack => rollback(inner, order, &root),
        Verb::Pause | Verb::Resume | Verb::Restart | Verb::Abort => Err(expect::undeclared(order)),
    });
    Ok(match drafted {
        Ok(proposal) => Proposal { undo, ..proposal },
        Err(error) => refusal(error, undo),
    })
}

fn refusal(error: PackageError, undo: Text) -> Proposal {
    let said = match error.hint {
        Some(hint) => format!("{} ({hint})", error.what).into(),
        None => error.what.clone(),
    };
    Proposal {
        writes: Vec::new(),
        same_binary: SameBinary::Unknown(error.what),
        gates: Vec::new(),
        risks: Vec::new(),
        refused: Some(said),
        undo,
    }
}

fn promotion(inner: &Inner, order: &Order, root: &Root) -> Result<Proposal> {
    switchable(order, root)?;
    let (package, there) = promotable(inner, order, root)?;
    let same_binary = sourced(inner, order, &package);
    let mut writes = Vec::new();
    if there.is_none() {
        writes.extend(writes::installation(inner, order, root, &package));
    } else {
        writes.extend(writes::smoke(inner, order, root, &root.shelf().join(order.to.version.as_str())));
    }
    writes.push(writes::switch(order, root));
    writes.extend(writes::check(inner, order, root, true));
    writes.extend(writes::records(order, root));
    writes.extend(writes::pruning(inner, order, root));
    let risks = root.pointer.problem(&root.path).into_iter().collect();
    Ok(Proposal { writes, same_binary, gates: Vec::new(), risks, refused: None, undo: Text::default() })
}

/// Whether what is installed is what the environment before has. Its bytes have been hashed by now.
fn sourced(inner: &Inner, order: &Order, package: &Package) -> SameBinary {
    let digest = package.digest.as_ref().map(ToString::to_string).unwrap_or_default();
    let source = order.source.as_ref().or_else(|| inner.before(&order.track.environment));
    let by_source = inner.settings.packages.as_ref().is_some_and(|pattern| pattern.contains("{source}"));
    match (source.filter(|_| by_source), &order.to.digest) {
        (Some(source), _) => {
            SameBinary::Yes(format!("the bytes in {source} hash to {digest}, and these are installed").into())
        }
        (None, Some(_)) => SameBinary::Yes(format!("its bytes hash to {digest}, the digest that was asked for").into()),
        (None, None) => SameBinary::Unknown(
            format!("its bytes hash to {digest}, but no digest says what the environment before runs").into(),
        ),
    }
}

fn rollback(inner: &Inner, order: &Order, root: &Root) -> Result<Proposal> {
    switchable(order, root)?;
    let release = installed(order, root)?;
    let mut risks: Vec<Text> = root.pointer.problem(&root.path).into_iter().collect();
    let same_binary = proved(order, root, release, &mut risks);
    let mut writes = vec![writes::switch(order, root)];
    writes.extend(writes::check(inner, order, root, false));
    writes.extend(writes::records(order, root));
    Ok(Proposal { writes, same_binary, gates: Vec::new(), risks, refused: None, undo: Text::default() })
}

/// Whether what lies there is what ran: by the digest of the package it came from, and by the files themselves.
fn proved(order: &Order, root: &Root, release: &Release, risks: &mut Vec<Text>) -> SameBinary {
    let environment = &order.track.environment;
    let Some(record) = &release.record else {
        return SameBinary::Unknown("Flightdeck did not install it, so nothing says which bytes ran".into());
    };
    let ran = root.history.newest_of(&release.version).and_then(|entry| entry.digest.as_ref());
    if let Some(ran) = ran.filter(|ran| **ran != record.digest) {
        let lies = record.digest.short();
        return SameBinary::No(format!("{} ran in {environment}, {lies} lies there now", ran.short()).into());
    }
    match record.difference(&release.directory) {
        Ok(Some(difference)) if difference.is_harmless() => {
            if !difference.added.is_empty() {
                risks.push(
                    format!("{} files came into the release since it was installed", difference.added.len()).into(),
                );
            }
            SameBinary::Yes(format!("every file is as it was installed from {}", record.digest).into())
        }
        Ok(Some(difference)) => {
            risks.push(format!("the release is not as it was installed: {}", difference.words()).into());
            SameBinary::No(difference.words().into())
        }
        Ok(None) => SameBinary::Unknown("the list of the files that were installed is not there".into()),
        Err(error) => {
            risks.push(format!("the release cannot be compared with what was installed: {error}").into());
            SameBinary::No(error.what)
        }
    }
}

fn undo(root: &Root, order: &Order) -> Text {
    let environment = &order.track.environment;
    match (root.live_version(), pointer::raw(&root.path)) {
        (Some(version), Ok(Some((link, _)))) => {
            format!("roll {environment} back to {version}: it stays installed, current → {} again", link.display())
                .into()
        }
        _ => "nothing was live before, so there is nothing to go back to".into(),
    }
}

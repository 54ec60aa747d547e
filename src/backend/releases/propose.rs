//! What an order would write, told before it is written.

use super::root::{DEPLOYMENTS, REVISIONS, Release, Root};
use super::unpack::Packing;
use super::{Inner, health, prune};
use crate::backend::package::history::verb_word;
use crate::backend::package::{INCOMING, Package, PackageError, Pointer, Result, Shelf, component, expect, pointer};
use crate::backend::{ErrorKind, Order, Proposal, SameBinary, Verb, Write};
use crate::model::{Digest, Text};

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

/// Why `current` cannot be switched to the version, where it cannot.
///
/// # Errors
/// That reason.
pub fn switchable(order: &Order, root: &Root) -> Result<()> {
    component("version", order.to.version.as_str())?;
    if let Some(why) = root.pointer.refusal(&root.path) {
        return Err(PackageError::refused(why));
    }
    if root.live_version() == Some(&order.to.version) {
        let what = format!("{} is live in {} already", order.to.version, order.track.environment);
        return Err(PackageError::refused(what));
    }
    Ok(())
}

/// The package that a promotion installs, proved; and the release that lies there already with the same bytes.
///
/// # Errors
/// Why it cannot be installed.
pub fn promotable<'a>(inner: &Inner, order: &Order, root: &'a Root) -> Result<(Package, Option<&'a Release>)> {
    let version = &order.to.version;
    component("version", version.as_str())?;
    let (directory, _) = inner.packages(&order.track, order.source.as_ref())?;
    let shelf = Shelf::read(&directory)?;
    let Some(package) = shelf.get(version) else {
        return Err(PackageError::new(
            ErrorKind::NotFound,
            format!("{version} does not lie in {}", directory.display()),
        ));
    };
    match (&package.refused, &package.manifest) {
        (None, Some(manifest)) => inner.hashes.verify(&package.directory, manifest)?,
        (why, _) => {
            let why = why.clone().unwrap_or_default();
            return Err(PackageError::integrity(format!("{}: {why}", package.directory.display())));
        }
    }
    expect::planned(order, package.digest.as_ref(), &package.directory)?;
    let there = root.get(version);
    if let Some(release) = there {
        reusable(release, package.digest.as_ref())?;
    }
    Ok((package.clone(), there))
}

/// Whether a release that lies there is what would be installed.
fn reusable(release: &Release, digest: Option<&Digest>) -> Result<()> {
    let place = release.directory.display();
    if let Some(why) = &release.refused {
        return Err(PackageError::integrity(format!("{place} lies there already, flawed: {why}")));
    }
    let Some(record) = &release.record else {
        let what = format!("{place} lies there already; who installed it did not record its bytes");
        return Err(PackageError::integrity(what));
    };
    if Some(&record.digest) != digest {
        let other = digest.map_or("?", Digest::short);
        let what = format!("{place} lies there already with other bytes: {} instead of {other}", record.digest.short());
        return Err(PackageError::integrity(what));
    }
    match record.difference(&release.directory)? {
        Some(difference) if !difference.is_harmless() => Err(PackageError::integrity(format!(
            "{place} lies there already and is not as it was installed: {}",
            difference.words()
        ))),
        _ => Ok(()),
    }
}

/// The release that a rollback goes to.
///
/// # Errors
/// Why it cannot become live.
pub fn installed<'a>(order: &Order, root: &'a Root) -> Result<&'a Release> {
    let version = &order.to.version;
    component("version", version.as_str())?;
    let Some(release) = root.get(version) else {
        return Err(PackageError::new(
            ErrorKind::NotFound,
            format!("{version} does not lie in {}", root.shelf().display()),
        ));
    };
    if let Some(why) = &release.refused {
        return Err(PackageError::integrity(format!("{}: {why}", release.directory.display())));
    }
    expect::planned(order, release.digest(), &release.directory)?;
    Ok(release)
}

fn promotion(inner: &Inner, order: &Order, root: &Root) -> Result<Proposal> {
    switchable(order, root)?;
    let (package, there) = promotable(inner, order, root)?;
    let same_binary = sourced(inner, order, &package);
    let mut writes = Vec::new();
    if there.is_none() {
        writes.extend(installation(inner, order, root, &package));
    } else {
        writes.extend(smoke(inner, order, root, &root.shelf().join(order.to.version.as_str())));
    }
    writes.push(switch(order, root));
    writes.extend(check(inner, order, root, true));
    writes.extend(records(order, root));
    writes.extend(pruning(inner, order, root));
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
            SameBinary::Yes(format!("the bytes in {source} hash to {digest}; they are installed").into())
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
    let mut writes = vec![switch(order, root)];
    writes.extend(check(inner, order, root, false));
    writes.extend(records(order, root));
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

fn installation(inner: &Inner, order: &Order, root: &Root, package: &Package) -> Vec<Write> {
    let shelf = root.shelf();
    let incoming = shelf.join(format!("{INCOMING}{}", order.operation));
    let digest = package.digest.as_ref().map(|digest| Text::from(format!("its bytes hash to {digest}")));
    let files = package.manifest.iter().flat_map(|manifest| &manifest.files);
    let mut writes: Vec<Write> = files
        .map(|file| {
            let verb = if Packing::of(&file.name) == Packing::Plain { "copy" } else { "unpack" };
            let from = package.directory.join(&file.name);
            Write {
                what: format!("install {} beside the others ({} bytes)", order.to.version, file.size).into(),
                verbatim: format!("{verb} {} → {}", from.display(), incoming.display()).into(),
                precondition: digest.clone(),
            }
        })
        .collect();
    writes.extend(smoke(inner, order, root, &incoming));
    writes.push(Write {
        what: "give it its name".into(),
        verbatim: format!("rename {} → {}", incoming.display(), shelf.join(order.to.version.as_str()).display()).into(),
        precondition: Some(format!("there is no {} yet", order.to.version).into()),
    });
    writes
}

fn smoke(inner: &Inner, order: &Order, root: &Root, release: &std::path::Path) -> Option<Write> {
    if inner.settings.smoke.is_empty() {
        return None;
    }
    let argv = inner.subject(order, &root.path, release).argv(&inner.settings.smoke);
    let limit = inner.settings.smoke_timeout_seconds;
    Some(Write {
        what: "run the smoke test in it; when it says no, nothing is switched".into(),
        verbatim: format!("run {argv:?} in {}, at most {limit} s", release.display()).into(),
        precondition: None,
    })
}

fn switch(order: &Order, root: &Root) -> Write {
    let was = match (&root.pointer, &root.link) {
        (Pointer::Missing, _) | (_, None) => "was not there".to_owned(),
        (Pointer::Dangling(_), Some(link)) => format!("was {}, which is not there", link.display()),
        (_, Some(link)) => format!("was {}", link.display()),
    };
    let live = expect::live_words(root.live_version());
    Write {
        what: format!("make {} live in {}", order.to.version, order.track.environment).into(),
        verbatim: format!(
            "symlink {} → {} ({was})",
            root.path.join(crate::backend::package::CURRENT).display(),
            target(order).display()
        )
        .into(),
        precondition: Some(format!("{live}, and nothing was recorded since").into()),
    }
}

/// What `current` leads to for the order's target: relative, so that the root can be moved.
pub fn target(order: &Order) -> std::path::PathBuf {
    std::path::Path::new(super::root::RELEASES).join(order.to.version.as_str())
}

fn check(inner: &Inner, order: &Order, root: &Root, goes_back: bool) -> Option<Write> {
    if !health::is_configured(&inner.settings) {
        return None;
    }
    let subject = inner.subject(order, &root.path, &root.shelf().join(order.to.version.as_str()));
    let verbatim = match &inner.settings.health_url {
        Some(template) => match health::address(template, &subject) {
            Ok(url) => format!("GET {}", health::shown(&url)),
            Err(why) => why.to_string(),
        },
        None => format!("run {:?} in {}", subject.argv(&inner.settings.health), root.path.display()),
    };
    let limit = inner.settings.health_timeout_seconds;
    let otherwise = match (&root.link, goes_back) {
        (_, false) => "when it says no, the target stays live and is called degraded".to_owned(),
        (Some(link), true) => format!("when it says no, current → {} again", link.display()),
        (None, true) => "when it says no, current is taken away again".to_owned(),
    };
    Some(Write {
        what: format!("check health; {otherwise}").into(),
        verbatim: format!("{verbatim}, until it says yes, at most {limit} s").into(),
        precondition: None,
    })
}

fn records(order: &Order, root: &Root) -> [Write; 2] {
    let entry = format!("{} {}", verb_word(order.verb), order.to.version);
    let write = |what: &str, file: &str| Write {
        what: what.into(),
        verbatim: format!("append {}: {entry}", root.path.join(file).display()).into(),
        precondition: None,
    };
    [
        write("record it: before the switch that it runs, afterwards how it ended", DEPLOYMENTS),
        write("tell it to those who read Capistrano's log", REVISIONS),
    ]
}

fn pruning(inner: &Inner, order: &Order, root: &Root) -> Vec<Write> {
    let surplus = prune::surplus(root, inner.settings.keep, &order.to.version, root.live_version());
    surplus
        .into_iter()
        .map(|version| Write {
            what: format!("remove an old release: {} are kept", inner.settings.keep).into(),
            verbatim: format!("remove {}", root.shelf().join(version.as_str()).display()).into(),
            precondition: Some("the new release is live and healthy".into()),
        })
        .collect()
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

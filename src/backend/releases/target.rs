//! Whether an order's target can become live.

use super::Inner;
use super::root::{Release, Root};
use crate::backend::package::{Package, PackageError, Result, Shelf, component, expect};
use crate::backend::{ErrorKind, Order};
use crate::model::Digest;

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

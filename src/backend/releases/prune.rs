//! Which releases are kept.

use std::fs;

use super::root::{Release, Root};
use crate::backend::package::error::At as _;
use crate::backend::package::{OUTGOING, Result};
use crate::model::{OperationId, Text, Version};

/// The releases that go when `target` has become live after `before`: beyond `keep` those that were installed or switched
/// to longest ago, never the live one, the one before, or one that cannot be judged.
pub fn surplus<'a>(root: &'a Root, keep: usize, target: &Version, before: Option<&Version>) -> Vec<&'a Version> {
    let there = root.releases.iter().any(|release| release.version == *target);
    let count = root.releases.len() + usize::from(!there);
    let spared =
        |version: &Version| version == target || Some(version) == before || Some(version) == root.live_version();
    let mut all: Vec<&Release> =
        root.releases.iter().filter(|release| release.refused.is_none() && !spared(&release.version)).collect();
    all.sort_by_key(|release| root.last_wanted(release));
    all.into_iter().map(|release| &release.version).take(count.saturating_sub(keep)).collect()
}

/// Removes one release for an operation: first its name, so that nobody sees half of it.
///
/// # Errors
/// When it cannot be renamed or removed.
pub fn remove(root: &Root, version: &Version, operation: &OperationId) -> Result<Text> {
    let shelf = root.shelf();
    let out = shelf.join(format!("{OUTGOING}{}+{}", operation.as_str(), version.as_str()));
    let here = shelf.join(version.as_str());
    fs::rename(&here, &out).at(&here)?;
    fs::remove_dir_all(&out).at(&out)?;
    Ok(format!("removed {}", here.display()).into())
}

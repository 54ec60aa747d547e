//! Which releases are kept.

use std::fs;

use super::root::Root;
use crate::backend::package::error::At as _;
use crate::backend::package::{OUTGOING, Result};
use crate::model::{Text, Version};

/// The releases that go when `target` has become live after `before`: the oldest beyond `keep`, never the live one, the
/// one before, or one that cannot be judged.
pub fn surplus<'a>(root: &'a Root, keep: usize, target: &Version, before: Option<&Version>) -> Vec<&'a Version> {
    let there = root.releases.iter().any(|release| release.version == *target);
    let count = root.releases.len() + usize::from(!there);
    let spared =
        |version: &Version| version == target || Some(version) == before || Some(version) == root.live_version();
    root.releases
        .iter()
        .filter(|release| release.refused.is_none() && !spared(&release.version))
        .map(|release| &release.version)
        .take(count.saturating_sub(keep))
        .collect()
}

/// Removes one release: first its name, so that nobody sees half of it.
///
/// # Errors
/// When it cannot be renamed or removed.
pub fn remove(root: &Root, version: &Version) -> Result<Text> {
    let shelf = root.shelf();
    let (here, out) = (shelf.join(version.as_str()), shelf.join(format!("{OUTGOING}{}", version.as_str())));
    fs::rename(&here, &out).at(&here)?;
    fs::remove_dir_all(&out).at(&out)?;
    Ok(format!("removed {}", here.display()).into())
}

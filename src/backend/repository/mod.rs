//! Reading git repositories, for every backend that has some: commits, references, the paths that commits touch.
//!
//! Everything is read through `gix`, which no other folder names, and nothing is written.

pub mod changes;
mod commit;
mod fingerprint;
mod open;
mod order;
mod patches;
mod paths;
pub mod references;
mod trees;
mod walk;

#[cfg(test)]
pub mod fixture;

use std::path::{Path, PathBuf};

pub use self::fingerprint::Directories;
pub use self::open::Opened;
pub use self::references::References;
use crate::model::{CommitId, SourceId};

/// The work tree, or the git directory without one, of the repository that `from` lies in.
pub fn discover(from: &Path) -> Option<PathBuf> {
    let (path, _trust) = gix::discover::upwards(from).ok()?;
    let (git_directory, work_tree) = path.into_repository_and_work_tree_directories();
    Some(work_tree.unwrap_or(git_directory))
}

/// The remotes of the repository that `from` lies in, each by name with the address that is fetched from; none where there
/// is no repository. The user's own settings (`url.….insteadOf`) are not asked.
pub fn remotes(from: &Path) -> Vec<(String, String)> {
    let Some(repository) = discover(from).and_then(|it| gix::open_opts(it, gix::open::Options::isolated()).ok()) else {
        return Vec::new();
    };
    let named = repository.remote_names();
    let one = |name: &str| {
        let remote = repository.find_remote(name).ok()?;
        let url = remote.url(gix::remote::Direction::Fetch)?.to_bstring();
        Some((name.to_owned(), String::from_utf8(url.into()).ok()?))
    };
    named.iter().filter_map(|name| one(std::str::from_utf8(name).ok()?)).collect()
}

/// The directory of objects of the repository that `from` lies in, where it is whole: a shallow one lends nothing.
pub fn objects_of(from: &Path) -> Option<PathBuf> {
    let repository = gix::open_opts(discover(from)?, gix::open::Options::isolated()).ok()?;
    let common = repository.common_dir();
    let objects = common.join("objects").canonicalize().ok()?;
    (!repository.is_shallow().unwrap_or(true) && objects.is_dir()).then_some(objects)
}

/// Whether the repository at `path` holds all of `commits`.
pub fn holds(source: &SourceId, path: &Path, commits: &[CommitId]) -> bool {
    let Ok(opened) = Opened::at(source, path) else { return false };
    commits.iter().all(|id| opened.repository.has_object(open::object_id(id)))
}

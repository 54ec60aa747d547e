//! Where the store, the journal and the commit graphs of a project are kept.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

/// The directories of one project's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// The directory that was asked for, else one of the user's state directory that belongs to the project at `base`.
    /// `None` when there is no home directory to put it in.
    pub fn of(asked: Option<&Path>, base: &Path) -> Option<Self> {
        if let Some(asked) = asked {
            return Some(Self(base.join(asked)));
        }
        let strategy = etcetera::choose_base_strategy().ok()?;
        let home = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Some(Self(home.join("flightdeck").join(own_name(base))))
    }

    /// The directory itself: the store and the journal lie in it.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Commit graphs and texts.
    pub fn commits(&self) -> PathBuf {
        self.0.join("commits")
    }

    /// What backends keep to be fast.
    pub fn cache(&self, backend: &str) -> PathBuf {
        self.0.join("cache").join(hashed(backend.as_bytes()))
    }

    /// Log files.
    pub fn logs(&self) -> PathBuf {
        self.0.join("log")
    }
}

/// The project's directory name for people, and a hash of its whole path so that two of one name stay apart.
fn own_name(base: &Path) -> String {
    let whole = base.canonicalize().unwrap_or_else(|_| base.to_path_buf());
    let name = whole.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let safe: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(40).collect();
    let safe = safe.trim_start_matches('.');
    let hash = hashed(whole.as_os_str().as_encoded_bytes());
    if safe.is_empty() { hash } else { format!("{safe}-{hash}") }
}

fn hashed(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_of_one_name_have_directories_of_their_own() {
        let (a, b) = (own_name(Path::new("/srv/a/shop")), own_name(Path::new("/srv/b/shop")));
        assert!(a.starts_with("shop-") && b.starts_with("shop-") && a != b, "{a} {b}");
    }

    #[test]
    fn a_hostile_directory_name_is_not_taken_over() {
        let name = own_name(Path::new("/srv/..evil\u{1b}[31m name"));
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) && !name.starts_with('.'),
            "{name}"
        );
    }

    #[test]
    fn a_directory_that_was_asked_for_is_taken_from_the_project() {
        let state = StateDir::of(Some(Path::new("state")), Path::new("/srv/shop"));
        assert_eq!(state.map(|it| it.root().to_path_buf()), Some(PathBuf::from("/srv/shop/state")));
    }
}

//! Who sits in front of the cockpit, as git knows it: for `author:me`.

use std::path::Path;

/// Git's `user.name` and `user.email` as they hold in `directory`; nothing where git knows nobody.
pub fn is_here(directory: &Path) -> Vec<String> {
    let repository = gix::discover(directory).ok();
    let own = repository.as_ref().map(|it| it.config_snapshot().plumbing().clone());
    let Some(config) = own.or_else(|| gix::config::File::from_globals().ok()) else { return Vec::new() };
    let values = ["user.name", "user.email"].into_iter().filter_map(|key| config.string(key));
    values.map(|value| value.to_string()).filter(|value| !value.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_repository_may_know_somebody_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let done = Command::new("git").arg("-C").arg(dir.path()).args(arguments).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["config", "user.name", "Ines Example"]);
        git(&["config", "user.email", "ines@example.org"]);
        let below = dir.path().join("src");
        std::fs::create_dir(&below).unwrap();
        assert_eq!(is_here(&below), ["Ines Example", "ines@example.org"]);
    }
}

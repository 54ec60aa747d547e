//! A git repository without a configuration: its release tags are what there is to see.

use std::collections::BTreeMap;
use std::path::Path;

use super::model::{BackendEntry, Config, EnvironmentEntry, ServiceEntry};

/// The environment that the release tags of a repository are.
const RELEASE: &str = "release";

/// `base` (what the user configured: keys, looks, policy) with the repository at `directory` as the only backend, one
/// service called like it, and the release line as the only environment.
pub fn for_repository(base: Config, directory: &Path) -> Config {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let name = name_of(&directory);
    let settings = BTreeMap::from([
        ("path".to_owned(), toml::Value::from(directory.to_string_lossy().into_owned())),
        ("repository".to_owned(), toml::Value::from(name.clone())),
    ]);
    let environment = EnvironmentEntry {
        name: RELEASE.to_owned(),
        production: true,
        protected: Some(false),
        release_line: true,
        ..EnvironmentEntry::default()
    };
    let mut config = Config {
        environment: vec![environment],
        service: vec![ServiceEntry { name: Some(name.clone()), ..ServiceEntry::default() }],
        backend: vec![BackendEntry { name: "git".to_owned(), kind: "git".to_owned(), settings }],
        freeze: Vec::new(),
        ..base
    };
    config.project.name.get_or_insert(name);
    config
}

/// What a repository's directory is called: `shop` for `…/shop`, `…/shop.git` and `…/shop/.git`.
pub(super) fn name_of(directory: &Path) -> String {
    let directory = if directory.ends_with(".git") { directory.parent().unwrap_or(directory) } else { directory };
    let name = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(&name);
    if name.is_empty() { "repository".to_owned() } else { name.to_owned() }
}

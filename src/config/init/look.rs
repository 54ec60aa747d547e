//! What lies in a directory: repositories, stage repositories, release directories.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::config::load::is_repository;

/// How many directories are looked into at most: it is a first guess, not a search of the disk.
const MOST: usize = 2_000;
/// How deep below the directory.
const DEPTH: usize = 3;
/// Directories that are full of others and hold nothing of this.
const SKIPPED: &[&str] = &["node_modules", "target", "vendor", "releases"];

/// What was found, with paths relative to the directory.
#[derive(Debug, Default)]
pub struct Finds {
    /// Paths of repositories, many alike as one with `{repository}`.
    pub repositories: Vec<String>,
    /// Stage repositories.
    pub stages: Vec<Stages>,
    /// Release directories.
    pub releases: Vec<Releases>,
    /// Workloads in clusters, where somebody looked there.
    pub clusters: Option<Clusters>,
    /// The repository on GitHub that the git remote leads to.
    pub forge: Option<Forge>,
}

/// A repository on GitHub.
#[derive(Clone, Debug, Default)]
pub struct Forge {
    /// `owner/name`.
    pub repository: String,
    /// The address of its API, where it is not github.com.
    pub api: Option<String>,
    /// Its environments; empty where nobody asked.
    pub environments: Vec<String>,
    /// The workflow that seems to deploy.
    pub workflow: Option<String>,
}

/// Workloads in clusters.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    /// The environments.
    pub environments: Vec<String>,
    /// The settings of the backend, in the order in which they are written.
    pub settings: Vec<(String, toml::Value)>,
    /// How many workloads were seen there.
    pub workloads: usize,
}

/// A directory with a directory per stage.
#[derive(Debug)]
pub struct Stages {
    /// Where it lies.
    pub path: String,
    /// Its stages.
    pub stages: Vec<String>,
}

/// Release directories that lie alike.
#[derive(Debug)]
pub struct Releases {
    /// Where, with `{environment}` and `{service}`.
    pub path: String,
    /// The environments.
    pub environments: Vec<String>,
}

/// Looks into `directory` and some levels below.
pub fn look(directory: &Path) -> Finds {
    let mut below = Vec::new();
    collect(directory, PathBuf::new(), &mut below);
    let is = |path: &&PathBuf, test: fn(&Path) -> bool| test(&directory.join(path));
    let repositories: Vec<&PathBuf> = below.iter().filter(|path| is(path, is_repository)).collect();
    let releases: Vec<&PathBuf> = below.iter().filter(|path| is(path, is_release_directory)).collect();
    Finds {
        repositories: alike(&repositories),
        stages: stages(directory, &below),
        releases: release_directories(&releases),
        clusters: None,
        forge: None,
    }
}

/// The directory itself, as an empty path, and those below it, sorted.
fn collect(root: &Path, path: PathBuf, all: &mut Vec<PathBuf>) {
    if all.len() >= MOST {
        return;
    }
    let deep = path.components().count() >= DEPTH;
    let inside = !path.as_os_str().is_empty() && is_repository(&root.join(&path));
    all.push(path.clone());
    if deep || inside {
        return;
    }
    for name in directories(&root.join(&path)) {
        collect(root, path.join(name), all);
    }
}

/// The names of the directories in a directory that can be written into a configuration, sorted.
fn directories(path: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(path).into_iter().flatten().take(MOST).filter_map(Result::ok);
    let names = entries.filter(|it| it.file_type().is_ok_and(|it| it.is_dir())).map(|it| it.file_name());
    let plain = |name: &String| {
        !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) && !name.contains(['{', '}', '*', '?', '['])
    };
    names.filter_map(|name| name.into_string().ok()).filter(plain).collect()
}

/// Repositories side by side are one path with `{repository}` in it.
fn alike(repositories: &[&PathBuf]) -> Vec<String> {
    let mut groups: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    let mut single = Vec::new();
    for path in repositories {
        let path = shown(path);
        match path.rsplit_once('/').or(Some(("", path.as_str()))).filter(|(_, name)| !name.is_empty() && *name != ".") {
            Some((parent, name)) => {
                groups.entry((parent.to_owned(), name.ends_with(".git"))).or_default().push(path.clone());
            }
            None => single.push(path),
        }
    }
    let grouped = groups.into_iter().map(|((parent, bare), paths)| match paths.as_slice() {
        [only] => only.clone(),
        _ => joined(&parent, if bare { "{repository}.git" } else { "{repository}" }),
    });
    single.into_iter().chain(grouped).collect()
}

/// Directories whose children hold `<service>/<version>/artifact.json`.
fn stages(root: &Path, below: &[PathBuf]) -> Vec<Stages> {
    let is_stage = |stage: &Path| {
        directories(stage).iter().any(|service| {
            let service = stage.join(service);
            directories(&service).iter().take(20).any(|version| service.join(version).join("artifact.json").is_file())
        })
    };
    let found = below.iter().filter_map(|path| {
        let stages: Vec<String> =
            directories(&root.join(path)).into_iter().filter(|name| is_stage(&root.join(path).join(name))).collect();
        let mut stages = stages;
        stages.sort_by_key(|name| (super::place(name), name.clone()));
        (!stages.is_empty()).then(|| Stages { path: shown(path), stages })
    });
    found.collect()
}

fn is_release_directory(path: &Path) -> bool {
    path.join("releases").is_dir() && path.join("current").symlink_metadata().is_ok_and(|it| it.is_symlink())
}

/// `…/<environment>/<service>`, else `<service>` in production.
fn release_directories(paths: &[&PathBuf]) -> Vec<Releases> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths {
        let path = shown(path);
        let parts: Vec<&str> = path.split('/').collect();
        let (pattern, environment) = match parts.as_slice() {
            [above @ .., environment, _] => (joined(&above.join("/"), "{environment}/{service}"), *environment),
            ["."] => (".".to_owned(), "production"),
            _ => ("{service}".to_owned(), "production"),
        };
        groups.entry(pattern).or_default().insert(environment.to_owned());
    }
    groups
        .into_iter()
        .map(|(path, environments)| Releases { path, environments: environments.into_iter().collect() })
        .collect()
}

fn joined(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}

/// A path with `/`, `.` for the directory itself.
fn shown(path: &Path) -> String {
    let parts: Vec<String> = path.components().map(|it| it.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

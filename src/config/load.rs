//! From files to a configuration: defaults under the user's file under the project's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check::{Found, check_meaning, check_shape};
use super::file::{SourceFile, shown};
use super::model::Config;
use super::node::Node;
use super::origin::Origins;
use super::problem::Problem;
use super::schema::{Kind, schema};

/// The name of a project's file.
pub const FILE_NAME: &str = "flightdeck.toml";

/// Lists in which the project adds to the user's rows; every other list is replaced.
const ADDED: &[&str] = &["key", "view"];

/// What to read.
pub struct Sources<'a> {
    /// Where the user is: searches begin here, and paths are shown relative to it.
    pub cwd: &'a Path,
    /// The user's file; that it is missing is no problem.
    pub user: Option<&'a Path>,
    /// The project's file, when somebody named it; that it is missing is an error. Otherwise it is searched.
    pub project: Option<&'a Path>,
    /// The kinds of backends with the schemas of their settings; without any, settings are not checked.
    pub kinds: &'a [Kind<'a>],
}

/// A configuration that was read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration. Where there are errors, what is wrong has its default.
    pub config: Config,
    /// Where each value comes from.
    pub origins: Origins,
    /// What is likely not meant.
    pub warnings: Vec<Problem>,
    /// What is wrong, all of it, in the order of the files.
    pub errors: Vec<Problem>,
    /// What relative paths are relative to: the directory of the project's file, else where the user is.
    pub base_dir: PathBuf,
    /// The project's file; absent when there is none.
    pub path: Option<PathBuf>,
}

/// Where the user's own configuration is looked for: `$XDG_CONFIG_HOME/flightdeck/config.toml`.
pub fn user_file() -> Option<PathBuf> {
    let directories = etcetera::choose_base_strategy().ok()?;
    Some(etcetera::BaseStrategy::config_dir(&directories).join("flightdeck").join("config.toml"))
}

/// Reads the configuration. Never fails: what is wrong is listed.
pub fn load(sources: &Sources<'_>) -> Loaded {
    let named = sources.project.map(|path| sources.cwd.join(path));
    let project = named.clone().or_else(|| find(sources.cwd));
    let whole = schema(sources.kinds);
    let mut found = Found::default();
    let mut tree: Option<Node> = None;
    let user = sources.user.map(Path::to_owned);
    for (path, must_exist) in [(user, false), (project.clone(), named.is_some())] {
        let Some(path) = path else { continue };
        let Some(mut node) = parse(&path, sources.cwd, must_exist, &mut found.errors) else { continue };
        check_shape(&mut node, &whole, &mut found);
        match &mut tree {
            None => tree = Some(node),
            Some(below) => {
                below.place = node.place.clone();
                below.merge(node, ADDED);
            }
        }
    }
    let config = tree.as_ref().map(|tree| tree.value().try_into::<Config>()).transpose();
    let config = config.unwrap_or_else(|error| {
        found.errors.push(Problem::of(None, error.message()));
        None
    });
    let config = config.unwrap_or_default();
    if let Some(tree) = &tree {
        check_meaning(&config, tree, &mut found);
    }
    for problems in [&mut found.errors, &mut found.warnings] {
        problems.sort_by_key(Problem::order);
    }
    let base_dir = project.as_deref().and_then(Path::parent).unwrap_or(sources.cwd).to_owned();
    let Found { errors, warnings } = found;
    Loaded { config, origins: Origins(tree), warnings, errors, base_dir, path: project }
}

fn parse(path: &Path, cwd: &Path, must_exist: bool, errors: &mut Vec<Problem>) -> Option<Node> {
    let of_file = |what: String| Problem::of(Some(shown(path, cwd)), what);
    let file = match SourceFile::read(path, cwd) {
        Ok(Some(file)) => Arc::new(file),
        Ok(None) => {
            if must_exist {
                errors.push(of_file("there is no such file".to_owned()));
            }
            return None;
        }
        Err(unreadable) => {
            let line = unreadable.line.map(|line| format!(" (line {line})")).unwrap_or_default();
            errors.push(of_file(unreadable.what + &line));
            return None;
        }
    };
    Node::parse(&file).map_err(|error| errors.push(Problem::at(&error.place, error.what))).ok()
}

/// The project's file from `cwd` upwards: to the root of the repository that `cwd` is in, else as far up as the
/// directories belong to the same person, because a configuration names commands that will be run.
fn find(cwd: &Path) -> Option<PathBuf> {
    let in_repository = cwd.ancestors().any(is_repository);
    let owner = owner(cwd);
    for directory in cwd.ancestors() {
        if !in_repository && self::owner(directory) != owner {
            return None;
        }
        let candidate = directory.join(FILE_NAME);
        if candidate.symlink_metadata().is_ok() {
            return Some(candidate);
        }
        if is_repository(directory) {
            return None;
        }
    }
    None
}

/// Whether a directory is the root of a repository, ordinary, linked or bare.
pub fn is_repository(directory: &Path) -> bool {
    directory.join(".git").exists()
        || (directory.join("HEAD").is_file() && directory.join("objects").is_dir() && directory.join("refs").is_dir())
}

#[cfg(unix)]
fn owner(directory: &Path) -> Option<u32> {
    directory.metadata().ok().map(|it| std::os::unix::fs::MetadataExt::uid(&it))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<u32> {
    None
}

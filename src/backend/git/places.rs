//! Where repositories lie: one path, or a pattern that many fit.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::{Glob, GlobMatcher};

use super::settings::Settings;
use crate::backend::SettingsProblem;
use crate::model::{RepositoryId, Text};

/// Where the repositories of one configuration entry lie.
#[derive(Clone, Debug)]
pub enum Places {
    /// One repository.
    One(Place),
    /// Every directory that a pattern fits.
    Pattern {
        /// The directory whose entries are looked at.
        parent: PathBuf,
        /// What an entry's name has to be.
        name: GlobMatcher,
        /// What stands before and after `{repository}` in such a name, where it is written.
        around: Option<(String, String)>,
        /// What follows below the entry.
        below: PathBuf,
    },
}

/// A repository's name and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub id: RepositoryId,
    /// Its work tree or git directory.
    pub path: PathBuf,
}

const MARK: &str = "{repository}";

impl Places {
    /// The places that the settings mean; relative paths are relative to `base`. Touches nothing outside.
    ///
    /// # Errors
    /// When the path is empty or the pattern is in more than one part of it.
    pub fn of(settings: &Settings, base: &Path) -> Result<Self, SettingsProblem> {
        if settings.path.is_empty() {
            return Err(problem("path", "is empty"));
        }
        let path = tidy(&base.join(&settings.path));
        let parts: Vec<&OsStr> = path.iter().collect();
        let is_pattern = |part: &&OsStr| part.to_str().is_some_and(|part| part.contains('*') || part.contains(MARK));
        match parts.iter().filter(|part| is_pattern(part)).count() {
            0 => Ok(Self::One(Place { id: single_name(settings, &path), path })),
            1 if settings.repository.is_some() => {
                Err(problem("repository", "names one repository, and `path` is a pattern that many fit"))
            }
            1 => {
                let at = parts.iter().position(is_pattern).unwrap_or_default();
                let part = parts.get(at).and_then(|part| part.to_str()).unwrap_or_default();
                Ok(Self::Pattern {
                    parent: parts.iter().take(at).collect(),
                    name: matcher(part)?,
                    around: part.split_once(MARK).map(|(before, after)| (before.to_owned(), after.to_owned())),
                    below: parts.iter().skip(at + 1).collect(),
                })
            }
            _ => Err(problem("path", "has a pattern in more than one part")),
        }
    }

    /// The repositories that are there, by name. A directory that fits the pattern and is no repository is left out.
    ///
    /// # Errors
    /// When the pattern's directory cannot be read.
    pub fn list(&self) -> std::io::Result<Vec<Place>> {
        let Self::Pattern { parent, name, around, below } = self else {
            return Ok(self.one().into_iter().collect());
        };
        let mut all = Vec::new();
        for entry in std::fs::read_dir(parent)? {
            let entry = entry?;
            let file_name = entry.file_name();
            let Some(text) = file_name.to_str().filter(|text| name.is_match(text)) else { continue };
            let path = entry.path().join(below);
            if looks_like_a_repository(&path) {
                all.push(Place { id: RepositoryId::from(pattern_name(text, around.as_ref())), path });
            }
        }
        all.sort_by(|a, b| a.id.cmp(&b.id).then_with(|| a.path.cmp(&b.path)));
        all.dedup_by(|a, b| a.id == b.id);
        Ok(all)
    }

    /// The directory in which repositories come and go, where there is a pattern.
    pub fn parent(&self) -> Option<&Path> {
        match self {
            Self::One(_) => None,
            Self::Pattern { parent, .. } => Some(parent),
        }
    }

    fn one(&self) -> Option<Place> {
        match self {
            Self::One(place) => Some(place.clone()),
            Self::Pattern { .. } => None,
        }
    }
}

fn matcher(part: &str) -> Result<GlobMatcher, SettingsProblem> {
    let glob = Glob::new(&part.replace(MARK, "*"));
    glob.map(|glob| glob.compile_matcher()).map_err(|error| problem("path", &format!("is no pattern: {error}")))
}

fn problem(key: &str, what: &str) -> SettingsProblem {
    SettingsProblem { key: key.to_owned(), what: Text::from(what) }
}

/// The path without `.` and, as far as names alone tell, without `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

fn single_name(settings: &Settings, path: &Path) -> RepositoryId {
    if let Some(name) = &settings.repository {
        return RepositoryId::from(name.as_str());
    }
    let whole = if path.file_name() == Some(OsStr::new(".git")) { path.parent().unwrap_or(path) } else { path };
    let name = whole.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    match without_git(&name) {
        "" => RepositoryId::from("repository"),
        name => RepositoryId::from(name),
    }
}

fn pattern_name<'a>(text: &'a str, around: Option<&(String, String)>) -> &'a str {
    let marked = around.and_then(|(before, after)| text.strip_prefix(before.as_str())?.strip_suffix(after.as_str()));
    marked.unwrap_or_else(|| without_git(text))
}

fn without_git(name: &str) -> &str {
    name.strip_suffix(".git").unwrap_or(name)
}

/// Cheap, for lists: whether it is a git directory or has one. Whether it can be read shows when it is read.
fn looks_like_a_repository(path: &Path) -> bool {
    let is_there = |name: &str| may_be_there(&std::fs::metadata(path.join(name)));
    is_there(".git") || (is_there("HEAD") && is_there("objects"))
}

/// What may not be looked at counts as there: why shows when it is read, and nothing is taken for gone.
fn may_be_there<T>(looked: &std::io::Result<T>) -> bool {
    looked.as_ref().map_or_else(|error| error.kind() == std::io::ErrorKind::PermissionDenied, |_| true)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn places(path: &str, repository: Option<&str>) -> Result<Places, SettingsProblem> {
        let settings = Settings { path: path.to_owned(), repository: repository.map(ToOwned::to_owned) };
        Places::of(&settings, Path::new("/base"))
    }

    #[rstest]
    #[case("app", "/base/app", "app")]
    #[case("./app.git/", "/base/app.git", "app")]
    #[case("/srv/app/.git", "/srv/app/.git", "app")]
    #[case(".", "/base", "base")]
    #[case("..", "/", "repository")]
    #[case("x/../app", "/base/app", "app")]
    fn one_path_is_named_after_its_directory(#[case] path: &str, #[case] at: &str, #[case] id: &str) {
        let found = places(path, None).map(|places| places.list().unwrap_or_default());
        assert_eq!(found, Ok(vec![Place { id: RepositoryId::from(id), path: PathBuf::from(at) }]));
    }

    #[test]
    fn settings_that_make_no_sense_are_told() {
        assert_eq!(places("", None).err().map(|problem| problem.key), Some("path".to_owned()));
        assert_eq!(places("a*/b*", None).err().map(|problem| problem.key), Some("path".to_owned()));
        assert_eq!(places("*.git", Some("x")).err().map(|problem| problem.key), Some("repository".to_owned()));
    }

    #[rstest]
    #[case(Ok(()), true)]
    #[case(Err(std::io::ErrorKind::PermissionDenied), true)]
    #[case(Err(std::io::ErrorKind::NotFound), false)]
    fn a_repository_that_may_not_be_entered_is_not_taken_for_gone(
        #[case] looked: Result<(), std::io::ErrorKind>,
        #[case] there: bool,
    ) {
        assert_eq!(may_be_there(&looked.map_err(std::io::Error::from)), there);
    }

    #[test]
    fn a_pattern_finds_what_is_a_repository() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["a.git", "b.git"] {
            std::fs::create_dir_all(directory.path().join(name).join("objects")).expect("objects");
            std::fs::write(directory.path().join(name).join("HEAD"), "ref: refs/heads/main\n").expect("HEAD");
        }
        std::fs::create_dir_all(directory.path().join("c.git")).expect("no repository");
        std::fs::create_dir_all(directory.path().join("team-d/code/.git")).expect("an ordinary one");
        let names = |path: &str| -> Vec<String> {
            let settings = Settings { path: path.to_owned(), repository: None };
            let places = Places::of(&settings, directory.path()).expect("settings");
            places.list().expect("a list").iter().map(|place| place.id.to_string()).collect()
        };
        assert_eq!(names("*.git"), ["a", "b"]);
        assert_eq!(names("{repository}.git"), ["a", "b"]);
        assert_eq!(names("team-{repository}/code"), ["d"]);
        assert_eq!(names("*/code"), ["team-d"]);
        assert_eq!(names("nothing-*"), Vec::<String>::new());
    }
}

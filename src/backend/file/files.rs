//! Which files are read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// The files of a glob are searched this deep at most.
const DEEPEST: usize = 16;

/// Where the files lie.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file, or a directory of files: which one is found when it is read.
    Path {
        /// Where.
        path: PathBuf,
        /// How it is written in the configuration.
        shown: String,
    },
    /// Every file below a directory that fits.
    Glob {
        /// The part of the path before the first pattern.
        root: PathBuf,
        /// How that part is written in the configuration; empty or ending in `/`.
        shown: String,
        /// What the rest of the path has to fit.
        glob: GlobMatcher,
    },
}

/// Files by how they are shown, which is also their name in the cursor, in the order in which they are read.
pub type Files = BTreeMap<String, PathBuf>;

/// Why there are no files.
#[derive(Debug)]
pub enum NoFiles {
    /// The path could not be looked into.
    Io(PathBuf, io::Error),
    /// Nothing fits the glob.
    NothingFits,
}

impl Place {
    /// The place of a configured path; says what is wrong with it.
    pub fn new(base: &Path, path: &str) -> Result<Self, String> {
        if path.is_empty() {
            return Err("is empty".to_owned());
        }
        // What exists under that very name is meant, whatever characters it has.
        let Some(special) = path.find(['*', '?', '[', '{']).filter(|_| !base.join(path).exists()) else {
            return Ok(Self::Path { path: base.join(path), shown: path.trim_end_matches('/').to_owned() });
        };
        let (shown, pattern) = path.split_at(path.get(..special).and_then(|it| it.rfind('/')).map_or(0, |at| at + 1));
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let glob = glob.map_err(|error| format!("not a glob: {}", error.kind()))?.compile_matcher();
        Ok(Self::Glob { root: base.join(shown), shown: shown.to_owned(), glob })
    }

    /// The directories to watch for changes: a file that is replaced by another takes a watch of its own with it.
    pub fn watched(&self) -> BTreeSet<PathBuf> {
        let above = |path: &PathBuf| path.parent().map(Path::to_owned);
        match self {
            Self::Path { path, .. } if path.is_dir() => BTreeSet::from([path.clone()]),
            Self::Path { path, .. } => above(path).into_iter().collect(),
            Self::Glob { root, .. } => {
                let files = self.files().unwrap_or_default();
                files.values().filter_map(above).chain([root.clone()]).collect()
            }
        }
    }

    /// The files as they are now.
    pub fn files(&self) -> Result<Files, NoFiles> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| NoFiles::Io(path, error)
        };
        match self {
            Self::Path { path, shown } if !path.metadata().map_err(io(path))?.is_dir() => {
                Ok(BTreeMap::from([(shown.clone(), path.clone())]))
            }
            Self::Path { path, shown } => {
                let names = names(path).map_err(io(path))?;
                let lines = names.into_iter().filter(|name| name.ends_with(".jsonl"));
                Ok(lines.map(|name| (format!("{shown}/{name}"), path.join(name))).collect())
            }
            Self::Glob { root, shown, glob } => {
                names(root).map_err(io(root))?;
                let mut found = Files::new();
                collect(root, "", glob, DEEPEST, &mut |relative, path| {
                    found.insert(format!("{shown}{relative}"), path);
                });
                if found.is_empty() { Err(NoFiles::NothingFits) } else { Ok(found) }
            }
        }
    }
}

/// Tells every file below `directory` that fits. A directory that cannot be looked into has none.
fn collect(directory: &Path, prefix: &str, glob: &GlobMatcher, depth: usize, found: &mut impl FnMut(&str, PathBuf)) {
    for name in names(directory).unwrap_or_default() {
        let (path, relative) = (directory.join(&name), format!("{prefix}{name}"));
        // Not followed: a link to a directory above would go round for ever.
        let is_directory = path.symlink_metadata().is_ok_and(|it| it.is_dir());
        if !is_directory && glob.is_match(&relative) {
            found(&relative, path);
        } else if is_directory && depth > 0 {
            collect(&path, &format!("{relative}/"), glob, depth - 1, found);
        }
    }
}

/// The names in a directory, sorted. A name that is not UTF-8 is no name of a file of lines.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = std::fs::read_dir(directory)?;
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

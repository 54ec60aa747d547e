//! What lies in the directory of one service in a stage.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::{At, Result};
use super::manifest::Manifest;
use super::{MANIFEST, UNFINISHED, name};
use crate::model::{Digest, OperationId, Text, Time, Version};

/// The versions of one service in one stage.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// The versions, oldest first; each once.
    pub packages: Vec<Package>,
    /// What is wrong, each naming the file.
    pub problems: Vec<Text>,
    /// Whether a directory or a manifest could not be read at all, so that what is missing may be there.
    pub blind: bool,
}

/// One version on the shelf.
#[derive(Clone, Debug)]
pub struct Package {
    /// What it is called.
    pub version: Version,
    /// Where it lies.
    pub directory: PathBuf,
    /// Its manifest, where there is one that can be read.
    pub manifest: Option<Manifest>,
    /// Its content address as its manifest gives it, where nothing is wrong with it.
    pub digest: Option<Digest>,
    /// When it came here, by the clock of the file system.
    pub arrived_at: Option<Time>,
    /// Why it cannot be taken, where it cannot.
    pub refused: Option<Text>,
}

impl Package {
    /// When it was built, else when it came here: what orders versions without a history.
    pub fn age_key(&self) -> Option<Time> {
        self.manifest.as_ref().and_then(|it| it.built_at).or(self.arrived_at)
    }

    /// Names of files that lie in the directory and that its manifest does not list.
    pub fn unlisted(&self) -> Vec<Text> {
        let Some(manifest) = &self.manifest else { return Vec::new() };
        let listed = |name: &str| name == MANIFEST || manifest.files.iter().any(|file| file.name == name);
        let Ok(entries) = fs::read_dir(&self.directory) else { return Vec::new() };
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| !listed(name)).map(Text::from).collect()
    }
}

impl Shelf {
    /// Reads the versions in `directory`. Reads manifests and sizes, not the files' content.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub fn read(directory: &Path) -> Result<Self> {
        let mut shelf = Self::default();
        let mut packages = Vec::new();
        for entry in fs::read_dir(directory).at(directory)? {
            let entry = entry.at(directory)?;
            // A link is another name of something that is listed itself; files beside the versions are no versions.
            if !entry.file_type().at(&entry.path())?.is_dir() {
                continue;
            }
            let raw = entry.file_name();
            match raw.to_str() {
                Some(hidden) if hidden.starts_with('.') => {}
                Some(named) if name::is_component(named) => packages.push(shelf.package(&entry.path(), named)),
                _ => shelf
                    .problems
                    .push(format!("{}: the name of this directory cannot be a version", entry.path().display()).into()),
            }
        }
        refuse_twins(&mut packages);
        for package in &packages {
            if let Some(why) = &package.refused {
                shelf.problems.push(format!("{}: {why}", package.directory.display()).into());
            }
        }
        packages.sort_by(|a, b| a.age_key().cmp(&b.age_key()).then_with(|| a.version.natural_cmp(&b.version)));
        shelf.packages = packages;
        Ok(shelf)
    }

    /// The version of this name.
    pub fn get(&self, version: &Version) -> Option<&Package> {
        self.packages.iter().find(|package| package.version == *version)
    }

    fn package(&mut self, directory: &Path, named: &str) -> Package {
        let arrived_at =
            fs::symlink_metadata(directory.join(MANIFEST)).and_then(|seen| seen.modified()).ok().map(Time::from);
        let mut package = Package {
            version: Version::from(named),
            directory: directory.to_owned(),
            manifest: None,
            digest: None,
            arrived_at,
            refused: None,
        };
        match Manifest::read(directory) {
            Err(error) => {
                self.blind |=
                    !matches!(error.kind, crate::backend::ErrorKind::NotFound | crate::backend::ErrorKind::Integrity);
                package.refused = Some(if error.kind == crate::backend::ErrorKind::NotFound {
                    format!("it has no {MANIFEST}").into()
                } else {
                    error.what
                });
            }
            Ok(manifest) => {
                package.refused = flaw(directory, named, &manifest).map(Text::from);
                package.digest = package.refused.is_none().then(|| manifest.computed_digest());
                package.manifest = Some(manifest);
            }
        }
        package
    }
}

/// What is wrong with a version, as far as that can be told without reading its files.
fn flaw(directory: &Path, named: &str, manifest: &Manifest) -> Option<String> {
    if manifest.version.as_str() != named {
        return Some(format!("its {MANIFEST} is of version {}", manifest.version));
    }
    if let Some(flaw) = manifest.flaw() {
        return Some(format!("its {MANIFEST} {flaw}"));
    }
    manifest.files.iter().find_map(|file| match fs::symlink_metadata(directory.join(&file.name)) {
        Err(error) => Some(format!("{}: {error}", file.name)),
        Ok(seen) if !seen.is_file() => Some(format!("{} is not a file", file.name)),
        Ok(seen) if seen.len() != file.size => {
            Some(format!("{} has {} bytes where its {MANIFEST} states {}", file.name, seen.len(), file.size))
        }
        Ok(_) => None,
    })
}

/// Where two manifests claim one version, neither can be told to be right.
fn refuse_twins(packages: &mut [Package]) {
    let mut claims: BTreeMap<Version, Vec<Version>> = BTreeMap::new();
    for package in packages.iter() {
        if let Some(manifest) = &package.manifest {
            claims.entry(manifest.version.clone()).or_default().push(package.version.clone());
        }
    }
    for package in packages {
        let Some(claimed) = package.manifest.as_ref().map(|manifest| &manifest.version) else { continue };
        let Some(rivals) = claims.get(claimed).filter(|rivals| rivals.len() > 1) else { continue };
        let names: Vec<String> = rivals.iter().map(ToString::to_string).collect();
        package.refused = Some(format!("version {claimed} is claimed by {}", names.join(" and ")).into());
        package.digest = None;
    }
}

/// What lies in `directory` unfinished of these operations. What others call alike is none of ours to touch.
///
/// # Errors
/// When the directory cannot be listed.
pub fn unfinished(directory: &Path, operations: &[OperationId]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).at(directory)? {
        let entry = entry.at(directory)?;
        let name = entry.file_name();
        let tag = name.to_str().and_then(|name| UNFINISHED.iter().find_map(|prefix| name.strip_prefix(prefix)));
        let of = tag.map(|tag| tag.split_once('+').map_or(tag, |(operation, _)| operation));
        if of.is_some_and(|of| operations.iter().any(|operation| operation.as_str() == of)) {
            all.push(entry.path());
        }
    }
    Ok(all)
}

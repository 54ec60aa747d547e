//! The link that says what is live, and its atomic switch.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::copy::sync_directory;
use super::error::{At, PackageError, Result};
use super::{CURRENT, SWITCHING, name};
use crate::model::{Text, Time, Version};

/// What `current` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// There is none.
    Missing,
    /// It leads to a version that is there.
    To(Version),
    /// It leads to where a version would be, but there is none.
    Dangling(PathBuf),
    /// It leads elsewhere.
    Outside(PathBuf),
    /// It is no link.
    NotALink,
}

impl Pointer {
    /// Reads `root/current`, which should lead into `root/inside` (`releases`; empty where versions lie in `root` itself).
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(root: &Path, inside: &str) -> Result<Self> {
        let link = root.join(CURRENT);
        match fs::symlink_metadata(&link) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Missing),
            Err(error) => return Err(PackageError::io(&link, &error)),
            Ok(seen) if !seen.is_symlink() => return Ok(Self::NotALink),
            Ok(_) => {}
        }
        let target = fs::read_link(&link).at(&link)?;
        let shelf = root.join(inside);
        match fs::canonicalize(&link) {
            Ok(real) => {
                let home = fs::canonicalize(&shelf).at(&shelf)?;
                let version = real.strip_prefix(&home).ok().and_then(single).filter(|_| real.is_dir());
                Ok(version.map_or(Self::Outside(target), Self::To))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let led = plain(&root.join(&target));
                let inside = led.strip_prefix(plain(&shelf)).ok().and_then(single).is_some();
                Ok(if inside { Self::Dangling(target) } else { Self::Outside(target) })
            }
            Err(error) => Err(PackageError::io(&link, &error)),
        }
    }

    /// The version that it leads to.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::To(version) => Some(version),
            _ => None,
        }
    }

    /// What is wrong with it.
    pub fn problem(&self, root: &Path) -> Option<Text> {
        let link = root.join(CURRENT);
        let link = link.display();
        match self {
            Self::Missing | Self::To(_) => None,
            Self::Dangling(target) => Some(format!("{link} leads to {}, which is not there", target.display()).into()),
            Self::Outside(target) => {
                Some(format!("{link} leads to {}, which is none of the versions here", target.display()).into())
            }
            Self::NotALink => Some(format!("{link} is not a symbolic link").into()),
        }
    }

    /// Why it cannot be switched, where it cannot: replacing it would take away something that is not ours.
    pub fn refusal(&self, root: &Path) -> Option<Text> {
        match self {
            Self::Missing | Self::To(_) | Self::Dangling(_) => None,
            Self::Outside(_) | Self::NotALink => self.problem(root),
        }
    }
}

/// The raw text of the link and when it was made; absent when there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn raw(root: &Path) -> Result<Option<(PathBuf, Option<Time>)>> {
    let link = root.join(CURRENT);
    match fs::symlink_metadata(&link) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PackageError::io(&link, &error)),
        Ok(seen) if !seen.is_symlink() => Ok(Some((PathBuf::new(), None))),
        Ok(seen) => Ok(Some((fs::read_link(&link).at(&link)?, seen.modified().ok().map(Time::from)))),
    }
}

/// Makes `root/current` lead to `target`, in one step that is seen whole or not at all. `tag` keeps the names of two
/// writers apart.
///
/// # Errors
/// When the link could not be made or put in place: then it is as it was. A directory that could not be flushed is told
/// in the `Ok` value, because the switch has happened.
pub fn switch(root: &Path, target: &Path, tag: &str) -> Result<Option<Text>> {
    let temporary = root.join(format!("{SWITCHING}{tag}"));
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(PackageError::io(&temporary, &error)),
        _ => {}
    }
    std::os::unix::fs::symlink(target, &temporary).at(&temporary)?;
    let link = root.join(CURRENT);
    if let Err(error) = fs::rename(&temporary, &link) {
        // What is live is untouched; the temporary link is only litter.
        let _ = fs::remove_file(&temporary);
        return Err(PackageError::io(&link, &error));
    }
    Ok(sync_directory(root).err().map(|error| error.what))
}

/// Puts the link back as it was: to `before`, or away.
///
/// # Errors
/// When that failed; the link is as it was when this was called.
pub fn restore(root: &Path, before: Option<&Path>, tag: &str) -> Result<()> {
    match before {
        Some(target) => switch(root, target, tag).map(drop),
        None => {
            let link = root.join(CURRENT);
            fs::remove_file(&link).at(&link)?;
            sync_directory(root)
        }
    }
}

fn single(path: &Path) -> Option<Version> {
    let mut parts = path.components();
    let (Some(Component::Normal(only)), None) = (parts.next(), parts.next()) else { return None };
    only.to_str().filter(|raw| name::is_component(raw)).map(Version::from)
}

/// The path without `.` and `..`, by its text alone.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn each_shape_of_a_pointer_is_told_apart() {
        let cases: &[(&str, Pointer)] = &[
            ("releases/1", Pointer::To("1".into())),
            ("./releases/1/", Pointer::To("1".into())),
            ("releases/2", Pointer::Dangling("releases/2".into())),
            ("releases/file", Pointer::Outside("releases/file".into())),
            ("shared", Pointer::Outside("shared".into())),
            ("releases", Pointer::Outside("releases".into())),
            ("releases/1/deep", Pointer::Outside("releases/1/deep".into())),
            ("../nowhere", Pointer::Outside("../nowhere".into())),
            ("/", Pointer::Outside("/".into())),
        ];
        for (target, expected) in cases {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("releases/1/deep")).unwrap();
            fs::create_dir_all(root.path().join("shared")).unwrap();
            fs::write(root.path().join("releases/file"), "").unwrap();
            assert_eq!(Pointer::read(root.path(), "releases"), Ok(Pointer::Missing));
            symlink(target, root.path().join(CURRENT)).unwrap();
            assert_eq!(Pointer::read(root.path(), "releases").as_ref(), Ok(expected), "{target}");
        }
    }

    #[test]
    fn an_absolute_link_through_another_name_of_the_root_is_understood() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("real/releases/1")).unwrap();
        symlink("real", place.path().join("alias")).unwrap();
        symlink(place.path().join("alias/releases/1"), place.path().join("real/current")).unwrap();
        assert_eq!(Pointer::read(&place.path().join("real"), "releases"), Ok(Pointer::To("1".into())));
    }

    #[test]
    fn a_directory_in_place_of_the_link_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("current/precious")).unwrap();
        fs::create_dir_all(root.path().join("releases/1")).unwrap();
        assert_eq!(Pointer::read(root.path(), "releases"), Ok(Pointer::NotALink));
        assert!(switch(root.path(), Path::new("releases/1"), "t").is_err());
        assert!(root.path().join("current/precious").is_dir());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_switch_can_be_taken_back_even_to_nothing() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("releases/1")).unwrap();
        assert_eq!(switch(root.path(), Path::new("releases/1"), "t"), Ok(None));
        assert_eq!(Pointer::read(root.path(), "releases"), Ok(Pointer::To("1".into())));
        assert_eq!(restore(root.path(), None, "t"), Ok(()));
        assert_eq!(Pointer::read(root.path(), "releases"), Ok(Pointer::Missing));
    }
}

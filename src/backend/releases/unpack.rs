//! Unpacking archives so that nothing in them can leave the directory that they are unpacked into.
//!
//! Only files, directories, symbolic and hard links are made. Paths and targets of links must stay inside: relative, and
//! `..` only at the beginning of a symbolic link's target, no further up than the release. Symbolic links are made last,
//! so that no file is ever written through one. Size and number of entries are bounded.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::record::{RECORD, TREE};
use crate::backend::package::error::At as _;
use crate::backend::package::hash::{CHUNK, HashingReader, differs};
use crate::backend::package::{FileEntry, PackageError, Result, Steps};
use crate::model::text::clean;

/// How many entries an archive may have.
const ENTRIES: usize = 1_000_000;

/// How an artifact file is packed, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// An archive.
    Tar,
    /// A compressed archive.
    TarGz,
    /// Not at all: it is copied as it is.
    Plain,
}

impl Packing {
    /// Tells it by the name of the file.
    pub fn of(name: &str) -> Self {
        match name {
            _ if name.ends_with(".tar.gz") || name.ends_with(".tgz") => Self::TarGz,
            _ if name.ends_with(".tar") => Self::Tar,
            _ => Self::Plain,
        }
    }
}

/// Unpacks the archive `file` of the package in `from` into `into`, proving the bytes that it reads. `room` is how many
/// bytes may be written; it is counted down.
///
/// # Errors
/// When the bytes are not those of the manifest, an entry would leave the directory, there is too much of it, or reading
/// or writing failed. What was written by then lies in `into` still.
pub fn unpack(from: &Path, file: &FileEntry, into: &Path, room: &mut u64, steps: &Steps<'_>) -> Result<()> {
    let source = from.join(&file.name);
    if !fs::symlink_metadata(&source).at(&source)?.is_file() {
        return Err(PackageError::integrity(format!("{}: not a file", source.display())));
    }
    let mut hashing = HashingReader::new(File::open(&source).at(&source)?);
    let unpacked = {
        let buffered = BufReader::with_capacity(CHUNK, &mut hashing);
        let mut unpacking = Unpacking { source: &source, into, room, steps, links: BTreeMap::new() };
        match Packing::of(&file.name) {
            Packing::TarGz => unpacking.all(MultiGzDecoder::new(buffered)),
            Packing::Tar | Packing::Plain => unpacking.all(buffered),
        }
    };
    // An archive that is not the one that was built is told as that, whatever else is wrong with it.
    io::copy(&mut hashing, &mut io::sink()).at(&source)?;
    let (found, _) = hashing.finish();
    if found != file.sha256 {
        return Err(differs(&source, &file.sha256, &found));
    }
    unpacked
}

struct Unpacking<'a> {
    source: &'a Path,
    into: &'a Path,
    room: &'a mut u64,
    steps: &'a Steps<'a>,
    /// Symbolic links by path, made when everything else is there.
    links: BTreeMap<PathBuf, PathBuf>,
}

impl Unpacking<'_> {
    fn all(&mut self, packed: impl Read) -> Result<()> {
        let mut archive = Archive::new(packed);
        let entries = archive.entries().map_err(|error| self.unreadable(&error))?;
        for (count, entry) in entries.enumerate() {
            let mut entry = entry.map_err(|error| self.unreadable(&error))?;
            if count >= ENTRIES {
                return Err(self.refused(&format!("more than {ENTRIES} entries")));
            }
            self.one(&mut entry)?;
        }
        for (path, target) in &self.links {
            self.make_parents(path)?;
            let at = self.into.join(path);
            std::os::unix::fs::symlink(target, &at).at(&at)?;
        }
        Ok(())
    }

    fn one(&mut self, entry: &mut Entry<'_, impl Read>) -> Result<()> {
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            return Ok(());
        }
        let raw = entry.path().map_err(|error| self.unreadable(&error))?.into_owned();
        let path = self.inside(&raw)?;
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        if [RECORD, TREE].iter().any(|ours| path == Path::new(ours)) {
            return Err(self.refused(&format!("{} is a name of Flightdeck's own", path.display())));
        }
        let mode = entry.header().mode().map_err(|error| self.unreadable(&error))? & 0o777;
        match kind {
            EntryType::Directory => self.directory(&path, mode),
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => self.file(&path, mode, entry),
            EntryType::Symlink => {
                let target = self.target(entry, &path)?;
                self.charge(1)?;
                let depth = path.components().count().saturating_sub(1);
                self.symlink_stays(&path, &target, depth)?;
                self.links.insert(path, target);
                Ok(())
            }
            EntryType::Link => {
                let target = self.target(entry, &path)?;
                let target = self.into.join(self.inside(&target)?);
                if !fs::symlink_metadata(&target).at(&target)?.is_file() {
                    return Err(self.refused(&format!("{} is a hard link to no file", path.display())));
                }
                self.charge(1)?;
                self.make_way(&path)?;
                let at = self.into.join(&path);
                fs::hard_link(&target, &at).at(&at)
            }
            _ => Err(self.refused(&format!("{} is neither file, directory nor link", path.display()))),
        }
    }

    fn directory(&mut self, path: &Path, mode: u32) -> Result<()> {
        self.charge(1)?;
        self.make_parents(path)?;
        let at = self.into.join(path);
        match fs::symlink_metadata(&at) {
            Ok(seen) if seen.is_dir() => {}
            _ => fs::create_dir(&at).at(&at)?,
        }
        // Whatever the archive says, its owner can go in and clean up.
        fs::set_permissions(&at, Permissions::from_mode(mode | 0o700)).at(&at)
    }

    fn file(&mut self, path: &Path, mode: u32, content: &mut impl Read) -> Result<()> {
        self.make_way(path)?;
        let at = self.into.join(path);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&at).at(&at)?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = content.read(&mut buffer).map_err(|error| self.unreadable(&error))?;
            let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { break };
            self.charge(count as u64)?;
            self.steps.writes(count as u64).at(&at)?;
            file.write_all(chunk).at(&at)?;
        }
        file.set_permissions(Permissions::from_mode(mode)).at(&at)?;
        file.sync_all().at(&at)
    }

    /// The path of an entry without `.`, where it stays inside.
    fn inside(&self, raw: &Path) -> Result<PathBuf> {
        let mut path = PathBuf::new();
        for part in raw.components() {
            match part {
                Component::Normal(name) => path.push(name),
                Component::CurDir => {}
                _ => return Err(self.refused(&format!("{} would leave the release", raw.display()))),
            }
        }
        Ok(path)
    }

    /// Whether a symbolic link at `path`, `depth` directories down, leads to somewhere inside: `..` only first, and not
    /// further up than the release. What follows may lead through other links, which stay inside themselves.
    fn symlink_stays(&self, path: &Path, target: &Path, depth: usize) -> Result<()> {
        let mut up = 0;
        let mut down = false;
        for part in target.components() {
            match part {
                Component::ParentDir if !down => up += 1,
                Component::Normal(_) => down = true,
                Component::CurDir => {}
                _ => up = usize::MAX / 2,
            }
        }
        if up > depth {
            let what = format!("{} is a link to {}, which would leave the release", path.display(), target.display());
            return Err(self.refused(&what));
        }
        Ok(())
    }

    fn target(&self, entry: &Entry<'_, impl Read>, path: &Path) -> Result<PathBuf> {
        let target = entry.link_name().map_err(|error| self.unreadable(&error))?;
        target
            .map(|target| target.into_owned())
            .filter(|target| !target.as_os_str().is_empty())
            .ok_or_else(|| self.refused(&format!("{} is a link to nothing", path.display())))
    }

    /// Makes the directories above and takes away an earlier file of this name: of two entries the later holds.
    fn make_way(&self, path: &Path) -> Result<()> {
        self.make_parents(path)?;
        let at = self.into.join(path);
        match fs::symlink_metadata(&at) {
            Ok(seen) if seen.is_file() => fs::remove_file(&at).at(&at),
            _ => Ok(()),
        }
    }

    /// Makes the directories above, each a real one: nothing is ever made through a link, not even one that stays inside,
    /// because from there `..` would lead elsewhere than its place in the archive says.
    fn make_parents(&self, path: &Path) -> Result<()> {
        let mut at = self.into.to_owned();
        for part in path.parent().into_iter().flat_map(Path::components) {
            at.push(part);
            match fs::symlink_metadata(&at) {
                Ok(seen) if seen.is_dir() => {}
                Ok(_) => return Err(self.refused(&format!("{} lies below what is no directory", path.display()))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(&at).at(&at)?,
                Err(error) => return Err(PackageError::io(&at, &error)),
            }
        }
        Ok(())
    }

    fn charge(&mut self, bytes: u64) -> Result<()> {
        *self.room =
            self.room.checked_sub(bytes).ok_or_else(|| self.refused("it is larger than unpacked_limit_mb allows"))?;
        Ok(())
    }

    fn refused(&self, why: &str) -> PackageError {
        PackageError::integrity(format!("{}: {}", self.source.display(), clean(why)))
    }

    fn unreadable(&self, error: &io::Error) -> PackageError {
        self.refused(&format!("not an archive that can be read: {error}"))
    }
}

#[cfg(test)]
mod tests;

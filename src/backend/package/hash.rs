//! SHA-256 of files, remembered while they do not change.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::error::{At, PackageError, Result};
use super::manifest::Manifest;

/// How much is read at once.
pub const CHUNK: usize = 256 << 10;

/// A reader that hashes what goes through it.
pub struct HashingReader<R> {
    inner: R,
    hasher: Sha256,
    read: u64,
}

impl<R: Read> HashingReader<R> {
    /// Hashes what is read from `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), read: 0 }
    }

    /// The SHA-256 of everything that was read, as hexadecimal digits, and how many bytes it was.
    pub fn finish(self) -> (String, u64) {
        (hex(&self.hasher.finalize().into()), self.read)
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.read += count as u64;
        Ok(count)
    }
}

/// The SHA-256 of a file as hexadecimal digits.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(path: &Path) -> Result<String> {
    let mut reader = HashingReader::new(File::open(path).at(path)?);
    let mut buffer = vec![0; CHUNK];
    while reader.read(&mut buffer).at(path)? > 0 {}
    Ok(reader.finish().0)
}

/// Hexadecimal digits of a hash.
pub fn hex(bytes: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Hashes of files that were read once and have kept size and modification time since.
#[derive(Default)]
pub struct Hashes(Mutex<HashMap<(PathBuf, u64, SystemTime), String>>);

impl Hashes {
    /// The SHA-256 of a file, read only if it changed since it was last asked for.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn sha256(&self, path: &Path) -> Result<String> {
        let key = key(path)?;
        if let Some(known) = self.known(&key) {
            return Ok(known);
        }
        let hash = sha256_of(path)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, hash.clone());
        Ok(hash)
    }

    /// Compares every file of a version in `directory` with its manifest.
    ///
    /// # Errors
    /// [`Integrity`](crate::backend::ErrorKind::Integrity) for the first file whose bytes are others; otherwise when one
    /// cannot be read.
    pub fn verify(&self, directory: &Path, manifest: &Manifest) -> Result<()> {
        for file in &manifest.files {
            let path = directory.join(&file.name);
            let found = self.sha256(&path)?;
            if found != file.sha256 {
                return Err(differs(&path, &file.sha256, &found));
            }
        }
        Ok(())
    }

    /// Whether a version is known to have, or not to have, the bytes of its manifest. Reads no file's content.
    pub fn remembered(&self, directory: &Path, manifest: &Manifest) -> Option<bool> {
        let mut all = true;
        for file in &manifest.files {
            let known = self.known(&key(&directory.join(&file.name)).ok()?)?;
            all &= known == file.sha256;
        }
        Some(all)
    }

    fn known(&self, key: &(PathBuf, u64, SystemTime)) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

/// The error for bytes that are not those of the manifest.
pub fn differs(path: &Path, stated: &str, found: &str) -> PackageError {
    PackageError::integrity(format!(
        "{}: its bytes have the sha256 {} but its manifest states {}",
        path.display(),
        found.get(..12).unwrap_or(found),
        stated.get(..12).unwrap_or(stated)
    ))
}

fn key(path: &Path) -> Result<(PathBuf, u64, SystemTime)> {
    let seen = fs::symlink_metadata(path).at(path)?;
    if !seen.is_file() {
        return Err(PackageError::integrity(format!("{}: not a file", path.display())));
    }
    Ok((path.to_owned(), seen.len(), seen.modified().at(path)?))
}

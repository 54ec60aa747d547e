//! Which path filters commits touch, kept for one list of filters a file.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::super::StoreError;
use super::bytes::{Bytes, checksum};
use super::log::Mark;
use super::place::{Place, digest};
use crate::graph::Touched;

const MAGIC: [u8; 8] = *b"fdtouch1";
/// Files that are kept: a list of filters that nobody asks for any more is dropped in the end.
const MOST: usize = 8;

fn path(place: &Place, filters: &[Vec<String>]) -> PathBuf {
    let list = serde_json::to_string(filters).unwrap_or_default();
    place.file(&format!("touched-{}", digest(list.as_bytes())))
}

/// What is kept for `filters`, if it was written for commits that are still the first ones.
pub fn read(place: &Place, marks: &[Mark], filters: &[Vec<String>]) -> Option<Touched> {
    let bytes = fs::read(path(place, filters)).ok()?;
    let mut rest = Bytes(bytes.strip_prefix(&MAGIC)?);
    let (commits, of, sum) = (rest.u32()?, rest.u32()?, rest.u32()?);
    let is_ours = marks.iter().any(|mark| mark.commits == commits && mark.checksum == of);
    if !is_ours || sum != checksum(of, &[rest.0]) {
        return None;
    }
    let mut rows = Vec::with_capacity(rest.0.len() / 8);
    let count = rest.0.len() / 8;
    rest.column(count, &mut rows, u64::from_le_bytes)?;
    let touched = Touched::from_rows(filters.len(), rows);
    (touched.len() == commits as usize).then_some(touched)
}

/// Keeps the rows of the commits up to `mark`, in one step. Hold the lock.
pub fn write(place: &Place, mark: &Mark, filters: &[Vec<String>], rows: &Touched) -> Result<(), StoreError> {
    let payload: Vec<u8> = rows.rows().iter().flat_map(|row| row.to_le_bytes()).collect();
    let mut bytes = MAGIC.to_vec();
    for number in [mark.commits, mark.checksum, checksum(mark.checksum, &[&payload])] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&payload);
    let (path, new) = (path(place, filters), place.file("new-touched"));
    let written = File::create(&new).and_then(|mut file| file.write_all(&bytes)).and_then(|()| fs::rename(&new, &path));
    written.map_err(|error| StoreError::io(&path, error))?;
    forget_old(place);
    Ok(())
}

fn forget_old(place: &Place) {
    let mut all: Vec<_> = place
        .names("touched-")
        .into_iter()
        .map(|name| place.file(&name))
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .collect();
    all.sort();
    let surplus = all.len().saturating_sub(MOST);
    for (_, path) in all.into_iter().take(surplus) {
        // One that cannot be removed now is removed the next time.
        let _ = fs::remove_file(path);
    }
}

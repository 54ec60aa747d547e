//! A store that cannot be used is set aside; a place that cannot be used is told.

use std::fs;

use super::super::StoreError;
use super::*;
use crate::backend::Reading;

fn filled(dir: &Path) -> std::path::PathBuf {
    let store = open(dir);
    let facts = (0..500).map(|n| mark(&format!("1.{n}"), "slow", n)).collect();
    store.apply(&source(), &Reading { facts, ..Reading::default() }).unwrap();
    store.path().to_owned()
}

fn assert_set_aside(dir: &Path, path: &Path, why: &str) {
    let before = fs::read(path).unwrap();
    let opened = Store::open(dir, clock(0)).unwrap();
    let aside = opened.set_aside.unwrap();
    assert!(aside.why.contains(why), "{aside:?}");
    assert_eq!(fs::read(&aside.path).unwrap(), before, "the old file is as it was");
    assert_eq!(opened.store.facts().unwrap().0, []);
    opened.store.put(&[mark("1.0", "slow", 1)]).unwrap();
    drop(opened.store);
    assert_eq!(open(dir).facts().unwrap().0.len(), 1);
}

#[test]
fn a_file_that_is_no_database_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    fs::write(&path, "not a database at all, and long enough to have a header of a hundred bytes. ".repeat(99))
        .unwrap();
    assert_set_aside(dir.path(), &path, "not a database");
}

#[test]
fn a_truncated_store_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert_set_aside(dir.path(), &path, "");
}

#[test]
fn a_store_with_overwritten_pages_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 9000].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    assert_set_aside(dir.path(), &path, "");
}

#[test]
fn a_newer_store_is_set_aside_again_and_again_under_other_names() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let path = filled(dir.path());
        rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        let opened = Store::open(dir.path(), clock(0)).unwrap();
        assert_eq!(opened.set_aside.unwrap().why, "written by a later version of flightdeck (schema 999)");
    }
    let databases = fs::read_dir(dir.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        name.starts_with("facts.sqlite.2027") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    assert_eq!(databases.count(), 3);
}

#[test]
fn somebody_elses_database_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("facts.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE bookmarks (url)").unwrap();
    let opened = Store::open(dir.path(), clock(0)).unwrap();
    assert_eq!(opened.set_aside.unwrap().why, "not a store of flightdeck");
}

#[test]
fn an_empty_file_becomes_a_store() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("facts.sqlite"), "").unwrap();
    assert_eq!(open(dir.path()).facts().unwrap().0, []);
}

#[test]
fn a_place_that_cannot_hold_a_store_is_an_error_and_nothing_is_renamed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file.join("below"), clock(0)).err().unwrap();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");

    fs::create_dir(dir.path().join("facts.sqlite")).unwrap();
    let error = Store::open(dir.path(), clock(0)).err().unwrap();
    assert!(error.to_string().ends_with("a directory is in the way"), "{error}");
}

#[test]
fn a_directory_that_may_not_be_written_is_told() {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let of = |kind: std::io::ErrorKind| StoreError::io(Path::new("/state"), kind.into());
    assert_eq!(of(PermissionDenied).to_string(), "/state cannot be written");
    assert_eq!(of(ReadOnlyFilesystem).to_string(), "/state cannot be written");
    assert_eq!(of(StorageFull).to_string(), "no room to write /state");
    assert!(of(PermissionDenied).hint().is_some());
}

#[test]
fn a_full_disk_is_told_and_nothing_of_the_reading_is_kept() {
    let (_dir, store) = fresh();
    store.put(&[mark("before", "", 1)]).unwrap();
    store.writer().pragma_update(None, "max_page_count", 12).unwrap();
    let facts = (0..5000).map(|n| mark(&format!("1.{n}"), "slow", n)).collect();
    let error = store.apply(&source(), &Reading { facts, ..Reading::default() }).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!(store.facts().unwrap().0, [mark("before", "", 1)]);
}

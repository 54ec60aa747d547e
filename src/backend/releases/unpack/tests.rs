//! Archives, honest and hostile.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::write::GzEncoder;
use rstest::rstest;
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use super::*;
use crate::backend::ErrorKind;
use crate::backend::package::Unwatched;
use crate::backend::package::hash::hex;

/// One entry: kind, path, content or target, mode. The path is written raw, so that it can be a bad one.
type Raw<'a> = (EntryType, &'a str, &'a str, u32);

fn archive(entries: &[Raw<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (kind, path, content, mode) in entries {
        let mut header = Header::new_gnu();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        let data = if kind.is_symlink() || kind.is_hard_link() {
            header.as_mut_bytes()[157..157 + content.len()].copy_from_slice(content.as_bytes());
            ""
        } else {
            content
        };
        header.set_size(data.len() as u64);
        header.set_cksum();
        builder.append(&header, data.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn try_unpack(place: &Path, name: &str, bytes: &[u8], mut room: u64) -> Result<()> {
    fs::write(place.join(name), bytes).unwrap();
    fs::create_dir(place.join("into")).unwrap();
    let sha256 = hex(&Sha256::digest(bytes).into());
    let file = FileEntry { name: name.to_owned(), sha256, size: bytes.len() as u64 };
    let steps = Steps::new(&[], None, &Unwatched);
    unpack(place, &file, &place.join("into"), &mut room, &steps)
}

use EntryType::{Directory as D, Link as H, Regular as F, Symlink as S};

#[rstest]
#[case("app.tar", false)]
#[case("app.tar.gz", true)]
#[case("app.tgz", true)]
fn an_honest_archive_is_unpacked_with_its_modes_and_links(#[case] name: &str, #[case] zipped: bool) {
    let place = tempfile::tempdir().unwrap();
    let packed = archive(&[
        (D, "./", "", 0o755),
        (D, "./bin", "", 0o555),
        (S, "bin/latest", "app", 0o777),
        (S, "bin/lib", "../lib/so", 0o777),
        (F, "./bin/app", "hello", 0o4755),
        (F, "lib/so", "library", 0o644),
        (H, "lib/so.1", "lib/so", 0o644),
        (F, "lib/so", "newer", 0o600),
    ]);
    let bytes = if zipped { gzip(&packed) } else { packed };
    try_unpack(place.path(), name, &bytes, 1 << 20).unwrap();
    let into = place.path().join("into");
    let mode = |path: &str| fs::metadata(into.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(fs::read_to_string(into.join("bin/latest")).unwrap(), "hello");
    assert_eq!(mode("bin/app"), 0o755, "no set-uid bit comes out of an archive");
    assert_eq!(mode("bin"), 0o755);
    assert_eq!(fs::read_to_string(into.join("bin/lib")).unwrap(), "newer");
    assert_eq!(fs::read_to_string(into.join("lib/so.1")).unwrap(), "library");
}

#[rstest]
#[case::up(&[(F, "../x", "", 0o644)], "would leave")]
#[case::up_in_the_middle(&[(F, "a/../../x", "", 0o644)], "would leave")]
#[case::absolute(&[(F, "/tmp/flightdeck-x", "", 0o644)], "would leave")]
#[case::link_up(&[(S, "l", "../x", 0o777)], "would leave")]
#[case::link_absolute(&[(S, "l", "/etc", 0o777)], "would leave")]
#[case::link_too_far_up(&[(S, "a/l", "../../x", 0o777)], "would leave")]
#[case::link_up_through_another_link(&[(S, "a/b/d", "../..", 0o777), (S, "l", "a/b/d/../x", 0o777)], "would leave")]
#[case::link_below_a_link(&[(S, "x/y/a", "../..", 0o777), (S, "x/y/a/l", "../../../etc", 0o777)], "below what is no directory")]
#[case::file_below_a_file(&[(F, "a", "", 0o644), (F, "a/x", "", 0o644)], "below what is no directory")]
#[case::write_through_link(&[(S, "l", "a", 0o777), (F, "l/x", "", 0o644)], "File exists")]
#[case::hard_link_out(&[(H, "l", "../app.tar", 0o644)], "would leave")]
#[case::hard_link_to_nothing(&[(H, "l", "nothing", 0o644)], "nothing")]
#[case::device(&[(EntryType::Char, "d", "", 0o644)], "neither file")]
#[case::pipe(&[(EntryType::Fifo, "d", "", 0o644)], "neither file")]
#[case::our_record(&[(F, "./.flightdeck.json", "{}", 0o644)], "Flightdeck's own")]
#[case::file_over_directory(&[(D, "a", "", 0o755), (F, "a", "", 0o644)], "File exists")]
fn a_hostile_archive_is_refused_and_nothing_leaves(#[case] entries: &[Raw<'_>], #[case] says: &str) {
    let place = tempfile::tempdir().unwrap();
    let error = try_unpack(place.path(), "app.tar", &archive(entries), 1 << 20).unwrap_err();
    assert!(error.what.as_str().contains(says), "{error}");
    let names = fs::read_dir(place.path()).unwrap().count();
    assert_eq!(names, 2, "the archive and the directory, nothing else");
    assert!(!Path::new("/tmp/flightdeck-x").exists());
}

#[test]
fn a_bomb_is_stopped_and_a_torn_archive_is_told() {
    let big = "x".repeat(100_000);
    let packed = archive(&[(F, "big", &big, 0o644)]);
    let place = tempfile::tempdir().unwrap();
    let error = try_unpack(place.path(), "app.tgz", &gzip(&packed), 50_000).unwrap_err();
    assert!(error.what.as_str().contains("unpacked_limit_mb"), "{error}");
    for (name, torn) in
        [("a.tar", packed[..5_000].to_vec()), ("a.tgz", gzip(&packed)[..80].to_vec()), ("b.tgz", packed)]
    {
        let place = tempfile::tempdir().unwrap();
        let error = try_unpack(place.path(), name, &torn, 1 << 20).unwrap_err();
        assert!(error.what.as_str().contains("not an archive that can be read"), "{error}");
        assert_eq!(error.kind, ErrorKind::Integrity);
    }
}

#[test]
fn other_bytes_than_the_manifest_states_are_told_first() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("app.tar"), "not an archive").unwrap();
    let file = FileEntry { name: "app.tar".to_owned(), sha256: "0".repeat(64), size: 14 };
    let steps = Steps::new(&[], None, &Unwatched);
    let error = unpack(place.path(), &file, place.path(), &mut 1000, &steps).unwrap_err();
    assert!(error.what.as_str().contains("its bytes have the sha256"), "{error}");
}

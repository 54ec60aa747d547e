//! Files that grow, change and go.

use super::*;
use crate::backend::ErrorKind;

#[tokio::test]
async fn only_what_was_appended_is_read() {
    let mut world = World::new("path = 'facts.jsonl'");
    world.write("facts.jsonl", incident("1", "a") + &incident("2", "b"));
    let (reading, count) = world.read_all().await;
    assert_eq!((count, reading.complete.len()), (2, REPORTED.len()));

    let (reading, count) = world.read_all().await;
    assert_eq!((count, reading.complete.len()), (0, 0));
    world.append("facts.jsonl", &incident("3", "c"));
    let (reading, count) = world.read_all().await;
    assert_eq!((count, reading.complete.len()), (1, 0));
    assert_eq!(world.titles(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_later_line_holds_also_when_its_times_are_earlier() {
    let mut world = World::new("path = 'facts'");
    world.write("facts/a.jsonl", incident("1", "first") + &incident("1", "second"));
    world.write("facts/b.jsonl", incident("1", "third"));
    world.read_all().await;
    assert_eq!(world.titles(), ["third"]);
    world.append("facts/a.jsonl", &incident("1", "fourth"));
    world.read_all().await;
    assert_eq!(world.titles(), ["fourth"]);
}

#[tokio::test]
async fn a_line_without_its_end_is_left_until_it_has_one() {
    let mut world = World::new("path = 'facts.jsonl'");
    let (begin, end) = (incident("1", "a"), incident("2", "b"));
    let (half, rest) = end.split_at(30);
    world.write("facts.jsonl", begin + half);
    let (reading, count) = world.read_all().await;
    assert_eq!((count, said(&reading)), (1, vec![]));
    world.append("facts.jsonl", rest);
    let (reading, count) = world.read_all().await;
    assert_eq!((count, said(&reading)), (1, vec![]));
    assert_eq!(world.titles(), ["a", "b"]);
}

#[tokio::test]
async fn a_shortened_replaced_or_edited_file_is_read_again_and_what_is_gone_withdrawn() {
    type Change = (&'static str, fn(&World));
    let changes: [Change; 4] = [
        ("shortened", |world| world.write("facts.jsonl", incident("1", "a"))),
        ("replaced by a longer one", |world| {
            world.write("new", incident("1", "a") + &incident("9", "z").repeat(5));
            fs::rename(world.dir.path().join("new"), world.dir.path().join("facts.jsonl")).unwrap();
        }),
        ("edited in place", |world| {
            world.write("facts.jsonl", incident("1", "a") + &incident("9", "b"));
            touch(&world.dir.path().join("facts.jsonl"), 1_000);
        }),
        ("overwritten with more", |world| {
            world.write("facts.jsonl", incident("1", "a") + &incident("9", "y") + &incident("8", "z"));
        }),
    ];
    for (name, change) in changes {
        let mut world = World::new("path = 'facts.jsonl'");
        world.write("facts.jsonl", incident("1", "a") + &incident("2", "b"));
        world.read_all().await;
        change(&world);
        let (reading, _) = world.read_all().await;
        assert_eq!(reading.complete.len(), REPORTED.len(), "{name}");
        assert!(!world.titles().contains(&"b") || name == "edited in place", "{name}: {:?}", world.titles());
        assert!(!world.known.keys().any(|key| key.name == "[\"2\"]"), "{name}");
        assert_eq!(world.titles()[0], "a", "{name}");
    }
}

#[tokio::test]
async fn a_line_that_comes_back_is_known_again() {
    let mut world = World::new("path = 'facts.jsonl'");
    let both = incident("1", "a") + &incident("2", "b");
    for (text, titles) in [(both.clone(), vec!["a", "b"]), (incident("1", "a"), vec!["a"]), (both, vec!["a", "b"])] {
        world.write("facts.jsonl", text);
        world.read_all().await;
        assert_eq!(world.titles(), titles);
    }
}

#[tokio::test]
async fn files_of_a_directory_come_and_go() {
    let mut world = World::new("path = 'facts/'");
    world.write("facts/b.jsonl", incident("2", "b"));
    world.write("facts/notes.txt", "not a fact");
    world.write("facts/below/c.jsonl", incident("3", "c"));
    world.read_all().await;
    assert_eq!(world.titles(), ["b"]);
    world.write("facts/a.jsonl", incident("1", "a"));
    assert_eq!(world.read_all().await.1, 1);
    fs::remove_file(world.dir.path().join("facts/b.jsonl")).unwrap();
    world.read_all().await;
    assert_eq!(world.titles(), ["a"]);
    fs::remove_file(world.dir.path().join("facts/a.jsonl")).unwrap();
    world.read_all().await;
    assert_eq!(world.titles(), [""; 0]);
}

#[tokio::test]
async fn a_glob_takes_in_what_fits() {
    let mut world = World::new("path = 'facts/**/[a-c]*.jsonl'");
    world.write("facts/a.jsonl", incident("1", "a"));
    world.write("facts/2026/11/b.jsonl", incident("2", "b"));
    world.write("facts/2026/x.jsonl", incident("3", "x"));
    world.write("other/a.jsonl", incident("4", "other"));
    std::os::unix::fs::symlink("..", world.dir.path().join("facts/loop")).unwrap();
    world.read_all().await;
    assert_eq!(world.titles(), ["a", "b"]);
    let watched = world.backend().unwrap().watched_paths();
    assert_eq!(watched, ["facts", "facts/2026/11"].map(|path| world.dir.path().join(path)));
}

#[tokio::test]
async fn what_is_not_there_is_an_error_and_withdraws_nothing() {
    for path in ["missing.jsonl", "missing/*.jsonl", "*.jsonl"] {
        let mut world = World::new(&format!("path = '{path}'"));
        let error = world.read().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{path}");
    }
    let mut world = World::new("path = 'facts.jsonl'");
    world.write("facts.jsonl", incident("1", "a"));
    world.read_all().await;
    fs::remove_file(world.dir.path().join("facts.jsonl")).unwrap();
    world.read().await.unwrap_err();
    assert_eq!(world.titles(), ["a"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_nothing_withdrawn_for_it() {
    let mut world = World::new("path = 'facts'");
    world.write("facts/a.jsonl", incident("1", "a"));
    world.write("facts/b.jsonl", incident("2", "b"));
    world.read_all().await;
    // What lies in its place is a directory now: its lines may come back.
    fs::remove_file(world.dir.path().join("facts/a.jsonl")).unwrap();
    fs::create_dir(world.dir.path().join("facts/a.jsonl")).unwrap();
    let (reading, _) = world.read_all().await;
    assert_eq!(said(&reading), ["facts/a.jsonl: is not a file"]);
    assert_eq!(reading.complete, []);
    assert_eq!(world.titles(), ["a", "b"]);
}

#[tokio::test]
async fn a_line_that_became_bad_withdraws_nothing_and_one_that_always_was_hinders_nothing() {
    let mut world = World::new("path = 'facts.jsonl'");
    let [a, b, bad] = [incident("1", "a"), incident("2", "b"), "bad\n".to_owned()];
    world.write("facts.jsonl", format!("{a}{b}{bad}"));
    world.read_all().await;
    world.append("facts.jsonl", &bad);
    world.read_all().await;
    for (text, titles) in [
        (format!("{a}{bad}{bad}{bad}"), vec!["a", "b"]),
        (format!("{a}{bad}{bad}{bad}\n\n"), vec!["a", "b"]),
        (format!("{bad}{a}{bad}\n"), vec!["a"]),
        (format!("{b}{bad}"), vec!["b"]),
        (format!("{bad}{bad}"), vec!["b"]),
    ] {
        world.write("facts.jsonl", &text);
        world.read_all().await;
        assert_eq!(world.titles(), titles, "{text}");
    }
}

#[tokio::test]
async fn a_long_file_comes_in_batches_and_is_complete_at_the_end_only() {
    let mut world = World::new("path = 'facts'");
    let many = |from: usize, to: usize| (from..to).map(|n| incident(&n.to_string(), "x")).collect::<String>();
    world.write("facts/a.jsonl", many(0, 12_000));
    world.write("facts/b.jsonl", many(12_000, 15_000));
    let first = world.read().await.unwrap();
    assert_eq!((first.facts.len(), first.more, first.complete.len()), (5_000, true, 0));
    let (last, count) = world.read_all().await;
    assert_eq!((count, last.complete.len(), world.known.len()), (10_000, REPORTED.len(), 15_000));

    // A file that ends where a batch ends does not begin anew.
    world.write("facts/a.jsonl", many(0, 5_000));
    world.write("facts/b.jsonl", many(5_000, 10_000));
    let (_, count) = world.read_all().await;
    assert_eq!((count, world.known.len()), (10_000, 10_000));
    assert_eq!(world.read_all().await.1, 0);
}

#[tokio::test]
async fn a_file_that_is_replaced_during_a_pass_makes_it_begin_anew() {
    let mut world = World::new("path = 'facts.jsonl'");
    let many = |title: &str| (0..6_000).map(|n| incident(&n.to_string(), title)).collect::<String>();
    world.write("facts.jsonl", many("old"));
    assert!(world.read().await.unwrap().more);
    world.write("facts.jsonl", incident("1", "new"));
    world.read_all().await;
    assert_eq!(world.titles(), ["new"]);
}

#[tokio::test]
async fn a_cursor_that_is_not_understood_begins_anew() {
    let mut world = World::new("path = 'facts.jsonl'");
    world.write("facts.jsonl", incident("1", "a"));
    world.cursor = Some(Cursor("of another version".to_owned()));
    assert_eq!(world.read_all().await.1, 1);
}

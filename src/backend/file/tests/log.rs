//! The output of jobs.

use super::*;
use crate::backend::{LogCursor, LogPart};

fn run(id: &str, job: &str) -> String {
    format!(
        "{{\"type\":\"run\",\"id\":\"{id}\",\"status\":\"ok\",\"jobs\":[{{\"name\":\"build\",\"status\":\"ok\",{job}}}]}}\n"
    )
}

async fn log(world: &World, run: &str, job: &str, lines: usize) -> std::result::Result<Vec<String>, String> {
    let found = world.backend().unwrap().log(&RunId::from(run), job, None, lines).await;
    let told = |part: LogPart| part.lines.iter().chain(&part.unfinished).map(ToString::to_string).collect();
    found.map(told).map_err(|error| error.what.to_string())
}

#[tokio::test]
async fn the_lines_of_the_last_line_about_the_run_are_told() {
    let world = World::new("path = 'facts'");
    world.write("facts/a.jsonl", run("r-1", "\"log_tail\":[\"old\"]") + &run("r-10", "\"log_tail\":[\"other\"]"));
    world.write("facts/b.jsonl", "bad\n".to_owned() + &run("r-1", "\"log_tail\":[\"one\",\"two\",\"three\"]"));
    assert_eq!(log(&world, "r-1", "build", 2).await.unwrap(), ["two", "three"]);
    assert_eq!(log(&world, "r-1", "test", 2).await.unwrap_err(), "no job `test` in run `r-1`");
    assert_eq!(log(&world, "r-2", "build", 2).await.unwrap_err(), "no run `r-2`");
}

#[tokio::test]
async fn a_log_file_is_read_from_its_end() {
    let world = World::new("path = 'facts/runs.jsonl'");
    world.write("facts/runs.jsonl", run("r 1", "\"log\":\"logs/r1.txt\",\"log_tail\":[\"not this\"]"));
    world.write("facts/logs/r1.txt", b"one\r\ntwo \x1b[31m\nthr\xe9e\n");
    assert_eq!(log(&world, "r 1", "build", 99).await.unwrap(), ["one", "two ␛[31m", "thr�e"]);
    assert_eq!(log(&world, "r 1", "build", 1).await.unwrap(), ["thr�e"]);
    world.write("facts/logs/r1.txt", "a long line of a long log\n".repeat(400_000));
    let lines = log(&world, "r 1", "build", 10_000_000).await.unwrap();
    assert!(lines.iter().all(|line| line == "a long line of a long log"));
    world.write("facts/logs/r1.txt", "");
    assert_eq!(log(&world, "r 1", "build", 5).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_log_outside_of_the_directory_is_refused() {
    let world = World::new("path = 'facts/runs.jsonl'");
    world.write("secret.txt", "secret");
    world.write("facts/runs.jsonl", "");
    std::os::unix::fs::symlink("../secret.txt", world.dir.path().join("facts/link.txt")).unwrap();
    for path in ["../secret.txt", "/etc/passwd", "x/../../secret.txt", "link.txt"] {
        world.write("facts/runs.jsonl", run("r", &format!("\"log\":\"{path}\"")));
        let error = log(&world, "r", "build", 5).await.unwrap_err();
        assert!(error.contains("does not lie below"), "{path}: {error}");
    }
    world.write("facts/runs.jsonl", run("r", "\"log\":\"gone.txt\""));
    assert!(log(&world, "r", "build", 5).await.unwrap_err().contains("No such file"));
}

/// What is told after `cursor`: whole lines, the beginning of one, whether some were left out, whether it begins anew.
async fn next(world: &World, cursor: &mut Option<LogCursor>) -> (Vec<String>, Option<String>, bool, bool) {
    let part = world.backend().unwrap().log(&RunId::from("r"), "build", cursor.as_ref(), 3).await.unwrap();
    *cursor = part.cursor;
    let lines = part.lines.iter().map(ToString::to_string).collect();
    (lines, part.unfinished.map(|it| it.to_string()), part.cut, part.anew)
}

fn lines(all: &[&str]) -> Vec<String> {
    all.iter().map(|&it| it.to_owned()).collect()
}

#[tokio::test]
async fn a_file_that_grows_is_read_from_where_it_was_left() {
    let world = World::new("path = 'facts/runs.jsonl'");
    world.write("facts/runs.jsonl", run("r", "\"log\":\"r.txt\""));
    world.write("facts/r.txt", "one\ntwo\nthr");
    let mut cursor = None;
    assert_eq!(next(&world, &mut cursor).await, (lines(&["one", "two"]), Some("thr".to_owned()), false, false));
    assert_eq!(next(&world, &mut cursor).await, (lines(&[]), Some("thr".to_owned()), false, false));
    append(&world, "facts/r.txt", "ee\nfour\n");
    assert_eq!(next(&world, &mut cursor).await, (lines(&["three", "four"]), None, false, false));
    assert_eq!(next(&world, &mut cursor).await, (lines(&[]), None, false, false));
    append(&world, "facts/r.txt", "5\n6\n7\n8\n9\n");
    assert_eq!(next(&world, &mut cursor).await, (lines(&["7", "8", "9"]), None, true, false));
    append(&world, "facts/r.txt", &"a long line that is one of many\n".repeat(300_000));
    let (many, _, cut, _) = next(&world, &mut cursor).await;
    assert!(cut && many.len() == 3 && many.iter().all(|line| line == "a long line that is one of many"));
    // A shorter file is another output.
    world.write("facts/r.txt", "anew\n");
    assert_eq!(next(&world, &mut cursor).await, (lines(&["anew"]), None, false, true));
}

#[tokio::test]
async fn lines_that_a_run_holds_itself_are_followed_as_it_is_told_anew() {
    let world = World::new("path = 'facts/runs.jsonl'");
    world.write("facts/runs.jsonl", run("r", "\"log_tail\":[\"one\"]"));
    let mut cursor = None;
    assert_eq!(next(&world, &mut cursor).await, (lines(&["one"]), None, false, false));
    world.write("facts/runs.jsonl", run("r", "\"log_tail\":[\"one\",\"two\"]"));
    assert_eq!(next(&world, &mut cursor).await, (lines(&["two"]), None, false, false));
    world.write("facts/runs.jsonl", run("r", "\"log_tail\":[]"));
    assert_eq!(next(&world, &mut cursor).await, (lines(&[]), None, false, true));
}

fn append(world: &World, path: &str, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new().append(true).open(world.dir.path().join(path)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

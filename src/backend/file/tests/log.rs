//! The output of jobs.

use super::*;

fn run(id: &str, job: &str) -> String {
    format!(
        "{{\"type\":\"run\",\"id\":\"{id}\",\"status\":\"ok\",\"jobs\":[{{\"name\":\"build\",\"status\":\"ok\",{job}}}]}}\n"
    )
}

async fn log(world: &World, run: &str, job: &str, lines: usize) -> std::result::Result<Vec<String>, String> {
    let found = world.backend().unwrap().log(&RunId::from(run), job, lines).await;
    found.map(|lines| lines.iter().map(ToString::to_string).collect()).map_err(|error| error.what.to_string())
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

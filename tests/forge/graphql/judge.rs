//! Judges GraphQL queries and their answers by GitHub's published schema, with the reference implementation.

use std::io::Write;
use std::process::{Command, Stdio};

use super::super::book::Recorded;
use super::super::others;

const PROGRAM: &str = include_str!("judge.mjs");

/// What is wrong with queries, their variables and their answers: types, unknown fields, nulls.
pub fn wrong(recorded: &[Recorded]) -> Vec<String> {
    let packages = others::packages();
    let file = tempfile::Builder::new().suffix(".mjs").tempfile_in(&packages).expect("a file beside the packages");
    std::fs::write(file.path(), PROGRAM).expect("a program");
    let mut program = Command::new("node");
    program.arg(file.path()).current_dir(&packages).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().expect("node");
    let input = serde_json::to_vec(recorded).expect("JSON");
    let mut pipe = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().expect("node");
    let _ = writer.join();
    assert!(output.status.success(), "the judge of GraphQL failed");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

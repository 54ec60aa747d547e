//! Configuration as its callers see it.

mod bad;
mod init;
mod layers;
mod resolved;

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use tempfile::TempDir;

use super::*;

/// A kind of backend that exists only here.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Shelf {
    /// Where it is.
    path: String,
    depth: Option<u8>,
    stages: Option<Stages>,
    mood: Option<Mood>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Stages {
    Named(Vec<String>),
    Mapped(BTreeMap<String, String>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum Mood {
    /// Calm.
    Calm,
    Wild,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Other {
    url: String,
}

fn kinds() -> Vec<(&'static str, schemars::Schema)> {
    vec![("shelf", schemars::schema_for!(Shelf)), ("other", schemars::schema_for!(Other))]
}

/// A directory with a project's file in it.
fn project(text: impl AsRef<[u8]>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(FILE_NAME), text).unwrap();
    dir
}

fn load_in(cwd: &Path) -> Loaded {
    load(&Sources { cwd, user: None, project: None, kinds: &kinds() })
}

fn loaded(text: impl AsRef<[u8]>) -> Loaded {
    load_in(project(text).path())
}

/// A configuration without a flaw.
fn good(text: &str) -> Loaded {
    let loaded = loaded(text);
    assert_eq!((&loaded.errors[..], &loaded.warnings[..]), (&[][..], &[][..]));
    loaded
}

fn said(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

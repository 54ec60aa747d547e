//! The directions of `ARCHITECTURE.md`, the size of files and the habits that a compiler does not check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use. A backend's folder may use the shared files of `backend` and nothing of another folder.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("fact", &["model"]),
    ("graph", &["model"]),
    ("metrics", &["model", "graph"]),
    ("query", &["model", "graph", "metrics", "picture"]),
    ("backend", &["model", "fact", "graph"]),
    ("store", &["model", "fact", "graph", "backend"]),
    ("picture", &["model", "fact", "graph", "metrics"]),
    ("config", &["model"]),
    ("operation", &["model", "fact", "graph", "metrics", "picture", "query", "backend", "config"]),
    ("sync", &["model", "fact", "graph", "store", "backend", "picture"]),
    (
        "world",
        &["model", "fact", "graph", "metrics", "query", "backend", "store", "picture", "config", "operation", "sync"],
    ),
    ("view", &["model", "graph", "metrics", "picture", "query", "operation", "config", "backend"]),
    ("app", &["model", "graph", "metrics", "picture", "query", "operation", "config", "view", "backend"]),
    ("ui", &["model", "view", "app", "config", "picture", "operation", "backend", "query"]),
    ("demo", &["model", "config", "backend"]),
];

/// What `cli` may not use: nothing. It stands at the edge and wires everything.
const EDGE: &str = "cli";

/// The shared files of `backend`, which any backend's folder may use.
const SHARED_BACKEND: &[&str] = &[
    "approver",
    "error",
    "http",
    "operator",
    "owner",
    "package",
    "pattern",
    "port",
    "process",
    "registry",
    "repository",
];

const LONGEST_FILE: usize = 500;
const LONGEST_MEDIAN: usize = 200;

struct Source {
    path: PathBuf,
    room: String,
    /// The text without the unit tests at its foot.
    code: String,
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        if source.room == EDGE || source.room == "lib" || source.room == "main" {
            continue;
        }
        let Some(allowed) = allowed.get(source.room.as_str()) else {
            wrong.push(format!("{}: the room `{}` has no directions", source.path.display(), source.room));
            continue;
        };
        for used in rooms_used(&source.code) {
            if used != source.room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: `{}` may not use `{used}`", source.path.display(), source.room));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_backend_knows_no_other_backend() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|it| it.room == "backend") {
        let Some(folder) = source.path.components().nth(2).map(|it| it.as_os_str().to_string_lossy().into_owned())
        else {
            continue;
        };
        let own = folder.trim_end_matches(".rs");
        if own == "mod" || own == "registry" {
            continue;
        }
        for used in words_after(&source.code, "crate::backend::").chain(words_after(&source.code, "super::super::")) {
            let is_folder = Path::new("src/backend").join(&used).is_dir();
            if is_folder && used != own && !SHARED_BACKEND.contains(&used.as_str()) {
                wrong.push(format!("{}: knows the backend `{used}`", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn view_and_app_name_no_widget() {
    let named = |it: &&Source| {
        let driver = it.path.ends_with("app/driver.rs");
        (it.room == "view" || it.room == "app") && !driver && it.code.contains("ratatui")
    };
    let wrong: Vec<String> = sources().iter().filter(named).map(|it| it.path.display().to_string()).collect();
    assert!(wrong.is_empty(), "these name ratatui: {wrong:?}");
}

#[test]
fn files_are_small() {
    let mut sizes: Vec<(usize, PathBuf)> = Vec::new();
    for source in sources() {
        sizes.push((source.code.lines().count(), source.path));
    }
    sizes.sort();
    let long: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:?}");
    let (median, _) = &sizes[sizes.len() / 2];
    assert!(*median <= LONGEST_MEDIAN, "the median file has {median} lines");
}

#[test]
fn nothing_outside_tests_panics_on_purpose() {
    let banned = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    let mut wrong = Vec::new();
    for source in sources() {
        for (number, line) in source.code.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && banned.iter().any(|it| code.contains(it)) {
                wrong.push(format!("{}:{}: {code}", source.path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_prints() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|it| it.room != EDGE && it.room != "main") {
        for (number, line) in source.code.lines().enumerate() {
            let code = line.trim_start();
            if ["println!(", "eprintln!(", "print!(", "eprint!(", "dbg!("].iter().any(|it| code.starts_with(it)) {
                wrong.push(format!("{}:{}", source.path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "printing outside `{EDGE}`: {wrong:?}");
}

fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the sources can be listed") {
            let path = entry.expect("the sources can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") && !is_test(&path) {
                let text = fs::read_to_string(&path).expect("a source can be read");
                let room = path.components().nth(1).map(|it| it.as_os_str().to_string_lossy().into_owned());
                let room = room.unwrap_or_default().trim_end_matches(".rs").to_owned();
                let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned();
                all.push(Source { path, room, code });
            }
        }
    }
    assert!(all.len() > 20, "the sources were not found");
    all
}

/// Test code stands in `tests.rs`, in a folder `tests`, or in files named for what they prove.
fn is_test(path: &Path) -> bool {
    path.components().any(|it| {
        let name = it.as_os_str().to_string_lossy();
        name == "tests"
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
            || name == "fixture.rs"
            || name == "fixture"
    })
}

/// The rooms that `use crate::…` and paths `crate::…` name.
fn rooms_used(code: &str) -> Vec<String> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    words_after(&code, "crate::").collect()
}

fn words_after(code: &str, prefix: &str) -> impl Iterator<Item = String> {
    let starts: Vec<String> = code
        .match_indices(prefix)
        .map(|(at, _)| code[at + prefix.len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect();
    starts.into_iter().filter(|word: &String| !word.is_empty())
}

//! A history as a real git repository, and what git itself counts in it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flightdeck::graph::Pos;

use crate::history::{History, Release};

/// A repository with the commits of a history and without files.
pub struct Replayed {
    directory: tempfile::TempDir,
    /// Object ids by position.
    ids: Vec<String>,
}

impl Replayed {
    /// Plays the history into a new repository, with `main` and the releases' tags.
    pub fn new(history: &History) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let stream = directory.path().join("stream");
        write(history, &stream).expect("a stream");
        let marks = directory.path().join("marks");
        let replayed = Self { directory, ids: Vec::new() };
        succeed(replayed.git().args(["init", "--quiet", "--bare"]));
        let export = format!("--export-marks={}", marks.display());
        let import = ["fast-import", "--quiet", "--date-format=raw-permissive", export.as_str()];
        succeed(replayed.git().args(import).stdin(File::open(stream).expect("the stream")));
        let marks = std::fs::read_to_string(marks).expect("marks");
        let mut ids: Vec<(u32, &str)> = marks.lines().map(mark).collect();
        ids.sort_unstable();
        Self { ids: ids.into_iter().map(|(_, id)| id.to_owned()).collect(), ..replayed }
    }

    /// Writes git's own commit-graph file.
    pub fn write_commit_graph(&self) {
        succeed(self.git().args(["commit-graph", "write", "--reachable"]));
    }

    /// How many commits are reachable from `commit` and from none of `without`, as git counts.
    pub fn count(&self, commit: Pos, without: &[Pos]) -> usize {
        let revisions = self.directory.path().join("revisions");
        let excluded = without.iter().map(|pos| format!("^{}\n", self.ids[pos.index()]));
        let all: String = std::iter::once(format!("{}\n", self.ids[commit.index()])).chain(excluded).collect();
        std::fs::write(&revisions, all).expect("revisions");
        let mut count = self.git();
        count.args(["rev-list", "--count", "--stdin"]).stdin(File::open(revisions).expect("revisions"));
        let output = succeed(&mut count);
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
    }

    /// Git in this repository, with nothing of whoever runs it.
    pub fn git(&self) -> Command {
        let mut git = Command::new("git");
        git.arg("--git-dir").arg(self.repository()).stdin(Stdio::null());
        git.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        git
    }

    /// Where the repository lies.
    pub fn repository(&self) -> PathBuf {
        self.directory.path().join("repository")
    }
}

fn succeed(git: &mut Command) -> Output {
    let output = git.output().expect("git");
    assert!(output.status.success(), "{git:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A line of git's list of marks: position plus one, and id.
fn mark(line: &str) -> (u32, &str) {
    let (mark, id) = line.strip_prefix(':').and_then(|it| it.split_once(' ')).expect("a mark");
    (mark.parse().expect("a number"), id)
}

fn write(history: &History, path: &Path) -> std::io::Result<()> {
    let graph = &history.graph;
    let mut stream = BufWriter::new(File::create(path)?);
    let mark = |pos: Pos| pos.0 + 1;
    for pos in graph.positions() {
        let who = graph.author_of(pos).expect("an author");
        let message = format!("change {}", pos.0);
        if graph.parents(pos).is_empty() {
            writeln!(stream, "reset refs/heads/main\n")?;
        }
        writeln!(stream, "commit refs/heads/main\nmark :{}", mark(pos))?;
        for (role, at) in [("author", graph.authored(pos)), ("committer", graph.committed(pos))] {
            writeln!(stream, "{role} {} <{}> {at} +0000", who.name, who.email)?;
        }
        writeln!(stream, "data {}\n{message}", message.len())?;
        for (at, parent) in graph.parents(pos).iter().enumerate() {
            writeln!(stream, "{} :{}", if at == 0 { "from" } else { "merge" }, mark(*parent))?;
        }
        writeln!(stream)?;
    }
    for release in &history.releases {
        let Release { at, tag, commit, annotated } = release;
        match annotated {
            true => write!(
                stream,
                "tag {tag}\nfrom :{}\ntagger Dev <dev@example.org> {at} +0000\ndata 0\n\n",
                mark(*commit)
            ),
            false => write!(stream, "reset refs/tags/{tag}\nfrom :{}\n\n", mark(*commit)),
        }?;
    }
    if let Some(head) = history.head {
        write!(stream, "reset refs/heads/main\nfrom :{}\n\n", mark(head))?;
    }
    stream.flush()
}

//! From a planned history to a bare git repository: one `git fast-import` per repository, fed by a generated stream.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::DemoError;
use super::history::{History, Mark, Planned, Trailer};
use super::names::Person;
use crate::model::{CommitId, Time};

/// Who tags releases.
const TAGGER: Person = Person { name: super::names::PIPELINE, email: "pipeline@shop.example" };

/// Writes `history` into a new bare repository at `path` and says which id each mark became.
///
/// # Errors
/// When `git` is missing or fails, or the directory cannot be written.
pub fn create(path: &Path, history: &History) -> Result<Vec<CommitId>, DemoError> {
    lay_out(path).map_err(|error| DemoError::write(path, error))?;
    let mut importer = Importer::start(path, Keep::Pack, 0)?;
    let mut ids = Vec::with_capacity(history.commits.len());
    for (mark, commit) in history.commits.iter().enumerate() {
        ids.push(importer.commit(mark, commit, &ids)?);
    }
    for (branch, mark) in &history.branches {
        importer.reset(&format!("refs/heads/{branch}"), *mark)?;
    }
    for tag in &history.tags {
        match &tag.annotation {
            Some((at, message)) => importer.annotated_tag(&tag.name, tag.mark, *at, message)?,
            None => importer.reset(&format!("refs/tags/{}", tag.name), tag.mark)?,
        }
    }
    importer.finish()?;
    Ok(ids)
}

/// What `git init --bare` would make, without its templates and without a process.
fn lay_out(path: &Path) -> std::io::Result<()> {
    for folder in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
        std::fs::create_dir_all(path.join(folder))?;
    }
    std::fs::write(path.join("HEAD"), "ref: refs/heads/main\n")?;
    std::fs::write(path.join("config"), "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n")
}

/// What becomes of the imported objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// One pack, however few there are.
    Pack,
    /// Loose objects when there are few.
    Loose,
}

/// A running `git fast-import`.
pub struct Importer {
    path: PathBuf,
    /// How many marks the repository held before: their commits are named by id, new ones by mark.
    known: usize,
    child: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Importer {
    /// Starts to write into the bare repository at `path`, which holds the commits of the first `known` marks.
    ///
    /// # Errors
    /// When `git` cannot be started.
    pub fn start(path: &Path, keep: Keep, known: usize) -> Result<Self, DemoError> {
        let mut command = Command::new("git");
        // Nothing of the user's own configuration or surroundings may reach the demo's repositories.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_")) {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").arg("--git-dir").arg(path);
        if keep == Keep::Pack {
            command.args(["-c", "fastimport.unpackLimit=1"]);
        }
        command.args(["fast-import", "--quiet", "--date-format=raw"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(DemoError::NoGit)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                path: path.to_owned(),
                known,
                child,
                input: BufWriter::new(input),
                output: BufReader::new(output),
            }),
            _ => Err(DemoError::Git { repository: path.to_owned(), what: "no pipe to git fast-import".to_owned() }),
        }
    }

    /// Writes one commit and says which id it got. `ids` are those of all earlier marks.
    ///
    /// # Errors
    /// When `git` is gone or does not answer with an id.
    pub fn commit(&mut self, mark: Mark, commit: &Planned, ids: &[CommitId]) -> Result<CommitId, DemoError> {
        self.write_commit(mark, commit, ids).map_err(|error| self.broken(&error.to_string()))?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).map_err(|error| self.broken(&error.to_string()))?;
        answer.trim_end().parse().map_err(|_| self.broken("git fast-import did not answer with a commit id"))
    }

    fn write_commit(&mut self, mark: Mark, commit: &Planned, ids: &[CommitId]) -> std::io::Result<()> {
        // fast-import gives meaning to the branch of a commit; a name of ours outside refs/ would not be allowed, and
        // one inside would have to be deleted again. The first branch of the plan is as good as any: it is reset later.
        let input = &mut self.input;
        writeln!(input, "commit refs/heads/main\nmark :{}", mark + 1)?;
        let Person { name, email } = commit.author;
        writeln!(input, "author {name} <{email}> {} +0000", commit.authored.timestamp())?;
        writeln!(input, "committer {name} <{email}> {} +0000", commit.committed.timestamp())?;
        data(input, &message(commit, ids))?;
        for (index, parent) in commit.parents.iter().enumerate() {
            let verb = if index == 0 { "from" } else { "merge" };
            match ids.get(*parent).filter(|_| *parent < self.known) {
                Some(id) => writeln!(input, "{verb} {id}")?,
                None => writeln!(input, "{verb} :{}", parent + 1)?,
            }
        }
        for (path, content) in &commit.files {
            writeln!(input, "M 100644 inline {path}")?;
            data(input, content)?;
        }
        writeln!(input, "\nget-mark :{}", mark + 1)?;
        input.flush()
    }

    /// Points a reference at a commit.
    ///
    /// # Errors
    /// When `git` is gone.
    pub fn reset(&mut self, reference: &str, mark: Mark) -> Result<(), DemoError> {
        let written = write!(self.input, "reset {reference}\nfrom :{}\n\n", mark + 1);
        written.map_err(|error| self.broken(&error.to_string()))
    }

    fn annotated_tag(&mut self, name: &str, mark: Mark, at: Time, message: &str) -> Result<(), DemoError> {
        let Person { name: tagger, email } = TAGGER;
        let written =
            write!(self.input, "tag {name}\nfrom :{}\ntagger {tagger} <{email}> {} +0000\n", mark + 1, at.timestamp());
        written.and_then(|()| data(&mut self.input, message)).map_err(|error| self.broken(&error.to_string()))
    }

    /// Ends the stream and waits until everything is on disk.
    ///
    /// # Errors
    /// When `git` reports a failure.
    pub fn finish(self) -> Result<(), DemoError> {
        let Self { path, mut child, input, output, .. } = self;
        // Closing the input is what ends the stream.
        let closed = input.into_inner().map(drop).map_err(|error| error.to_string());
        drop(output);
        let status = child.wait().map_err(|error| error.to_string());
        match (closed, status) {
            (Ok(()), Ok(status)) if status.success() => Ok(()),
            (Err(what), _) | (_, Err(what)) => Err(DemoError::Git { repository: path, what }),
            (_, Ok(status)) => Err(DemoError::Git { repository: path, what: format!("git fast-import: {status}") }),
        }
    }

    fn broken(&self, what: &str) -> DemoError {
        DemoError::Git { repository: self.path.clone(), what: what.to_owned() }
    }
}

fn data(input: &mut impl Write, text: &str) -> std::io::Result<()> {
    writeln!(input, "data {}\n{text}", text.len())
}

fn message(commit: &Planned, ids: &[CommitId]) -> String {
    let named = |mark: Mark| ids.get(mark).map(CommitId::to_string).unwrap_or_default();
    match commit.trailer {
        Some(Trailer::Reverts(mark)) => format!("{}\n\nThis reverts commit {}.\n", commit.subject, named(mark)),
        Some(Trailer::PickedFrom(mark)) => {
            format!("{}\n\n(cherry picked from commit {})\n", commit.subject, named(mark))
        }
        None => format!("{}\n", commit.subject),
    }
}

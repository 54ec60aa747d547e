//! Repositories for tests, made by the `git` program with fixed people and dates.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A directory with repositories in it.
pub struct Fixture {
    directory: TempDir,
    time: i64,
}

impl Default for Fixture {
    fn default() -> Self {
        Self::new()
    }
}

impl Fixture {
    /// An ordinary repository `app` with no commits.
    pub fn new() -> Self {
        let fixture = Self { directory: tempfile::tempdir().expect("a directory"), time: 1_700_000_000 };
        fixture.git_in(fixture.root(), &["init", "-q", "-b", "main", "app"]);
        fixture
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// The repository `app`.
    pub fn app(&self) -> PathBuf {
        self.root().join("app")
    }

    /// Runs git in `app` and says what it printed.
    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.app(), arguments)
    }

    /// Runs git in a directory and says what it printed.
    pub fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        let output = self.command(directory, arguments).output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Git with everything fixed that could differ from machine to machine.
    pub fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(directory).args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"]).args(arguments);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.root());
        let date = format!("{} +0000", self.time);
        let fixed = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_NAME", "Bo"),
            ("GIT_COMMITTER_EMAIL", "bo@example.org"),
            ("GIT_AUTHOR_DATE", &date),
            ("GIT_COMMITTER_DATE", &date),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
        ];
        command.envs(fixed);
        command
    }

    /// Lets time pass: what is made from now on is a minute younger.
    pub fn tick(&mut self) -> &mut Self {
        self.time += 60;
        self
    }

    /// Writes a file of `app` and commits it a minute later; the commit's id.
    pub fn commit(&mut self, file: &str, message: &str) -> String {
        self.tick();
        let path = self.app().join(file);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, format!("{message} {}", self.time)).expect("a file");
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty-message", "-m", message]);
        self.head()
    }

    /// The commit that is checked out in `app`.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Enters history in the form of `git fast-import` into a repository.
    pub fn import(&self, repository: &Path, stream: &[u8]) {
        let mut command =
            self.command(repository, &["fast-import", "--quiet", "--date-format=raw-permissive", "--force"]);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().expect("git runs");
        std::io::Write::write_all(&mut child.stdin.take().expect("piped"), stream).expect("git reads");
        assert!(child.wait().expect("git ends").success());
    }
}

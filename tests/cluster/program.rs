//! A server process that cannot outlive the test, however the test ends.
//!
//! Each runs under a shell that holds a pipe to the test: when the pipe closes (drop, panic, `kill -9`) the shell kills
//! the server by its id.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Waits for the server; beside it, for the end of the pipe.
const GUARD: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -KILL "$server"; } 2>/dev/null &
watcher=$!
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
"#;

/// Removes a directory when the pipe ends; servers in it may need a moment to be gone.
const KEEPER: &str = r#"cat >/dev/null; for _ in 1 2 3 4 5; do rm -rf "$1" && exit; sleep 0.2; done 2>/dev/null"#;

/// A running server.
pub struct Program {
    guard: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it with its output in `log`.
    pub fn start(program: &Path, arguments: &[String], log: &Path) -> io::Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        let mut command = Command::new("sh");
        command.arg("-c").arg(GUARD).arg("guard").arg(program).args(arguments);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // A group of its own: Ctrl-C ends the test, and the pipe ends this.
        command.process_group(0).stdin(Stdio::piped()).stdout(out.try_clone()?).stderr(out);
        Ok(Self { guard: command.spawn()?, log: log.to_owned() })
    }

    /// How it ended, if it did by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.guard.try_wait().ok().flatten()
    }

    /// The last lines it wrote.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        end(&mut self.guard);
    }
}

/// A directory that is gone when the test is, however the test ends.
pub struct Scratch {
    keeper: Child,
    path: PathBuf,
}

impl Scratch {
    /// Makes one under the system's directory for such.
    pub fn make() -> io::Result<Self> {
        let path = tempfile::Builder::new().prefix("flightdeck-cluster-").tempdir()?.keep();
        let mut command = Command::new("sh");
        command.arg("-c").arg(KEEPER).arg("keeper").arg(&path).process_group(0);
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(Self { keeper, path })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        end(&mut self.keeper);
    }
}

/// Closes the pipe and waits.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    let _ = child.wait();
}

//! A directory in which the binary can be run without seeing anything of this machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A directory with a work place, a home and a state directory.
pub struct Room {
    directory: TempDir,
}

impl Room {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        for name in ["work", "home", "state"] {
            std::fs::create_dir(directory.path().join(name)).expect("a directory can be made");
        }
        Self { directory }
    }

    /// Where the binary is run.
    pub fn work(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// Where it keeps its store, journal and log.
    pub fn state(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    /// The binary, about to run in the work place.
    pub fn flightdeck(&self) -> Command {
        self.flightdeck_in(&self.work())
    }

    /// The binary, about to run in `directory`.
    pub fn flightdeck_in(&self, directory: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.env_clear().envs(self.environment()).current_dir(directory);
        command
    }

    /// The environment in which it runs: nothing of this machine but where programs are.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let home = self.directory.path().join("home");
        vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("XDG_CONFIG_HOME", home.join("config").into()),
            ("HOME", home.into()),
            ("FLIGHTDECK_STATE", self.state().into()),
            ("TZ", "UTC".into()),
            ("USER", "ida".into()),
        ]
    }
}

/// What a run of the binary said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the binary with arguments.
pub fn say(command: &mut Command, arguments: &[&str]) -> Said {
    let output = command.args(arguments).output().expect("the binary can be run");
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("it writes UTF-8"),
        err: String::from_utf8(output.stderr).expect("it writes UTF-8"),
    }
}

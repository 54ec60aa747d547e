//! A demo world of its own for each test, and the real binary in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use flightdeck::demo::{DemoOptions, build};
use flightdeck::model::Time;

/// A small company on disk.
pub struct World {
    place: tempfile::TempDir,
    /// The clock of its last event.
    pub now: Time,
}

impl World {
    /// Builds one whose present is now, so that the binary's own clock fits.
    pub fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let options = DemoOptions { services: 6, months: 2, ..DemoOptions::new(chrono::Utc::now()) };
        let world = build(&place.path().join("demo"), &options).unwrap();
        Self { place, now: world.now }
    }

    /// Where it lies.
    pub fn root(&self) -> PathBuf {
        self.place.path().join("demo")
    }

    /// What `current` of a service in production leads to.
    pub fn live(&self, service: &str) -> String {
        version(&self.production(service).join("current"))
    }

    /// What a stage offers of a service.
    pub fn offered(&self, stage: &str, service: &str) -> String {
        version(&self.root().join("packages").join(stage).join(service).join("current"))
    }

    /// The release directories of a service.
    pub fn production(&self, service: &str) -> PathBuf {
        self.root().join("servers/production").join(service)
    }

    /// Changes the configuration.
    pub fn configure(&self, change: impl FnOnce(String) -> String) {
        let path = self.root().join("flightdeck.toml");
        let before = std::fs::read_to_string(&path).unwrap();
        let after = change(before.clone());
        assert_ne!(before, after, "the configuration has nothing to change");
        std::fs::write(&path, after).unwrap();
    }

    /// The binary with `arguments`, in the world.
    pub fn flightdeck(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments).current_dir(self.root()).envs(environment(&self.root()));
        command
    }
}

/// What the binary is told about where it runs: nothing of this machine's own configuration reaches it.
pub fn environment(root: &Path) -> Vec<(&'static str, String)> {
    let home = root.with_file_name("home").display().to_string();
    vec![
        ("HOME", home.clone()),
        ("XDG_CONFIG_HOME", format!("{home}/config")),
        ("XDG_STATE_HOME", format!("{home}/state")),
        ("XDG_CACHE_HOME", format!("{home}/cache")),
        ("TZ", "UTC".to_owned()),
        ("LC_ALL", "C.UTF-8".to_owned()),
    ]
}

fn version(link: &Path) -> String {
    let target = std::fs::read_link(link).unwrap();
    target.file_name().unwrap().to_string_lossy().into_owned()
}

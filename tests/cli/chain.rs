//! A small delivery chain that is really there: a git repository, packages in stages, release directories.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::room::Room;

/// The configuration of the chain.
pub const CONFIGURATION: &str = r#"
[project]
name = "corner shop"

[[environment]]
name = "dev"

[[environment]]
name = "testing"

[[environment]]
name = "production"
production = true

[[service]]
match = "*"
repository = "{service}"

[[backend]]
name = "code"
kind = "git"
path = "repos/{repository}"

[[backend]]
name = "packages"
kind = "stages"
path = "packages"
environments = ["dev", "testing"]

[[backend]]
name = "servers"
kind = "releases"
path = "servers/{environment}/{service}"
environments = ["production"]
packages = "packages/testing/{service}"
"#;

/// The chain of one service, `checkout`: 1.0.0, 1.1.0 and 1.2.0 are in dev (1.2.0 live), nothing is further yet.
pub struct Chain {
    pub room: Room,
    /// The commits of 1.0.0, 1.1.0 and 1.2.0.
    pub commits: Vec<String>,
}

impl Chain {
    pub fn new() -> Self {
        Self::with(CONFIGURATION)
    }

    pub fn with(configuration: &str) -> Self {
        let room = Room::new();
        let work = room.work();
        write(&work.join("flightdeck.toml"), configuration);
        let repository = work.join("repos/checkout");
        std::fs::create_dir_all(&repository).expect("a directory can be made");
        git(&repository, &["init", "-q", "-b", "main"]);
        let commits = ["1.0.0", "1.1.0", "1.2.0"].map(|version| {
            let commit = commit(&repository, &format!("SHOP-{} make {version}", &version[2..3]));
            git(&repository, &["tag", version]);
            package(&work.join("packages/dev/checkout"), version, &commit);
            commit
        });
        link(&work.join("packages/dev/checkout"), "1.2.0");
        std::fs::create_dir_all(work.join("packages/testing")).expect("a directory can be made");
        std::fs::create_dir_all(work.join("servers/production/checkout")).expect("a directory can be made");
        Self { room, commits: commits.into() }
    }

    /// Where `current` points in production.
    pub fn live(&self) -> Option<PathBuf> {
        std::fs::read_link(self.room.work().join("servers/production/checkout/current")).ok()
    }
}

/// Writes a file with the directories above it.
pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
    std::fs::write(path, text).expect("a file can be written");
}

/// Commits a change and gives its id.
pub fn commit(repository: &Path, subject: &str) -> String {
    write(&repository.join("CHANGES"), subject);
    git(repository, &["add", "CHANGES"]);
    git(repository, &["commit", "-q", "-m", subject]);
    git(repository, &["rev-parse", "HEAD"])
}

/// Runs git with fixed people and times of no machine's configuration.
pub fn git(repository: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(repository)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_AUTHOR_NAME", "Ida")
        .env("GIT_AUTHOR_EMAIL", "ida@shop.example")
        .env("GIT_COMMITTER_NAME", "Ida")
        .env("GIT_COMMITTER_EMAIL", "ida@shop.example")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn package(shelf: &Path, version: &str, commit: &str) {
    let bytes = format!("the program, {version}\n");
    let sha256: String = Sha256::digest(bytes.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = serde_json::json!({
        "version": version,
        "commit": commit,
        "digest": format!("sha256:{sha256}"),
        "built_at": "2026-11-20T10:00:00Z",
        "files": [{ "name": "checkout.bin", "sha256": sha256, "size": bytes.len() }],
    });
    write(&shelf.join(version).join("checkout.bin"), &bytes);
    write(&shelf.join(version).join("artifact.json"), &manifest.to_string());
}

fn link(shelf: &Path, version: &str) {
    std::os::unix::fs::symlink(version, shelf.join("current")).expect("a link can be made");
}

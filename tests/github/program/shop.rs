//! A project over a repository of a forge, and the program in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use chrono::{Duration, Utc};
use serde_json::{Value, json};

use crate::forge::world::{Clock, FROM_INPUT, NewRun, Plan, stamp};
use crate::forge::{Forge, TOKEN};
use crate::support::terminal::Terminal;
use crate::support::world::environment;

/// The repository of [`forge`] and of every [`Shop`].
pub const NAME: &str = "acme/shop";
/// The size of a small terminal: rows and columns.
pub const SMALL: (u16, u16) = (24, 80);
/// The size of a big one.
pub const LARGE: (u16, u16) = (50, 200);
/// A workflow is dispatched on the tag that the version is.
pub const BY_WORKFLOW: &str = "promote = { by = \"workflow\", workflow = \"deploy.yml\", ref = \"{version}\", inputs = { \
                               environment = \"{environment}\", version = \"{version}\" } }\n";
/// What lets a command write to production.
pub const CONFIRMED: [&str; 3] = ["--yes", "--confirm", "production"];

/// v1.0, v1.1 and v1.2, each a commit with a tag: staging has v1.2, production v1.1 after v1.0. Production waits for
/// `reviewer`; `deploy.yml` deploys to the environment that is dispatched, after it built.
pub fn forge() -> Forge {
    let forge = Forge::new();
    forge.world(|it| it.clock.set(Utc::now() - Duration::hours(1)));
    forge.repository(NAME, |shop| {
        let build = Plan::new("build", &["Compile", "Test"]);
        let deploy = Plan::new("deploy", &["Roll out", "Smoke test"]).deploys_to(FROM_INPUT);
        shop.workflow("deploy.yml", "Deploy", Some(&["environment", "version"]), vec![build, deploy]);
        shop.environment("staging");
        shop.environment("production");
        for version in ["v1.0", "v1.1", "v1.2"] {
            shop.clock.pass(600);
            let sha = shop.commit("author", &format!("What {version} brings"));
            shop.tags.insert(version.to_owned(), sha.clone());
            for environment in
                ["staging", "production"].into_iter().filter(|it| (version, *it) != ("v1.2", "production"))
            {
                let inputs = [("environment", environment), ("version", version)];
                let run = shop.start_run(NewRun {
                    workflow: "deploy.yml".to_owned(),
                    event: "workflow_dispatch".to_owned(),
                    branch: version.to_owned(),
                    sha: sha.clone(),
                    actor: "deployer".to_owned(),
                    inputs: inputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
                });
                loop {
                    shop.clock.pass(30);
                    if !shop.advance(run) {
                        break;
                    }
                }
            }
        }
        shop.environment("production").reviewers(&["reviewer"]);
    });
    is_now(&forge);
    forge
}

/// Brings a forge to the present, where the program is.
pub fn is_now(forge: &Forge) {
    forge.world(|it| it.clock.set(Utc::now()));
}

/// A project with a configuration, a state and a home of its own. The last environment is production.
pub struct Shop {
    place: tempfile::TempDir,
    /// Where the present is another one.
    clock: Option<Arc<Clock>>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Shop {
    /// A project that reads without a mirror, with more of the configuration.
    pub fn new(forge: &Forge, more: &str) -> Self {
        Self::with(forge, TOKEN, &["staging", "production"], &format!("mirror = false\n{more}"))
    }

    /// One whose present is that of a forge with a past.
    pub fn then(forge: &Forge, token: &str, environments: &[&str], more: &str) -> Self {
        let clock = Some(forge.world(|it| it.clock.clone()));
        Self { clock, ..Self::with(forge, token, environments, more) }
    }

    /// The same by somebody's token, over these environments.
    pub fn with(forge: &Forge, token: &str, environments: &[&str], more: &str) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let shop = Self { place, clock: None };
        std::fs::create_dir(shop.root()).expect("a directory");
        // The token lies where nobody looks for what the program wrote.
        std::fs::create_dir(shop.place.path().join("vault")).expect("a directory");
        std::fs::write(shop.place.path().join("vault/token"), token).expect("written");
        let mut text = "[project]\nname = \"shop\"\n".to_owned();
        for name in environments {
            text += &format!("[[environment]]\nname = \"{name}\"\nproduction = {}\n", *name == "production");
        }
        text += &format!(
            "[[backend]]\nname = \"forge\"\nkind = \"github\"\nrepository = \"{NAME}\"\napi = \"{}\"\nclone_url = \
             \"{}\"\ntoken_command = [\"cat\", \"../vault/token\"]\n{more}",
            forge.url(),
            forge.git_url(NAME)
        );
        std::fs::write(shop.root().join("flightdeck.toml"), text).expect("written");
        shop
    }

    /// The directory of the project.
    pub fn root(&self) -> PathBuf {
        self.place.path().join("shop")
    }

    /// Where the program keeps its state and its cache.
    pub fn home(&self) -> PathBuf {
        self.place.path().join("home")
    }

    /// The variables that tell the present, where it is another one. A process goes on with its clock by itself, and the
    /// next one must not be behind it.
    fn present(&self) -> Vec<(&'static str, String)> {
        let then = |clock: &Arc<Clock>| {
            clock.pass(60);
            ("FLIGHTDECK_NOW", stamp(clock.now()))
        };
        self.clock.iter().map(then).collect()
    }

    /// The binary, about to run in the project.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments).current_dir(self.root()).envs(environment(&self.root()));
        command.envs(self.present());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Told {
        self.command(arguments).output().expect("it runs").into()
    }

    /// Starts a command and goes on; [`Told`] when it has ended.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
    }

    /// Runs a command that succeeds; what it said.
    #[track_caller]
    pub fn said(&self, arguments: &[&str]) -> String {
        let told = self.run(arguments);
        assert_eq!(told.code, Some(0), "{arguments:?}: {told}");
        told.out
    }

    /// Runs a command that succeeds; its JSON.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        let told = self.said(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&told).unwrap_or_else(|why| panic!("{why}: {told}"))
    }

    /// The version that the board says is live.
    #[track_caller]
    pub fn live(&self, environment: &str) -> String {
        let board = self.json(&["status"]);
        let tracks = board["services"][0]["tracks"].as_array().expect("tracks");
        let track = tracks.iter().find(|it| it["environment"] == environment).expect("a track");
        track["version"].as_str().unwrap_or_else(|| panic!("no version: {track}")).to_owned()
    }

    /// The cockpit, which may write.
    pub fn cockpit(&self, size: (u16, u16)) -> Terminal {
        self.terminal(&["--write"], size)
    }

    /// The same, which logs everything.
    pub fn traced(&self, size: (u16, u16)) -> Terminal {
        self.open(&["--write"], size, vec![("FLIGHTDECK_LOG", "trace".to_owned())])
    }

    /// A command on a terminal.
    pub fn terminal(&self, arguments: &[&str], size: (u16, u16)) -> Terminal {
        self.open(arguments, size, Vec::new())
    }

    fn open(&self, arguments: &[&str], size: (u16, u16), more: Vec<(&str, String)>) -> Terminal {
        let all = [self.present(), more].concat();
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Terminal::with(&self.root(), arguments, size, &all)
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ended with {:?}\n{}\n{}", self.code, self.out, self.err)
    }
}

/// Waits until a command has ended.
pub fn finish(child: Child) -> Told {
    child.wait_with_output().expect("it ends").into()
}

/// Everything that was sent to change something: method, path and body.
pub fn writes(forge: &Forge) -> Vec<(String, String, Value)> {
    let all = forge.requests().into_iter().filter(|it| it.method != "GET" && it.path != "/graphql");
    all.map(|it| (it.method, it.path, it.body)).collect()
}

/// One of them.
pub fn post(path: &str, body: Value) -> (String, String, Value) {
    ("POST".to_owned(), format!("/repos/{NAME}{path}"), body)
}

/// The dispatch of a version to an environment.
pub fn dispatch(version: &str, environment: &str) -> (String, String, Value) {
    let inputs = json!({ "environment": environment, "version": version });
    let body = json!({ "ref": version, "inputs": inputs, "return_run_details": true });
    post("/actions/workflows/deploy.yml/dispatches", body)
}

/// Everything below a directory, with its bytes.
pub fn files(below: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => {
                let bytes = std::fs::read(&path).expect("a file");
                found.push((path, bytes));
            }
        }
    }
    found
}

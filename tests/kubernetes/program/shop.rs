//! A project over namespaces of a test, and the program in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::cluster::scripted::Scripted;
use crate::cluster::{Cluster, access};
use crate::support::terminal::Terminal;
use crate::support::world::environment;

/// The size of a small terminal: rows and columns.
pub const SMALL: (u16, u16) = (24, 80);

/// A project with a configuration, a state and a home of its own. The last environment is production.
pub struct Shop {
    place: tempfile::TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Shop {
    /// A project over the namespaces `PREFIX-ENVIRONMENT`, used with all rights.
    pub fn new(cluster: &Cluster, prefix: &str, environments: &[&str]) -> Self {
        Self::with(&cluster.kubeconfig(), access::ADMIN, prefix, environments, "")
    }

    /// The same by a context of a kubeconfig, with more of the configuration.
    pub fn with(kubeconfig: &Path, context: &str, prefix: &str, environments: &[&str], more: &str) -> Self {
        Self::make(kubeconfig, context, &format!("{prefix}-{{environment}}"), environments, more)
    }

    /// A project over the namespaces of a scripted server, which are called like the environments.
    pub fn scripted(server: &Scripted, environments: &[&str]) -> Self {
        let shop = Self::make(Path::new("kubeconfig"), "one", "{environment}", environments, "");
        std::fs::write(shop.root().join("kubeconfig"), server.kubeconfig("one")).expect("written");
        shop
    }

    fn make(kubeconfig: &Path, context: &str, namespace: &str, environments: &[&str], more: &str) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let shop = Self { place };
        std::fs::create_dir(shop.root()).expect("a directory");
        let mut text = "[project]\nname = \"shop\"\n".to_owned();
        for (at, name) in environments.iter().enumerate() {
            let production = at + 1 == environments.len();
            text += &format!("[[environment]]\nname = \"{name}\"\nproduction = {production}\n");
        }
        let kubeconfig = kubeconfig.display().to_string();
        text += &format!(
            "[[backend]]\nname = \"clusters\"\nkind = \"kubernetes\"\nkubeconfig = {kubeconfig:?}\ncontext = \
             {context:?}\nnamespace = {namespace:?}\n{more}"
        );
        std::fs::write(shop.root().join("flightdeck.toml"), text).expect("written");
        shop
    }

    /// The directory of the project.
    pub fn root(&self) -> PathBuf {
        self.place.path().join("shop")
    }

    /// Everything that the program may write to: the project and its home.
    pub fn everything(&self) -> &Path {
        self.place.path()
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments).current_dir(self.root()).envs(environment(&self.root()));
        command.output().expect("it runs").into()
    }

    /// Runs a command that succeeds; what it said.
    #[track_caller]
    pub fn said(&self, arguments: &[&str]) -> String {
        let told = self.run(arguments);
        assert_eq!(told.code, Some(0), "{arguments:?}: {told}");
        told.out
    }

    /// Runs what somebody types into a shell: `flightdeck rollback …`, as it is offered, and more words.
    pub fn typed(&self, line: &str, more: &[&str]) -> Told {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some("flightdeck"), "{line}");
        self.run(&[&words.collect::<Vec<_>>(), more].concat())
    }

    /// What the board says of a service in an environment.
    #[track_caller]
    pub fn cell(&self, service: &str, environment: &str) -> Value {
        let status = self.run(&["status", "--format", "json"]);
        let board: Value = serde_json::from_str(&status.out).unwrap_or_else(|why| panic!("{why}: {status}"));
        let named = |all: &Value, key: &str, name: &str| {
            let found = all.as_array().and_then(|all| all.iter().find(|it| it[key] == name)).cloned();
            found.unwrap_or_else(|| panic!("no {name}: {status}"))
        };
        named(&named(&board["services"], "name", service)["tracks"], "environment", environment)
    }

    /// The cockpit, which may write, on a small terminal.
    pub fn cockpit(&self) -> Terminal {
        Terminal::with(&self.root(), &["--write"], SMALL, &[])
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

//! Servers that others wrote, on free ports of loopback: an emulator with a memory, and prism, which judges requests by
//! GitHub's description, alone or before another server.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::judge;

/// After this a server is said not to have started.
const BOUND: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);
/// How often a start is tried: somebody else may have taken a port meanwhile.
const ATTEMPTS: usize = 3;

/// A token of the emulator; its owner is `deployer`, who owns `deployer/shop`.
pub const EMULATED: &str = "emulated-token";
const SEED: &str = "
tokens:
  emulated-token: { login: deployer, scopes: [repo, workflow] }
github:
  users: [{ login: deployer }]
  repos: [{ owner: deployer, name: shop, auto_init: true }]
";

/// A server in a process of its own. It ends when it is dropped.
pub struct Other {
    child: Child,
    port: u16,
    scratch: tempfile::TempDir,
}

impl Other {
    /// The emulator: commits, references, releases, checks; no deployments, environments, approvals.
    pub fn emulate() -> Self {
        let packages = packages();
        let node = installed_node(&packages);
        Self::start("the emulator", |port, scratch| {
            let seed = scratch.join("seed.yaml");
            std::fs::write(&seed, SEED).expect("a seed");
            let mut program = Command::new(&node);
            program.arg(packages.join("node_modules/emulate/dist/index.js")).args(["--service", "github"]);
            program.args(["--port", &port.to_string(), "--seed"]).arg(seed);
            program
        })
    }

    /// Prism answers every route by GitHub's examples.
    pub fn mock() -> Self {
        let packages = packages();
        Self::start("prism", |port, _| {
            let mut program = prism(&packages, "mock", port);
            program.arg(judge::file(&packages));
            program
        })
    }

    /// Prism stands before another server and refuses what is not as described, requests and answers.
    pub fn proxy(before: &str) -> Self {
        let packages = packages();
        Self::start("prism", |port, _| {
            let mut program = prism(&packages, "proxy", port);
            program.arg("--errors").arg(judge::file(&packages)).arg(before);
            program
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default()
    }

    fn start(name: &str, program: impl Fn(u16, &Path) -> Command) -> Self {
        let mut log = String::new();
        for _ in 0..ATTEMPTS {
            let scratch = tempfile::tempdir().expect("a directory");
            let port = free_port();
            let file = std::fs::File::create(scratch.path().join("log")).expect("a log");
            let mut program = program(port, scratch.path());
            program.current_dir(scratch.path()).stdin(Stdio::null());
            program.stdout(file.try_clone().expect("a log")).stderr(file);
            let child = program.spawn().unwrap_or_else(|why| panic!("{name}: {why}"));
            let mut other = Self { child, port, scratch };
            if other.answers() {
                return other;
            }
            log = other.log();
        }
        panic!("{name} did not start:\n{log}");
    }

    /// Waits until it accepts connections, or is over.
    fn answers(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < BOUND {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            if self.child.try_wait().is_ok_and(|it| it.is_some()) {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        false
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The directory with the packages. Fails where it is not named: who runs such a test wants it to run.
pub fn packages() -> PathBuf {
    let name = judge::DIRECTORY;
    judge::directory().unwrap_or_else(|| {
        panic!("{name} is not set: run `{name}=$(tests/forge/install) cargo test …`, as tests/run does")
    })
}

fn prism(packages: &Path, what: &str, port: u16) -> Command {
    let mut program = Command::new("node");
    program.arg(packages.join("node_modules/@stoplight/prism-cli/dist/index.js")).arg(what);
    program.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    program
}

/// The emulator wants a newer Node than most systems have.
fn installed_node(packages: &Path) -> PathBuf {
    let names = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];
    let mut all = names.iter().map(|it| packages.join(format!("node_modules/node-{it}/bin/node")));
    all.find(|it| it.exists()).unwrap_or_else(|| "node".into())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
    listener.local_addr().expect("an address").port()
}

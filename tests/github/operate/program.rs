//! The program itself on a forge, each command in a process of its own.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::desk::{BY_WORKFLOW, Desk, SHOP};
use crate::forge::TOKEN;
use crate::support::world::environment;

/// How long something may take.
const BOUND: Duration = Duration::from_secs(60);

/// A forge whose present is now, and a project beside it.
struct Project {
    desk: Desk,
    place: tempfile::TempDir,
}

impl Project {
    /// v1.1.0 is live in staging, v1.0.0 in production.
    fn new(settings: &str) -> Self {
        let desk = Desk::new(settings);
        desk.forge.set_time(&chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string());
        desk.deploys("v1.1.0", "staging");
        let place = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(place.path().join("shop")).expect("a directory");
        let text = format!(
            "[project]\nname = \"shop\"\n[[environment]]\nname = \"staging\"\n[[environment]]\nname = \"production\"\n\
             production = true\n[[backend]]\nname = \"github\"\nkind = \"github\"\nrepository = {SHOP:?}\napi = {:?}\n\
             token_command = [\"printf\", {TOKEN:?}]\nmirror = false\n{settings}\n",
            desk.forge.url()
        );
        std::fs::write(place.path().join("shop/flightdeck.toml"), text).expect("written");
        Self { desk, place }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let root = self.place.path().join("shop");
        let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments).current_dir(&root).envs(environment(&root));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
    }

    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        told(self.start(arguments).wait_with_output().expect("it ends"))
    }

    /// Waits until a run is there after the one that was newest, and lets it go on to its end.
    fn plays_what_comes_after(&self, newest: u64) {
        let start = Instant::now();
        while self.desk.newest_run() == newest {
            assert!(start.elapsed() < BOUND, "nothing was dispatched: {:?}", self.desk.writes());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.desk.plays();
    }
}

#[track_caller]
fn told(output: Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    out
}

#[test]
fn a_version_goes_to_production_and_back() {
    let project = Project::new(BY_WORKFLOW);
    let before = project.desk.newest_run();
    let plan = project.said(&["promote", "shop", "--to", "production", "--plan"]);
    assert!(plan.contains("v1.1.0") && plan.contains("/actions/workflows/deploy.yml/dispatches"), "{plan}");
    assert!(project.desk.writes().is_empty());

    let promotion = project.start(&["promote", "shop", "--to", "production", "--yes", "--confirm", "production"]);
    project.plays_what_comes_after(before);
    let promoted = told(promotion.wait_with_output().expect("it ends"));
    assert!(promoted.contains("deployed to production"), "{promoted}");
    let after = project.desk.newest_run();

    let back = project.start(&["rollback", "shop", "--in", "production", "--yes", "--confirm", "production"]);
    project.plays_what_comes_after(after);
    told(back.wait_with_output().expect("it ends"));
    let writes = project.desk.writes();
    assert!(writes.len() == 2 && writes[0].contains("v1.1.0") && writes[1].contains("v1.0.0"), "{writes:?}");
    project.said(&["journal", "verify"]);
    let journal = project.said(&["journal", "--format", "json"]);
    assert!(journal.matches("\"succeeded\"").count() == 2 && !journal.contains(TOKEN), "{journal}");
}

#[test]
fn what_waits_is_approved_and_a_run_is_cancelled() {
    let project = Project::new(BY_WORKFLOW);
    project.desk.is_reviewed("production", &["deployer"]);
    let run = project.desk.deploys("v1.1.0", "production");
    let approved = project.said(&["approve", "shop", "production", "--yes", "--confirm", "production"]);
    assert!(approved.contains("approved run"), "{approved}");
    project.said(&["runs", "cancel", &run.to_string(), "--yes"]);
    let writes: Vec<String> = project.desk.writes();
    assert!(writes[0].contains("/pending_deployments") && writes[1].contains("/cancel"), "{writes:?}");
}

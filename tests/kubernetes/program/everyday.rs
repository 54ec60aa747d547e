//! From environment to environment and back, on the command line and in the cockpit.

use serde_json::Value;

use super::changes::{self, CAUSE, IMAGE, REVISION};
use super::cockpit;
use super::shop::Shop;
use super::{checkout, image, promoted};
use crate::cluster::Cluster;
use crate::cluster::namespace::Namespace;

const ENVIRONMENTS: [&str; 3] = ["dev", "testing", "production"];
const CONFIRMED: [&str; 3] = ["--yes", "--confirm", "production"];

/// A new version in dev, the old one in testing and production.
async fn three(prefix: &str) -> [Namespace<'static>; 3] {
    let cluster = Cluster::shared();
    let mut all = Vec::new();
    for (environment, version) in ENVIRONMENTS.into_iter().zip(["1.5.0", "1.4.0", "1.4.0"]) {
        let namespace = cluster.namespace(&format!("{prefix}-{environment}")).await;
        namespace.create(&checkout(version).replicas(2).container("proxy", "registry.test/mesh:3")).await;
        all.push(namespace);
    }
    for namespace in &all {
        namespace.rolled_out("Deployment", "checkout").await;
    }
    all.try_into().unwrap_or_else(|_| panic!("three"))
}

async fn object(namespace: &Namespace<'_>) -> Value {
    namespace.rolled_out("Deployment", "checkout").await
}

/// Nothing differs but the image, its reason, and the number that the controller counts.
#[track_caller]
fn is_only_the_image(before: &Value, after: &Value, expected: &str) {
    let changed = changes::between(before, after);
    assert_eq!(changed, [CAUSE, IMAGE, REVISION].map(str::to_owned).into(), "{before:#}\n{after:#}");
    assert_eq!(after.pointer(IMAGE), Some(&expected.into()));
}

#[track_caller]
fn is_untouched(before: &Value, after: &Value) {
    assert_eq!(changes::between(before, after), [].into(), "{before:#}\n{after:#}");
}

/// As `kubectl rollout undo` leaves it: the revision's own annotations come back with its template.
#[track_caller]
fn is_as_before(before: &Value, after: &Value) {
    assert_eq!(changes::between(before, after), [REVISION.to_owned()].into(), "{before:#}\n{after:#}");
}

#[track_caller]
fn journal_holds(shop: &Shop, operations: usize) -> String {
    shop.said(&["journal", "verify"]);
    let journal = shop.said(&["journal", "--format", "json"]);
    let succeeded = journal.matches("\"succeeded\"").count();
    assert_eq!(succeeded, operations, "{journal}");
    journal
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_version_goes_to_production_and_back_on_the_command_line() {
    let [_dev, testing, production] = three("everyday").await;
    let shop = Shop::new(Cluster::shared(), "everyday", &ENVIRONMENTS);
    let before = [object(&testing).await, object(&production).await];

    shop.said(&["promote", "checkout", "--to", "testing", "--yes"]);
    is_only_the_image(&before[0], &object(&testing).await, &promoted("1.5.0"));
    assert_eq!(shop.cell("checkout", "testing")["version"], "1.5.0");

    let unnamed = shop.run(&["promote", "checkout", "--to", "production", "--yes"]);
    assert_eq!(unnamed.code, Some(2), "{unnamed}");
    is_untouched(&before[1], &object(&production).await);
    let plan = ["promote", "checkout", "--to", "production", "--plan"];
    shop.said(&plan);
    is_untouched(&before[1], &object(&production).await);
    shop.said(&[&["promote", "checkout", "--to", "production"], &CONFIRMED[..]].concat());
    let there = object(&production).await;
    is_only_the_image(&before[1], &there, &promoted("1.5.0"));
    assert_eq!(shop.cell("checkout", "production")["version"], "1.5.0");

    let back = ["rollback", "checkout", "--in", "production", "--reason", "errors"];
    shop.said(&[&back, &CONFIRMED[..]].concat());
    let back = object(&production).await;
    is_only_the_image(&there, &back, &image("1.4.0"));
    is_as_before(&before[1], &back);
    assert_eq!(shop.cell("checkout", "production")["version"], "1.4.0");
    let journal = journal_holds(&shop, 3);
    assert!(journal.contains("errors") && journal.contains("1.5.0"), "{journal}");
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn a_version_goes_to_production_and_back_in_the_cockpit() {
    let [_dev, _testing, production] = three("cockpit").await;
    let shop = Shop::new(Cluster::shared(), "cockpit", &ENVIRONMENTS);
    let before = object(&production).await;
    shop.said(&["promote", "checkout", "--to", "testing", "--yes"]);

    let mut terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("checkout") && screen.contains("1.4.0"));
    cockpit::open_plan(&mut terminal, "p", "1.4.0 → 1.5.0");
    cockpit::confirm(&mut terminal);
    terminal.wait_for("undo …");
    is_only_the_image(&before, &object(&production).await, &promoted("1.5.0"));
    terminal.press_until("\x1b", "the board", |screen| !screen.contains("undo …"));
    cockpit::open_plan(&mut terminal, "b", "1.5.0 → 1.4.0");
    cockpit::confirm(&mut terminal);
    terminal.wait_for("undo …");
    is_as_before(&before, &object(&production).await);
    terminal.press_until("\x1b", "the board", |screen| !screen.contains("undo …"));
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
    journal_holds(&shop, 3);
}

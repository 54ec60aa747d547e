//! Somebody else is faster than a confirmation: nothing is written, and the plan as it would be now is shown.

use serde_json::Value;

use super::shop::{SMALL, Shop};
use super::{checkout, cockpit, image, promoted};
use crate::cluster::Cluster;
use crate::cluster::namespace::Namespace;
use crate::support::terminal::Terminal;

async fn two(prefix: &str) -> (Namespace<'static>, Shop) {
    let cluster = Cluster::shared();
    let dev = cluster.namespace(&format!("{prefix}-dev")).await;
    let production = cluster.namespace(&format!("{prefix}-production")).await;
    dev.roll_out(&checkout("1.5.0")).await;
    production.roll_out(&checkout("1.4.0")).await;
    (production, Shop::new(cluster, prefix, &["dev", "production"]))
}

/// Another version, by somebody else, until it is live.
async fn overtake(production: &Namespace<'_>) -> Value {
    production.kubectl(&["set", "image", "deployment/checkout", &format!("app={}", image("1.4.1"))]);
    production.rolled_out("Deployment", "checkout").await
}

async fn image_of(production: &Namespace<'_>) -> Value {
    let now = production.rolled_out("Deployment", "checkout").await;
    now["spec"]["template"]["spec"]["containers"][0]["image"].clone()
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_cockpit_stops_and_shows_the_new_plan() {
    let (production, shop) = two("overtaken-cockpit").await;
    let mut terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("✓ 1.4.0"));
    cockpit::open_plan(&mut terminal, "p", "1.4.0 → 1.5.0");
    cockpit::name(&mut terminal);
    overtake(&production).await;
    terminal.send("\r");
    let screen = terminal.wait_for("1.4.1 → 1.5.0");
    assert!(screen.contains("1.4.1 is live now; this is the plan now"), "{screen}");
    assert_eq!(image_of(&production).await, image("1.4.1"));
    terminal.press_until("\x1b", "the board", |screen| screen.contains("✓ 1.4.1"));
    // What the board knows of the rollout is older than the dialog for a moment; a plan made anew has all of it.
    cockpit::open_plan(&mut terminal, "p", "1.4.1 → 1.5.0");
    cockpit::confirm(&mut terminal);
    terminal.wait_for("undo …");
    assert_eq!(image_of(&production).await, promoted("1.5.0"));
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_command_line_stops_and_shows_the_new_plan() {
    let (production, shop) = two("overtaken-line").await;
    let promote = ["promote", "checkout", "--to", "production"];
    let mut terminal = Terminal::with(&shop.root(), &promote, (200, SMALL.1), &[]);
    terminal
        .wait("the question", |screen| screen.contains("1.4.0 → 1.5.0") && screen.contains("type its name to confirm"));
    overtake(&production).await;
    terminal.send("production\r");
    terminal.wait_for("1.4.1 → 1.5.0");
    assert_eq!(terminal.wait_for_end(), 1);
    let screen = terminal.contents();
    assert!(screen.contains("error: the world changed since the plan was made: 1.4.1 is live now"), "{screen}");
    assert_eq!(image_of(&production).await, image("1.4.1"));
    shop.said(&["journal", "verify"]);
}

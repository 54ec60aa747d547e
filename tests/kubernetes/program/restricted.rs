//! Who may not see everything sees the rest, and what may not be done is not offered.

use super::shop::Shop;
use super::{checkout, cockpit};
use crate::cluster::{Cluster, access};

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_may_not_be_read_is_restricted_and_the_rest_is_there() {
    let cluster = Cluster::shared();
    for environment in ["dev", "production"] {
        cluster.namespace(&format!("veiled-{environment}")).await.roll_out(&checkout("1.4.0")).await;
    }
    cluster.show("veiled-dev").await;
    let shop = Shop::with(&cluster.kubeconfig(), access::RESTRICTED, "veiled", &["dev", "production"], "");
    let status = shop.run(&["status"]);
    assert_eq!(status.code, Some(4), "{status}");
    assert!(status.out.contains("1.4.0") && status.out.contains("restricted"), "{status}");
    assert_eq!(shop.cell("checkout", "dev")["version"], "1.4.0");
    let promote = shop.run(&["promote", "checkout", "--to", "production", "--yes", "--confirm", "production"]);
    assert_eq!(promote.code, Some(1), "{promote}");
    assert!(promote.err.contains("restricted: may not watch deployments"), "{promote}");

    let mut terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("✓ 1.4.0") && screen.contains("restricted"));
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_may_not_be_done_is_not_offered_and_says_why() {
    let cluster = Cluster::shared();
    for (environment, version) in [("dev", "1.5.0"), ("production", "1.4.0")] {
        cluster.namespace(&format!("reading-{environment}")).await.roll_out(&checkout(version)).await;
    }
    let shop = Shop::with(&cluster.kubeconfig(), access::READER, "reading", &["dev", "production"], "");
    assert_eq!(shop.run(&["status"]).code, Some(0));
    let confirmed = ["promote", "checkout", "--to", "production", "--yes", "--confirm", "production"];
    let refused = shop.run(&confirmed);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.err.contains("may not patch deployments.apps in reading-production"), "{refused}");

    let mut terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("✓ 1.4.0") && !screen.contains("p promote"));
    terminal.press_until("p", "the reason", |screen| screen.contains("may not patch"));
    assert!(!terminal.contents().contains(cockpit::NAMED), "{}", terminal.contents());
    terminal.send("\x03");
    assert_eq!(terminal.wait_for_end(), 0);
}

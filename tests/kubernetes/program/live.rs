//! What others do is on the board while the cockpit is open.

use std::time::Instant;

use super::shop::Shop;
use super::{checkout, image};
use crate::cluster::Cluster;

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn what_somebody_else_sets_is_on_the_board_without_a_key() {
    let cluster = Cluster::shared();
    let dev = cluster.namespace("live-dev").await;
    dev.roll_out(&checkout("1.4.0").replicas(2)).await;
    let shop = Shop::new(cluster, "live", &["dev", "production"]);
    let terminal = shop.cockpit();
    terminal.wait_for("✓ 1.4.0");
    for version in ["1.4.1", "1.4.2", "1.4.3"] {
        dev.kubectl(&["set", "image", "deployment/checkout", &format!("app={}", image(version))]);
        let set = Instant::now();
        terminal.wait_for(version);
        let seen = set.elapsed();
        terminal.wait_for(&format!("✓ {version}"));
        eprintln!(
            "{version}: on the board {:.2} s after it was set, done after {:.2} s",
            seen.as_secs_f64(),
            set.elapsed().as_secs_f64()
        );
    }
}

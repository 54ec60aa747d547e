//! A cluster that is gone leaves its last picture with its age and the reason, and is live again when it is back.

use std::time::Instant;

use super::shop::Shop;
use super::{checkout, image};
use crate::cluster::Cluster;
use crate::cluster::scripted::{Api, big, faults};
use crate::support::terminal::Terminal;

/// One for each of the eight kinds in each of two namespaces.
const WATCHES: usize = 16;

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn the_cockpit_outlives_the_api_server() {
    let cluster = Cluster::start();
    let dev = cluster.namespace("gone-dev").await;
    dev.roll_out(&checkout("1.4.0")).await;
    let shop = Shop::new(&cluster, "gone", &["dev", "production"]);
    let mut terminal = shop.cockpit();
    terminal.wait_for("✓ 1.4.0");
    cluster.stop_api();
    told_why(&mut terminal, "cannot be reached");
    let status = shop.run(&["status"]);
    assert_eq!(status.code, Some(4), "{status}");
    assert!(status.out.contains("1.4.0"), "{status}");
    cluster.start_api();
    let back = Instant::now();
    dev.kubectl(&["set", "image", "deployment/checkout", &format!("app={}", image("1.5.0"))]);
    terminal.wait("live again", |screen| screen.contains("✓ 1.5.0") && !screen.contains("fails"));
    eprintln!("live again {:.1} s after the server was ready", back.elapsed().as_secs_f64());
}

/// Waits until the board says that it is not of now, and has what is wrong told.
#[track_caller]
fn told_why(terminal: &mut Terminal, why: &str) {
    let board = terminal.wait("the age", |screen| screen.contains("clusters fails") && screen.contains("as of"));
    assert!(board.contains('✓'), "{board}");
    terminal.press_until("M", why, |screen| screen.contains(why));
    terminal.press_until("\x1b", "the board", |screen| screen.contains("waiting"));
}

fn opened(api: &Api, shop: &Shop) -> Terminal {
    let terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("service-001") && screen.contains("✓"));
    super::until("all is watched", || api.watches() >= WATCHES);
    terminal
}

#[test]
fn a_server_that_is_back_is_not_stormed() {
    let api = Api::new();
    big::fill(&api, big::Size { services: 4, pods: 24 }, chrono::Utc::now());
    let server = api.serve();
    let shop = Shop::scripted(&server, &["staging", "production"]);
    let mut terminal = opened(&api, &shop);
    let first = server.requests().len();

    server.forget();
    server.stop();
    told_why(&mut terminal, "cannot be reached");
    server.resume();
    big::roll(&api, big::tracks(big::Size { services: 4, pods: 24 }).last().expect("one"), 40, chrono::Utc::now());
    terminal.wait("live again", |screen| screen.contains("1.40.0") && !screen.contains("fails"));
    super::until("all is watched again", || api.watches() >= WATCHES);
    let again = server.requests().len();
    eprintln!("{WATCHES} watches; {first} requests at the start, {again} to be live again");
    assert!(again <= 2 * first, "{again} requests after {first} at the start: {:#?}", server.counts());
}

#[test]
fn a_server_that_answers_with_errors_is_asked_ever_more_rarely() {
    let api = Api::new();
    big::fill(&api, big::Size { services: 4, pods: 24 }, chrono::Utc::now());
    let server = api.serve();
    let shop = Shop::scripted(&server, &["staging", "production"]);
    let mut terminal = opened(&api, &shop);
    server.forget();
    let began = Instant::now();
    api.instead(faults::always(|_| true, |_| faults::unavailable()));
    api.end_watches();
    told_why(&mut terminal, "unable to handle");
    super::until("a storm would have shown", || began.elapsed().as_secs() >= 5);
    let (asked, seconds) = (server.requests().len(), began.elapsed().as_secs_f64());
    eprintln!("{asked} requests of {WATCHES} watches in {seconds:.1} s");
    // Each may try to go on, and read anew; what fails is then asked for at most twice a second.
    assert!(asked as f64 <= 2.0 * WATCHES as f64 + 2.0 * seconds, "a storm: {:#?}", server.counts());
    api.heal();
    terminal.wait("live again", |screen| !screen.contains("fails"));
}

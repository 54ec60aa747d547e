//! The program itself on a cluster: each command in a process of its own, the cockpit in a pseudo-terminal.

mod changes;
mod cockpit;
mod everyday;
mod failing;
mod faulty;
mod gone;
mod kinds;
mod live;
mod overtaken;
mod restricted;
mod secrets;
mod shop;

use std::time::{Duration, Instant};

use crate::cluster::kubelet::behaviour::digest;
use crate::cluster::{Workload, waiting};

/// The image of a version.
fn image(version: &str) -> String {
    format!("registry.test/shop/checkout:{version}")
}

/// What a promotion of a version sets: its image by digest.
fn promoted(version: &str) -> String {
    format!("{}@{}", image(version), digest(&image(version)))
}

/// A Deployment called `checkout`.
fn checkout(version: &str) -> Workload {
    Workload::deployment("checkout", &image(version))
}

/// Waits until something holds.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < waiting::BOUND, "waited {:?} until {what}", waiting::BOUND);
        std::thread::sleep(Duration::from_millis(20));
    }
}

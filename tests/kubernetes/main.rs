//! Flightdeck on Kubernetes: on a real API server with its controllers and a kubelet that the test plays, and on a
//! scripted one for what a real one does not do on demand.

#[path = "../cluster/mod.rs"]
mod cluster;
mod first_reading;
mod harness;
mod likeness;
mod malformed;
mod operate;
mod program;
mod scripted;
#[path = "../support/mod.rs"]
mod support;

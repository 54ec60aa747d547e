//! A Kubernetes cluster for tests: a real API server with its real controllers, and a kubelet that the test plays.
//!
//! `FLIGHTDECK_TEST_CLUSTER` names the directory with `etcd`, `kube-apiserver`, `kube-controller-manager` and
//! `kubectl`; `tests/run` sets it from what `tests/cluster/build` prints. Tests that need it are ignored without it and
//! fail when they are run all the same.
//!
//! A test takes the cluster that all tests of its file share ([`Cluster::shared`]) and a namespace of its own in it
//! ([`Cluster::namespace`]), or starts one for itself when it stops the API server ([`Cluster::start`]).
//!
//! What a real server does not do on demand a scripted one does: [`scripted`], which needs nothing of the above.

// Each test binary uses its part of it.
#![allow(dead_code)]

pub mod access;
pub mod certificates;
pub mod kubectl;
pub mod kubelet;
pub mod namespace;
pub mod ports;
pub mod program;
pub mod scripted;
pub mod server;
pub mod start;
pub mod waiting;
pub mod workload;

pub use self::kubelet::Behaviour;
pub use self::server::Cluster;
pub use self::workload::Workload;

//! Flightdeck: a terminal cockpit for software delivery.
//!
//! `ARCHITECTURE.md` shows how data flows through the rooms below and which room may use which.

pub mod app;
pub mod backend;
pub mod cli;
pub mod config;
pub mod demo;
pub mod fact;
pub mod graph;
pub mod metrics;
pub mod model;
pub mod operation;
pub mod picture;
pub mod query;
pub mod store;
pub mod sync;
pub mod ui;
pub mod view;
pub mod world;

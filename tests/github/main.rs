//! Flightdeck on GitHub: on a scripted server that is judged by GitHub's own description, and on servers that others
//! wrote.

mod access;
mod app;
mod asking;
mod budget;
mod desk;
mod facts;
mod faults;
mod fetching;
mod filling;
#[path = "../forge/mod.rs"]
mod forge;
mod graphql;
mod limits;
mod mirror;
mod operate;
mod others;
mod program;
mod reading;
mod requests;
#[path = "../support/mod.rs"]
mod support;
mod tour;
mod trouble;

//! Flightdeck on GitHub: on a scripted server that is judged by GitHub's own description, and on servers that others
//! wrote.

mod asking;
#[path = "../forge/mod.rs"]
mod forge;
mod reading;

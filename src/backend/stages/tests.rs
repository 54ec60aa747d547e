//! Stages in real directories.

mod reading;
mod world;

//! Stages in real directories.

mod bad_luck;
mod operating;
mod reading;
mod world;

//! Stages in real directories.

mod approving;
mod bad_luck;
mod operating;
mod reading;
mod world;

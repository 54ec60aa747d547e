//! Release directories in real directories.

mod bad_luck;
mod checks;
mod operating;
mod reading;
mod refusing;
mod world;

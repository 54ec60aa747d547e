//! Copying: by a program of this machine, or through the terminal.

mod program;
mod terminal;

pub use program::{Way, hand_over, is_installed};
pub use terminal::{Between, copy};

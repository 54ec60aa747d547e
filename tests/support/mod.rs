//! What the tests of the whole program share.

// Each test binary uses its part of it.
#![allow(dead_code)]

pub mod terminal;
pub mod world;

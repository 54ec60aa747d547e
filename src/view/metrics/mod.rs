//! Delivery measures in words and pictures: what they are called, how they are written, and what is drawn of them.

pub mod figures;

pub use figures::{Figure, figures};

//! What the cockpit looks like: view models to a buffer, and one write a frame.
//!
//! [`frame::draw`] paints a state; [`cockpit::run`] is the way in: it owns the terminal, waits for what happens, and
//! carries out effects.

pub mod browser;
pub mod canvas;
pub mod chart;
pub mod chrome;
pub mod clipboard;
pub mod cockpit;
pub mod color;
pub mod dashboard;
pub mod details;
pub mod dialog;
pub mod driver;
pub mod frame;
pub mod glyphs;
pub mod ground;
pub mod links;
pub mod list;
pub mod paint;
pub mod pen;
pub mod place;
pub mod svg;
pub mod table;
pub mod tabs;
pub mod terminal;
pub mod theme;
pub mod toast;
pub mod tour;
pub mod wardrobe;
pub mod which;

#[cfg(test)]
mod tests;

pub use cockpit::{CockpitOptions, run};
pub use color::{ColorChoice, ColorLevel};
pub use glyphs::Glyphs;
pub use theme::Theme;

/// How everything looks: colours and symbols.
#[derive(Clone, Debug)]
pub struct Dress {
    /// Colours.
    pub theme: Theme,
    /// Symbols.
    pub glyphs: Glyphs,
    /// No frames, words for states, the terminal's cursor on the selected row.
    pub accessible: bool,
}

//! A screen of the cockpit as lines.

use super::failure::Failure;
use super::output::{Format, Output};
use crate::view::{self, Sources, Wish, plain};

/// Writes a screen: as a table for people, as sentences for screen readers and simple scripts.
pub fn screen(wish: &Wish, sources: &Sources, out: &mut Output) -> Result<(), Failure> {
    let model = view::open(wish, sources);
    if out.format == Format::Plain {
        for sentence in plain::sentences(&*model) {
            out.text(sentence)?;
        }
        return Ok(());
    }
    for line in plain::lines(&*model, out.width.map(usize::from)) {
        out.line(&line)?;
    }
    Ok(())
}

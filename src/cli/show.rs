//! A screen of the cockpit as lines.

use super::failure::Failure;
use super::output::{Format, Output};
use crate::view::{TableModel, plain};

/// Writes a screen: as a table for people, as sentences for screen readers and simple scripts.
pub fn table(model: &dyn TableModel, out: &mut Output) -> Result<(), Failure> {
    let lines = match out.format {
        Format::Plain => plain::sentences(model),
        Format::Table | Format::Json => plain::screen(model, out.width.map(usize::from)),
    };
    for line in lines {
        out.text(line)?;
    }
    Ok(())
}

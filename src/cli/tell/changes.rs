//! What changed, in words.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::model::Time;
use crate::operation::Comparison;
use crate::view::{Present, comparison};

/// Says what changed between two points.
pub fn changes(it: &Comparison, now: Time, out: &mut Output) -> Result<(), Failure> {
    let present = Present::new(now, chrono_tz::UTC);
    comparison::lines(it, &present).iter().try_for_each(|line| out.line(line))?;
    Ok(())
}

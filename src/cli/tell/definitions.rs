//! What metrics mean, in words.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::metrics::Definition;
use crate::view::{Line, Role};

/// Where lines are broken when nobody says how wide the screen is.
const WIDTH: usize = 80;

/// Says each definition with its id.
pub fn definitions(definitions: &[Definition], out: &mut Output) -> Result<(), Failure> {
    let width = out.width.map_or(WIDTH, usize::from).clamp(20, 100);
    for (at, it) in definitions.iter().enumerate() {
        if at > 0 {
            out.text("")?;
        }
        out.line(&Line::of(Role::Strong, it.metric.title()).with(Role::Muted, format!("  definition {}", it.id)))?;
        for words in &it.words {
            for line in wrapped(words, width - 2) {
                out.text(format!("  {line}"))?;
            }
        }
    }
    Ok(())
}

/// Words broken into lines of at most `width` characters where that is possible.
fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

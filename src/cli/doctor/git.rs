//! The `git` program.

use std::process::{Command, Stdio};

use super::Check;
use crate::model::text;

const AREA: &str = "git";

/// Asks `git` for its version. Repositories are read without it.
pub fn check() -> Check {
    let asked = Command::new("git").arg("--version").stdin(Stdio::null()).output();
    match asked {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout);
            Check::ok(AREA, text::clean(said.trim()).into_owned())
        }
        _ => Check::ok(AREA, "not installed; repositories are read without it"),
    }
}

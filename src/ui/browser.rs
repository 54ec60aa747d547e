//! Opening a page. The address is one argument of a program, never a part of a command line.

use std::process::Stdio;

use tokio::process::Command;

/// The program that opens addresses.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens a page; the program gets nothing of our terminal.
///
/// # Errors
/// When there is no such program or it says that it failed, in words.
pub async fn open(address: &str) -> Result<(), String> {
    let status = Command::new(OPENER)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .map_err(|error| format!("cannot start {OPENER}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{OPENER} could not open {address}")) }
}

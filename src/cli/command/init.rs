//! `flightdeck init`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::config;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck init
  flightdeck init --print     look at it first")]
pub struct Args {
    /// Write over a flightdeck.toml that is there.
    #[arg(long)]
    force: bool,
    /// Print what would be written, and write nothing.
    #[arg(long, conflicts_with = "force")]
    print: bool,
}

/// Writes a configuration from what lies here.
pub fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let text = config::starting_file(&session.directory);
    if args.print {
        for line in text.lines() {
            out.text(line)?;
        }
        return Ok(Exit::Ok);
    }
    let path = session.directory.join(config::FILE_NAME);
    let shown = path.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!args.force);
    let mut file = options.open(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::error(format!("{shown} is there already"))
            .hint("look at it with flightdeck config print, or write over it with --force"),
        _ => Failure::error(format!("cannot write {shown}: {error}")),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::error(format!("cannot write {shown}: {error}")))?;
    match out.format {
        Format::Json => out.json(&Answer { path: shown.to_string() })?,
        Format::Table | Format::Plain => {
            out.text(format!("wrote {shown}"))?;
            out.text("look at it, then see what it gives with flightdeck status")?;
        }
    }
    Ok(Exit::Ok)
}

#[derive(Serialize)]
struct Answer {
    path: String,
}

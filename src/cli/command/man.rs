//! `flightdeck man`.

use std::path::{Path, PathBuf};

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck man | man -l -
  flightdeck man --out ~/.local/share/man/man1")]
pub struct Args {
    /// Write one page a command into this directory.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes the pages.
pub fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    command.build();
    match &args.out {
        Some(directory) => all(&command, directory, out)?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            out.bytes(&page)?;
        }
    }
    Ok(Exit::Ok)
}

fn all(command: &clap::Command, directory: &Path, out: &mut Output) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::error(format!("cannot write to {}: {error}", directory.display()));
    std::fs::create_dir_all(directory).map_err(cannot)?;
    clap_mangen::generate_to(command.clone(), directory).map_err(cannot)?;
    out.text(format!("wrote the manual pages to {}", directory.display()))?;
    Ok(())
}

//! `flightdeck completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::args::Cli;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck completions bash > ~/.local/share/bash-completion/completions/flightdeck
  flightdeck completions zsh  > ~/.zfunc/_flightdeck
  flightdeck completions fish > ~/.config/fish/completions/flightdeck.fish")]
pub struct Args {
    /// The shell that should complete.
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the script.
pub fn run(args: &Args, out: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "flightdeck", &mut script);
    out.bytes(&script)?;
    Ok(Exit::Ok)
}

//! The command line: arguments in, words out. It holds no logic: what it says comes from `world`, `query` and
//! `operation`, and how it says it from `view`.

mod args;
mod command;
mod crash;
mod exit;
mod failure;
mod log;
#[allow(dead_code, reason = "the commands that use it come next")]
mod nearest;
#[allow(dead_code, reason = "the commands that use it come next")]
mod output;
mod paint;
#[allow(dead_code, reason = "the commands that use it come next")]
mod progress;
#[allow(dead_code, reason = "the commands that use it come next")]
mod prompt;
mod redact;
#[allow(dead_code, reason = "the commands that use it come next")]
mod when;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use exit::Exit;
use failure::Failure;
use output::Output;

/// Does what the arguments say and tells how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(told) => return said_by_clap(&told).into(),
    };
    // The hook has told the story already when a panic arrives here.
    let exit = std::panic::catch_unwind(AssertUnwindSafe(|| obey(&cli))).unwrap_or(Exit::Error);
    exit.into()
}

/// Help, version and wrong usage: clap says them itself. Nobody there to read them is no error.
fn said_by_clap(told: &clap::Error) -> Exit {
    let _ = told.print();
    if told.use_stderr() { Exit::Usage } else { Exit::Ok }
}

fn obey(cli: &Cli) -> Exit {
    let outcome = start_log(cli).and_then(|()| {
        let mut out = output(cli);
        let exit = dispatch(cli, &mut out)?;
        out.flush()?;
        Ok(exit)
    });
    outcome.unwrap_or_else(|failure: Failure| {
        failure.lines().iter().for_each(|line| eprintln!("{line}"));
        failure.exit()
    })
}

fn start_log(cli: &Cli) -> Result<(), Failure> {
    let filter = log::filter(cli.global.log.as_deref(), cli.global.verbose).map_err(Failure::usage)?;
    let directory = log::directory(cli.global.state.as_deref());
    let started = directory.as_deref().is_some_and(|directory| log::start(directory, filter).is_ok());
    crash::install(directory.filter(|_| started));
    Ok(())
}

fn output(cli: &Cli) -> Output {
    let terminal = std::io::stdout().is_terminal();
    let width = terminal.then(|| crossterm::terminal::size().ok()).flatten().map(|(width, _)| width);
    Output::standard(cli.global.format(), cli.global.color.for_stdout(), width)
}

fn dispatch(cli: &Cli, out: &mut Output) -> Result<Exit, Failure> {
    match &cli.command {
        Some(Command::Completions(args)) => command::completions::run(args, out),
        Some(Command::Man(args)) => command::man::run(args, out),
        None => Err(Failure::usage("no command is given").hint("flightdeck --help tells what there is")),
    }
}

//! The command line: arguments in, words out. It holds no logic: what it says comes from `world`, `query` and
//! `operation`, and how it says it from `view`.

mod answer;
mod args;
mod aside;
mod clock;
mod cockpit;
mod command;
mod consent;
mod crash;
mod doctor;
mod exit;
mod failure;
mod interrupt;
mod log;
mod names;
mod nearest;
mod output;
mod paint;
mod plan;
mod progress;
mod prompt;
mod redact;
mod selection;
mod session;
mod show;
mod tell;
mod when;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use exit::Exit;
use failure::Failure;
use interrupt::Interrupt;
use output::{Format, Output};
use progress::Manner;
use session::Session;

use crate::model::Verb;
use crate::ui::tour;

/// How long threads that are still at work are waited for at the end.
const FAREWELL: Duration = Duration::from_millis(200);

/// The grammar of the command line, for pages about it.
pub fn grammar() -> clap::Command {
    Cli::command()
}

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
    let outcome = fits(cli).and_then(|()| start_log(cli)).and_then(|()| {
        let mut out = output(cli);
        let exit = dispatch(cli, &mut out)?;
        out.flush()?;
        Ok(exit)
    });
    outcome.unwrap_or_else(|failure: Failure| {
        failure.lines().iter().for_each(|line| aside::say(line));
        failure.exit()
    })
}

/// Whether the command can be answered in the form that was asked for.
fn fits(cli: &Cli) -> Result<(), Failure> {
    let document = cli.global.format.is_document() && !cli.global.plain;
    if document && !matches!(cli.command, Some(Command::Metrics(_))) {
        return Err(Failure::usage("csv, markdown and html are forms of `flightdeck metrics` alone"));
    }
    Ok(())
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
    if let (Some(view), Some(_)) = (&cli.view, &cli.command) {
        let refused = Failure::usage("--view is how the cockpit begins: it goes with no command");
        return Err(refused.hint(format!("flightdeck --view {}", crate::model::text::clean(view))));
    }
    match &cli.command {
        Some(Command::Completions(args)) => command::completions::run(args, out),
        Some(Command::Man(args)) => command::man::run(args, out),
        other => {
            let runtime = tokio::runtime::Runtime::new()
                .map_err(|error| Failure::error(format!("cannot start working: {error}")))?;
            let session = session(cli)?;
            let interrupt = session.interrupt.clone();
            let ended = runtime.block_on(async {
                tokio::select! {
                    done = in_session(other.as_ref(), cli.view.as_deref(), &session, out) => done,
                    () = interrupt.wanted() => Ok(Exit::Interrupted),
                }
            });
            // A thread that waits for an answer, or reads something large, keeps nobody.
            runtime.shutdown_timeout(FAREWELL);
            ended
        }
    }
}

fn session(cli: &Cli) -> Result<Session<'_>, Failure> {
    let directory =
        std::env::current_dir().map_err(|error| Failure::error(format!("the directory is not there: {error}")))?;
    let clock = match &cli.command {
        // What a tour says is true on one day.
        Some(Command::Demo(args)) if args.tour.is_some() => clock::from(tour::NOW)?,
        _ => clock::of_environment()?,
    };
    Ok(Session {
        global: &cli.global,
        began: clock(),
        started: Instant::now(),
        clock,
        manner: Manner::for_stderr(cli.global.format() == Format::Plain),
        directory,
        interrupt: Interrupt::default(),
        makeshift: OnceLock::new(),
    })
}

async fn in_session(
    command: Option<&Command>,
    view: Option<&str>,
    session: &Session<'_>,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        None if session.global.plain => command::status::run(&Default::default(), session, out).await,
        None => cockpit::open(session, cockpit::Opening { view, ..cockpit::Opening::default() }).await,
        Some(Command::Demo(args)) => command::demo::run(args, session, out).await,
        Some(Command::Status(args)) => command::status::run(args, session, out).await,
        Some(Command::Show(args)) => command::show::run(args, session, out).await,
        Some(Command::Where(args)) => command::where_is::run(args, session, out).await,
        Some(Command::Metrics(args)) => command::metrics::run(args, session, out).await,
        Some(Command::Changes(args)) => command::changes::run(args, session, out).await,
        Some(Command::Logs(args)) => command::logs::run(args, session, out).await,
        Some(Command::Promote(args)) => command::operate::promote(args, session, out).await,
        Some(Command::Rollback(args)) => command::operate::rollback(args, session, out).await,
        Some(Command::Pause(args)) => command::operate::with(Verb::Pause, args, session, out).await,
        Some(Command::Resume(args)) => command::operate::with(Verb::Resume, args, session, out).await,
        Some(Command::Restart(args)) => command::operate::with(Verb::Restart, args, session, out).await,
        Some(Command::Abort(args)) => command::operate::with(Verb::Abort, args, session, out).await,
        Some(Command::Approvals(args)) => command::approve::list(args, session, out).await,
        Some(Command::Approve(args)) => command::approve::approve(args, session, out).await,
        Some(Command::Reject(args)) => command::approve::reject(args, session, out).await,
        Some(Command::Runs(args)) => command::runs::run(args, session, out).await,
        Some(Command::Lock(args)) => command::lock::lock(args, session, out),
        Some(Command::Unlock(args)) => command::lock::unlock(args, session, out),
        Some(Command::MarkBad(args)) => command::mark_bad::run(args, session, out),
        Some(Command::Journal(args)) => command::journal::run(args, session, out).await,
        Some(Command::Sync(args)) => command::sync::run(args, session, out).await,
        Some(Command::Doctor(args)) => command::doctor::run(args, session, out).await,
        Some(Command::Init(args)) => command::init::run(args, session, out).await,
        Some(Command::Config(args)) => command::config::run(args, session, out),
        Some(Command::Completions(args)) => command::completions::run(args, out),
        Some(Command::Man(args)) => command::man::run(args, out),
    }
}

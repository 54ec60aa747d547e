//! `flightdeck demo [DIR]`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::cli::aside;
use crate::cli::cockpit::{self, Opening};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::progress;
use crate::cli::session::Session;
use crate::config::FILE_NAME;
use crate::demo::{self, DemoOptions, DemoWorld};
use crate::model::Clock;
use crate::ui::tour::{self, Tour};

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Everything in it is real: git repositories, packages, release directories, a journal. A promotion there copies files and
switches a pointer, a rollback switches it back. The directory is kept and named at the end.

Examples:
  flightdeck demo
  flightdeck demo ~/playground --write
  flightdeck demo --frozen --seed 7
  flightdeck demo --tour developer
  flightdeck demo ~/big --services 300 --build

With --frozen, --seed and FLIGHTDECK_NOW=2026-11-21T09:00:00Z it is the same company every time, commit ids included.")]
pub struct Args {
    /// Build it in this directory; one that was built before is opened again.
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Let nothing happen by itself.
    #[arg(long)]
    frozen: bool,
    /// The same seed gives the same company.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many services the company has.
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    services: usize,
    /// Begin with this view: `developer`, `on-call`, `lead`, `today`, or one of yours.
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// Watch somebody use it: `developer`, `on-call` or `lead`. Any key takes over.
    #[arg(long, value_name = "NAME", value_parser = names(), conflicts_with_all = ["build", "view"])]
    pub tour: Option<String>,
    /// Build it and open nothing.
    #[arg(long)]
    build: bool,
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(tour::ALL.iter().map(|(name, _)| *name))
}

/// Builds the playground and opens the cockpit on it.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let tour = args.tour.as_deref().map(to_be_shown).transpose()?;
    let directory = place(args)?;
    let configuration = directory.join(FILE_NAME);
    if tour.is_some() && configuration.exists() {
        // A tour may change everything and asks nobody: what lies there may be anything.
        let failure = Failure::usage(format!("{} is there already", configuration.display()));
        return Err(failure.hint("a tour needs a playground of its own: name a new directory, or none"));
    }
    let world = if configuration.is_file() { None } else { Some(build(args, &directory, session).await?) };
    if world.is_none() {
        aside::note("this playground was built before: nothing happens in it by itself");
    }
    if args.build {
        out.text(format!("the playground is in {}", directory.display()))?;
        return Ok(Exit::Ok);
    }
    let stop = CancellationToken::new();
    let living = world.filter(|_| !args.frozen && tour.is_none()).map(|world| {
        let (seed, clock, stop) = (args.seed, Clock::clone(&session.clock), stop.clone());
        tokio::spawn(demo::live(world, seed, clock, stop))
    });
    let opening = Opening { configuration: Some(&configuration), view: args.view.as_deref(), tour };
    let exit = cockpit::open(session, opening).await;
    stop.cancel();
    if let Some(living) = living
        && let Ok(Err(error)) = living.await
    {
        aside::warn(&format!("the company stopped living: {error}"));
    }
    aside::note(&format!("the playground stays in {}", directory.display()));
    exit
}

/// The tour of that name, for a terminal that has room for it.
fn to_be_shown(name: &str) -> Result<Tour, Failure> {
    let tour = Tour::named(name).ok_or_else(|| Failure::usage(format!("there is no tour `{name}`")))?;
    let tour = tour.map_err(|error| Failure::error(format!("the tour {name}: {error}")))?;
    let (columns, lines) = crossterm::terminal::size().unwrap_or(tour.size);
    if columns < tour.size.0 || lines < tour.size.1 {
        let (wide, high) = tour.size;
        return Err(Failure::usage(format!(
            "this tour needs {wide} columns and {high} lines, here are {columns} and {lines}"
        ))
        .hint("make the window larger or the letters smaller"));
    }
    Ok(tour)
}

/// The directory that was named, else a new temporary one that stays.
fn place(args: &Args) -> Result<PathBuf, Failure> {
    match &args.directory {
        Some(directory) => {
            std::path::absolute(directory).map_err(|error| Failure::error(format!("{}: {error}", directory.display())))
        }
        None => tempfile::Builder::new()
            .prefix("flightdeck-demo-")
            .tempdir()
            .map(tempfile::TempDir::keep)
            .map_err(|error| Failure::error(format!("no temporary directory can be made: {error}"))),
    }
}

async fn build(args: &Args, directory: &Path, session: &Session<'_>) -> Result<DemoWorld, Failure> {
    let seed = if args.tour.is_some() { tour::SEED } else { args.seed };
    let options = DemoOptions { seed, services: args.services, ..DemoOptions::new(session.began) };
    let place = Arc::new(directory.to_owned());
    let work = tokio::task::spawn_blocking(move || demo::build(&place, &options));
    let built = progress::during(session.manner, || "building a small company".to_owned(), work).await;
    let built = built.map_err(|_| Failure::error("building the playground was interrupted"))?;
    built.map_err(|error| Failure::error(error.to_string()))
}

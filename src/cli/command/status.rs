//! `flightdeck status`.

use std::sync::Arc;

use crate::cli::answer::status::board;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::selection::Selection;
use crate::cli::session::Session;
use crate::cli::show;
use crate::picture::Snapshot;
use crate::view::{Screen, Sources, Wish};

/// Arguments of `status`.
#[derive(Debug, Default, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck status
  flightdeck status --environment production --format json
  flightdeck status --service checkout --offline")]
pub struct Args {
    /// Show only this service; can be given several times.
    #[arg(long, short, value_name = "SERVICE")]
    service: Vec<String>,
    /// Show only this environment; can be given several times.
    #[arg(long, short, value_name = "ENV")]
    environment: Vec<String>,
}

/// Shows the board.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open_to_read()?;
    session.settle(&world).await?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let snapshot = selection(args, &snapshot)?.of(&snapshot);
    let now = session.now();
    match out.format {
        Format::Json => out.json(&board(&snapshot, now))?,
        Format::Table | Format::Plain => {
            let operations = world.operations().borrow().clone();
            let sources = Sources {
                snapshot: Arc::new(snapshot),
                operations,
                metrics: crate::view::metrics::Known::default(),
                me: Arc::default(),
                now,
            };
            show::screen(&Wish::of(Screen::Board), &sources, out)?;
        }
    }
    Ok(exit)
}

fn selection(args: &Args, snapshot: &Snapshot) -> Result<Selection, Failure> {
    let services = args.service.iter().map(|name| names::service(snapshot, name));
    let environments = args.environment.iter().map(|name| names::environment(snapshot, name));
    Ok(Selection {
        services: services.collect::<Result<_, _>>()?,
        environments: environments.collect::<Result<_, _>>()?,
    })
}

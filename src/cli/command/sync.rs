//! `flightdeck sync`.

use serde::Serialize;

use crate::cli::answer::status::{Source, sources};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::model::Text;
use crate::view::format;

/// Arguments of `sync`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
What it reads is kept, so that the cockpit and --offline answers are fresh.

Examples:
  flightdeck sync
  flightdeck sync --format json")]
pub struct Args {}

/// Reads every backend once.
pub async fn run(_: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    if session.global.offline {
        return Err(Failure::usage("nothing can be read with --offline"));
    }
    let world = session.open()?;
    session.settle(&world).await?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let sources = sources(&snapshot);
    match out.format {
        Format::Json => out.json(&Answer { sources })?,
        Format::Table | Format::Plain => {
            for source in &sources {
                out.text(sentence(source))?;
            }
            let (services, environments) = (snapshot.services.len(), snapshot.environments.len());
            let (services, environments) =
                (format::counted(services as u64, "service"), format::counted(environments as u64, "environment"));
            out.text(format!("{services} in {environments}"))?;
        }
    }
    Ok(exit)
}

fn sentence(source: &Source) -> String {
    let said: &Text = &source.kind;
    match source.problems.len() {
        0 => format!("{} ({said}): read", source.name),
        1 => format!("{} ({said}): 1 problem", source.name),
        many => format!("{} ({said}): {many} problems", source.name),
    }
}

#[derive(Serialize)]
struct Answer {
    sources: Vec<Source>,
}

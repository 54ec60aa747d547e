//! `flightdeck changes SERVICE --from A --to B`.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::cli::tell;

/// Arguments of `changes`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
A and B are environments (what is live there), versions, tags, branches or commits.

Examples:
  flightdeck changes checkout --from 1.4.2 --to 1.5.0
  flightdeck changes checkout --from production --to testing
  flightdeck changes checkout --from production --to main --format json")]
pub struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// Where to start from.
    #[arg(long, value_name = "A")]
    from: String,
    /// Where to end.
    #[arg(long, value_name = "B")]
    to: String,
    /// List at most so many changes of each side.
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 1_000)]
    limit: usize,
}

/// Says what changed.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open_to_read()?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let service = names::service(&snapshot, &args.service)?;
    let answer = world.compare(&service, (&args.from, &args.to), args.limit).await;
    let answer = answer.map_err(|error| names::of_query(error, &snapshot, &service))?;
    match out.format {
        Format::Json => out.json(&answer)?,
        Format::Table | Format::Plain => tell::changes(&answer, session.now(), out)?,
    }
    Ok(exit)
}

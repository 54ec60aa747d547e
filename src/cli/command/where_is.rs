//! `flightdeck where REF`.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::cli::tell;
use crate::query;

/// Arguments of `where`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck where 4f2a91c        a commit
  flightdeck where 1.4.2          a version or tag
  flightdeck where main           a branch
  flightdeck where '#412'         a pull request
  flightdeck where SHOP-97        a ticket
  flightdeck where 'gift cards'   words of a subject")]
pub struct Args {
    /// A commit, tag, branch, version, pull request (#412), ticket (SHOP-97) or words of a subject.
    #[arg(value_name = "REF")]
    reference: String,
    /// Tell only of this service.
    #[arg(long, short, value_name = "SERVICE")]
    service: Option<String>,
}

/// Says how far it has come.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open_to_read()?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let service = args.service.as_deref().map(|name| names::service(&snapshot, name)).transpose()?;
    let mut answer = query::where_is(&snapshot, &args.reference, session.now());
    if let Some(only) = &service {
        answer.unplaced.retain(|it| it.service == *only);
        answer.found.iter_mut().for_each(|found| found.services.retain(|it| it.service == *only));
        answer.found.retain(|found| !found.services.is_empty());
    }
    let nothing = answer.found.is_empty() && answer.unplaced.is_empty();
    match out.format {
        Format::Json => out.json(&answer)?,
        Format::Table | Format::Plain if nothing => {}
        Format::Table | Format::Plain => tell::whereabouts(&answer, session.now(), out)?,
    }
    if nothing { Err(names::nowhere(&snapshot, &args.reference)) } else { Ok(exit) }
}

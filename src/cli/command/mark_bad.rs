//! `flightdeck mark-bad SERVICE VERSION`.

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::model::{BadMark, Text};

/// Arguments of `mark-bad`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
A version that is marked bad is never offered as a default again.

Examples:
  flightdeck mark-bad checkout 1.4.2 --reason 'loses sessions'
  flightdeck mark-bad checkout 1.4.2 --lift")]
pub struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The version.
    #[arg(value_name = "VERSION")]
    version: String,
    /// Say why.
    #[arg(long, value_name = "TEXT", required_unless_present = "lift")]
    reason: Option<String>,
    /// Take the mark back.
    #[arg(long, conflicts_with = "reason")]
    lift: bool,
}

/// Marks, or takes the mark back.
pub fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    session.may_write()?;
    let world = session.open()?;
    let snapshot = world.snapshot();
    let service = names::service(&snapshot, &args.service)?;
    let version = names::version(&snapshot, &service, &args.version)?;
    let mark = match &args.reason {
        Some(reason) => world.mark_bad(service, version, Text::from(reason.as_str()))?,
        None => match world.lift(&service, &version)? {
            Some(mark) => mark,
            None => return Err(Failure::error(format!("{version} of {service} is not marked bad"))),
        },
    };
    match out.format {
        Format::Json => out.json(&Answer { mark: &mark })?,
        Format::Table | Format::Plain => out.text(sentence(&mark))?,
    }
    Ok(Exit::Ok)
}

fn sentence(mark: &BadMark) -> String {
    let BadMark { service, version, why, lifted, .. } = mark;
    if *lifted {
        return format!("took back the mark of {version} of {service}");
    }
    format!("marked {version} of {service} bad: {why}")
}

#[derive(Serialize)]
struct Answer<'a> {
    mark: &'a BadMark,
}

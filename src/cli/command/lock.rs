//! `flightdeck lock` and `flightdeck unlock`.

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::model::{Lock, Scope, Text};
use crate::world::World;

/// Arguments of `lock`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Without a service it holds every service, without an environment every environment.

Examples:
  flightdeck lock checkout --in production --reason 'database moves' --for 2h
  flightdeck lock --in production --reason 'stocktaking' --until 2026-12-24T18:00")]
pub struct LockArgs {
    /// Hold only this service.
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Hold only this environment.
    #[arg(long = "in", value_name = "ENV")]
    environment: Option<String>,
    /// Say why; everybody who is held will read it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Let it end by itself then: 18:00, 2026-12-24 (its end) or 2026-12-24T18:00, in the environment's time zone.
    #[arg(long, value_name = "TIME", conflicts_with = "length")]
    until: Option<String>,
    /// Let it end by itself after so long, like 90m, 2h or 1d12h.
    #[arg(id = "length", long = "for", value_name = "DURATION")]
    length: Option<String>,
}

/// Arguments of `unlock`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
It takes away the locks with exactly this scope: `unlock --in production` leaves a lock on `checkout in production`.

Examples:
  flightdeck unlock checkout --in production
  flightdeck unlock --in production")]
pub struct UnlockArgs {
    /// The service that is held.
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// The environment that is held.
    #[arg(long = "in", value_name = "ENV")]
    environment: Option<String>,
}

/// Locks.
pub fn lock(args: &LockArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    session.may_write()?;
    let world = session.open()?;
    let scope = scope(&world, args.service.as_deref(), args.environment.as_deref())?;
    let until = args.until.as_deref().or(args.length.as_deref());
    let lock = world.lock(scope, Text::from(args.reason.as_str()), until)?;
    match out.format {
        Format::Json => out.json(&Locked { lock: &lock })?,
        Format::Table | Format::Plain => out.text(sentence("locked", &lock))?,
    }
    Ok(Exit::Ok)
}

/// Unlocks.
pub fn unlock(args: &UnlockArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    session.may_write()?;
    let world = session.open()?;
    let scope = scope(&world, args.service.as_deref(), args.environment.as_deref())?;
    let released = world.unlock(&scope)?;
    if released.is_empty() {
        return Err(Failure::error(format!("no lock holds {scope}")).hint("flightdeck status shows what holds"));
    }
    match out.format {
        Format::Json => out.json(&Unlocked { released: &released })?,
        Format::Table | Format::Plain => {
            for lock in &released {
                out.text(sentence("unlocked", lock))?;
            }
        }
    }
    Ok(Exit::Ok)
}

fn scope(world: &World, service: Option<&str>, environment: Option<&str>) -> Result<Scope, Failure> {
    let snapshot = world.snapshot();
    Ok(Scope {
        service: service.map(|name| names::service(&snapshot, name)).transpose()?,
        environment: environment.map(|name| names::environment(&snapshot, name)).transpose()?,
    })
}

fn sentence(what: &str, lock: &Lock) -> String {
    let until = match (&lock.released, lock.until) {
        (None, Some(until)) => format!(", until {}", until.format("%Y-%m-%d %H:%M UTC")),
        _ => String::new(),
    };
    format!("{what} {}: {}{until}", lock.scope, lock.why)
}

#[derive(Serialize)]
struct Locked<'a> {
    lock: &'a Lock,
}

#[derive(Serialize)]
struct Unlocked<'a> {
    released: &'a [Lock],
}

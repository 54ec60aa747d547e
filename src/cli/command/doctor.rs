//! `flightdeck doctor`.

use std::io::IsTerminal;

use serde::Serialize;

use crate::cli::doctor::{self, Check};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::{Session, UNSHALLOW, cut_off};
use crate::model::Status;
use crate::view::{Line, Role};
use crate::world::World;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck doctor
  flightdeck doctor --format json")]
pub struct Args {}

/// Looks at everything that Flightdeck stands on and says what to do about what is wrong.
pub async fn run(_: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let mut checks = terminal();
    checks.push(doctor::git::check());
    checks.extend(doctor::configuration::check(&session.load()));
    match session.open() {
        Ok(world) => {
            session.settle(&world).await?;
            session.read(&world).await?;
            checks.extend(of_world(&world));
        }
        Err(failure) => checks.push(doctor::without_world(&failure)),
    }
    match out.format {
        Format::Json => out.json(&Answer { checks: &checks })?,
        Format::Table | Format::Plain => tell(&checks, out)?,
    }
    let failed = checks.iter().any(|check| check.status == Status::Failed);
    Ok(if failed { Exit::Error } else { Exit::Ok })
}

fn terminal() -> Vec<Check> {
    let facts = doctor::terminal::Facts {
        variable: &|name| std::env::var(name).ok(),
        attached: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
        size: crossterm::terminal::size().ok(),
    };
    doctor::terminal::check(&facts)
}

fn of_world(world: &World) -> Vec<Check> {
    let snapshot = world.snapshot();
    let mut checks = doctor::sources::check(&snapshot);
    checks.extend(cut_off(&snapshot).into_iter().map(|what| Check::warn("history", what, UNSHALLOW)));
    checks.extend(doctor::clock::check(world.now(), world.state().root(), snapshot.observed_at));
    checks.extend(doctor::state::check(world));
    checks
}

fn tell(checks: &[Check], out: &mut Output) -> Result<(), Failure> {
    for check in checks {
        let word = match check.status {
            Status::Ok => "ok",
            Status::Failed => "failed",
            _ => "look",
        };
        let line = match out.format {
            Format::Plain => Line::of(Role::Text, format!("{word}: {}: {}", check.area, check.says)),
            Format::Table | Format::Json => Line::of(Role::Status(check.status), format!("{word:<6}"))
                .with(Role::Strong, format!("  {:<14}", check.area))
                .with(Role::Text, check.says.as_str()),
        };
        out.line(&line)?;
        if let Some(hint) = &check.hint {
            let indent = if out.format == Format::Plain { "" } else { "                        " };
            out.line(&Line::of(Role::Muted, format!("{indent}hint: {hint}")))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Answer<'a> {
    checks: &'a [Check],
}

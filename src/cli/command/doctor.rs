//! `flightdeck doctor`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::cockpit::themes_directory;
use crate::cli::doctor::sources::Readings;
use crate::cli::doctor::{self, Check};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::{Session, UNSHALLOW, cut_off};
use crate::config::UiEntry;
use crate::model::{SourceId, Status};
use crate::ui::clipboard;
use crate::ui::theme::Themes;
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
    let loaded = session.load();
    let mut checks = terminal(session, &loaded.config.ui);
    checks.push(doctor::git::check());
    checks.extend(doctor::configuration::check(&loaded));
    match session.open() {
        Ok(world) => {
            session.settle(&world).await?;
            let took = if session.global.offline { BTreeMap::new() } else { read_each(&world).await? };
            checks.extend(of_world(&world, took));
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

fn terminal(session: &Session<'_>, ui: &UiEntry) -> Vec<Check> {
    let variable = |name: &str| std::env::var(name).ok();
    let facts = doctor::terminal::Facts {
        variable: &variable,
        attached: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
        size: crossterm::terminal::size().ok(),
        color: session.global.color.into(),
    };
    let themes = Themes { own: themes_directory(), ..Themes::default() };
    let mut checks = doctor::terminal::check(&facts);
    if facts.attached && facts.set("TMUX").is_some() {
        checks.extend(doctor::tmux::check(doctor::tmux::ask));
    }
    checks.extend(doctor::looks::check(ui, &themes, &facts, clipboard::is_installed));
    checks
}

/// Reads backend after backend; how long each took. What they could not tell is in the picture.
async fn read_each(world: &World) -> Result<BTreeMap<SourceId, Duration>, Failure> {
    let mut took = BTreeMap::new();
    for backend in world.backends() {
        let began = Instant::now();
        world.refresh_sources(&BTreeSet::from([backend.id().clone()])).await?;
        took.insert(backend.id().clone(), began.elapsed());
    }
    Ok(took)
}

fn of_world(world: &World, took: BTreeMap<SourceId, Duration>) -> Vec<Check> {
    let snapshot = world.snapshot();
    let facts = world.shelves().store.counts().unwrap_or_default();
    let mut checks = doctor::sources::check(&snapshot, &Readings { took, facts, now: world.now() });
    checks.extend(doctor::sources::credentials(&snapshot, world.actor().who.as_str()));
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

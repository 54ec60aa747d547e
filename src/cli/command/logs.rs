//! `flightdeck logs SERVICE --in ENV`: the output of what runs there.

use serde::Serialize;

use crate::backend::{self, LogPart, Which};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::model::{Status, Text, TrackId};
use crate::view::{Line, Role, Span, fit, format};
use crate::world::World;

/// Arguments of `logs`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Lines of several outputs begin with the end of the pod's name, and the container's where a pod has several.

Examples:
  flightdeck logs checkout --in production
  flightdeck logs checkout --in production --follow --lines 20
  flightdeck logs checkout --in production --list
  flightdeck logs checkout --in production --pod checkout-7d9f-x2k --container app --previous")]
pub struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The environment in which it runs.
    #[arg(long = "in", value_name = "ENV")]
    environment: String,
    /// Of this pod, task or process alone.
    #[arg(long, value_name = "NAME")]
    pod: Option<String>,
    /// Of the containers of this name alone.
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    /// Of the one before, that ended, instead of the one that runs.
    #[arg(long, conflicts_with = "follow")]
    previous: bool,
    /// Go on with what comes, until it is interrupted.
    #[arg(long, short)]
    follow: bool,
    /// At most so many lines of what was written already.
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    lines: u16,
    /// List what there is to look at, and nothing else.
    #[arg(long, conflicts_with_all = ["pod", "container", "previous", "follow"])]
    list: bool,
}

/// Says it.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    if session.global.offline {
        return Err(Failure::usage("an output has to be asked for").hint("leave --offline out"));
    }
    if args.follow && out.format == Format::Json {
        return Err(Failure::usage("what is followed never ends, and JSON does").hint("leave one of them out"));
    }
    let world = session.open_to_read()?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let service = names::service(&snapshot, &args.service)?;
    let environment = names::environment(&snapshot, &args.environment)?;
    let track = TrackId { service, environment };
    if args.list {
        let all = kept(&track, world.outputs(&track).await)?;
        return list(&all, out).map(|()| exit);
    }
    let text = |name: &Option<String>| name.as_deref().map(Text::from);
    let which = Which { pod: text(&args.pod), container: text(&args.container), previous: args.previous };
    let part = kept(&track, world.output(&track, &which, None, usize::from(args.lines)).await)?;
    if out.format == Format::Json {
        out.json(&Answer { track: &track, lines: part.lines.iter().chain(&part.unfinished).collect(), cut: part.cut })?;
        return Ok(exit);
    }
    say(&part, !args.follow, out)?;
    if args.follow {
        follow(&world, &track, &which, part, out).await?;
    }
    Ok(exit)
}

/// Says what comes, as it comes.
async fn follow(world: &World, track: &TrackId, which: &Which, part: LogPart, out: &mut Output) -> Result<(), Failure> {
    let mut at = part.cursor;
    while let Some(after) = at {
        let Some(part) = world.follow_output(track, which, &after).await? else { return Ok(()) };
        say(&part, false, out)?;
        at = Some(part.cursor.unwrap_or(after));
    }
    Ok(())
}

/// The lines; the beginning of one whose end has not come yet only where nothing comes after it.
fn say(part: &LogPart, last: bool, out: &mut Output) -> Result<(), Failure> {
    for line in part.lines.iter().chain(part.unfinished.iter().filter(|_| last)) {
        out.text(line.as_str())?;
    }
    out.flush()?;
    Ok(())
}

fn kept<T>(track: &TrackId, found: backend::Result<Option<T>>) -> Result<T, Failure> {
    found?.ok_or_else(|| Failure::error(format!("no backend keeps the output of what runs in {track}")))
}

fn list(all: &[backend::Output], out: &mut Output) -> Result<(), Failure> {
    if out.format == Format::Json {
        out.json(&List { outputs: all.iter().map(listed).collect() })?;
        return Ok(());
    }
    let name = |it: &backend::Output| match &it.container {
        Some(container) => format!("{}  {container}", it.pod),
        None => it.pod.to_string(),
    };
    let widest = all.iter().map(|it| fit::width(&name(it))).max().unwrap_or(0);
    for it in all {
        let mut line = Line::of(Role::Strong, format!("{}  ", fit::pad(&name(it), widest, crate::view::Align::Left)));
        line.0.push(Span::status(it.status));
        line = line.with(Role::Text, format!("  {}", it.state));
        if it.restarts > 0 {
            line = line.with(Role::Warning, format!(" · {}", format::counted(it.restarts.into(), "restart")));
        }
        if it.previous {
            line = line.with(Role::Muted, " · --previous shows the one before");
        }
        out.line(&line)?;
    }
    if all.is_empty() {
        out.line(&Line::of(Role::Muted, "nothing runs there"))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Answer<'a> {
    track: &'a TrackId,
    lines: Vec<&'a Text>,
    cut: bool,
}

#[derive(Serialize)]
struct List<'a> {
    outputs: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    pod: &'a Text,
    container: &'a Option<Text>,
    status: Status,
    state: &'a Text,
    restarts: u32,
    previous: bool,
}

fn listed(it: &backend::Output) -> Listed<'_> {
    let backend::Output { pod, container, status, state, restarts, previous } = it;
    Listed { pod, container, status: *status, state, restarts: *restarts, previous: *previous }
}

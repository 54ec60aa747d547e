//! The cockpit on a world.

mod bridge;
mod look;
mod notes;
pub mod problems;
mod who;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use etcetera::BaseStrategy;
use tokio::task::JoinHandle;

use super::aside;
use super::exit::Exit;
use super::failure::Failure;
use super::nearest::unknown;
use super::session::{COCKPIT, Session};
use crate::app::state::{Own, Views};
use crate::app::{Memory, Message};
use crate::config::{self, Config, Problem};
use crate::model::Text;
use crate::operation::WriteMode;
use crate::ui::tour::Tour;
use crate::ui::{self, CockpitOptions};
use crate::view;
use crate::world::{World, WorldError};
use bridge::Bridge;
use notes::Notes;

/// On what the cockpit is opened, and how it begins.
#[derive(Default)]
pub struct Opening<'a> {
    /// The configuration, where one is named; else the project that is found.
    pub configuration: Option<&'a Path>,
    /// The view that is asked for.
    pub view: Option<&'a str>,
    /// A tour of a playground, in which everything may be changed.
    pub tour: Option<Tour>,
}

/// Opens the cockpit and stays until somebody ends it.
pub async fn open(session: &Session<'_>, opening: Opening<'_>) -> Result<Exit, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage("the cockpit needs a terminal").hint("flightdeck status says the board as text"));
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        let failure = Failure::usage("TERM is dumb: this terminal cannot draw a cockpit");
        return Err(
            failure.hint("flightdeck --plain says the board as lines; a terminal that can draw names itself in TERM")
        );
    }
    let begun = Arc::new(AtomicBool::new(false));
    let mut exit = once(session, &opening, &begun).await?;
    while begun.load(Ordering::SeqCst) {
        exit = once(session, &opening, &begun).await?;
    }
    Ok(exit)
}

/// The cockpit until it ends; `begun` says whether a configuration was written, with which it is to be opened again.
async fn once(session: &Session<'_>, opening: &Opening<'_>, begun: &Arc<AtomicBool>) -> Result<Exit, Failure> {
    let world = session.open_anywhere(opening.configuration.or(session.global.config.as_deref()), COCKPIT)?;
    let notes = Notes::of(world.state().root());
    let mut told = told(session, &world).await?;
    if begun.swap(false, Ordering::SeqCst) {
        let message = Message::done(format!("{} is written and holds now", config::FILE_NAME));
        told.push(
            message
                .hint("add services, environments and backends to it; `flightdeck config schema` says what there is"),
        );
    }
    let memory = notes.read().unwrap_or_else(|failure| {
        told.push(Message::from(failure));
        Memory::default()
    });
    let own = own(session, &world, memory, opening.view)?;
    told.extend(problems::of_views(world.loaded(), &own.memory).iter().map(|it| Message::warning(first_line(it))));
    let mut options = options(session, &world, told, own);
    if opening.tour.is_some() {
        options.write = WriteMode::new(Some(true), &world.loaded().config.policy);
        options.tour = opening.tour.clone();
    }
    // Tasks of their own: nothing that is read or folded keeps a key waiting.
    let mut completing = tokio::spawn(complete(world.clone(), session.global.offline));
    let cockpit = ui::run(Arc::new(Bridge::new(world.clone(), notes, Arc::clone(begun))), options);
    let ended = tokio::select! {
        ended = session.interrupt.leaving_to_it(cockpit) => {
            ended.map_err(|error| Failure::error(format!("the terminal went away: {error}")))
        }
        failed = failure(&mut completing) => Err(failed),
    };
    completing.abort();
    world.keep_glance();
    let farewell = ended?;
    farewell.told.iter().for_each(|what| aside::note(what.as_str()));
    Ok(if farewell.left { Exit::Operation } else { Exit::Ok })
}

/// Brings the picture from a glance to the whole, and keeps it fresh unless nothing outside is to be asked.
async fn complete(world: World, offline: bool) -> Result<(), WorldError> {
    world.complete().await?;
    if offline {
        world.take_as_read();
    } else {
        follow(&world).await;
    }
    Ok(())
}

/// Why a task failed; of one that did not, nothing is ever heard.
async fn failure(task: &mut JoinHandle<Result<(), WorldError>>) -> Failure {
    match task.await {
        Ok(Err(error)) => error.into(),
        _ => std::future::pending().await,
    }
}

async fn follow(world: &World) {
    if let Err(error) = world.follow().await {
        tracing::error!("following ended: {error}");
    }
}

/// What has to be said before anything else: what became of operations that were left behind, then what is wrong.
async fn told(session: &Session<'_>, world: &World) -> Result<Vec<Message>, Failure> {
    let mut told: Vec<Message> =
        session.left_behind(world).await?.into_iter().map(|it| Message::warning(it).staying()).collect();
    told.extend(world.set_aside().map(|aside| {
        Message::warning(format!("the store could not be used ({}) and lies at {}", aside.why, aside.path.display()))
    }));
    told.extend(world.loaded().warnings.iter().map(|problem| Message::warning(first_line(problem))));
    Ok(told)
}

fn first_line(problem: &Problem) -> String {
    problem.to_string().lines().next().unwrap_or_default().to_owned()
}

/// What is one's own: who sits here, which views there are, with which to begin.
fn own(session: &Session<'_>, world: &World, memory: Memory, view: Option<&str>) -> Result<Own, Failure> {
    let config = &world.loaded().config;
    let views = view::saved::all(&config.view, &memory.view);
    let names = || views.iter().map(|it| it.name.as_str());
    if let Some(view) = view.filter(|view| !names().any(|name| name == *view)) {
        return Err(unknown("view", view, names()).exits(Exit::Usage));
    }
    let start = config.ui.start.as_deref().filter(|start| names().any(|name| name == *start));
    let me = me(session, config);
    let welcome = world.loaded().path.is_none() || config.backend.is_empty();
    Ok(Own {
        me,
        begin: view.or(start).map(str::to_owned),
        views: config.view.clone(),
        memory,
        mouse: config.ui.mouse,
        welcome,
    })
}

/// By which names and addresses the person who sits here is known.
pub fn me(session: &Session<'_>, config: &Config) -> Vec<String> {
    if config.ui.me.is_empty() { who::is_here(&session.directory) } else { config.ui.me.clone() }
}

fn options(session: &Session<'_>, world: &World, told: Vec<Message>, own: Own) -> CockpitOptions {
    let loaded = world.loaded();
    let config = &loaded.config;
    let directory = loaded.base_dir.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = config.project.name.clone().or(directory).unwrap_or_else(|| "flightdeck".to_owned());
    let mut looks = config.ui.clone();
    looks.accessible |= session.global.plain;
    CockpitOptions {
        name: Text::from(name),
        ui: looks,
        keys: config.key.clone(),
        write: WriteMode::new(session.global.writes(), &config.policy),
        color: session.global.color.into(),
        themes: themes_directory(),
        accents: accents(config),
        views: Views { table: view::open, plan: view::plan::lines, candidate: view::plan::candidate },
        told,
        started: session.started,
        own,
        tour: None,
        aside: aside::note,
    }
}

/// Where the user's own themes are: `themes` beside the user's configuration.
pub fn themes_directory() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|places| places.config_dir().join("flightdeck/themes"))
}

/// The accents of environments that have one of their own.
fn accents(config: &Config) -> BTreeMap<String, String> {
    config.environment.iter().filter_map(|it| Some((it.name.clone(), it.accent.clone()?))).collect()
}

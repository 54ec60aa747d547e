//! The cockpit on a world.

mod bridge;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use etcetera::BaseStrategy;

use super::exit::Exit;
use super::failure::Failure;
use super::paint::Color;
use super::session::{Session, cut_off};
use crate::app::Message;
use crate::app::state::Views;
use crate::config::Config;
use crate::model::Text;
use crate::operation::WriteMode;
use crate::ui::{self, CockpitOptions, ColorChoice};
use crate::view;
use crate::world::World;
use bridge::Bridge;

/// Opens the cockpit on the project that is found, or on a named configuration, and stays until somebody ends it.
pub async fn open(session: &Session<'_>, configuration: Option<&Path>) -> Result<Exit, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage("the cockpit needs a terminal").hint("flightdeck status says the board as text"));
    }
    let world = session.open_at(configuration.or(session.global.config.as_deref()), "cockpit")?;
    let told = told(session, &world).await?;
    let options = options(session, &world, told);
    let following = (!session.global.offline).then(|| tokio::spawn(follow(world.clone())));
    let ended = ui::run(Arc::new(Bridge::new(world)), options).await;
    if let Some(following) = following {
        following.abort();
    }
    ended.map_err(|error| Failure::error(format!("the terminal went away: {error}")))?;
    Ok(Exit::Ok)
}

async fn follow(world: World) {
    if let Err(error) = world.follow().await {
        tracing::error!("following ended: {error}");
    }
}

/// What has to be said before anything else: what became of operations that were left behind, then what is wrong.
async fn told(session: &Session<'_>, world: &World) -> Result<Vec<Message>, Failure> {
    let mut told: Vec<Message> = session.left_behind(world).await?.into_iter().map(Message::warning).collect();
    told.extend(world.set_aside().map(|aside| {
        Message::warning(format!("the store could not be used ({}) and lies at {}", aside.why, aside.path.display()))
    }));
    told.extend(
        world
            .loaded()
            .warnings
            .iter()
            .map(|problem| Message::warning(problem.to_string().lines().next().unwrap_or_default().to_owned())),
    );
    told.extend(cut_off(&world.snapshot()).into_iter().map(Message::warning));
    Ok(told)
}

fn options(session: &Session<'_>, world: &World, told: Vec<Message>) -> CockpitOptions {
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
        color: match session.global.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        },
        themes: etcetera::choose_base_strategy().ok().map(|places| places.config_dir().join("flightdeck/themes")),
        accents: accents(config),
        views: Views { table: view::open, plan: view::plan::lines, candidate: view::plan::candidate },
        told,
    }
}

/// The accents of environments that have one of their own.
fn accents(config: &Config) -> BTreeMap<String, String> {
    config.environment.iter().filter_map(|it| Some((it.name.clone(), it.accent.clone()?))).collect()
}

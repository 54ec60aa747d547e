//! The way in: from options to a cockpit that runs.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::clipboard::{self, Between, Way};
use super::color::{ColorChoice, ColorLevel};
use super::driver::{Driver, Manners};
use super::glyphs::Glyphs;
use super::ground::{self, Ground};
use super::theme::load::Themes;
use super::tour::Tour;
use super::wardrobe::Wardrobe;
use super::{Dress, links};
use crate::app::message::Message;
use crate::app::parting::Farewell;
use crate::app::state::{Look, Own, Start, State, Views};
use crate::app::{World, keymap};
use crate::config::{KeyRow, UiEntry};
use crate::model::Text;
use crate::operation::WriteMode;

/// What a cockpit is started with.
#[derive(Clone)]
pub struct CockpitOptions {
    /// What the project is called.
    pub name: Text,
    /// How it looks and behaves.
    pub ui: UiEntry,
    /// The user's own rows of keys.
    pub keys: Vec<KeyRow>,
    /// Whether the outside may be changed.
    pub write: WriteMode,
    /// Whether there are colours.
    pub color: ColorChoice,
    /// Where the user's own themes are.
    pub themes: Option<PathBuf>,
    /// Accents of environments by their names, as the configuration says them.
    pub accents: BTreeMap<String, String>,
    /// How screens and dialogs are filled.
    pub views: Views,
    /// What has to be told at once: problems of the configuration, operations that were left unfinished.
    pub told: Vec<Message>,
    /// When the program started.
    pub started: Instant,
    /// What is one's own here.
    pub own: Own,
    /// What is shown to somebody who watches.
    pub tour: Option<Tour>,
    /// Says something beside the screen, when there is none any more.
    pub aside: fn(&str),
}

/// Runs the cockpit until somebody ends it and nothing is carried out any more; what became of what was.
///
/// # Errors
/// When there is no terminal, or it goes away.
pub async fn run(world: Arc<dyn World>, options: CockpitOptions) -> io::Result<Farewell> {
    let variable = |name: &str| std::env::var(name).ok();
    let wardrobe = Wardrobe {
        themes: Themes { own: options.themes.clone(), accents: options.accents.clone() },
        level: ColorLevel::detect(options.color, variable),
        accessible: options.ui.accessible,
        configured: options.ui.theme.clone(),
        theme: options.ui.theme.clone(),
        glyphs: Glyphs::chosen(&options.ui.glyphs, variable).to_owned(),
        ground: Ground::of_environment(variable),
        can_be_asked: ground::can_be_asked(variable),
    };
    let (dress, problems) = wardrobe.dress();
    let size = crossterm::terminal::size()?;
    let (mut state, key_problems) = start(&world, &options, &wardrobe, &dress, size);
    let problems = problems.into_iter().chain(key_problems.iter().map(ToString::to_string));
    let told = problems.map(Message::warning).chain(options.told);
    told.for_each(|message| state.tell(message));
    let manners = Manners {
        between: Between::detect(variable),
        copying: Way::of(&options.ui.copy, variable, clipboard::is_installed),
        synchronized: options.ui.synchronized_updates,
        links: links::are_safe(&options.ui.links, variable),
        aside: options.aside,
    };
    Driver::new(world, state, wardrobe, dress, manners)?.with_tour(options.tour).since(options.started).run().await
}

fn start(
    world: &Arc<dyn World>,
    options: &CockpitOptions,
    wardrobe: &Wardrobe,
    dress: &Dress,
    size: (u16, u16),
) -> (State, Vec<keymap::Problem>) {
    let (keymap, problems) = keymap::load(&options.ui.keys, &options.keys);
    let state = State::new(Start {
        name: options.name.clone(),
        views: options.views,
        size,
        now: world.now(),
        snapshot: world.snapshots().borrow().clone(),
        operations: world.operations().borrow().clone(),
        write: options.write.clone(),
        keymap,
        look: Look {
            theme: dress.theme.name.clone(),
            glyphs: dress.glyphs.name.to_owned(),
            themes: wardrobe.themes.names(),
        },
        own: options.own.clone(),
    });
    (state, problems)
}

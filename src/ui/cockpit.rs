//! The way in: from options to a cockpit that runs.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::clipboard::Between;
use super::color::{ColorChoice, ColorLevel};
use super::driver::Driver;
use super::glyphs::Glyphs;
use super::theme::load::Themes;
use super::{Dress, Theme};
use crate::app::message::Message;
use crate::app::state::{Look, Start, State, Views};
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
    /// How screens and dialogs are filled.
    pub views: Views,
    /// What has to be told at once: problems of the configuration, operations that were left unfinished.
    pub told: Vec<Message>,
}

/// Runs the cockpit until somebody ends it.
///
/// # Errors
/// When there is no terminal, or it goes away.
pub async fn run(world: Arc<dyn World>, options: CockpitOptions) -> io::Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let wardrobe = Wardrobe {
        themes: Themes { own: options.themes.clone() },
        level: ColorLevel::detect(options.color, variable),
        accessible: options.ui.accessible,
    };
    let (dress, problems) = wardrobe.dress(&options.ui.theme, &options.ui.glyphs);
    let size = crossterm::terminal::size()?;
    let (mut state, key_problems) = start(&world, &options, &wardrobe, &dress, size);
    let problems = problems.into_iter().chain(key_problems.iter().map(ToString::to_string));
    let told = problems.map(Message::warning).chain(options.told);
    told.for_each(|message| state.tell(message));
    let between = Between::detect(variable);
    Driver::new(world, state, wardrobe, dress, between, options.ui.synchronized_updates)?.run().await
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
    });
    (state, problems)
}

/// Where looks come from.
#[derive(Clone, Debug)]
pub struct Wardrobe {
    /// All themes.
    pub themes: Themes,
    /// How many colours there are.
    pub level: ColorLevel,
    /// Whether frames and glyphs are left out.
    pub accessible: bool,
}

impl Wardrobe {
    /// How everything looks with a theme and a set of glyphs, and what is wrong with them.
    pub fn dress(&self, theme: &str, glyphs: &str) -> (Dress, Vec<String>) {
        let (theme, problems): (Theme, _) = self.themes.load(theme, self.level);
        (Dress { theme, glyphs: Glyphs::named(glyphs), accessible: self.accessible }, problems)
    }
}

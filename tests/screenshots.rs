//! The pictures of the README: drawn from the demo company with a fixed clock, and compared, so that they never show what
//! the program does not. `FLIGHTDECK_PICTURES=write cargo test --test screenshots` draws them anew; look at them then.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flightdeck::app::gate::Late;
use flightdeck::app::key::chord;
use flightdeck::app::state::{Look, Own, Start, Views};
use flightdeck::app::{Effect, Msg, Reply, Request, State, keymap, update};
use flightdeck::demo::{self, DemoOptions};
use flightdeck::model::{Text, Time};
use flightdeck::operation::WriteMode;
use flightdeck::ui::theme::load::Themes;
use flightdeck::ui::{ColorLevel, Dress, Glyphs, frame, svg};
use flightdeck::world::{World, WorldOptions};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

struct Picture {
    name: &'static str,
    size: (u16, u16),
    theme: &'static str,
    keys: &'static str,
}

/// What a theme is shown in.
const THEME: (u16, u16) = (90, 24);

const PICTURES: &[Picture] = &[
    Picture { name: "board", size: (110, 24), theme: "default", keys: "" },
    Picture { name: "board-80x24", size: (80, 24), theme: "default", keys: "j l l l" },
    Picture { name: "board-colour-blind", size: (80, 24), theme: "colour-blind", keys: "j l l l" },
    Picture { name: "board-light", size: (80, 24), theme: "light", keys: "j l l l" },
    Picture { name: "theme-default", size: THEME, theme: "default", keys: "j j" },
    Picture { name: "theme-light", size: THEME, theme: "light", keys: "j j" },
    Picture { name: "theme-high-contrast", size: THEME, theme: "high-contrast", keys: "j j" },
    Picture { name: "theme-colour-blind", size: THEME, theme: "colour-blind", keys: "j j" },
    Picture { name: "theme-monochrome", size: THEME, theme: "monochrome", keys: "j j" },
    Picture { name: "theme-catppuccin-mocha", size: THEME, theme: "catppuccin-mocha", keys: "j j" },
    Picture { name: "theme-catppuccin-latte", size: THEME, theme: "catppuccin-latte", keys: "j j" },
    Picture { name: "theme-gruvbox", size: THEME, theme: "gruvbox", keys: "j j" },
    Picture { name: "theme-nord", size: THEME, theme: "nord", keys: "j j" },
    Picture { name: "theme-solarized-dark", size: THEME, theme: "solarized-dark", keys: "j j" },
    Picture { name: "theme-solarized-light", size: THEME, theme: "solarized-light", keys: "j j" },
    Picture { name: "theme-tokyo-night", size: THEME, theme: "tokyo-night", keys: "j j" },
    Picture { name: "flow", size: (130, 30), theme: "default", keys: "/ c a t a l o g Enter Enter" },
    Picture { name: "runs", size: (110, 30), theme: "default", keys: "3 j j j j j" },
    Picture { name: "track", size: (120, 30), theme: "default", keys: "/ c a t a l o g Enter l l l Enter" },
    Picture { name: "metrics", size: (200, 50), theme: "default", keys: "5 / c a t a l o g Enter Enter" },
    Picture { name: "metrics-overview", size: (110, 24), theme: "default", keys: "5 j j" },
    Picture { name: "metrics-80x24", size: (80, 24), theme: "default", keys: "5 / c a t a l o g Enter Enter j" },
    Picture { name: "promote", size: (80, 24), theme: "default", keys: "/ c a t a l o g Enter p" },
    Picture { name: "rollback", size: (80, 24), theme: "default", keys: "/ c a t a l o g Enter b" },
];

fn now() -> Time {
    "2026-11-20T10:00:00Z".parse().expect("an instant")
}

async fn company(directory: &Path) -> World {
    let options = DemoOptions { seed: 7, ..DemoOptions::new(now()) };
    let built = demo::build(directory, &options).expect("the company is built");
    let world = World::open(&WorldOptions {
        repository: false,
        dir: directory.to_path_buf(),
        config: Some(built.config),
        state: None,
        clock: Arc::new(now),
        origin: Text::from("cockpit"),
        at_a_glance: false,
    })
    .expect("it opens");
    let refreshed = world.refresh().await.expect("it is read");
    assert!(!refreshed.is_partial(), "{refreshed:?}");
    world
}

fn cockpit(world: &World, picture: &Picture) -> State {
    let (keymap, problems) = keymap::load("vim", &[]);
    assert!(problems.is_empty());
    State::new(Start {
        name: Text::from("Demo shop"),
        views: Views::default(),
        size: picture.size,
        now: now(),
        snapshot: world.snapshot(),
        operations: world.operations().borrow().clone(),
        write: WriteMode::new(Some(true), &world.loaded().config.policy),
        keymap,
        look: Look { theme: picture.theme.to_owned(), glyphs: "unicode".to_owned(), themes: Vec::new() },
        own: Own::default(),
    })
}

/// Presses keys a second apart, has plans made and measures taken.
async fn press(state: &mut State, world: &World, keys: &str) {
    let keys = if keys.is_empty() { Vec::new() } else { chord(keys).expect("keys") };
    for key in keys {
        let at = state.clock + chrono::TimeDelta::seconds(1);
        for effect in update(state, at, Msg::Key(key)) {
            let Effect::Ask(ticket, request) = effect else { continue };
            let reply = match request {
                Request::Plan(intent) => Reply::Plan(Ok(Box::new(world.plan(&intent).await.expect("a plan")))),
                Request::Measure(question) => Reply::Measured(Ok(Arc::new(question.answer()))),
                _ => continue,
            };
            let at = state.clock;
            update(state, at, Msg::Reply(Late::new(ticket, reply)));
        }
    }
}

fn drawn(state: &State, theme: &str) -> String {
    let dress = Dress {
        theme: Themes::default().load(theme, ColorLevel::True).0,
        glyphs: Glyphs::named("unicode"),
        accessible: false,
    };
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    frame::draw(state, &dress, &mut buffer);
    svg::write(&buffer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_show_what_the_program_draws() {
    let directory = tempfile::tempdir().expect("a directory");
    let world = company(directory.path()).await;
    let write = std::env::var("FLIGHTDECK_PICTURES").is_ok_and(|it| it == "write");
    let mut stale = Vec::new();
    for picture in PICTURES {
        let mut state = cockpit(&world, picture);
        press(&mut state, &world, picture.keys).await;
        let fresh = drawn(&state, picture.theme);
        let path = PathBuf::from("screenshots").join(picture.name).with_extension("svg");
        if write {
            std::fs::write(&path, &fresh).expect("written");
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&fresh) {
            stale.push(picture.name);
        }
    }
    assert!(stale.is_empty(), "out of date: {stale:?}; FLIGHTDECK_PICTURES=write draws them anew");
}

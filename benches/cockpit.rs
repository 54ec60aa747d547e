//! What a frame costs: the board of 500 services in 6 environments, and lists of a thousand and of a hundred thousand
//! rows. Of a list the two must cost alike: only what is seen is built.

#[path = "synthetic/fleet.rs"]
mod fleet;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use flightdeck::app::key::Key;
use flightdeck::app::state::{Look, Own, Start, Views};
use flightdeck::app::{Msg, State, keymap, update};
use flightdeck::config::Policy;
use flightdeck::model::Text;
use flightdeck::operation::WriteMode;
use flightdeck::picture::Snapshot;
use flightdeck::ui::theme::load::Themes;
use flightdeck::ui::{ColorLevel, Dress, Glyphs, frame};
use flightdeck::world::{World, WorldOptions};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SIZE: (u16, u16) = (120, 40);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("a time")
}

/// The picture of a fleet.
fn picture(services: usize, deployments: usize) -> Arc<Snapshot> {
    let directory = tempfile::tempdir().expect("a directory");
    fleet::write(directory.path(), services, deployments, now()).expect("written");
    let world = World::open(&WorldOptions {
        dir: directory.path().to_owned(),
        config: None,
        repository: false,
        state: Some(directory.path().join("state")),
        clock: Arc::new(now),
        origin: Text::from("bench"),
        at_a_glance: false,
    });
    let world = world.expect("opened");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(world.refresh()).expect("read");
    world.snapshot()
}

fn cockpit(snapshot: &Arc<Snapshot>, screen: char) -> State {
    let mut state = State::new(Start {
        name: Text::from("fleet"),
        views: Views::default(),
        size: SIZE,
        now: now(),
        snapshot: Arc::clone(snapshot),
        operations: Arc::from([]),
        write: WriteMode::new(None, &Policy::default()),
        keymap: keymap::load("vim", &[]).0,
        look: Look::default(),
        own: Own::default(),
    });
    update(&mut state, now(), Msg::Key(Key::char(screen)));
    state
}

fn frames(criterion: &mut Criterion) {
    let dress = Dress {
        theme: Themes::default().load("default", ColorLevel::True).0,
        glyphs: Glyphs::named("unicode"),
        accessible: false,
    };
    let large = picture(500, 100_000);
    let small = picture(5, 1_000);
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let mut group = criterion.benchmark_group("120x40");
    for (name, snapshot, screen) in [
        ("board of 500 services", &large, '1'),
        ("activity of 100 thousand", &large, '6'),
        ("activity of 1 thousand", &small, '6'),
    ] {
        let mut state = cockpit(snapshot, screen);
        group.bench_function(format!("{name}: draw"), |it| {
            it.iter(|| {
                buffer.reset();
                frame::draw(&state, &dress, &mut buffer)
            });
        });
        group.bench_function(format!("{name}: key to frame"), |it| {
            let mut down = false;
            it.iter(|| {
                down = !down;
                update(&mut state, now(), Msg::Key(Key::char(if down { 'j' } else { 'k' })));
                buffer.reset();
                frame::draw(&state, &dress, &mut buffer)
            });
        });
        group.bench_function(format!("{name}: a new picture"), |it| {
            it.iter(|| update(&mut state, now(), Msg::Snapshot(Arc::clone(snapshot))));
        });
    }
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);

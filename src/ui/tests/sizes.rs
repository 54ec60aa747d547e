//! Every scene at every size: nothing panics, nothing is painted outside, nothing sticks out at the right edge, and what
//! is left at small sizes is what was promised.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::matrix::{SCENES, Stage};
use super::{dress, resize};
use crate::app::State;
use crate::app::layout::Kind;
use crate::ui::frame::draw;
use crate::view::fixture::Condition;

/// Cells around the screen that nobody may touch.
const MARGIN: u16 = 3;

/// Paints a frame in a buffer that is larger than the screen, and looks at every cell of it.
pub fn check(state: &State, what: &str) {
    let (width, height) = state.size;
    let mut untouched = Cell::default();
    untouched.set_symbol("▞");
    let mut buffer = Buffer::filled(Rect::new(0, 0, width + MARGIN, height + MARGIN), untouched.clone());
    let cursor = draw(state, &dress("unicode"), &mut buffer);
    assert!(cursor.is_none_or(|(x, y)| x < width && y < height), "{what} at {width}x{height}: cursor at {cursor:?}");
    for y in 0..height + MARGIN {
        for x in 0..width + MARGIN {
            let cell = &buffer[(x, y)];
            if x >= width || y >= height {
                assert_eq!(cell, &untouched, "{what} at {width}x{height}: painted outside, at {x},{y}");
            } else if !cell.symbol().is_ascii() {
                let wide = unicode_width::UnicodeWidthStr::width(cell.symbol());
                assert!(
                    usize::from(x) + wide <= usize::from(width),
                    "{what} at {width}x{height}: sticks out in line {y}"
                );
            }
        }
    }
    if state.layout().kind == Kind::Line && state.dialogs.is_empty() {
        let said = |y: u16| (0..width).any(|x| buffer[(x, y)].symbol() != " ");
        let lines = (0..height).take_while(|y| said(*y)).count();
        let after = (0..height).skip(lines).any(said);
        assert!(lines > 0 && !after, "{what} at {width}x{height}: a line is left out");
    }
}

/// Every size from 1×1 to 80×24.
fn small_sizes() -> impl Iterator<Item = (u16, u16)> + Clone {
    (1..=24).flat_map(|height| (1..=80).map(move |width| (width, height)))
}

/// Each scene at its share of the sizes, its conditions in turn: `every` = 1 is all of them.
fn at_small_sizes(every: usize) {
    for (number, scene) in SCENES.iter().enumerate() {
        let mut stages: Vec<Stage> = scene.conditions.iter().map(|it| Stage::of(scene, *it)).collect();
        let turns = stages.len();
        for (at, size) in small_sizes().skip(number % every).step_by(every).enumerate() {
            let stage = &mut stages[at % turns];
            resize(&mut stage.state, size);
            check(&stage.state, &format!("{}@{}", scene.name, stage.condition.id()));
        }
    }
}

#[test]
fn every_small_size_with_some_scenes() {
    at_small_sizes(13);
}

#[test]
#[ignore = "takes a minute; tests/run runs it"]
fn every_small_size_with_every_scene() {
    at_small_sizes(1);
}

#[test]
fn every_scene_in_every_condition_on_the_edges() {
    // Where layouts change, and far beyond what anybody has.
    let widths = [39_u16, 40, 59, 60, 79, 80, 159, 160, 300, 500];
    let heights = [7_u16, 8, 15, 16, 23, 24, 100, 200];
    for condition in Condition::ALL {
        for scene in SCENES.iter().filter(|scene| scene.conditions.contains(&condition)) {
            let mut stage = Stage::of(scene, condition);
            for (width, height) in widths.into_iter().zip(heights.into_iter().cycle()) {
                resize(&mut stage.state, (width, height));
                check(&stage.state, &format!("{}@{}", scene.name, condition.id()));
            }
        }
    }
}

//! What a frame costs on the wire, at 120×40: nothing where nothing changed, and for another row two rows and the details.

use std::io;

use super::matrix::{SCENES, Stage};
use super::{dress, press, resize};
use crate::app::State;
use crate::ui::canvas::Canvas;
use crate::ui::frame::draw;
use crate::view::fixture::Condition::{Many, Ordinary};

/// The bytes that may be written when the selection moves to the next row and all of its details are others.
const CEILING: usize = 1_500;

/// Remembers how much was written.
#[derive(Default)]
struct Wire(usize);

impl io::Write for &mut Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many bytes each of these states costs, drawn one after the other.
fn costs(states: &[State]) -> Vec<usize> {
    let dress = dress("unicode");
    let mut total = Wire::default();
    let mut sums = Vec::new();
    for upto in 1..=states.len() {
        total.0 = 0;
        let mut canvas = Canvas::new(&mut total, states[0].size, true);
        for state in &states[..upto] {
            canvas.frame(|buffer| draw(state, &dress, buffer)).unwrap();
        }
        drop(canvas);
        sums.push(total.0);
    }
    sums.iter().scan(0, |before, sum| Some(sum - std::mem::replace(before, *sum))).collect()
}

#[test]
fn another_row_costs_little_and_nothing_costs_nothing() {
    let mut dear = Vec::new();
    for condition in [Ordinary, Many] {
        for scene in SCENES.iter().filter(|it| it.conditions.contains(&condition)) {
            let mut stage = Stage::of(scene, condition);
            resize(&mut stage.state, (120, 40));
            if !stage.state.dialogs.is_empty() || stage.state.place.table.len() < 3 {
                continue;
            }
            let still = stage.state.clone();
            let before = stage.state.clone();
            press(&mut stage.state, "j");
            let first = stage.state.clone();
            press(&mut stage.state, "j");
            let costs = costs(&[before, still, first, stage.state.clone()]);
            assert_eq!(costs[1], 0, "{}: a frame in which nothing changed", scene.name);
            let moves = costs[2..].iter().filter(|cost| **cost > CEILING);
            dear.extend(moves.map(|cost| format!("{}@{}: {cost}", scene.name, condition.id())));
        }
    }
    assert!(dear.is_empty(), "bytes for a selection move: {dear:?}");
}

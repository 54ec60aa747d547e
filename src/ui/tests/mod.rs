//! What is drawn, at the sizes that people have, and at every other one.

mod acting;
mod bytes;
mod fuzz;
mod matrix;
mod sizes;

use std::fmt::Write;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::draw;
use super::theme::load::Themes;
use super::{ColorLevel, Dress, Glyphs};
use crate::app::fixture;
use crate::app::key::chord;
use crate::app::{Effect, Msg, State, update};
use crate::model::{Budget, Quiet, Requests};
use crate::view::fixture as world;

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (200, 50), (60, 20)];

fn dress(glyphs: &str) -> Dress {
    Dress {
        theme: Themes::default().load("default", ColorLevel::Sixteen).0,
        glyphs: Glyphs::named(glyphs),
        accessible: false,
    }
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = chord(keys).unwrap();
    // A second lies between two keys: nobody is that fast by mistake.
    keys.into_iter()
        .flat_map(|key| {
            let at = state.clock + chrono::TimeDelta::seconds(1);
            let effects = update(state, at, Msg::Key(key));
            let effects = fixture::measure(state, effects);
            fixture::compare(state, effects)
        })
        .collect()
}

fn resize(state: &mut State, size: (u16, u16)) {
    let at = state.clock;
    update(state, at, Msg::Resize(size.0, size.1));
}

fn painted(state: &State, dress: &Dress) -> (Buffer, Option<(u16, u16)>) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    let cursor = draw(state, dress, &mut buffer);
    (buffer, cursor)
}

/// What is on the screen, line by line, without spaces at the ends of lines.
fn text(state: &State, dress: &Dress) -> String {
    let (buffer, cursor) = painted(state, dress);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer.cell((x, y)).map_or(" ", ratatui::buffer::Cell::symbol);
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        writeln!(out, "{}", line.trim_end()).unwrap();
    }
    if let Some((x, y)) = cursor {
        writeln!(out, "cursor {x},{y}").unwrap();
    }
    out
}

#[test]
fn board_small_and_in_ascii() {
    let mut state = fixture::state();
    resize(&mut state, (50, 12));
    insta::assert_snapshot!("board_50x12", text(&state, &dress("unicode")));
    resize(&mut state, (38, 3));
    insta::assert_snapshot!("board_38x3", text(&state, &dress("unicode")));
    state = fixture::state();
    insta::assert_snapshot!("board_ascii", text(&state, &dress("ascii")));
    let plain = Dress { accessible: true, ..dress("ascii") };
    insta::assert_snapshot!("board_accessible", text(&state, &plain));
}

#[test]
fn a_crowd_scrolls_and_says_so() {
    let mut state = fixture::crowded(500);
    press(&mut state, "PgDn PgDn j");
    insta::assert_snapshot!("crowd", text(&state, &dress("unicode")));
    press(&mut state, "/ 4 9");
    insta::assert_snapshot!("crowd_filtered", text(&state, &dress("unicode")));
}

#[test]
fn help_palette_and_where() {
    let mut state = fixture::state();
    press(&mut state, "?");
    insta::assert_snapshot!("help", text(&state, &dress("unicode")));
    press(&mut state, "r o l l");
    insta::assert_snapshot!("help_found", text(&state, &dress("unicode")));
    press(&mut state, "Esc : t h");
    insta::assert_snapshot!("palette", text(&state, &dress("unicode")));
    press(&mut state, "Esc w 1 . 5");
    insta::assert_snapshot!("where", text(&state, &dress("unicode")));
}

#[test]
fn a_chord_that_waits_says_how_it_goes_on() {
    let mut state = fixture::state();
    press(&mut state, "g");
    let later = state.clock + chrono::TimeDelta::milliseconds(450);
    update(&mut state, later, Msg::Wake);
    insta::assert_snapshot!("which", text(&state, &dress("unicode")));
}

/// The dialog of a plan that has come, on a cockpit of that size.
fn planned(plan: &crate::operation::Plan, keys: &str) -> State {
    let mut state = fixture::state();
    let effects = press(&mut state, keys);
    let asked = effects.into_iter().find_map(|effect| match effect {
        Effect::Ask(ticket, _) => Some(ticket),
        _ => None,
    });
    let reply = crate::app::Reply::Plan(Ok(Box::new(plan.clone())));
    let at = state.clock;
    update(&mut state, at, Msg::Reply(crate::app::gate::Late::new(asked.unwrap(), reply)));
    state
}

#[test]
fn promote_is_its_plan() {
    let mut state = planned(&world::promotion(), "j l l l p");
    press(&mut state, "p r o d Tab Tab");
    insta::assert_snapshot!("promote_versions", text(&state, &dress("unicode")));
    resize(&mut state, (40, 12));
    press(&mut state, "Tab");
    insta::assert_snapshot!("promote_40x12", text(&state, &dress("unicode")));
}

#[test]
fn an_operation_is_followed_to_its_end() {
    let plan = crate::operation::Plan { confirm: crate::operation::Confirm::Yes, ..world::promotion() };
    let mut state = planned(&plan, "j l l l p");
    press(&mut state, "y");
    let later = state.clock + chrono::TimeDelta::seconds(12);
    update(&mut state, later, Msg::Wake);
    let progress = crate::model::Progress { what: "installing 1.5.0".into(), done: 2, total: 5 };
    state.flying[0].progress = Some(progress);
    insta::assert_snapshot!("running", text(&state, &dress("unicode")));
    press(&mut state, "Esc");
    press(&mut state, "j");
    insta::assert_snapshot!("running_behind", text(&state, &dress("unicode")));
    press(&mut state, "q");
    insta::assert_snapshot!("quit", text(&state, &dress("unicode")));
}

/// Keys that open everything there is to open.
const OPENED: [&str; 19] = [
    "",
    "?",
    ":",
    "w",
    "M",
    "l l l p",
    "2",
    "3",
    "4",
    "6",
    "7",
    "3 Enter",
    "5",
    "5 w w Enter",
    "5 w w Enter =",
    "5 w w c j Enter",
    "5 w w Enter j j t",
    "5 w w Enter Enter",
    "5 w w Enter Enter j j j Enter",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn everything_is_drawn_at_every_size(
        width in 1_u16..230, height in 1_u16..70, opened in 0..OPENED.len(), ascii: bool, accessible: bool, moves in 0_usize..9,
    ) {
        let mut state = fixture::state();
        resize(&mut state, (width, height));
        for _ in 0..moves {
            press(&mut state, "j");
        }
        if !OPENED[opened].is_empty() {
            press(&mut state, OPENED[opened]);
        }
        let dress = Dress { accessible, ..dress(if ascii { "ascii" } else { "unicode" }) };
        let (buffer, cursor) = painted(&state, &dress);
        prop_assert_eq!(buffer.area, Rect::new(0, 0, width, height));
        prop_assert!(cursor.is_none_or(|(x, y)| x < width && y < height));
    }

    #[test]
    fn small_sizes_too(width in 1_u16..45, height in 1_u16..12, opened in 0..OPENED.len()) {
        let mut state = fixture::state();
        if !OPENED[opened].is_empty() {
            press(&mut state, OPENED[opened]);
        }
        resize(&mut state, (width, height));
        painted(&state, &dress("unicode"));
    }
}

#[test]
fn a_limit_and_that_it_is_reached_are_told_narrow_and_wide() {
    let minutes = chrono::TimeDelta::minutes;
    let told = |size, quiet: bool| {
        let mut snapshot = world::small();
        let now = world::now();
        let limits =
            vec![Budget { what: "core".into(), limit: 5_000, remaining: 4_812, resets_at: Some(now + minutes(30)) }];
        let quiet = quiet.then(|| Quiet { until: now + minutes(34), why: "limit reached".into() });
        if let Some(source) = snapshot.sources.get_mut(&"git".into()) {
            source.requests = Some(Requests { asked: 188, limits, quiet, ..Requests::default() });
        }
        let mut state = fixture::on(snapshot);
        resize(&mut state, size);
        text(&state, &dress("unicode")).lines().nth(1).unwrap_or_default().to_owned()
    };
    let (narrow, wide) = (told((80, 24), false), told((200, 50), false));
    assert!(narrow.ends_with("git 4,812/5,000") && wide.ends_with("git 4,812/5,000"), "{narrow}\n{wide}");
    let (narrow, wide) = (told((80, 24), true), told((200, 50), true));
    assert!(narrow.contains("limit reached until ") && narrow.contains(" read "), "{narrow}");
    assert!(wide.contains("git: limit reached, as of ") && wide.contains(", asked again at "), "{wide}");
}

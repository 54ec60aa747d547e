//! What frames every screen: tabs and badges, where one is, keys or a message.
//!
//! ```text
//!  1 Board  2 Flow  3 Runs  4 Track  6 Activity  7 Journal       production  READ-ONLY
//! acme › checkout · 2 need attention                                        12 of 340 · read 2m
//! …
//! Enter open  p promote  b roll back  / filter  w where  ? help
//! ```

use super::paint::Painter;
use super::{place, tabs, toast};
use crate::app::commands::{self, Class};
use crate::app::keymap::Lookup;
use crate::app::layout::Area;
use crate::app::pane::Pane;
use crate::app::state::State;
use crate::model::Status;
use crate::view::{Line, Role, Screen, fit, format};

/// Paints all three lines; where the cursor is while a filter is typed.
pub fn draw(painter: &mut Painter<'_>, state: &State) -> Option<(u16, u16)> {
    tabs::draw(painter, state);
    let cursor = place::draw(painter, state);
    footer(painter, state);
    cursor
}

fn footer(painter: &mut Painter<'_>, state: &State) {
    let area = state.layout().footer;
    if area.height == 0 {
        return;
    }
    let mut x = area.x;
    for flying in &state.flying {
        let what = flying.progress.as_ref().map_or("beginning", |progress| progress.what.as_str());
        let verb = flying.plan.intent.verb.word();
        let elapsed = format::duration((state.clock - flying.since).num_seconds());
        let track = &flying.plan.intent.track;
        let line = Line(vec![painter.symbol(Status::Running)])
            .with(Role::Strong, format!(" {verb} "))
            .with(Role::Strong, track.service.to_string())
            .with(Role::Strong, " in ")
            .with(Role::Strong, track.environment.to_string())
            .with(Role::Muted, format!(" {what}"))
            .with(Role::Muted, format!(" {elapsed}  "));
        let width = area.width.saturating_sub(x);
        x += painter.spelt_line(Area { x, width, ..area }, &fit::squeeze(&line, usize::from(width)), None);
    }
    let rest = Area { x, width: area.width.saturating_sub(x), ..area };
    if toast::draw(painter, state, rest) {
        return;
    }
    let line = match () {
        // Its keys stand in the dialog itself.
        () if !state.dialogs.is_empty() => Line::default(),
        () if !state.chord.keys.is_empty() => {
            Line::of(Role::Key, crate::app::key::write_chord(&state.chord.keys)).with(Role::Muted, " …")
        }
        () if state.typing_filter.is_some() => typing(state),
        () => keys(state, usize::from(rest.width)),
    };
    painter.line(rest, &line);
}

/// What can be typed in a filter, or what could not be understood.
fn typing(state: &State) -> Line {
    let table = &state.place.table;
    match (table.hints().first(), table.fields()) {
        (Some(hint), _) => Line::of(Role::Warning, hint.clone()),
        (None, []) => Line::of(Role::Muted, "words, !not, \"with spaces\"; Enter keeps it, Esc takes it back"),
        (None, fields) => Line::of(Role::Muted, format!("words, !not, field:value; fields: {}", fields.join(" "))),
    }
}

/// Offered first while a source cannot be read, and not at all otherwise.
const FAILING: &str = "messages.open";

/// The commands that the footer offers where they can be run, and what it calls them.
const OFFERED: &[(&str, &str)] = &[
    (FAILING, "what fails"),
    ("place.enter", "open"),
    ("metrics.table", "table"),
    ("metrics.window", "window"),
    ("metrics.before", "before"),
    ("metrics.compare", "compare"),
    ("track.promote", "promote"),
    ("track.rollback", "roll back"),
    ("track.approve", "approve"),
    ("filter.edit", "filter"),
    ("where.ask", "where is"),
    ("run.log", "output"),
    ("help.open", "help"),
    ("run.cancel", "cancel"),
    ("run.rerun-failed", "rerun failed"),
    ("version.compare", "compare"),
    ("sort.next", "sort"),
    ("view.show", "views"),
    ("palette.open", "commands"),
    ("row.copy", "copy"),
    ("row.open", "browser"),
    ("data.sync", "read again"),
    ("session.leave", "back"),
];

/// The commands that it offers while the details have the keys.
const IN_DETAILS: &[(&str, &str)] = &[
    ("move.down", "scroll"),
    ("pane.other", "table"),
    ("row.copy", "copy all"),
    ("place.enter", "open"),
    ("help.open", "help"),
];

/// The first key that runs the command here: another screen may have it for something else.
fn key_here(state: &State, command: &commands::Command) -> Option<String> {
    let places = state.key_places();
    let runs_it = |written: &String| {
        let keys = crate::app::key::chord(written).unwrap_or_default();
        matches!(state.keymap.look_up(&places, &keys), Lookup::Run(it) if it.command.id == command.id)
    };
    state.keymap.keys_of(command.id).into_iter().find(runs_it)
}

fn keys(state: &State, room: usize) -> Line {
    let mut line = Line::default();
    let mut used = 0;
    // Measures are read; what could be planned from there stays in the palette.
    let reading = state.place.wish.screen == Screen::Metrics;
    let failing = state.sources.snapshot.sources.values().any(|source| !source.problems.is_empty());
    let offered = |it: &&commands::Command| {
        let in_place = !(reading && it.class == Class::Plan) && (failing || it.id != FAILING);
        in_place && (it.enabled)(state).is_ok()
    };
    let offers: &[(&str, &str)] = if state.pane == Pane::Details { IN_DETAILS } else { OFFERED };
    for (id, says) in offers {
        let Some(command) = commands::by_id(id).filter(offered) else { continue };
        let Some(key) = key_here(state, command) else { continue };
        let outermost = *id == "session.leave" && state.trail.is_empty() && state.place.wish.filter.is_empty();
        let says = if outermost { "quit" } else { says };
        let gap = if used == 0 { "" } else { "  " };
        let wide = gap.len() + fit::width(&key) + fit::width(says) + 1;
        if used + wide > room {
            continue;
        }
        used += wide;
        line = line.with(Role::Muted, gap).with(Role::Key, key).with(Role::Muted, format!(" {says}"));
    }
    line
}

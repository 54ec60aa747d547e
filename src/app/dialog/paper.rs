//! What a dialog shows: lines, of which a part is seen, and a foot that is always seen.

use crate::app::input::Entry;
use crate::app::key::{Code, Key, Named};
use crate::app::layout::{Area, dialog, inside};
use crate::view::{Line, Role, fit};

/// What a dialog shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paper {
    /// What stands in the frame above.
    pub title: Line,
    /// What scrolls.
    pub lines: Vec<Line>,
    /// The first line that is seen.
    pub top: usize,
    /// The line that is selected.
    pub selected: Option<usize>,
    /// What is always seen.
    pub foot: Vec<Line>,
    /// Where the cursor is: the line of the foot and the cell in it.
    pub cursor: Option<(usize, usize)>,
    /// Columns that it would like.
    pub wide: u16,
    /// Whether it takes all the lines there are, however few it needs now: so that it does not jump while it fills.
    pub tall: bool,
}

impl Paper {
    /// Where its frame stands.
    pub fn area(&self, size: (u16, u16)) -> Area {
        let needed = u16::try_from(self.lines.len() + self.foot.len()).unwrap_or(u16::MAX);
        dialog(size.0, size.1, (self.wide, if self.tall { u16::MAX - 4 } else { needed }))
    }

    /// How many of its lines are seen at once.
    pub fn rows(&self, size: (u16, u16)) -> usize {
        usize::from(inside(self.area(size)).height).saturating_sub(self.foot.len()).max(1)
    }
}

/// How many cells a line in a dialog has that would like `wide` columns.
pub fn width(size: (u16, u16), wide: u16) -> usize {
    usize::from(inside(dialog(size.0, size.1, (wide, 1))).width).max(1)
}

/// A line in which something is typed, after a label; with the cell in which the cursor is.
pub fn field(label: &str, entry: &Entry, width: usize) -> (Line, usize) {
    // What is typed has to be seen, however long the name is that has to be typed.
    let label = fit::cut_middle(label, (width * 2).div_ceil(3));
    let room = width.saturating_sub(fit::width(&label) + 2).max(1);
    let scroll = entry.scroll(room);
    let shown = fit::cut(&skip(entry.text(), scroll), room);
    let cursor = fit::width(&label) + 1 + entry.cursor().saturating_sub(scroll);
    (
        Line::of(Role::Heading, label).with(Role::Text, " ").with(Role::Strong, shown),
        cursor.min(width.saturating_sub(1)),
    )
}

/// `text` without its first cells.
fn skip(text: &str, cells: usize) -> String {
    let mut gone = 0;
    let rest = text.chars().skip_while(|c| {
        let before = gone;
        gone += fit::width(c.encode_utf8(&mut [0; 4]));
        before < cells
    });
    rest.collect()
}

/// A line of keys: each with what it does.
pub fn keys(all: &[(&str, &str)]) -> Line {
    let mut line = Line::default();
    for (at, (key, does)) in all.iter().enumerate() {
        let gap = if at == 0 { "" } else { "   " };
        line = line.with(Role::Text, gap).with(Role::Key, *key).with(Role::Muted, format!(" {does}"));
    }
    line
}

/// By how much a key scrolls text of which `rows` are seen.
pub fn scrolls(key: Key, rows: usize) -> Option<isize> {
    let page = isize::try_from(rows).unwrap_or(isize::MAX);
    Some(match (key.code, key.ctrl) {
        (Code::Char('j'), false) | (Code::Named(Named::Down), false) | (Code::Char('n'), true) => 1,
        (Code::Char('k'), false) | (Code::Named(Named::Up), false) | (Code::Char('p'), true) => -1,
        (Code::Named(Named::PageDown), _) | (Code::Char('f'), true) => page,
        (Code::Named(Named::PageUp), _) | (Code::Char('b'), true) => -page,
        (Code::Char('d'), true) => (page / 2).max(1),
        (Code::Char('u'), true) => -(page / 2).max(1),
        (Code::Char('g') | Code::Named(Named::Home), false) => isize::MIN,
        (Code::Char('G') | Code::Named(Named::End), false) => isize::MAX,
        _ => return None,
    })
}

/// By how much a key scrolls where letters are typed.
pub fn scrolls_while_typing(key: Key, rows: usize) -> Option<isize> {
    let types = key.typed().is_some() || matches!(key.code, Code::Named(Named::Home | Named::End));
    let edits = key.ctrl && matches!(key.code, Code::Char('b' | 'd' | 'f' | 'u'));
    if types || edits { None } else { scrolls(key, rows) }
}

/// Whether a key leaves a dialog.
pub fn leaves(key: Key) -> bool {
    key.is(Named::Esc) || key == Key::ctrl('c') || key == Key::ctrl('g')
}

//! What stands where, by the size of the terminal. Shared by what moves (how many rows are a page) and what draws.

use super::pane::Pane;

/// A part of the screen, cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Area {
    /// Columns from the left.
    pub x: u16,
    /// Lines from the top.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Lines.
    pub height: u16,
}

/// How much of a screen there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line that says how things are.
    Line,
    /// A list of names with what is most urgent.
    List,
    /// The table, no details.
    Bare,
    /// The table with details below.
    Below,
    /// The table with details beside it.
    Side,
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A row of the table, counted from the first that is seen.
    Row(usize),
    /// The details.
    Details,
    /// Something else.
    Nothing,
}

/// Where everything stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How much there is room for.
    pub kind: Kind,
    /// Tabs and badges.
    pub tabs: Area,
    /// Where one is.
    pub place: Area,
    /// The main table with its heading.
    pub table: Area,
    /// Details of what is selected.
    pub details: Area,
    /// Keys or a message.
    pub footer: Area,
}

impl Layout {
    /// The layout of a terminal of this size.
    pub fn of(width: u16, height: u16) -> Self {
        Self::with(width, height, Pane::Table)
    }

    /// The same while the keys are in a pane: details that stand below, or nowhere, take half of the screen then.
    pub fn with(width: u16, height: u16, pane: Pane) -> Self {
        let kind = match (width, height) {
            (..40, _) | (_, ..8) => Kind::Line,
            (..60, _) | (_, ..16) => Kind::List,
            (..80, _) => Kind::Bare,
            (160.., 24..) => Kind::Side,
            _ => Kind::Below,
        };
        let line = |y| Area { x: 0, y, width, height: 1 };
        if kind == Kind::Line {
            let all = Area { x: 0, y: 0, width, height };
            let none = Area::default();
            return Self { kind, tabs: none, place: none, table: all, details: none, footer: none };
        }
        let middle = height - 3;
        let below = match (kind, pane) {
            (Kind::Below | Kind::Bare, Pane::Details) => middle / 2,
            // Two lines of details are the least that is worth having; eight rows and their heading stay in any case.
            (Kind::Below, Pane::Table) if height < 20 => 2,
            (Kind::Below, Pane::Table) => (3 + height.saturating_sub(24) / 3).min(12),
            _ => 0,
        };
        let side = if kind == Kind::Side { (width * 2 / 5).min(76) } else { 0 };
        let table = Area { x: 0, y: 2, width: width - side, height: middle - below };
        let details = match kind {
            Kind::Side => Area { x: table.width, y: 2, width: side, height: middle },
            _ => Area { x: 0, y: 2 + table.height, width, height: below },
        };
        Self { kind, tabs: line(0), place: line(1), table, details, footer: line(height - 1) }
    }

    /// What stands at a column and line of the terminal.
    pub fn hit(&self, (x, y): (u16, u16)) -> Hit {
        let within =
            |area: Area| (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y);
        if within(self.details) {
            return Hit::Details;
        }
        let heading = u16::from(self.kind != Kind::List);
        let row = y.checked_sub(self.table.y + heading).filter(|_| within(self.table) && self.kind != Kind::Line);
        row.map_or(Hit::Nothing, |row| Hit::Row(usize::from(row)))
    }

    /// How many rows of the table are seen at once: one line is its heading where there is room for one.
    pub fn rows(&self) -> usize {
        let heading = u16::from(matches!(self.kind, Kind::Bare | Kind::Below | Kind::Side));
        usize::from(self.table.height.saturating_sub(heading)).max(1)
    }
}

/// Where a dialog stands that wants so much room for what is in its frame: centred, and never larger than the screen.
pub fn dialog(width: u16, height: u16, wanted: (u16, u16)) -> Area {
    let wide = wanted.0.saturating_add(4).min(width);
    // The tabs with the badges above and the footer below stay in sight where there is room for them.
    let free = if height >= 12 { height - 2 } else { height };
    let high = wanted.1.saturating_add(2).min(free);
    Area { x: (width - wide) / 2, y: u16::from(height >= 12) + (free - high) / 2, width: wide, height: high }
}

/// What is inside a dialog's frame.
pub fn inside(area: Area) -> Area {
    Area {
        x: area.x + area.width.min(2),
        y: area.y + area.height.min(1),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_by_twenty_four_is_as_designed() {
        let it = Layout::of(80, 24);
        assert_eq!((it.kind, it.table.height, it.details.height, it.footer.y), (Kind::Below, 18, 3, 23));
        assert_eq!(it.rows(), 17);
    }

    #[test]
    fn a_terminal_with_a_status_line_and_lower_ones_have_details_too() {
        assert_eq!(Layout::of(80, 23).details.height, 3);
        for height in 16..24 {
            let it = Layout::of(80, height);
            assert!(it.details.height >= 2 && it.rows() >= 8, "{height}: {it:?}");
        }
    }

    #[test]
    fn small_terminals_get_less_and_wide_ones_a_side_pane() {
        assert_eq!([(160, 20), (80, 23), (80, 16), (79, 16)].map(|(w, h)| Layout::of(w, h).kind), {
            [Kind::Below, Kind::Below, Kind::Below, Kind::Bare]
        });
        let kinds = [(39, 24), (50, 12), (60, 20), (120, 40), (200, 50)].map(|(w, h)| Layout::of(w, h).kind);
        assert_eq!(kinds, [Kind::Line, Kind::List, Kind::Bare, Kind::Below, Kind::Side]);
    }

    #[test]
    fn every_row_that_is_seen_can_be_hit_and_nothing_else() {
        for (width, height) in [(80, 24), (200, 50), (60, 20), (50, 12), (30, 5)] {
            let it = Layout::of(width, height);
            let hits = (0..height).filter_map(|y| match it.hit((0, y)) {
                Hit::Row(row) => Some(row),
                _ => None,
            });
            let rows = if it.kind == Kind::Line { 0 } else { it.rows() };
            assert_eq!(hits.collect::<Vec<_>>(), (0..rows).collect::<Vec<_>>(), "{width}x{height}");
        }
        assert_eq!(Layout::of(80, 24).hit((5, 21)), Hit::Details);
        assert_eq!(Layout::of(200, 50).hit((199, 20)), Hit::Details);
    }

    #[test]
    fn details_with_the_keys_take_half_of_the_screen() {
        let it = Layout::with(80, 24, Pane::Details);
        assert_eq!((it.table.height, it.details.height), (11, 10));
        assert_eq!(Layout::with(60, 20, Pane::Details).details.height, 8);
        assert_eq!(Layout::with(200, 50, Pane::Details), Layout::of(200, 50));
    }

    #[test]
    fn nothing_stands_outside_at_any_size() {
        for width in 0..=210 {
            for height in 0..=60 {
                let it = Layout::of(width, height);
                let wanted = [it.tabs, it.place, it.table, it.details, it.footer, dialog(width, height, (70, 40))];
                for area in wanted {
                    assert!(
                        area.x + area.width <= width && area.y + area.height <= height,
                        "{width}x{height} {area:?}"
                    );
                }
            }
        }
    }
}

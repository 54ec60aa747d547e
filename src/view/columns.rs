//! Which columns are shown in a given room, and how wide.

use super::Column;

/// A column that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// Which of the table's columns.
    pub column: usize,
    /// How wide it is, cells.
    pub width: usize,
}

/// The columns that fit into `room` cells with `gap` between two, in their order. Those with the greatest `leaves` leave
/// first; what room remains is shared by those that stay, up to what they can use. The most important column is shown
/// however little room there is.
pub fn fit(columns: &[Column], room: usize, gap: usize) -> Vec<Fitted> {
    let mut by_importance: Vec<usize> = (0..columns.len()).collect();
    by_importance.sort_by_key(|at| columns.get(*at).map(|column| column.leaves));
    let least = |at: usize| columns.get(at).map_or(0, |column| usize::from(column.min));
    let most = |at: usize| columns.get(at).map_or(0, |column| usize::from(column.max.max(column.min)));

    let mut shown: Vec<Fitted> = Vec::new();
    let mut used = 0_usize;
    for at in by_importance {
        let needs = least(at) + if shown.is_empty() { 0 } else { gap };
        if shown.is_empty() {
            shown.push(Fitted { column: at, width: least(at).min(room) });
            used = least(at).min(room);
            continue;
        }
        if used + needs > room {
            break;
        }
        used += needs;
        shown.push(Fitted { column: at, width: least(at) });
    }
    let mut left = room.saturating_sub(used);
    // Each gets one cell in turn, the more important ones first, so that no column starves.
    loop {
        let mut grew = false;
        for it in shown.iter_mut().filter(|it| it.width < most(it.column)) {
            if left == 0 {
                break;
            }
            it.width += 1;
            left -= 1;
            grew = true;
        }
        if !grew {
            break;
        }
    }
    shown.sort_by_key(|it| it.column);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns() -> Vec<Column> {
        vec![Column::new("a", "a", 0, (4, 10)), Column::new("b", "b", 2, (4, 4)), Column::new("c", "c", 1, (4, 20))]
    }

    fn widths(room: usize) -> Vec<(usize, usize)> {
        fit(&columns(), room, 1).into_iter().map(|it| (it.column, it.width)).collect()
    }

    #[test]
    fn columns_leave_by_importance_and_share_what_is_left() {
        assert_eq!(widths(0), [(0, 0)]);
        assert_eq!(widths(4), [(0, 4)]);
        assert_eq!(widths(9), [(0, 4), (2, 4)]);
        assert_eq!(widths(14), [(0, 4), (1, 4), (2, 4)]);
        assert_eq!(widths(20), [(0, 7), (1, 4), (2, 7)]);
        assert_eq!(widths(99), [(0, 10), (1, 4), (2, 20)]);
    }

    proptest! {
        #[test]
        fn no_room_is_overrun(
            all in prop::collection::vec((any::<u8>(), 0_u16..40, 0_u16..80), 1..9), room in 0_usize..200,
        ) {
            let columns: Vec<Column> =
                all.into_iter().map(|(leaves, min, max)| Column::new("x", "x", leaves, (min, max))).collect();
            let fitted = fit(&columns, room, 2);
            prop_assert!(!fitted.is_empty());
            let used: usize = fitted.iter().map(|it| it.width).sum();
            prop_assert!(used + 2 * (fitted.len() - 1) <= room);
            prop_assert!(fitted.is_sorted_by_key(|it| it.column));
        }
    }
}

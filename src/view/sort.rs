//! By what a table is sorted.

use std::cmp::Ordering;

/// One of a table's orders, and whether it is turned round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The name of the order.
    pub by: &'static str,
    /// Whether the other way round than is usual for it.
    pub turned: bool,
}

impl Sort {
    /// Reads `age` or `-age`; the first of `orders` where nothing was typed or a table cannot be sorted by that.
    pub fn parse(typed: Option<&str>, orders: &[&'static str]) -> Self {
        let typed = typed.unwrap_or_default();
        let (turned, name) = typed.strip_prefix('-').map_or((false, typed), |name| (true, name));
        match orders.iter().copied().find(|order| *order == name) {
            Some(by) => Self { by, turned },
            None => Self { by: orders.first().copied().unwrap_or_default(), turned: false },
        }
    }

    /// Applies the direction to what a comparison said.
    pub fn direct(&self, ordering: Ordering) -> Ordering {
        if self.turned { ordering.reverse() } else { ordering }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_was_typed() {
        let read = |typed| Sort::parse(typed, &["attention", "name"]);
        assert_eq!(read(None), Sort { by: "attention", turned: false });
        assert_eq!(read(Some("-name")), Sort { by: "name", turned: true });
        assert_eq!(read(Some("-size")), Sort { by: "attention", turned: false });
        assert_eq!(read(Some("-name")).direct(Ordering::Less), Ordering::Greater);
    }
}

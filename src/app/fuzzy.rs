//! What somebody means who types a few letters of it.

use std::cmp::Reverse;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The items that what was typed fits, best first; all of them in their order where nothing was typed.
pub fn rank<T>(typed: &str, items: impl IntoIterator<Item = T>, text: impl Fn(&T) -> String) -> Vec<T> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Smart, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut scored: Vec<(bool, Reverse<u32>, usize, T)> = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        let text = text(&item);
        let Some(score) = pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher) else { continue };
        scored.push((!text.starts_with(typed), Reverse(score), at, item));
    }
    scored.sort_by_key(|(elsewhere, score, at, _)| (*elsewhere, *score, *at));
    scored.into_iter().map(|(.., item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_first_and_nothing_typed_keeps_the_order() {
        let ranked = |typed: &str| rank(typed, ["checkout", "payments", "cart", "a-cart"], |it| (*it).to_owned());
        assert_eq!(ranked(""), ["checkout", "payments", "cart", "a-cart"]);
        assert_eq!(ranked("car"), ["cart", "a-cart"]);
        assert_eq!(ranked("pmt"), ["payments"]);
        assert!(ranked("zzz").is_empty());
    }
}

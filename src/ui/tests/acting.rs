//! Dialogs of comparing, marking and acting.

use super::{dress, press, text};
use crate::app::fixture;

#[test]
fn a_side_of_a_comparison_is_chosen() {
    let mut state = fixture::state();
    press(&mut state, "j l l l c t");
    insta::assert_snapshot!("compare_side", text(&state, &dress("unicode")));
}

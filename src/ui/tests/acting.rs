//! Dialogs of comparing, marking and acting, at four sizes.

use super::{SIZES, dress, press, resize, text};
use crate::app::{State, fixture};

fn at_all_sizes(name: &str, mut state: State) {
    for size in SIZES {
        resize(&mut state, size);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text(&state, &dress("unicode")));
    }
}

#[test]
fn a_comparison() {
    let mut state = fixture::state();
    press(&mut state, "j l l l c");
    at_all_sizes("compare", state);
    let mut state = fixture::state();
    press(&mut state, "j l l l c t");
    insta::assert_snapshot!("compare_side", text(&state, &dress("unicode")));
}

//! New code from which some of what is live is missing.

use super::{Case, Said};
use crate::model::Kind;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    if !case.brings() {
        return Vec::new();
    }
    let to = &case.order.to.version;
    match case.kind {
        Kind::Divergent => vec![
            Said::warn(format!("DIVERGENT: {to} brings new changes and takes away some that are live"))
                .hint("look at the changes removed: a hotfix may be missing from this line"),
        ],
        Kind::Switch => vec![Said::warn(format!("{to} is of another line: it takes away some changes that are live"))],
        _ => Vec::new(),
    }
}

//! Somebody marked the version bad.

use super::{Case, Said};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let mark = case.service.and_then(|service| service.bad_mark(&case.order.to.version));
    mark.map(|mark| Said::hold(format!("{} was marked bad by {}: {}", mark.version, mark.who, mark.why)))
        .into_iter()
        .collect()
}

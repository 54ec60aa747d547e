//! Somebody marked the version bad.

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::BadMark;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let mark = case.service.and_then(|service| service.bad_mark(&case.order.to.version));
    let said = |mark: &BadMark| {
        let why = format!("{} was marked bad by {}: {}", mark.version, mark.who, mark.why);
        match case.order.verb {
            Verb::Promote | Verb::RollBack | Verb::Resume => Said::hold(why),
            Verb::Restart | Verb::Abort => Said::warn(why),
            Verb::Pause => Said::allow(why),
        }
    };
    mark.map(said).into_iter().collect()
}

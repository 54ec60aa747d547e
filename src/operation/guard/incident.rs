//! Users are being hurt.

use super::{Case, Said};
use crate::backend::Verb;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let Some(incident) = case.track.and_then(|track| track.incident.as_ref()) else { return Vec::new() };
    let what = format!("an incident is open: {}", incident.title);
    vec![match case.order.verb {
        Verb::Promote | Verb::Resume => Said::warn(what),
        Verb::RollBack | Verb::Pause | Verb::Restart | Verb::Abort => Said::allow(what),
    }]
}

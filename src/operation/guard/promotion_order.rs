//! A version goes through the environments in their order.

use super::{Case, Said};
use crate::backend::Verb;
use crate::model::Health;
use crate::operation::candidate::health_in_words;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let Some(source) = case.source.filter(|_| case.order.verb == Verb::Promote) else { return Vec::new() };
    let version = &case.order.to.version;
    if !source.has(version) {
        return vec![
            Said::deny(format!("{version} is not in {}, where it would come from", source.environment)).hint(format!(
                "promote it to {} first, or name another environment to take it from",
                source.environment
            )),
        ];
    }
    let runs = source.live.as_ref().is_some_and(|live| live.version == *version);
    let mut all = vec![match (runs, &source.health) {
        (true, Health::Healthy) => Said::allow(format!("{version} is live and healthy in {}", source.environment)),
        (true, Health::Unknown) => {
            Said::allow(format!("{version} is live in {}; nobody checks its health there", source.environment))
        }
        (true, health) => Said::warn(format!("{version} is {} in {}", health_in_words(health), source.environment)),
        (false, _) => Said::warn(format!("{version} is not what {} runs now", source.environment)),
    }];
    if let Some(problem) = &source.unread {
        all.push(Said::warn(format!("{} could not be read just now: {problem}", source.environment)));
    }
    all
}

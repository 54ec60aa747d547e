//! A version of which nobody saw how it fared.

use super::{Case, Said};
use crate::backend::Verb;

pub fn look(case: &Case<'_>) -> Vec<Said> {
    let assumed = case.candidate.filter(|it| it.assumed && matches!(case.order.verb, Verb::Promote | Verb::RollBack));
    let said = assumed.map(|it| {
        let version = &it.version.version;
        Said::warn(format!("whether {version} was healthy was not watched: its rollout ended before it was seen"))
    });
    said.into_iter().collect()
}

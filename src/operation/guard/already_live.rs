//! The version is live already: there is nothing to do, unless the environment is not what it should be. What is done to
//! the version that should be live anyway has nothing to do with this.

use super::{Case, Said};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    if !case.order.verb.chooses() {
        return Vec::new();
    }
    let to = &case.order.to;
    let Some(live) = case.state.live.as_ref().filter(|live| live.version == to.version) else { return Vec::new() };
    if case.drifts() {
        return vec![Said::warn(format!("{} is live, but not what the environment is set to", live.version))];
    }
    if live.digest.is_some() && to.digest.is_some() && live.digest != to.digest {
        // Two builds under one name: the digest guard says so.
        return Vec::new();
    }
    vec![Said::deny(format!("{} is live in {} already: there is nothing to do", live.version, case.environment.id))]
}

//! The backend cannot do it, or the version is not there.

use super::{Case, Said};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    // What is live already has its own guards.
    if case.order.verb.chooses() && case.is_live() && !case.drifts() {
        return Vec::new();
    }
    if let Some(why) = &case.proposal.refused {
        return vec![Said::deny(why.clone())];
    }
    let refused = case.candidate.filter(|_| !case.is_live()).and_then(|candidate| candidate.refused.as_ref());
    refused.map(|why| Said::deny(format!("{}: {why}", case.order.to.version))).into_iter().collect()
}

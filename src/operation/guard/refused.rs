//! The backend cannot do it, or the version is not there.

use super::{Case, Said};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    if let Some(why) = &case.proposal.refused {
        return vec![Said::deny(why.clone())];
    }
    // What is live already has its own guard.
    let live = case.state.live.as_ref().is_some_and(|live| live.version == case.order.to.version);
    let refused = case.candidate.filter(|_| !live).and_then(|candidate| candidate.refused.as_ref());
    refused.map(|why| Said::deny(format!("{}: {why}", case.order.to.version))).into_iter().collect()
}

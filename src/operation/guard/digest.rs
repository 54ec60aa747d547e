//! The same binary across all stages: what ships is what was tested.

use super::{Case, Said};
use crate::backend::{SameBinary, Verb};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    match case.order.verb {
        Verb::Promote | Verb::RollBack => chosen(case),
        Verb::Restart => vec![anew(&case.proposal.same_binary)],
        Verb::Pause | Verb::Resume | Verb::Abort => Vec::new(),
    }
}

/// What starts anew is fetched anew, and a name may mean other bytes by now.
fn anew(same: &SameBinary) -> Said {
    match same {
        SameBinary::Yes(proof) => Said::allow(format!("same binary: {proof}")),
        SameBinary::No(proof) => Said::hold(format!("another binary would start than the one that runs: {proof}")),
        SameBinary::Unknown(which) => Said::warn(format!("whether the same binary would start is not known: {which}")),
    }
}

fn chosen(case: &Case<'_>) -> Vec<Said> {
    let to = &case.order.to;
    let other = case.state.live.as_ref().filter(|live| live.version == to.version);
    if let Some((live, target)) = other.and_then(|live| live.digest.as_ref()).zip(to.digest.as_ref())
        && live != target
    {
        let why =
            format!("two builds are called {}: {} is live, {} would be", to.version, live.short(), target.short());
        return vec![Said::deny(why)];
    }
    vec![match &case.proposal.same_binary {
        SameBinary::Yes(proof) => Said::allow(format!("same binary: {proof}")),
        SameBinary::No(proof) => Said::deny(format!("not the binary that ran before: {proof}"))
            .hint("build a new version instead of changing this one"),
        SameBinary::Unknown(which) => Said::warn(format!("whether it is the same binary is not known: {which}")),
    }]
}

//! Environments in which a slip of the finger must not be enough.

use super::{Case, Said};

pub fn look(case: &Case<'_>) -> Vec<Said> {
    if !case.environment.protected {
        return Vec::new();
    }
    vec![Said::allow(format!("{} is protected: it has to be named to confirm", case.environment.id))]
}

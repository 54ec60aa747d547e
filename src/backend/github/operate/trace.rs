//! What a write left behind, by which it is followed: it stands in the receipt.

use std::fmt;
use std::str::FromStr;

use crate::model::Time;

/// What a write left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// A run was begun.
    Run(u64),
    /// An attempt of a run was asked for, after the one with this number.
    Attempt(u64, u32),
    /// A deployment was created.
    Deployment(u64),
    /// A workflow was dispatched then, and GitHub did not tell which run that is.
    Dispatched(Time),
    /// A run was asked to end.
    Cancelled(u64),
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Attempt(run, attempt) => write!(f, "attempt {run} {attempt}"),
            Self::Deployment(deployment) => write!(f, "deployment {deployment}"),
            Self::Dispatched(at) => write!(f, "dispatched {}", at.timestamp()),
            Self::Cancelled(run) => write!(f, "cancelled {run}"),
        }
    }
}

impl FromStr for Trace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ');
        let kind = words.next().unwrap_or_default();
        let mut number = || words.next()?.parse::<u64>().ok();
        let first = number().ok_or(())?;
        match kind {
            "run" => Ok(Self::Run(first)),
            "attempt" => Ok(Self::Attempt(first, number().and_then(|it| u32::try_from(it).ok()).ok_or(())?)),
            "deployment" => Ok(Self::Deployment(first)),
            "dispatched" => {
                i64::try_from(first).ok().and_then(|it| Time::from_timestamp(it, 0)).map(Self::Dispatched).ok_or(())
            }
            "cancelled" => Ok(Self::Cancelled(first)),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let at = Time::from_timestamp(1_700_000_000, 0).unwrap_or_default();
        let all =
            [Trace::Run(1), Trace::Attempt(2, 3), Trace::Deployment(4), Trace::Dispatched(at), Trace::Cancelled(5)];
        for trace in all {
            assert_eq!(trace.to_string().parse(), Ok(trace));
        }
        for other in ["", "run", "run x", "attempt 1", "attempt 1 99999999999", "dispatched -1", "7"] {
            assert_eq!(other.parse::<Trace>(), Err(()), "{other}");
        }
    }
}

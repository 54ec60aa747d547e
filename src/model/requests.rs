//! What is asked of a system outside, and what it allows.

use serde::{Deserialize, Serialize};

use super::{Text, Time};

/// What was asked of a system since it was first spoken to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Questions and writes, each of which was answered and over.
    pub asked: u64,
    /// Those of them whose answer was that nothing has changed, where that costs nothing or little.
    #[serde(default)]
    pub unchanged: u64,
    /// Watches that were opened: each stays until the system or the network ends it.
    pub watches: u64,
    /// What it allows, as it said last, the one that matters most first; empty where it does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Budget>,
    /// While it was asked too often: nothing is asked until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
}

/// How much may be asked in a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Of what: `core`, `graphql`.
    pub what: Text,
    /// How much, in all.
    pub limit: u64,
    /// How much is left.
    pub remaining: u64,
    /// When it is all there again, where the system says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<Time>,
}

/// That nothing is asked for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// Until when.
    pub until: Time,
    /// Why, as a fragment: `limit reached`.
    pub why: Text,
}

impl Budget {
    /// Whether less than a tenth is left.
    pub fn is_scarce(&self) -> bool {
        self.remaining < self.limit.div_ceil(10)
    }
}

impl Requests {
    /// What holds at `now`, if nothing is asked.
    pub fn quiet_at(&self, now: Time) -> Option<&Quiet> {
        self.quiet.as_ref().filter(|quiet| now < quiet.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_scarce_below_a_tenth() {
        let left = |remaining| Budget { what: "core".into(), limit: 5_000, remaining, resets_at: None };
        assert!(left(499).is_scarce() && !left(500).is_scarce() && left(0).is_scarce());
        assert!(!Budget { limit: 0, ..left(0) }.is_scarce(), "what allows nothing at all is not running out");
    }

    #[test]
    fn quiet_ends_by_itself() {
        let until = Time::UNIX_EPOCH + chrono::TimeDelta::seconds(10);
        let requests = Requests { quiet: Some(Quiet { until, why: "limit reached".into() }), ..Requests::default() };
        assert!(requests.quiet_at(Time::UNIX_EPOCH).is_some());
        assert!(requests.quiet_at(until).is_none());
    }
}

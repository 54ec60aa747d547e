//! What may be asked, and when: the budgets that GitHub tells with every answer, and the pauses that it asks for.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::model::{Budget, Quiet, Requests, Text, Time};

/// What is left for what people look at: filling history stops when less of the limit is left.
const RESERVE: u64 = 5;
/// What limits are counted by; no pause is longer.
const HOUR: chrono::Duration = chrono::Duration::hours(1);

/// A time in which nothing may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it ends.
    pub until: Time,
    /// Why.
    pub why: Text,
    /// Whether it is about the pace, not about the hour: it doubles when it comes again at once.
    pub secondary: bool,
}

/// A budget of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests, or points, an hour.
    pub limit: u64,
    /// Those that are left.
    pub remaining: u64,
    /// When all are there again.
    pub resets_at: Time,
}

/// What may be asked.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// By resource: `core`, `graphql`.
    pub allowances: BTreeMap<String, Allowance>,
    pause: Option<Pause>,
    /// How many pauses for the pace came without an answer between them.
    repeated: u32,
    /// How often something was asked so far.
    pub asked: u64,
    /// How often of them nothing had changed, which costs nothing.
    pub unchanged: u64,
}

impl Limits {
    /// Notes what an answer tells.
    pub fn heard(&mut self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let reset = number("x-ratelimit-reset").and_then(|at| Time::from_timestamp(i64::try_from(at).ok()?, 0));
        let resource = headers.get("x-ratelimit-resource").and_then(|it| it.to_str().ok()).unwrap_or("core");
        if let (Some(limit), Some(remaining), Some(resets_at)) =
            (number("x-ratelimit-limit"), number("x-ratelimit-remaining"), reset)
        {
            self.allowances.insert(resource.to_owned(), Allowance { limit, remaining, resets_at });
        }
    }

    /// Answers come again.
    pub fn answered(&mut self, unchanged: bool) {
        self.repeated = 0;
        self.unchanged += u64::from(unchanged);
    }

    /// Nothing may be asked for a while.
    pub fn pause(&mut self, mut pause: Pause, now: Time) {
        if pause.secondary {
            let factor = 1_i32 << self.repeated.min(5);
            let wait = ((pause.until - now) * factor).min(HOUR);
            pause.until = now + wait;
            self.repeated = self.repeated.saturating_add(1);
        }
        if self.paused(now).is_none_or(|before| before.until < pause.until) {
            self.pause = Some(pause);
        }
    }

    /// The pause that holds at `now`; none that would be longer than the longest, because then the clock was set back.
    pub fn paused(&self, now: Time) -> Option<&Pause> {
        self.pause.as_ref().filter(|pause| now < pause.until && pause.until - now <= HOUR)
    }

    /// The same for people.
    pub fn requests(&self, now: Time) -> Requests {
        let budget = |(what, it): (&String, &Allowance)| Budget {
            what: what.as_str().into(),
            limit: it.limit,
            // What was left before the hour was over says nothing of the next one.
            remaining: if now < it.resets_at { it.remaining } else { it.limit },
            resets_at: (now < it.resets_at).then_some(it.resets_at),
        };
        let mut limits: Vec<Budget> = self.allowances.iter().map(budget).collect();
        limits.sort_by_key(|it| it.what.as_str() != "core");
        let quiet = self.paused(now).map(|it| Quiet { until: it.until, why: it.why.clone() });
        Requests { asked: self.asked, unchanged: self.unchanged, watches: 0, limits, quiet }
    }

    /// Whether enough of a budget is left that history may be filled from it. What is not known is taken as enough.
    pub fn can_spare(&self, resource: &str, now: Time) -> bool {
        self.allowances.get(resource).is_none_or(|it| now >= it.resets_at || it.remaining > it.limit / RESERVE)
    }
}

/// What filling history has spent of its budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// When the hour began.
    since: Option<Time>,
    /// Requests in it.
    spent: u32,
}

impl Spending {
    /// Takes `count` requests from the budget of an hour, if there are so many left. More than a whole budget at once is
    /// taken from a whole one.
    pub fn take(&mut self, count: u32, budget: u32, now: Time) -> bool {
        if self.is_over(now) {
            *self = Self { since: Some(now), spent: 0 };
        }
        let count = count.min(budget.max(1));
        let there = self.spent.saturating_add(count) <= budget;
        self.spent += if there { count } else { 0 };
        there
    }

    /// When there is something to spend again, where there is not now.
    pub fn again(&self, budget: u32, now: Time) -> Option<Time> {
        let since = self.since.filter(|_| self.spent >= budget && !self.is_over(now))?;
        Some(since + chrono::Duration::hours(1))
    }

    fn is_over(&self, now: Time) -> bool {
        self.since.is_none_or(|since| now - since >= chrono::Duration::hours(1) || now < since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    #[test]
    fn a_pause_for_the_pace_doubles_until_an_answer_comes() {
        let mut limits = Limits::default();
        let pause = |now: i64| Pause { until: at(now + 60), why: "x".into(), secondary: true };
        limits.pause(pause(0), at(0));
        assert_eq!(limits.paused(at(59)).map(|it| it.until), Some(at(60)));
        assert_eq!(limits.paused(at(60)), None);
        limits.pause(pause(60), at(60));
        assert_eq!(limits.paused(at(61)).map(|it| it.until), Some(at(180)));
        limits.answered(false);
        limits.pause(pause(200), at(200));
        assert_eq!(limits.paused(at(201)).map(|it| it.until), Some(at(260)));
    }

    #[test]
    fn history_spends_its_budget_and_waits_for_the_next_hour() {
        let mut spending = Spending::default();
        assert!((0..3).all(|second| spending.take(1, 3, at(second))));
        assert!(!spending.take(1, 3, at(4)));
        assert_eq!(spending.again(3, at(4)), Some(at(3_600)));
        assert!(spending.take(1, 3, at(3_600)));
    }

    #[test]
    fn a_fifth_of_the_limit_is_left_for_what_people_look_at() {
        let mut limits = Limits::default();
        assert!(limits.can_spare("core", at(0)));
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "1000")] {
            headers.insert(name, http::HeaderValue::from_static(value));
        }
        headers.insert("x-ratelimit-reset", http::HeaderValue::from(1_700_000_100_u64));
        limits.heard(&headers);
        assert!(!limits.can_spare("core", at(0)));
        assert!(limits.can_spare("core", at(100)));
        assert!(limits.can_spare("graphql", at(0)));
    }
}

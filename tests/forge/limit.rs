//! Primary limits: so many requests an hour, by token and resource.

use std::collections::BTreeMap;

use chrono::Duration;

use super::world::{Time, Token};

/// Without a token.
const ANONYMOUS: u64 = 60;

/// What was used of the current hour.
#[derive(Debug, Default)]
pub struct Limits {
    windows: BTreeMap<(String, String), Window>,
}

#[derive(Debug)]
struct Window {
    resets: Time,
    used: u64,
}

/// Where a limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub limit: u64,
    pub used: u64,
    /// Seconds since 1970.
    pub reset: i64,
}

impl Standing {
    /// What is left.
    pub fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

impl Limits {
    /// Where it stands now. A new hour begins with the first request after the old one.
    pub fn standing(&mut self, token: Option<(&str, &Token)>, resource: &str, now: Time) -> Standing {
        let limit = match token {
            Some((_, it)) => it.limits.get(resource).copied().unwrap_or(5000),
            None if resource == "graphql" => 0,
            None => ANONYMOUS,
        };
        let window = self.window(token.map_or("", |(value, _)| value), resource, now);
        Standing { limit, used: window.used, reset: window.resets.timestamp() }
    }

    /// Uses so much of it.
    pub fn take(&mut self, token: &str, resource: &str, cost: u64, now: Time) {
        self.window(token, resource, now).used += cost;
    }

    fn window(&mut self, token: &str, resource: &str, now: Time) -> &mut Window {
        let fresh = || Window { resets: now + Duration::hours(1), used: 0 };
        let window = self.windows.entry((token.to_owned(), resource.to_owned())).or_insert_with(fresh);
        if now >= window.resets {
            *window = fresh();
        }
        window
    }
}

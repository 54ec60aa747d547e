//! What parameters let through.

use super::super::world::{Run, Time};
use super::Call;

/// GitHub finds no more than this of a search.
const MOST_FOUND: usize = 1000;
const SEARCHED: &[&str] = &["actor", "branch", "check_suite_id", "created", "event", "head_sha", "status"];

/// Runs by all parameters, newest first.
pub fn runs<'r>(call: &Call<'_>, runs: impl DoubleEndedIterator<Item = &'r Run>) -> Vec<&'r Run> {
    let fits = |name, value: &str| call.query(name).is_none_or(|wanted| wanted == value);
    let found = runs.rev().filter(|it| {
        fits("actor", &it.actor)
            && fits("branch", &it.branch)
            && fits("event", &it.event)
            && fits("head_sha", &it.sha)
            && fits("check_suite_id", &it.check_suite.to_string())
            && call.query("status").is_none_or(|word| it.is(word))
            && call.query("created").is_none_or(|range| within(range, it.created_at))
    });
    let mut found: Vec<&Run> = found.collect();
    // Newest first, by when they were created: a past that was made up has them in any order.
    found.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    let searches = SEARCHED.iter().any(|it| call.query(it).is_some());
    found.truncate(if searches { MOST_FOUND } else { usize::MAX });
    found
}

type Compare = fn(Time, Time) -> bool;

/// Ranges as in GitHub's search: `>=T`, `<T`, `A..B`, `A..*`, a day.
pub fn within(range: &str, time: Time) -> bool {
    let signs: [(&str, Compare); 4] =
        [(">=", |a, b| a >= b), ("<=", |a, b| a <= b), (">", |a, b| a > b), ("<", |a, b| a < b)];
    if let Some((_, compare, bound)) =
        signs.iter().find_map(|(sign, compare)| range.strip_prefix(sign).map(|rest| (sign, compare, rest)))
    {
        return edge(bound, false).is_some_and(|it| compare(time, it));
    }
    let (from, to) = range.split_once("..").unwrap_or((range, range));
    edge(from, false).is_none_or(|it| time >= it) && edge(to, true).is_none_or(|it| time <= it)
}

/// A time or a day; `*` is none.
fn edge(text: &str, end: bool) -> Option<Time> {
    let day = || format!("{text}T{}Z", if end { "23:59:59" } else { "00:00:00" });
    let parse = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok().map(|it| it.to_utc());
    parse(text).or_else(|| parse(&day()))
}

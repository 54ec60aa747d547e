//! What was asked of systems and what they allow: in a few words for a line of every screen, and in sentences.

use chrono_tz::Tz;

use super::lens::zone;
use super::{fit, format};
use crate::model::{Budget, Requests, Time};
use crate::picture::{Snapshot, SourceStatus};

/// That a source is not asked for a while: `limit reached until 12:34`, with which one it is and as of when it is shown
/// where there is room.
pub fn silence(snapshot: &Snapshot, now: Time, roomy: bool) -> Option<String> {
    let zone = zone(snapshot);
    let quiet = |source: &SourceStatus| source.requests.as_ref()?.quiet_at(now).cloned();
    let (id, source, quiet) = snapshot.sources.iter().find_map(|(id, it)| Some((id, it, quiet(it)?)))?;
    let until = format::moment(now, quiet.until, zone);
    if !roomy {
        return Some(format!("{} until {until}", quiet.why));
    }
    let read = source.read_at.map(|at| format!(", as of {}", format::moment(now, at, zone))).unwrap_or_default();
    Some(format!("{id}: {}{read}, asked again at {until}", quiet.why))
}

/// Whether a source is not asked for a while.
pub fn is_quiet(source: &SourceStatus, now: Time) -> bool {
    source.requests.as_ref().is_some_and(|it| it.quiet_at(now).is_some())
}

/// How much is left of the limit that is nearest to its end, of all sources that are asked now, and whether that is
/// little: `github 4,812/5,000`. Nothing where nobody sets limits.
pub fn left(snapshot: &Snapshot, now: Time) -> Option<(bool, String)> {
    let asked = snapshot.sources.iter().filter(|(_, it)| !is_quiet(it, now));
    let all =
        asked.flat_map(|(id, it)| it.requests.iter().flat_map(move |it| it.limits.iter().map(move |it| (id, it))));
    let (id, limit) = all.min_by_key(|(_, limit)| share(limit))?;
    let left = format!("{}/{}", format::count(limit.remaining), format::count(limit.limit));
    Some((limit.is_scarce(), format!("{} {left}", fit::cut_middle(&id.to_string(), 16))))
}

/// When [`silence`] ends although nothing was read.
pub fn changes_at(snapshot: &Snapshot, now: Time) -> Option<Time> {
    let quiet = |it: &Requests| it.quiet_at(now).map(|quiet| quiet.until);
    snapshot.sources.values().filter_map(|it| quiet(it.requests.as_ref()?)).min()
}

/// What was asked of a source so far: `1,204 requests (980 of them unchanged), 3 watches opened`.
pub fn asked(requests: &Requests) -> String {
    let mut says = format::counted(requests.asked, "request");
    if requests.unchanged > 0 {
        says += &format!(" ({} of them unchanged)", format::count(requests.unchanged));
    }
    if requests.watches > 0 || requests.limits.is_empty() {
        says += &format!(", {} opened", counted_watches(requests.watches));
    }
    says
}

/// What a source of the snapshot allows, a fragment a limit, and that it is not asked for a while.
pub fn limits(requests: &Requests, snapshot: &Snapshot, now: Time) -> Vec<String> {
    let zone = zone(snapshot);
    let quiet = requests.quiet_at(now).map(|it| {
        let until = format::moment(now, it.until, zone);
        format!("{}: nothing is asked until {until}", it.why)
    });
    quiet.into_iter().chain(requests.limits.iter().map(|it| limit(it, now, zone))).collect()
}

fn limit(limit: &Budget, now: Time, zone: Tz) -> String {
    let left = format!("{}: {} of {} left", limit.what, format::count(limit.remaining), format::count(limit.limit));
    match limit.resets_at.filter(|at| *at > now) {
        Some(at) => format!("{left}, all of it again at {}", format::moment(now, at, zone)),
        None => left,
    }
}

/// How much of it is left, in thousandths.
fn share(limit: &Budget) -> u64 {
    limit.remaining.saturating_mul(1_000).checked_div(limit.limit).unwrap_or(1_000)
}

fn counted_watches(number: u64) -> String {
    format!("{} watch{}", format::count(number), if number == 1 { "" } else { "es" })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{Quiet, SourceId};

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn core(remaining: u64) -> Budget {
        Budget { what: "core".into(), limit: 5_000, remaining, resets_at: Some(at(40)) }
    }

    fn snapshot(all: Vec<(&str, Requests)>) -> Snapshot {
        let status = |requests| SourceStatus { read_at: Some(at(1)), requests: Some(requests), ..Default::default() };
        let sources = all.into_iter().map(|(id, requests)| (SourceId::from(id), status(requests)));
        Snapshot { sources: sources.collect(), ..Snapshot::default() }
    }

    #[test]
    fn the_limit_that_is_nearest_to_its_end_is_told() {
        let graphql = Budget { what: "graphql".into(), limit: 100, remaining: 9, resets_at: None };
        let github = Requests { limits: vec![core(4_812)], ..Requests::default() };
        let other = Requests { limits: vec![core(5_000), graphql], ..Requests::default() };
        let says = |all| left(&snapshot(all), at(5));
        assert_eq!(says(vec![("github", github.clone())]), Some((false, "github 4,812/5,000".to_owned())));
        assert_eq!(says(vec![("github", github), ("b", other)]), Some((true, "b 9/100".to_owned())));
        assert_eq!(says(vec![("stages", Requests::default())]), None);
    }

    #[test]
    fn a_quiet_time_says_as_of_when_and_until_when_and_ends() {
        let quiet = Some(Quiet { until: at(34), why: "limit reached".into() });
        let all = snapshot(vec![("github", Requests { quiet, limits: vec![core(0)], ..Requests::default() })]);
        let long = "github: limit reached, as of 00:01, asked again at 00:34";
        assert_eq!(silence(&all, at(5), true).as_deref(), Some(long));
        assert_eq!(silence(&all, at(5), false).as_deref(), Some("limit reached until 00:34"));
        assert_eq!((left(&all, at(5)), changes_at(&all, at(5))), (None, Some(at(34))));
        assert_eq!((silence(&all, at(34), false), changes_at(&all, at(34))), (None, None));
        assert_eq!(left(&all, at(34)), Some((true, "github 0/5,000".to_owned())));
    }

    #[test]
    fn sentences_tell_what_was_asked_and_what_is_left() {
        let requests = Requests { asked: 1_204, unchanged: 980, limits: vec![core(4_812)], ..Requests::default() };
        assert_eq!(asked(&requests), "1,204 requests (980 of them unchanged)");
        let left = ["core: 4,812 of 5,000 left, all of it again at 00:40"];
        assert_eq!(limits(&requests, &Snapshot::default(), at(5)), left);
        assert_eq!(asked(&Requests { asked: 1, watches: 2, ..Requests::default() }), "1 request, 2 watches opened");
    }
}

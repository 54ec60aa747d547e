//! Locks and marks that people set by command, as values, and the notes that the journal keeps of them.

use chrono_tz::Tz;

use super::journal::Note;
use super::moment;
use crate::model::{BadMark, Lock, Scope, ServiceId, Text, Time, Version};

/// A lock or mark that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Without a reason nobody can judge it later.
    #[error("a reason is needed")]
    NoReason,
    /// The end cannot be read.
    #[error("`{text}`: {problem}")]
    Until {
        /// What was given.
        text: Text,
        /// What is wrong with it.
        problem: String,
    },
}

/// A lock from `now` on. `until` is a length (`2h`), an hour (`18:00`), a day or a minute (`2026-12-24T18:00`) in `zone`.
///
/// # Errors
/// Without a reason, or when the end cannot be read or is over.
pub fn set(
    id: Text,
    scope: Scope,
    who: Text,
    why: Text,
    until: Option<&str>,
    now: Time,
    zone: Tz,
) -> Result<Lock, LockError> {
    let until = until.map(|text| {
        let problem = |problem| LockError::Until { text: Text::from(text), problem };
        moment::until(text, now, zone).map_err(problem)
    });
    Ok(Lock { id, scope, who, why: needed(why)?, since: now, until: until.transpose()?, released: None })
}

/// The same lock, taken away.
pub fn release(lock: &Lock, who: Text, now: Time) -> Lock {
    Lock { released: Some((now, who)), ..lock.clone() }
}

/// The mark that says that a version is bad.
///
/// # Errors
/// Without a reason.
pub fn mark_bad(service: ServiceId, version: Version, who: Text, why: Text, now: Time) -> Result<BadMark, LockError> {
    Ok(BadMark { service, version, who, why: needed(why)?, at: now, lifted: false })
}

/// The same mark, taken back.
pub fn lift(mark: &BadMark, who: Text, now: Time) -> BadMark {
    BadMark { who, at: now, lifted: true, ..mark.clone() }
}

/// What the journal keeps of a lock that was set or taken away.
pub fn note_of_lock(lock: &Lock) -> Note {
    let until = lock.until.map(|until| format!(" (until {})", until.format("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
    let (who, what, why) = match &lock.released {
        Some((_, who)) => (who.clone(), "unlocked", format!("was locked by {}: {}", lock.who, lock.why)),
        None => (lock.who.clone(), "locked", format!("{}{until}", lock.why)),
    };
    Note { scope: Some(lock.scope.clone()), version: None, who, what: what.into(), why: why.into() }
}

/// What the journal keeps of a mark that was set or taken back.
pub fn note_of_mark(mark: &BadMark) -> Note {
    Note {
        scope: Some(Scope { service: Some(mark.service.clone()), environment: None }),
        version: Some(mark.version.clone()),
        who: mark.who.clone(),
        what: Text::from(if mark.lifted { "took back the bad mark of" } else { "marked bad" }),
        why: mark.why.clone(),
    }
}

fn needed(why: Text) -> Result<Text, LockError> {
    if why.as_str().trim().is_empty() { Err(LockError::NoReason) } else { Ok(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        "2026-11-21T12:00:00Z".parse().expect("an instant")
    }

    fn locked(why: &str, until: Option<&str>) -> Result<Lock, LockError> {
        let scope = Scope { service: Some("checkout".into()), environment: Some("production".into()) };
        set("lock-1".into(), scope, "ida".into(), why.into(), until, now(), chrono_tz::UTC)
    }

    #[test]
    fn a_lock_holds_until_its_end_or_its_release() {
        let lock = locked("the database moves", Some("2h")).expect("a lock");
        let end = lock.until.expect("an end");
        assert!(lock.holds_at(now()) && !lock.holds_at(end));
        let released = release(&lock, "omar".into(), now());
        assert!(!released.holds_at(now()));
        assert_eq!(
            note_of_lock(&lock).sentence().as_str(),
            "ida locked checkout in production: the database moves (until 2026-11-21 14:00 UTC)"
        );
        assert_eq!(
            note_of_lock(&released).sentence().as_str(),
            "omar unlocked checkout in production: was locked by ida: the database moves"
        );
    }

    #[test]
    fn a_lock_needs_a_reason_and_an_end_to_come() {
        assert_eq!(locked(" ", None), Err(LockError::NoReason));
        assert!(matches!(locked("x", Some("2020-01-01")), Err(LockError::Until { .. })));
        assert_eq!(locked("x", None).map(|lock| lock.until), Ok(None));
    }

    #[test]
    fn a_mark_is_set_and_taken_back() {
        let mark = mark_bad("checkout".into(), "1.4.2".into(), "ida".into(), "loses carts".into(), now());
        let mark = mark.expect("a mark");
        assert_eq!(note_of_mark(&mark).sentence().as_str(), "ida marked bad 1.4.2 of checkout everywhere: loses carts");
        assert!(lift(&mark, "omar".into(), now()).lifted);
    }
}

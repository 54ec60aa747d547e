//! What has to hold at the moment of a write.

use std::path::Path;

use super::error::{PackageError, Result};
use super::history::{Entry, History};
use crate::backend::{Order, Receipt};
use crate::model::{Digest, Version};

/// Compares what the order expects with what is there: the token where the plan has one, else the live version.
///
/// # Errors
/// [`Conflict`](crate::backend::ErrorKind::Conflict), saying what happened instead and by whom.
pub fn unchanged(order: &Order, token: &str, live: Option<&Version>, history: &History) -> Result<()> {
    let from = order.from.as_ref().map(|from| &from.version);
    let holds = match &order.expected {
        Some(expected) => expected == token,
        None => from == live,
    };
    if holds {
        return Ok(());
    }
    // The newest record explains it, unless what it says is not what is live.
    let newest = history.entries.last().filter(|entry| !entry.took_effect() || Some(&entry.version) == live);
    let who = newest.map_or_else(|| "somebody changed it by hand".to_owned(), Entry::told);
    Err(PackageError::conflict(format!("it changed since the plan was made: {who}; {}", live_words(live)))
        .hint("plan again from what is live now"))
}

/// The answer to an order for something that a place of packages cannot do; the engine asks for none.
pub fn undeclared(order: &Order) -> PackageError {
    let what = format!("a version that lies in a directory cannot be asked to {}", order.verb.word());
    PackageError::refused(what)
}

/// What is live, in words.
pub fn live_words(live: Option<&Version>) -> String {
    live.map_or_else(|| "nothing is live".to_owned(), |version| format!("{version} is live"))
}

/// What is live after a failure before the switch, in words: `before` when that was so, unless a fresh look, where one
/// was possible, says otherwise.
pub fn after_failure(before: Option<&Version>, now: Option<Option<&Version>>) -> String {
    match now {
        Some(now) if now != before => format!("{} now", live_words(now)),
        _ => format!("{}, as before", live_words(before)),
    }
}

/// The receipt of an order that took effect already: asking twice is harmless.
pub fn done_before(order: &Order, token: &str, live: Option<&Version>, history: &History) -> Option<Receipt> {
    let entry = history.of(&order.operation).filter(|entry| entry.took_effect())?;
    (live == Some(&order.to.version)).then(|| Receipt {
        token: Some(token.to_owned()),
        done: vec![format!("it was done before: {}", entry.told()).into()],
    })
}

/// Whether what would be taken is what was planned.
///
/// # Errors
/// When both digests are known and differ.
pub fn planned(order: &Order, digest: Option<&Digest>, place: &Path) -> Result<()> {
    match (&order.to.digest, digest) {
        (Some(planned), Some(found)) if planned != found => Err(PackageError::integrity(format!(
            "{} was planned as {} but {} lies in {}",
            order.to.version,
            planned.short(),
            found.short(),
            place.display()
        ))),
        _ => Ok(()),
    }
}

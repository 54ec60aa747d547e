//! Sending a write, or having it rehearsed, that holds only for the object that was planned with.
//!
//! `resourceVersion` changes with every status that a controller writes, so it cannot be kept from the plan to the write.
//! The object is read right before, compared with the plan by what the write would overwrite, and the write names the
//! `resourceVersion` of that reading. A write that the server refused for it did not happen, and may be sent again; one
//! whose answer was lost may have happened, and is not.

use std::time::Duration;

use serde_json::Value;

use super::api::{Api, Failure};
use super::first;
use super::json::text;
use super::request::{ObjectName, Request};
use crate::backend::kubernetes::item::token;
use crate::backend::{BackendError, ErrorKind};
use crate::model::Text;

/// How often a write is sent that was refused because a status was written in between.
const TRIES: u32 = 8;
/// How long is waited before the second sending, and twice as long before each one after it: statuses come in bursts.
const PAUSE: Duration = Duration::from_millis(10);

/// What changes when something is written that the write would overwrite.
pub fn token_of(object: &Value) -> String {
    token(text(object, "/metadata/uid"), object.pointer("/spec").unwrap_or(&Value::Null))
}

/// The error for an object that somebody changed since it was planned with.
pub fn changed(api: &Api<'_>, name: &ObjectName, object: &Value) -> BackendError {
    let what = format!("{}: {}", name.short(), first::words(object));
    BackendError::new(api.source, ErrorKind::Conflict, what)
}

/// Whether the server keeps what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It says what it would do, and keeps nothing.
    Dry,
    /// It does it.
    Real,
}

/// Why nothing was sent, or nothing came of it.
#[derive(Debug)]
pub enum Unsent {
    /// It cannot be read, was changed by somebody since it was planned with, cannot be changed so any more, or its status
    /// is written too often.
    Kept(BackendError),
    /// The server refused this request for what it is, or did not say what it did with it.
    Failed(Box<Request>, Failure),
}

impl Unsent {
    /// In the words of errors.
    pub async fn error(self, api: &Api<'_>) -> BackendError {
        match self {
            Self::Kept(error) => error,
            Self::Failed(request, failure) => api.failed(&request, &failure).await,
        }
    }
}

/// Sends what `draft` makes of the object as it is now, if that still has the token of the plan; gives what was sent and
/// the object that came of it.
///
/// # Errors
/// [`ErrorKind::Conflict`] when somebody changed it since, [`ErrorKind::Check`] with what `draft` has against it, or
/// whatever the server said.
pub async fn send(
    api: &Api<'_>,
    run: Run,
    name: &ObjectName,
    expected: Option<&str>,
    draft: impl Fn(&Value) -> Result<Request, Text>,
) -> Result<(Request, Value), Unsent> {
    let mut refused: Option<(String, Unsent)> = None;
    for tried in 0..TRIES {
        let object = api.get(name).await.map_err(Unsent::Kept)?;
        if expected.is_some_and(|expected| expected != token_of(&object)) {
            return Err(Unsent::Kept(changed(api, name, &object)));
        }
        let version = text(&object, "/metadata/resourceVersion").to_owned();
        if let Some((_, why)) = refused.take_if(|(at, _)| *at == version) {
            // Nothing was written in between: it is refused for what it is.
            return Err(why);
        }
        let request =
            draft(&object).map_err(|why| Unsent::Kept(BackendError::new(api.source, ErrorKind::Check, why)))?;
        match api.send(&request, run == Run::Dry).await {
            Ok(answer) => return Ok((request, answer)),
            Err(failure) if was_too_late(&failure) => {
                refused = Some((version, Unsent::Failed(Box::new(request), failure)));
            }
            Err(failure) => return Err(Unsent::Failed(Box::new(request), failure)),
        }
        tokio::time::sleep(PAUSE * 2_u32.saturating_pow(tried)).await;
    }
    let what = format!("{}: its status is written faster than this can be; nothing was changed", name.short());
    Err(Unsent::Kept(BackendError::new(api.source, ErrorKind::Conflict, what).hint("try again")))
}

/// Whether the server refused it for a precondition: 409, or 422 for a JSON patch one of whose tests failed.
fn was_too_late(failure: &Failure) -> bool {
    matches!(failure.code(), Some(409 | 422))
}

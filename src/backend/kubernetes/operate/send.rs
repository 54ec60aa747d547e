//! Sending a write that holds only for the object that was planned with.
//!
//! `resourceVersion` changes with every status that a controller writes, so it cannot be kept from the plan to the write.
//! The object is read right before, compared with the plan by what the write would overwrite, and the write names the
//! `resourceVersion` of that reading. A write that the server refused for it did not happen, and may be sent again; one
//! whose answer was lost may have happened, and is not.

use serde_json::Value;

use super::api::{Api, Failure};
use super::first;
use super::json::text;
use super::request::{ObjectName, Request};
use crate::backend::kubernetes::item::token;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::Text;

/// How often a write is sent that was refused because a status was written in between.
const TRIES: usize = 5;

/// What changes when something is written that the write would overwrite.
pub fn token_of(object: &Value) -> String {
    token(text(object, "/metadata/uid"), object.pointer("/spec").unwrap_or(&Value::Null))
}

/// The error for an object that somebody changed since it was planned with.
pub fn changed(api: &Api<'_>, name: &ObjectName, object: &Value) -> BackendError {
    let what = format!("{}: {}", name.short(), first::words(object));
    BackendError::new(api.source, ErrorKind::Conflict, what)
}

/// Sends what `draft` makes of the object as it is now, if that still has the token of the plan.
///
/// # Errors
/// [`ErrorKind::Conflict`] when somebody changed it since, or whatever the server said.
pub async fn send(
    api: &Api<'_>,
    name: &ObjectName,
    expected: Option<&str>,
    draft: impl Fn(&Value) -> std::result::Result<Request, Text>,
) -> Result<Value> {
    let mut refused: Option<(String, BackendError)> = None;
    for _ in 0..TRIES {
        let object = api.get(name).await?;
        if expected.is_some_and(|expected| expected != token_of(&object)) {
            return Err(changed(api, name, &object));
        }
        let version = text(&object, "/metadata/resourceVersion").to_owned();
        if let Some((_, error)) = refused.take_if(|(at, _)| *at == version) {
            // Nothing was written in between: it is refused for what it is.
            return Err(error);
        }
        let request = draft(&object).map_err(|why| BackendError::new(api.source, ErrorKind::Check, why))?;
        match api.send(&request, false).await {
            Ok(written) => return Ok(written),
            Err(failure) if was_too_late(&failure) => refused = Some((version, api.failed(&request, &failure).await)),
            Err(failure) => return Err(api.failed(&request, &failure).await),
        }
    }
    let what = format!("{}: its status is written faster than this can be; nothing was changed", name.short());
    Err(BackendError::new(api.source, ErrorKind::Conflict, what).hint("try again"))
}

/// Whether the server refused it for a precondition: 409, or 422 for a JSON patch one of whose tests failed.
fn was_too_late(failure: &Failure) -> bool {
    matches!(failure.code(), Some(409 | 422))
}

//! The writes that hold a rollout, let it go on, or make pods anew: as `kubectl rollout` makes them.

use serde_json::{Value, json};

use super::request::{Body, Request, annotate, holds, tests};
use super::revision::CAUSE;
use super::subject::Subject;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::state::RESTARTED;
use crate::model::{Text, Time};

/// Where a template has its annotations.
const ANNOTATIONS: &str = "/spec/template/metadata/annotations";

/// The write that pauses it.
///
/// # Errors
/// Why it cannot be paused.
pub fn pause(subject: Subject<'_>) -> Result<Request, Text> {
    pausable(subject, "paused")?;
    if subject.is_paused() {
        return Err(format!("{} is paused already", subject.short()).into());
    }
    let set = json!({ "op": "add", "path": "/spec/paused", "value": true });
    Ok(request(subject, "pause it: what is on its way stays where it is", vec![set]))
}

/// The write that lets it go on.
///
/// # Errors
/// Why it cannot be resumed.
pub fn resume(subject: Subject<'_>) -> Result<Request, Text> {
    pausable(subject, "resumed")?;
    if !subject.is_paused() {
        return Err(format!("{} is not paused", subject.short()).into());
    }
    Ok(request(subject, "resume it", vec![json!({ "op": "remove", "path": "/spec/paused" })]))
}

/// The write that makes its pods anew, as its strategy replaces them.
///
/// # Errors
/// Why it cannot be restarted.
pub fn restart(subject: Subject<'_>, now: Time, cause: &str) -> Result<Request, Text> {
    if subject.is_paused() {
        return Err(format!("{} is paused, so that its pods would stay: resume it first", subject.short()).into());
    }
    let at = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let mut operations = annotate(subject.object, ANNOTATIONS, &[(RESTARTED, at)]);
    operations.extend(annotate(subject.object, "/metadata/annotations", &[(CAUSE, cause.to_owned())]));
    Ok(request(subject, "make its pods anew, as its strategy replaces them", operations))
}

fn pausable(subject: Subject<'_>, done: &str) -> Result<(), Text> {
    if subject.kind == Kind::Deployment {
        return Ok(());
    }
    Err(format!("{} is a {}: only Deployments can be {done}", subject.name.name, subject.kind.word()).into())
}

fn request(subject: Subject<'_>, what: &str, changes: Vec<Value>) -> Request {
    let mut operations = tests(subject.object);
    operations.extend(changes);
    let (object, holds) = (subject.name.clone(), holds(subject.object));
    Request { what: what.to_owned(), object, body: Body::Json(operations), holds }
}

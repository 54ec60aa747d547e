//! A write, as it is shown before and as it is sent.

use http::Method;
use serde_json::Value;

use super::place::Place;
use crate::backend::github::client::Answer;
use crate::backend::{BackendError, ErrorKind, Result, Write};
use crate::model::Text;

/// A write.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What it does, for people; it follows `cannot`.
    pub what: String,
    /// Where it is sent to.
    pub path: String,
    /// What is sent; nothing where the address says it all.
    pub body: Option<Value>,
    /// What is looked at right before it is sent.
    pub precondition: Option<Text>,
}

impl Request {
    /// The same, as people read it before it is sent. No token is part of it.
    pub fn shown(&self) -> Write {
        let body = self.body.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
        Write {
            what: self.what.as_str().into(),
            verbatim: format!("POST {}{body}", self.path).into(),
            precondition: self.precondition.clone(),
        }
    }

    /// The same without a field.
    pub fn without(&self, field: &str) -> Self {
        let mut request = self.clone();
        if let Some(body) = request.body.as_mut().and_then(Value::as_object_mut) {
            body.remove(field);
        }
        request
    }

    /// Sends it, once.
    ///
    /// # Errors
    /// When there is no answer (then it may have happened) or a refusal (then it has not).
    pub async fn send(&self, place: &Place<'_>) -> Result<Answer> {
        // A token that cannot be had is found out before anything is sent.
        place.api.token().await.map_err(BackendError::unwritten)?;
        let answer = place.api.write(&self.what, Method::POST, &self.path, self.body.as_ref()).await;
        answer.map_err(|error| if is_refusal(&error.kind) { error.unwritten() } else { error })
    }
}

/// Whether it is a no to the write, or to asking at all: GitHub has done nothing then.
fn is_refusal(kind: &ErrorKind) -> bool {
    !matches!(kind, ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Protocol)
}

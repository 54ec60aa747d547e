//! What a cluster's refusals mean. Nothing of requests goes into them: they may carry credentials.

use std::error::Error as StdError;

use kube::core::Status;

use crate::backend::{BackendError, ErrorKind};
use crate::model::{SourceId, Text};

/// Where something was asked, for people: the context and what was wanted.
pub struct Asked<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// The context; empty for the current one.
    pub context: &'a str,
    /// What was wanted, as it follows `may not`: `list pods in shop`.
    pub what: &'a str,
}

impl Asked<'_> {
    /// The error for what the client says.
    pub fn failed(&self, error: &kube::Error) -> BackendError {
        let (kind, why) = explain(error);
        let at = self.at();
        let text = match kind {
            ErrorKind::Forbidden => format!("{at}restricted: may not {} ({why})", self.what),
            ErrorKind::Network | ErrorKind::Auth | ErrorKind::RateLimited { .. } => format!("{at}{why}"),
            _ => format!("{at}{}: {why}", self.what),
        };
        let error = BackendError::new(self.source, kind.clone(), text);
        match kind {
            ErrorKind::Auth => error.hint("log in to the cluster again, as `kubectl` would need it too"),
            ErrorKind::Forbidden => error.hint("ask for a role that allows it; the rest is shown without it"),
            _ => error,
        }
    }

    /// The error for no answer in time.
    pub fn timed_out(&self) -> BackendError {
        BackendError::new(self.source, ErrorKind::Timeout, format!("{}{}: no answer in time", self.at(), self.what))
    }

    fn at(&self) -> String {
        if self.context.is_empty() { String::new() } else { format!("{}: ", self.context) }
    }
}

/// What a watch says of itself, as an error of the client.
pub fn of_watch(error: kube::runtime::watcher::Error) -> kube::Error {
    use kube::runtime::watcher::Error;
    match error {
        Error::InitialListFailed(error) | Error::WatchStartFailed(error) | Error::WatchFailed(error) => error,
        Error::WatchError(status) => kube::Error::Api(status),
        Error::NoResourceVersion => {
            let message = "an object without resourceVersion".to_owned();
            kube::Error::SerdeError(serde::de::Error::custom(message))
        }
    }
}

/// Whether what was known is too old to go on from.
pub fn is_expired(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 410)
}

/// Whether the cluster was reached and the same question may be answered the next time: it was busy, or the answer broke
/// off.
pub fn may_pass(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => status.code == 429 || (500..600).contains(&status.code),
        kube::Error::SerdeError(why) => why.is_eof(),
        kube::Error::ReadEvents(_) | kube::Error::HyperError(_) => true,
        kube::Error::Service(_) => {
            let (deepest, _) = deepest(error);
            let broken = ["connection closed", "onnection reset", "unexpected EOF", "incomplete message"];
            broken.iter().any(|it| deepest.contains(it))
        }
        _ => false,
    }
}

/// The sort of a failure, and why in words.
pub fn explain(error: &kube::Error) -> (ErrorKind, Text) {
    match error {
        kube::Error::Api(status) => (kind_of(status), said(status)),
        kube::Error::SerdeError(why) => (ErrorKind::Protocol, format!("an answer that makes no sense: {why}").into()),
        kube::Error::Auth(_) => (ErrorKind::Auth, credentials(error)),
        kube::Error::InferKubeconfig(why) => (ErrorKind::NotFound, why.to_string().into()),
        // These print the address of a proxy, which may hold a password.
        kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
            (ErrorKind::Protocol, "the proxy's protocol is none that can be spoken".into())
        }
        other => {
            if sources(other).any(|it| it.is::<kube::client::AuthError>()) {
                return (ErrorKind::Auth, credentials(other));
            }
            let (deepest, timed_out) = deepest(other);
            let kind = if timed_out { ErrorKind::Timeout } else { ErrorKind::Network };
            (kind, format!("cannot be reached: {deepest}").into())
        }
    }
}

fn kind_of(status: &Status) -> ErrorKind {
    match status.code {
        401 => ErrorKind::Auth,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        409 => ErrorKind::Conflict,
        400 | 422 => ErrorKind::Check,
        429 => ErrorKind::RateLimited { until: None },
        500..=599 => ErrorKind::Network,
        _ => ErrorKind::Protocol,
    }
}

fn said(status: &Status) -> Text {
    let words = match (status.code, status.message.is_empty()) {
        (401, _) => "the credentials are not accepted".to_owned(),
        (429, _) => "asked too often".to_owned(),
        (_, false) => status.message.clone(),
        (code, true) if status.reason.is_empty() => format!("the server answered {code}"),
        (_, true) => status.reason.clone(),
    };
    Text::from(bounded(&words))
}

/// What is wrong with credentials, without anything that a credential program printed on its output.
fn credentials(error: &kube::Error) -> Text {
    use kube::client::AuthError;
    let found = sources(error).find_map(|it| it.downcast_ref::<AuthError>());
    let words = match found {
        Some(AuthError::AuthExecRun { out, .. }) => {
            format!("the credential program of the kubeconfig failed ({}){}", out.status, last_words(&out.stderr))
        }
        Some(AuthError::AuthExecStart(why)) => format!("the credential program of the kubeconfig cannot start: {why}"),
        Some(AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed) => {
            "the credential program of the kubeconfig gave nothing that makes sense".to_owned()
        }
        Some(AuthError::ReadTokenFile(why, path)) => format!("{}: {why}", path.display()),
        Some(AuthError::MissingCommand) => "the kubeconfig names no credential program".to_owned(),
        _ => "the credentials of the kubeconfig cannot be used".to_owned(),
    };
    words.into()
}

/// The last line that a program wrote to its standard error, without what may be a secret.
fn last_words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(bytes.len().saturating_sub(2_000)..).unwrap_or_default()).into_owned();
    let Some(line) = text.lines().rev().find(|line| !line.trim().is_empty()) else { return String::new() };
    let words: Vec<&str> = line.split_whitespace().map(|it| if is_prose(it) { it } else { "…" }).take(40).collect();
    format!(": {}", words.join(" "))
}

/// Whether a word is one of a language: no secret is made of a few letters alone.
fn is_prose(word: &str) -> bool {
    let marks = |c: char| c.is_ascii_punctuation() && !"_=/+@".contains(c);
    let word = word.trim_matches(marks);
    let parts = word.split(['-', '\'', '’', '.', ':']);
    word.chars().count() <= 24 && parts.into_iter().all(|part| part.chars().all(char::is_alphabetic))
}

fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&it| it.source())
}

/// What lies behind everything, and whether it was a matter of time.
fn deepest(error: &(dyn StdError + 'static)) -> (String, bool) {
    let io = sources(error).filter_map(|it| it.downcast_ref::<std::io::Error>()).last();
    let late = io.is_some_and(|it| it.kind() == std::io::ErrorKind::TimedOut);
    let last = sources(error).last().map(ToString::to_string).unwrap_or_default();
    (bounded(&last), late || last.contains("deadline has elapsed"))
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(500) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_word_of_a_credential_program_is_left_out() {
        let secret = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJl";
        let said = last_words(format!("first\nsession of {secret} is over\n\n").as_bytes());
        assert_eq!(said, ": session of … is over");
        let said =
            last_words(b"error: token s3cr3t-token, key=abc and aGk9Cg== are old (don't use them); run aws sso login");
        assert_eq!(said, ": error: token … … and … are old (don't use them); run aws sso login");
    }
}

//! What GitHub's refusals mean. Nothing of requests goes into them but what was wanted: headers carry tokens.

use http::HeaderMap;
use serde::Deserialize;

use super::client::Answer;
use super::limits::Pause;
use crate::backend::{BackendError, ErrorKind};
use crate::model::{SourceId, Text, Time};

/// The longest wait that an answer can ask for: a limit is counted by the hour.
const LONGEST: i64 = 3_600;

/// What was asked, for errors.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// The host, as people know it.
    pub host: &'a str,
    /// Where the token comes from; absent without one.
    pub token: Option<&'a str>,
    /// What was wanted, as it follows `may not`: `list deployments of acme/shop`.
    pub what: &'a str,
}

/// What GitHub says beside the status.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

impl Asked<'_> {
    /// The error for a refusal, and until when nothing may be asked, where that is why.
    pub fn refused(&self, answer: &Answer, now: Time) -> (BackendError, Option<Pause>) {
        let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(pause) = Pause::of(answer.status, &answer.headers, &said.message, now) {
            let until = pause.until.format("%H:%M:%S UTC");
            let what = format!("{}: {}; nothing is asked until {until}", self.host, pause.why);
            let error = self.error(ErrorKind::RateLimited { until: Some(pause.until) }, what);
            return (error, Some(pause));
        }
        (self.explained(answer, &said), None)
    }

    /// The error when no answer came.
    pub fn unanswered(&self, error: &octocrab::Error) -> BackendError {
        let (deepest, timed_out) = deepest(error);
        let kind = if timed_out { ErrorKind::Timeout } else { ErrorKind::Network };
        self.error(kind, format!("{} cannot be reached: {deepest}", self.host))
    }

    /// The error when nothing can be asked at all.
    pub fn unable(&self, why: &str) -> BackendError {
        self.error(ErrorKind::Network, format!("{}: no connection can be made: {why}", self.host))
            .hint("are the certificates of this machine in place?")
    }

    /// The error for an answer that makes no sense.
    pub fn nonsense(&self, why: impl std::fmt::Display) -> BackendError {
        let what = format!("{}: to {} an answer came that makes no sense: {why}", self.host, self.what);
        self.error(ErrorKind::Protocol, what)
    }

    fn error(&self, kind: ErrorKind, what: impl Into<Text>) -> BackendError {
        BackendError::new(self.source, kind, what)
    }

    fn explained(&self, answer: &Answer, said: &Said) -> BackendError {
        let Self { host, what, .. } = self;
        let words = words(said, answer.status);
        match answer.status {
            401 => self.unauthorised(&words),
            403 => self.forbidden(&answer.headers, &words),
            404 if self.token.is_none() => self
                .error(ErrorKind::NotFound, format!("{host}: cannot {what}: there is no such thing, or it is private"))
                .hint("private repositories need a token: `gh auth login`, or GH_TOKEN"),
            404 => self
                .error(
                    ErrorKind::NotFound,
                    format!("{host}: cannot {what}: there is no such thing, or the token may not see it"),
                )
                .hint(scopes(&answer.headers).filter(|it| it.lacks).map_or_else(|| NOT_SEEN.to_owned(), |it| it.hint)),
            409 => self.error(ErrorKind::Conflict, format!("{host}: cannot {what}: {words}")),
            410 => self.error(ErrorKind::NotFound, format!("{host}: cannot {what}: it is gone ({words})")),
            400 | 402 | 405..=407 | 411..=499 => {
                self.error(ErrorKind::Check, format!("{host}: cannot {what}: {words}"))
            }
            301 | 302 | 307 | 308 => {
                let what = format!("{host}: cannot {what}: the repository was renamed or moved");
                self.error(ErrorKind::NotFound, what).hint("write its new name into the configuration")
            }
            500..=599 => self.error(ErrorKind::Network, format!("{host}: cannot {what} now: {words}")),
            status => self.error(ErrorKind::Protocol, format!("{host}: cannot {what}: {words} ({status})")),
        }
    }

    fn unauthorised(&self, words: &str) -> BackendError {
        let Self { host, token, .. } = self;
        let what = match token {
            Some(token) => format!("{host}: the token from {token} is not accepted ({words})"),
            None => format!("{host}: a token is needed"),
        };
        let hint = format!("make one with `gh auth login`, or at https://{host}/settings/tokens, and set GH_TOKEN");
        self.error(ErrorKind::Auth, what).hint(hint)
    }

    /// Which right is missing: classic tokens have scopes, the others permissions.
    fn forbidden(&self, headers: &HeaderMap, words: &str) -> BackendError {
        let Self { host, what, .. } = self;
        let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).filter(|it| !it.is_empty());
        if let Some(sso) = header("x-github-sso").and_then(|it| it.split("url=").nth(1)) {
            let text = format!("{host}: restricted: may not {what}: the organisation wants a single sign-on");
            return self.error(ErrorKind::Forbidden, text).hint(format!("authorise the token at {sso}"));
        }
        let text = format!("{host}: restricted: may not {what} ({words})");
        let error = self.error(ErrorKind::Forbidden, text);
        if let Some(permissions) = header("x-accepted-github-permissions") {
            let wanted = permissions.replace('=', ": ");
            return error.hint(format!("the token needs the permission {wanted} (https://{host}/settings/tokens)"));
        }
        match scopes(headers) {
            Some(scopes) => error.hint(scopes.hint),
            None => error.hint("ask for the right; the rest is shown without it"),
        }
    }
}

/// What is to be done about a 404 that a token got.
const NOT_SEEN: &str =
    "a token that lacks rights is answered as if there were nothing: check its repositories and permissions";

/// What is said of the scopes of a classic token.
struct Scopes {
    /// Whether it has none of those that are wanted.
    lacks: bool,
    /// What to do about it.
    hint: String,
}

fn scopes(headers: &HeaderMap) -> Option<Scopes> {
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).filter(|it| !it.is_empty());
    let wanted = header("x-accepted-oauth-scopes")?;
    let has = header("x-oauth-scopes");
    let lacks = !wanted.split(',').any(|it| has.is_some_and(|has| has.split(',').any(|one| one.trim() == it.trim())));
    let hint = format!(
        "the token needs one of the scopes {wanted} and has {}: `gh auth refresh --scopes {}`",
        has.unwrap_or("none"),
        first(wanted)
    );
    Some(Scopes { lacks, hint })
}

fn first(scopes: &str) -> &str {
    scopes.split(',').next().unwrap_or(scopes).trim()
}

/// What GitHub says, in words.
fn words(said: &Said, status: u16) -> String {
    let each = said.errors.iter().take(5).filter_map(|it| {
        let text = it.as_str().or_else(|| it.get("message")?.as_str());
        match text {
            Some(text) => Some(text.to_owned()),
            None => Some(format!("{} {}", it.get("field")?.as_str()?, it.get("code")?.as_str()?)),
        }
    });
    let each: Vec<String> = each.collect();
    match (said.message.as_str(), each.is_empty()) {
        ("", true) => format!("status {status}"),
        (message, true) => message.to_owned(),
        ("", false) => each.join("; "),
        (message, false) => format!("{message}: {}", each.join("; ")),
    }
}

/// The cause that no other one stands behind, and whether one of them is that time was up. What stands in between prints
/// addresses.
fn deepest(error: &octocrab::Error) -> (String, bool) {
    let mut timed_out = false;
    let mut deepest: &dyn std::error::Error = error;
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = next {
        let io = cause.downcast_ref::<std::io::Error>();
        timed_out |= io.is_some_and(|it| it.kind() == std::io::ErrorKind::TimedOut)
            || cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout);
        deepest = cause;
        next = cause.source();
    }
    (deepest.to_string(), timed_out)
}

impl Pause {
    /// Until when nothing may be asked, where the answer says that too much was.
    pub fn of(status: u16, headers: &HeaderMap, message: &str, now: Time) -> Option<Self> {
        if !matches!(status, 403 | 429) {
            return None;
        }
        let says_so = message.to_lowercase().contains("rate limit");
        let headed = headers.contains_key("retry-after") || remaining(headers) == Some(0);
        (status == 429 || says_so || headed).then(|| Self::of_limit(headers, message, now))
    }

    /// Until when nothing may be asked after an answer that says that too much was.
    pub fn of_limit(headers: &HeaderMap, message: &str, now: Time) -> Self {
        let within = |until: Time| until.clamp(now, now + chrono::Duration::seconds(LONGEST));
        if let Some(seconds) = number(headers, "retry-after") {
            let until = within(now + chrono::Duration::seconds(seconds.clamp(1, LONGEST)));
            return Self { until, why: "too much was asked at once".into(), secondary: true };
        }
        let secondary = message.to_lowercase().contains("secondary");
        if remaining(headers) == Some(0) && !secondary {
            let reset = number(headers, "x-ratelimit-reset").and_then(|at| Time::from_timestamp(at, 0));
            // A time that is over already is told by clocks that differ.
            let minute = now + chrono::Duration::seconds(60);
            let until = within(reset.filter(|at| *at > now).unwrap_or(minute) + chrono::Duration::seconds(1));
            return Self { until, why: "the limit of requests is reached".into(), secondary: false };
        }
        let until = now + chrono::Duration::seconds(60);
        Self { until, why: "too much was asked at once".into(), secondary: true }
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn remaining(headers: &HeaderMap) -> Option<i64> {
    number(headers, "x-ratelimit-remaining")
}

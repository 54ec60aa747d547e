//! Speaking to GitHub: one request at a time is sent for each question, nothing is repeated that writes, and nothing is
//! asked while GitHub wants patience.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, ETAG, IF_NONE_MATCH, LINK, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Limited};
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{Notify, OnceCell, Semaphore};
use tokio::time::Instant;

use super::error::Asked;
use super::host::Host;
use super::limits::{Limits, Pause};
use super::link;
use super::login::{Login, Token};
use super::session::Session;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{Clock, SourceId, Time};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long reaching the server may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How large an answer may be, in bytes.
const LARGEST: usize = 64 << 20;
/// How many questions may be open at once.
const AT_ONCE: usize = 4;
/// How far apart writes are.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);
/// How often a question is sent on to another address.
const MOVES: usize = 3;
/// How long to wait before a question is asked once more that a busy server did not answer.
const AGAIN: Duration = Duration::from_millis(300);

/// A connection to GitHub.
pub struct Api {
    source: SourceId,
    /// Where it is.
    pub host: Host,
    clock: Clock,
    crab: OnceCell<Octocrab>,
    session: Session,
    limits: Mutex<Limits>,
    open: Semaphore,
    last_write: tokio::sync::Mutex<Option<Instant>>,
    /// How often something was written.
    writes: AtomicU64,
    /// That something was written just now.
    pub wrote: Notify,
}

/// What came back, whatever it is.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What a question with a condition brought.
pub enum Fresh<T> {
    /// Nothing changed.
    Unchanged,
    /// It is new or different.
    Changed(Page<T>),
}

/// A page of something.
pub struct Page<T> {
    /// What it says.
    pub it: T,
    /// By which it can be asked whether it changed.
    pub etag: Option<String>,
    /// Where the next page is.
    pub next: Option<String>,
    /// What the token may do, where it is of the kind that says so.
    pub scopes: Option<String>,
}

impl Api {
    /// A connection. Nothing is asked yet.
    pub fn new(source: &SourceId, host: Host, login: Login, clock: Clock) -> Self {
        Self {
            source: source.clone(),
            host,
            clock,
            crab: OnceCell::new(),
            session: Session::new(login),
            limits: Mutex::default(),
            open: Semaphore::new(AT_ONCE),
            last_write: tokio::sync::Mutex::default(),
            writes: AtomicU64::new(0),
            wrote: Notify::new(),
        }
    }

    /// What may be asked.
    pub fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something was written, whatever became of it: what is known is older than that.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Where the token comes from, in words.
    pub fn credentials(&self) -> String {
        self.session.in_words()
    }

    /// The repository whose installation an app speaks for, unless the settings name one.
    pub fn speak_for(&self, slug: &str) {
        self.session.speak_for(slug);
    }

    /// The token, for the program that fetches commits.
    ///
    /// # Errors
    /// When the one that was asked for cannot be had.
    pub async fn token(&self) -> Result<Option<SecretString>> {
        Ok(self.session.token(self).await?.map(|it| it.secret))
    }

    /// Now.
    pub fn now(&self) -> Time {
        (self.clock)()
    }

    /// Asks for `path` (or a whole address), if it changed since `etag`. `what` follows `cannot`: `list deployments`.
    ///
    /// # Errors
    /// When there is no answer or a refusal.
    pub async fn get<T: DeserializeOwned>(&self, what: &str, path: &str, etag: Option<&str>) -> Result<Fresh<T>> {
        twice(|| self.get_once(what, path, etag)).await
    }

    /// Asks for `path` as it is now.
    ///
    /// # Errors
    /// When there is no answer or a refusal.
    pub async fn fetch<T: DeserializeOwned>(&self, what: &str, path: &str) -> Result<Page<T>> {
        match self.get(what, path, None).await? {
            Fresh::Changed(page) => Ok(page),
            Fresh::Unchanged => {
                let error = format!("{}: cannot {what}: nothing changed since nothing was known", self.host.name);
                Err(BackendError::new(&self.source, ErrorKind::Protocol, error))
            }
        }
    }

    async fn get_once<T: DeserializeOwned>(&self, what: &str, path: &str, etag: Option<&str>) -> Result<Fresh<T>> {
        let answer = self.ask(what, Method::GET, path, etag, None).await?;
        if answer.status == 304 {
            return Ok(Fresh::Unchanged);
        }
        let it = serde_json::from_slice(&answer.body).map_err(|error| self.asked(what, None).nonsense(error))?;
        let (etag, next, scopes) = (answer.etag(), answer.next(), answer.scopes());
        Ok(Fresh::Changed(Page { it, etag, next, scopes }))
    }

    /// The bytes at `path`, wherever they lie: output of jobs is kept elsewhere.
    ///
    /// # Errors
    /// When there is no answer or a refusal.
    pub async fn bytes(&self, what: &str, path: &str) -> Result<Bytes> {
        Ok(self.ask(what, Method::GET, path, None, None).await?.body)
    }

    /// Asks a question of many parts. Reads only.
    ///
    /// # Errors
    /// When there is no answer, a refusal, or an answer without data.
    pub async fn query<T: DeserializeOwned>(&self, what: &str, query: &Query) -> Result<T> {
        let body = serde_json::to_value(query).map_err(|error| self.asked(what, None).nonsense(error))?;
        twice(|| self.query_once(what, &body)).await
    }

    async fn query_once<T: DeserializeOwned>(&self, what: &str, body: &Value) -> Result<T> {
        // Who is nobody has a limit of none for these, and would be told to wait for an hour.
        if self.session.token(self).await?.is_none() {
            let text = format!("{}: cannot {what} with one question: that needs a token", self.host.name);
            let error = BackendError::new(&self.source, ErrorKind::Forbidden, text);
            return Err(error.hint("`gh auth login`, or set GH_TOKEN"));
        }
        let answer = self.ask(what, Method::POST, &self.host.graphql, None, Some(body)).await?;
        let said: Said<T> =
            serde_json::from_slice(&answer.body).map_err(|error| self.asked(what, None).nonsense(error))?;
        if let Some(limited) = said.errors.iter().find(|it| it.is_limit()) {
            let now = self.now();
            let pause = Pause::of_limit(&answer.headers, &limited.message, now);
            self.limits().pause(pause, now);
            self.may_ask(what)?;
        }
        match said.data {
            Some(data) => Ok(data),
            None => {
                let why: Vec<&str> = said.errors.iter().map(|it| it.message.as_str()).take(3).collect();
                let kind = match said.errors.first().map(|it| it.kind.as_str()) {
                    Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => ErrorKind::Forbidden,
                    Some("NOT_FOUND") => ErrorKind::NotFound,
                    _ => ErrorKind::Protocol,
                };
                let text = format!("{}: cannot {what}: {}", self.host.name, why.join("; "));
                Err(BackendError::new(&self.source, kind, text))
            }
        }
    }

    /// Sends a write, once: one at a time, a second apart, and never sent on or repeated.
    ///
    /// # Errors
    /// When there is no answer (then it may have happened) or a refusal (then it has not).
    pub async fn write(&self, what: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut last = self.last_write.lock().await;
        if let Some(at) = *last {
            tokio::time::sleep_until(at + BETWEEN_WRITES).await;
        }
        let answer = self.ask(what, method, path, None, body).await;
        *last = Some(Instant::now());
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.wrote.notify_one();
        answer
    }

    async fn ask(
        &self,
        what: &str,
        method: Method,
        path: &str,
        etag: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let _turn = self.open.acquire().await;
        let mut address = self.host.address(path);
        let mut signed = false;
        for _ in 0..=MOVES {
            self.may_ask(what)?;
            let known = self.host.is_own(&address) && !signed;
            let token = if known { self.session.token(self).await? } else { None };
            let request = self.request(what, &method, &address, token.as_ref(), etag, body)?;
            let answer = self.send(what, request, token.as_ref()).await?;
            let onward = answer.headers.get(LOCATION).and_then(|it| it.to_str().ok());
            match (answer.status, onward) {
                (301 | 302 | 303 | 307 | 308, Some(onward)) if method == Method::GET => {
                    // Where output lies for a moment, the address itself says who may read it, on whatever host.
                    signed |= matches!(answer.status, 302 | 303);
                    address = self.host.address(onward);
                }
                (200..=299 | 304, _) => {
                    self.limits().answered(answer.status == 304);
                    return Ok(answer);
                }
                _ => return Err(self.refused(what, &answer, token.as_ref()).await),
            }
        }
        Err(self.asked(what, None).nonsense("it is sent on in a circle"))
    }

    /// Sends a question by which a token is had, with another word of who asks.
    pub(super) async fn ask_as(&self, what: &str, method: Method, path: &str, token: &Token) -> Result<Bytes> {
        self.may_ask(what)?;
        let request = self.request(what, &method, &self.host.address(path), Some(token), None, None)?;
        let answer = self.send(what, request, Some(token)).await?;
        match answer.status {
            200..=299 => Ok(answer.body),
            // Who asks holds the session: nothing is forgotten there.
            _ => Err(self.explained(what, &answer, Some(token))),
        }
    }

    async fn refused(&self, what: &str, answer: &Answer, token: Option<&Token>) -> BackendError {
        if answer.status == 401 {
            self.session.forget(self.now()).await;
        }
        self.explained(what, answer, token)
    }

    /// What a refusal means; a pause that it asks for begins.
    fn explained(&self, what: &str, answer: &Answer, token: Option<&Token>) -> BackendError {
        let now = self.now();
        let (error, pause) = self.asked(what, token).refused(answer, now);
        let Some(pause) = pause else { return error };
        self.limits().pause(pause, now);
        // How long it really is follows from the pauses before it.
        self.may_ask(what).err().unwrap_or(error)
    }

    fn may_ask(&self, what: &str) -> Result<()> {
        let limits = self.limits();
        let Some(pause) = limits.paused(self.now()) else { return Ok(()) };
        let until = pause.until.format("%H:%M:%S UTC");
        let text = format!("{}: cannot {what}: {}; nothing is asked until {until}", self.host.name, pause.why);
        Err(BackendError::new(&self.source, ErrorKind::RateLimited { until: Some(pause.until) }, text))
    }

    fn request(
        &self,
        what: &str,
        method: &Method,
        address: &str,
        token: Option<&Token>,
        etag: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Request<Bytes>> {
        let mut request = Request::builder().method(method).uri(address);
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.secret.expose_secret()));
            let mut value = value.map_err(|_| self.asked(what, None).nonsense("the token cannot be sent"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if self.host.is_own(address) {
            request =
                request.header(ACCEPT, "application/vnd.github+json").header("x-github-api-version", "2022-11-28");
        }
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let bytes = match body {
            Some(body) => {
                request = request.header(http::header::CONTENT_TYPE, "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let agent = concat!("flightdeck/", env!("CARGO_PKG_VERSION"));
        request.header(USER_AGENT, agent).body(bytes).map_err(|error| self.asked(what, None).nonsense(error))
    }

    async fn send(&self, what: &str, request: Request<Bytes>, token: Option<&Token>) -> Result<Answer> {
        let asked = self.asked(what, token);
        let crab = self.crab.get_or_try_init(connect).await.map_err(|why| asked.unable(&why))?;
        self.limits().asked += 1;
        let answer = async {
            let response =
                crab.send(request.map(octocrab::OctoBody::from)).await.map_err(|it| asked.unanswered(&it))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LARGEST).collect().await;
            let body = body.map_err(|_| {
                BackendError::new(
                    &self.source,
                    ErrorKind::Network,
                    format!("{}: cannot {what}: the answer broke off", self.host.name),
                )
            })?;
            Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_bytes() })
        };
        let answer = tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
            let text = format!("{}: cannot {what}: no answer in time", self.host.name);
            Err(BackendError::new(&self.source, ErrorKind::Timeout, text))
        })?;
        self.limits().heard(&answer.headers);
        Ok(answer)
    }

    fn asked<'a>(&'a self, what: &'a str, token: Option<&'a Token>) -> Asked<'a> {
        Asked { source: &self.source, host: &self.host.name, token: token.map(|it| it.from.as_str()), what }
    }

    /// Who speaks, for the session.
    pub(super) fn source(&self) -> &SourceId {
        &self.source
    }
}

/// A question of many parts.
#[derive(Debug, Serialize)]
pub struct Query {
    /// Which of the operations of the text.
    #[serde(rename = "operationName")]
    pub name: &'static str,
    /// The text.
    pub query: &'static str,
    /// What its variables stand for.
    pub variables: Value,
}

#[derive(serde::Deserialize)]
struct Said<T> {
    #[serde(default = "nothing")]
    data: Option<T>,
    #[serde(default)]
    errors: Vec<SaidError>,
}

fn nothing<T>() -> Option<T> {
    None
}

#[derive(serde::Deserialize)]
struct SaidError {
    #[serde(default)]
    message: String,
    #[serde(default, rename = "type")]
    kind: String,
}

impl SaidError {
    /// Whether it says that too much was asked; the status says that all is well.
    fn is_limit(&self) -> bool {
        self.kind == "RATE_LIMITED" || self.message.to_lowercase().contains("secondary rate limit")
    }
}

/// Asks a question that only reads, and once more where a moment may make the difference.
async fn twice<T, Asked: Future<Output = Result<T>>>(ask: impl Fn() -> Asked) -> Result<T> {
    match ask().await {
        Err(error) if is_passing(&error) => {
            tokio::time::sleep(AGAIN).await;
            ask().await
        }
        answered => answered,
    }
}

/// Whether the same question may be answered a moment later: whoever only reads may ask it once more.
fn is_passing(error: &BackendError) -> bool {
    matches!(error.kind, ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Protocol)
}

impl Answer {
    /// By which it can be asked whether it changed.
    pub fn etag(&self) -> Option<String> {
        self.headers.get(ETAG)?.to_str().ok().map(str::to_owned)
    }

    /// The scopes of a classic token, with commas between them.
    pub fn scopes(&self) -> Option<String> {
        self.headers.get("x-oauth-scopes")?.to_str().ok().map(str::to_owned)
    }

    /// Where the next page is.
    pub fn next(&self) -> Option<String> {
        link::next(self.headers.get(LINK)?.to_str().ok()?).map(str::to_owned)
    }
}

/// The client, over an engine that neither follows nor repeats anything by itself.
async fn connect() -> std::result::Result<Octocrab, String> {
    let engine = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
        .map_err(|error| error.to_string())?;
    let built =
        OctocrabBuilder::new_empty().with_service(ReqwestConnector::new(engine)).with_auth(AuthState::None).build();
    match built {
        Ok(crab) => Ok(crab),
        Err(never) => match never {},
    }
}

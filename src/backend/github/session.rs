//! Being logged in: the token, kept until it ends or is refused.

use chrono::Duration;
use http::Method;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::app::AppKey;
use super::client::Api;
use super::login::{Login, Token};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::Time;

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::minutes(5);
/// How long a token counts as just fetched: whoever complains then means the one before.
const FRESH: Duration = Duration::seconds(10);

/// Being logged in.
pub struct Session {
    login: Login,
    /// The token and since when it is held.
    held: Mutex<Option<(Option<Token>, Time)>>,
    /// The repository whose installation an app speaks for: `owner/name`.
    repository: std::sync::OnceLock<String>,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Issued {
    token: String,
    #[serde(default)]
    expires_at: Option<Time>,
}

impl Session {
    /// Not logged in yet.
    pub fn new(login: Login) -> Self {
        Self { login, held: Mutex::default(), repository: std::sync::OnceLock::new() }
    }

    /// Where the token comes from, in words.
    pub fn in_words(&self) -> String {
        let held = self.held.try_lock().ok();
        match held.as_deref() {
            Some(Some((Some(token), _))) => token.from.clone(),
            Some(Some((None, _))) => format!("none ({} give none)", self.login.in_words()),
            _ => self.login.in_words(),
        }
    }

    /// The repository whose installation an app speaks for, unless one is known.
    pub fn speak_for(&self, repository: &str) {
        // The first one holds: an installation is of an owner.
        let _ = self.repository.set(repository.to_owned());
    }

    /// The token; none where nobody gave one.
    ///
    /// # Errors
    /// When the one that was asked for cannot be had.
    pub async fn token(&self, api: &Api) -> Result<Option<Token>> {
        let mut held = self.held.lock().await;
        let valid = |token: &Option<Token>| {
            token.as_ref().and_then(|it| it.until).is_none_or(|until| api.now() + EARLY < until)
        };
        if let Some((token, _)) = held.as_ref().filter(|(token, _)| valid(token)) {
            return Ok(token.clone());
        }
        let token = match self.login.app(api.source())? {
            Some(app) => Some(self.installed(api, &app).await?),
            None => self.login.token(api.source(), &api.host.name).await?,
        };
        *held = Some((token.clone(), api.now()));
        Ok(token)
    }

    /// A token that was not accepted is fetched anew the next time.
    pub async fn forget(&self, now: Time) {
        let mut held = self.held.lock().await;
        // A clock that was set back makes nothing fresh.
        if held.as_ref().is_some_and(|(_, since)| (now - *since).abs() > FRESH) {
            *held = None;
        }
    }

    /// The token of an app's installation.
    async fn installed(&self, api: &Api, app: &AppKey) -> Result<Token> {
        let from = self.login.in_words();
        let word = Token { secret: app.word(api.source(), api.now())?, from: from.clone(), until: None };
        let nonsense = |what: &str, error: serde_json::Error| {
            let what = format!("{}: to {what} an answer came that makes no sense: {error}", api.host.name);
            BackendError::new(api.source(), ErrorKind::Protocol, what)
        };
        let installation = match (app.installation, self.repository.get()) {
            (Some(id), _) => id,
            (None, Some(repository)) => {
                let what = format!("find the app's installation on {repository}");
                let body = api.ask_as(&what, Method::GET, &format!("/repos/{repository}/installation"), &word).await?;
                serde_json::from_slice::<Installation>(&body).map_err(|error| nonsense(&what, error))?.id
            }
            (None, None) => {
                let what = "the installation of the app is not known";
                return Err(BackendError::new(api.source(), ErrorKind::Auth, what).hint("set `app.installation`"));
            }
        };
        let what = "get the token of the app's installation";
        let path = format!("/app/installations/{installation}/access_tokens");
        let body = api.ask_as(what, Method::POST, &path, &word).await?;
        let issued: Issued = serde_json::from_slice(&body).map_err(|error| nonsense(what, error))?;
        Ok(Token { secret: SecretString::from(issued.token), from, until: issued.expires_at })
    }
}

//! Where the token comes from, and how it is had: from the environment, a command, the store of `gh`, or as an app.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::process::Command;

use super::app::AppKey;
use super::settings::{App, Settings, StringOrNumber};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{SourceId, Time};

/// How long a program that prints a token may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where a token comes from.
#[derive(Clone, Debug)]
pub enum Login {
    /// The environment variable of this name.
    Env(String),
    /// A program that prints it.
    Command(Vec<String>),
    /// An app, with the file of its private key.
    App {
        /// The app's id or client id.
        id: String,
        /// Its installation, where it is known.
        installation: Option<u64>,
        /// The file with its private key.
        key: PathBuf,
    },
    /// The usual variables, then the store of `gh`; nothing of it has to be there.
    Usual,
}

/// A token and where it comes from.
#[derive(Clone)]
pub struct Token {
    /// The token itself: never shown.
    pub secret: SecretString,
    /// Where it comes from, in words.
    pub from: String,
    /// When it ends, where that is known.
    pub until: Option<Time>,
}

impl Login {
    /// What the settings say; relative paths are relative to `base`.
    pub fn of(settings: &Settings, base: &std::path::Path) -> Self {
        match settings {
            Settings { app: Some(App { id, installation, key }), .. } => Self::App {
                id: match id {
                    StringOrNumber::Number(number) => number.to_string(),
                    StringOrNumber::Text(text) => text.clone(),
                },
                installation: *installation,
                key: base.join(key),
            },
            Settings { token_env: Some(name), .. } => Self::Env(name.clone()),
            Settings { token_command, .. } if !token_command.is_empty() => Self::Command(token_command.clone()),
            _ => Self::Usual,
        }
    }

    /// Where the token comes from, in words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Env(name) => format!("${name}"),
            Self::Command(words) => format!("the command {}", words.first().map_or("", String::as_str)),
            Self::App { id, .. } => format!("the app {id}"),
            Self::Usual => "$GH_TOKEN, $GITHUB_TOKEN or `gh auth token`".to_owned(),
        }
    }

    /// The token of a person or a program on `host`; none where there is none and none was asked for.
    ///
    /// # Errors
    /// When the one that was asked for cannot be had.
    pub async fn token(&self, source: &SourceId, host: &str) -> Result<Option<Token>> {
        let failed = |what: String| BackendError::new(source, ErrorKind::Auth, what);
        match self {
            Self::Env(name) => match variable(name) {
                Some(secret) => Ok(Some(Token { secret, from: format!("${name}"), until: None })),
                None => Err(failed(format!("${name} is empty: the token of {host} should be in it"))
                    .hint(format!("make one with `gh auth login`, or at https://{host}/settings/tokens"))),
            },
            Self::Command(words) => {
                let from = self.in_words();
                let secret = printed(words).await.map_err(|why| failed(format!("{from} gave no token: {why}")))?;
                Ok(Some(Token { secret, from, until: None }))
            }
            Self::App { .. } => Ok(None),
            Self::Usual => Ok(usual(host).await),
        }
    }

    /// The key of the app, where it is one.
    ///
    /// # Errors
    /// When its file cannot be read or holds no key.
    pub fn app(&self, source: &SourceId) -> Result<Option<AppKey>> {
        let Self::App { id, installation, key } = self else { return Ok(None) };
        AppKey::read(source, id, *installation, key).map(Some)
    }
}

/// What the usual places hold, in the order in which `gh` looks at them.
async fn usual(host: &str) -> Option<Token> {
    let names = match host {
        "github.com" => ["GH_TOKEN", "GITHUB_TOKEN"],
        host if host.ends_with(".ghe.com") => ["GH_TOKEN", "GITHUB_TOKEN"],
        _ => ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
    };
    let found = names.into_iter().find_map(|name| Some((name, variable(name)?)));
    if let Some((name, secret)) = found {
        return Some(Token { secret, from: format!("${name}"), until: None });
    }
    let words = ["gh", "auth", "token", "--hostname", host].map(str::to_owned);
    let secret = printed(&words).await.ok()?;
    Some(Token { secret, from: "`gh auth token`".to_owned(), until: None })
}

fn variable(name: &str) -> Option<SecretString> {
    let value = std::env::var(name).ok()?;
    let value = value.trim();
    is_token(value).then(|| SecretString::from(value.to_owned()))
}

/// Whether it can be sent: printable and in one piece.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4_096 && text.bytes().all(|it| it.is_ascii_graphic())
}

/// What a program prints first. Why there is none is told without what it printed.
async fn printed(words: &[String]) -> std::result::Result<SecretString, String> {
    let (program, arguments) = words.split_first().ok_or("no program is named")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.map_err(|_| "it does not end")?.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let token = text.lines().next().unwrap_or_default().trim();
    if is_token(token) { Ok(SecretString::from(token.to_owned())) } else { Err("what it prints is no token".into()) }
}

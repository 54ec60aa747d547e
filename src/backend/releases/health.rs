//! Whether the live release serves.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use tokio::time::Instant;

use super::command::{self, Run};
use super::place::fill;
use super::settings::Settings;
use crate::model::Text;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How many redirects within one host are followed.
const HOPS: usize = 5;

/// What the check is about.
pub struct Subject {
    /// The values of the placeholders, `release` among them.
    pub values: Vec<(&'static str, String)>,
    /// The root: a health command runs there.
    pub root: PathBuf,
}

impl Subject {
    /// The arguments with their placeholders filled.
    pub fn argv(&self, template: &[String]) -> Vec<String> {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        template.iter().map(|argument| fill(argument, &values)).collect()
    }

    /// What a command is told of it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let name = |name: &str| match name {
            "release" => Some("FLIGHTDECK_RELEASE"),
            "current" => Some("FLIGHTDECK_CURRENT"),
            "version" => Some("FLIGHTDECK_VERSION"),
            "service" => Some("FLIGHTDECK_SERVICE"),
            "environment" => Some("FLIGHTDECK_ENVIRONMENT"),
            "operation" => Some("FLIGHTDECK_OPERATION"),
            _ => None,
        };
        self.values.iter().filter_map(|(key, value)| Some((name(key)?, value.clone()))).collect()
    }
}

/// Whether anybody can be asked.
pub fn is_configured(settings: &Settings) -> bool {
    !settings.health.is_empty() || settings.health_url.is_some()
}

/// Asks until the answer is yes or the time is over. Once at least.
///
/// # Errors
/// The last answer.
pub async fn check(settings: &Settings, subject: &Subject) -> Result<(), Text> {
    let end = Instant::now() + Duration::from_secs(settings.health_timeout_seconds);
    loop {
        let Err(why) = once(settings, subject).await else { return Ok(()) };
        let pause = Duration::from_secs(settings.health_interval_seconds);
        if Instant::now() + pause >= end {
            return Err(why);
        }
        tokio::time::sleep(pause).await;
    }
}

async fn once(settings: &Settings, subject: &Subject) -> Result<(), Text> {
    if let Some(template) = &settings.health_url {
        return get(&address(template, subject)?).await;
    }
    let run = Run {
        argv: subject.argv(&settings.health),
        directory: subject.root.clone(),
        environment: subject.environment(),
        limit: ATTEMPT,
    };
    command::run(&run).await
}

/// The address, each value written so that it can only be a part of a path.
pub fn address(template: &str, subject: &Subject) -> Result<Url, Text> {
    let escaped: Vec<(&str, String)> = subject.values.iter().map(|(name, value)| (*name, escape(value))).collect();
    let values: Vec<(&str, &str)> = escaped.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let url = Url::parse(&fill(template, &values)).map_err(|error| format!("health_url is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("health_url has the scheme {:?} instead of http or https", url.scheme()).into());
    }
    Ok(url)
}

fn escape(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The address as it may be shown: without what gives access.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

async fn get(url: &Url) -> Result<(), Text> {
    let name = shown(url);
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(format!("GET {name}: no TLS is set up").into());
    }
    let host = url.host_str().map(str::to_owned);
    let same_host = redirect::Policy::custom(move |attempt| {
        let stays = attempt.url().host_str() == host.as_deref();
        if stays && attempt.previous().len() <= HOPS { attempt.follow() } else { attempt.stop() }
    });
    // The service is asked itself, never a proxy that might answer for it.
    let client = Client::builder().no_proxy().redirect(same_host).timeout(ATTEMPT).build();
    let answer = match client {
        Ok(client) => client.get(url.clone()).send().await,
        Err(error) => Err(error),
    };
    let status = answer.map_err(|error| format!("GET {name}: {}", deepest(&error)))?.status();
    if status.is_success() {
        return Ok(());
    }
    let elsewhere = if status.is_redirection() { ", which leads elsewhere" } else { "" };
    Err(format!("GET {name} answered {status}{elsewhere}").into())
}

fn deepest(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string()
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    fn subject() -> Subject {
        Subject { values: vec![("service", "a b/../c".to_owned()), ("version", "1.0".to_owned())], root: "/".into() }
    }

    #[test]
    fn a_value_can_only_be_a_part_of_the_path() {
        let url = address("http://user:secret@localhost:1/{service}/health?v={version}", &subject()).unwrap();
        assert_eq!(url.path(), "/a%20b%2F..%2Fc/health");
        assert_eq!(shown(&url), "http://localhost:1/a%20b%2F..%2Fc/health");
        assert!(address("file:///etc/passwd", &subject()).is_err());
        assert!(address("nonsense", &subject()).is_err());
    }

    #[tokio::test]
    async fn only_a_success_of_the_same_host_is_healthy() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = MockServer::start().await;
        let answer = |status: u16| ResponseTemplate::new(status);
        for (at, with) in [
            ("/ok", answer(204)),
            ("/bad", answer(503)),
            ("/here", answer(302).insert_header("location", "/ok")),
            ("/elsewhere", answer(302).insert_header("location", "http://localhost.invalid/ok")),
            ("/round", answer(302).insert_header("location", "/round")),
        ] {
            Mock::given(path(at)).respond_with(with).mount(&server).await;
        }
        for (at, says) in [
            ("ok", ""),
            ("here", ""),
            ("bad", "answered 503"),
            ("elsewhere", "leads elsewhere"),
            ("round", "302"),
            ("missing", "404"),
        ] {
            let url = Url::parse(&format!("{}/{at}", server.uri())).unwrap();
            let told = get(&url).await.err().map(|why| why.to_string()).unwrap_or_default();
            assert!(told.contains(says) && told.is_empty() == says.is_empty(), "{at}: {told}");
        }
        let closed = Url::parse("http://127.0.0.1:1/").unwrap();
        assert!(get(&closed).await.unwrap_err().as_str().contains("refused"));
    }
}

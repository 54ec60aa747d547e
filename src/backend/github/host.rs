//! Where GitHub is: github.com, or an Enterprise server by its base address.

use crate::backend::SettingsProblem;

/// A GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What people call it: `github.com`.
    pub name: String,
    /// The address of the API, without a slash at its end.
    pub api: String,
    /// The address for questions of many parts.
    pub graphql: String,
    /// The address for people and for git, without a slash at its end.
    pub web: String,
}

impl Host {
    /// The one that people reach at `name`.
    pub fn named(name: &str) -> Self {
        if name == "github.com" {
            return Self::github();
        }
        if name.ends_with(".ghe.com") {
            let api = format!("https://api.{name}");
            return Self {
                graphql: format!("{api}/graphql"),
                api,
                web: format!("https://{name}"),
                name: name.to_owned(),
            };
        }
        Self {
            name: name.to_owned(),
            api: format!("https://{name}/api/v3"),
            graphql: format!("https://{name}/api/graphql"),
            web: format!("https://{name}"),
        }
    }

    /// The one whose API is at `address`.
    ///
    /// # Errors
    /// When that is no address, or one over which a token would go in the clear.
    pub fn at(address: &str) -> Result<Self, SettingsProblem> {
        let problem = |what: &str| SettingsProblem { key: "api".to_owned(), what: what.into() };
        let address = address.trim_end_matches('/');
        let url = reqwest::Url::parse(address).map_err(|_| problem("is no address"))?;
        let host = url.host_str().ok_or_else(|| problem("is no address of a server"))?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(problem("holds more than an address; the token belongs elsewhere"));
        }
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if url.scheme() != "https" && !(local && url.scheme() == "http") {
            return Err(problem("is not https: the token would go in the clear"));
        }
        if host == "api.github.com" {
            return Ok(Self::github());
        }
        let own = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let web = format!("{}://{own}", url.scheme());
        let graphql = match address.strip_suffix("/api/v3") {
            Some(root) => format!("{root}/api/graphql"),
            None => format!("{address}/graphql"),
        };
        // `api.SUBDOMAIN.ghe.com` is the API of `SUBDOMAIN.ghe.com`.
        let (name, web) = match own.strip_prefix("api.") {
            Some(rest) => (rest.to_owned(), format!("https://{rest}")),
            None => (own.clone(), web),
        };
        Ok(Self { name, api: address.to_owned(), graphql, web })
    }

    fn github() -> Self {
        Self {
            name: "github.com".to_owned(),
            api: "https://api.github.com".to_owned(),
            graphql: "https://api.github.com/graphql".to_owned(),
            web: "https://github.com".to_owned(),
        }
    }

    /// The whole address of a path of the API; a whole address stays.
    pub fn address(&self, path: &str) -> String {
        if path.contains("://") { path.to_owned() } else { format!("{}{path}", self.api) }
    }

    /// Whether an address is of the API, so that the token may be sent there.
    pub fn is_own(&self, address: &str) -> bool {
        let origin = |text: &str| reqwest::Url::parse(text).ok().map(|it| it.origin());
        !address.contains("://") || origin(address).is_some_and(|it| Some(it) == origin(&self.api))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enterprise_server_is_known_by_its_base_address() {
        let host = Host::at("https://git.example.test/api/v3/").expect("an address");
        assert_eq!(host, Host::named("git.example.test"));
        assert_eq!(host.address("/repos/a/b"), "https://git.example.test/api/v3/repos/a/b");
        assert_eq!(Host::at("https://api.github.com").expect("an address"), Host::named("github.com"));
        assert_eq!(Host::at("https://api.acme.ghe.com").expect("an address"), Host::named("acme.ghe.com"));
    }

    #[test]
    fn a_token_goes_to_its_own_server_only_and_never_in_the_clear() {
        let host = Host::named("github.com");
        assert!(host.is_own("/repos/a/b") && host.is_own("https://api.github.com/x"));
        for other in [
            "https://api.github.com.evil.test/x",
            "http://api.github.com/x",
            "https://api.github.com:444/",
            "https://elsewhere.test/",
        ] {
            assert!(!host.is_own(other), "{other}");
        }
        for wrong in [
            "",
            "git.example.test",
            "http://git.example.test/api/v3",
            "https://me:secret@git.example.test",
            "file:///x",
        ] {
            assert!(Host::at(wrong).is_err(), "{wrong}");
        }
        assert!(Host::at("http://127.0.0.1:8080").is_ok());
    }
}

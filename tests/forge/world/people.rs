//! Who asks: tokens with their scopes or permissions, and an app.

use std::collections::BTreeMap;

use super::clock::Time;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A classic personal access token with scopes (`repo`, `public_repo`, `repo_deployment`, `workflow`).
    Classic(Vec<String>),
    /// A fine-grained personal access token with permissions (`deployments` → `write`).
    FineGrained(BTreeMap<String, String>),
    /// A token of an installation of an app.
    Installation(BTreeMap<String, String>),
}

/// A token as the forge knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub login: String,
    /// What it may do.
    pub kind: Kind,
    /// Answers 401 from now on.
    pub revoked: bool,
    /// Answers 401 from then on.
    pub expires_at: Option<Time>,
    /// Requests an hour, by resource (`core`, `graphql`).
    pub limits: BTreeMap<String, u64>,
}

impl Token {
    /// A classic one.
    pub fn classic(login: &str, scopes: &[&str]) -> Self {
        Self::new(login, Kind::Classic(scopes.iter().map(|it| (*it).to_owned()).collect()))
    }

    /// A fine-grained one: `[("deployments", "write"), ("actions", "read")]`.
    pub fn fine_grained(login: &str, permissions: &[(&str, &str)]) -> Self {
        Self::new(login, Kind::FineGrained(owned(permissions)))
    }

    pub(crate) fn new(login: &str, kind: Kind) -> Self {
        let limits = [("core", 5000), ("graphql", 5000)].map(|(name, limit)| (name.to_owned(), limit)).into();
        Self { login: login.to_owned(), kind, revoked: false, expires_at: None, limits }
    }

    /// Another hourly limit of a resource.
    pub fn limit(mut self, resource: &str, limit: u64) -> Self {
        self.limits.insert(resource.to_owned(), limit);
        self
    }
}

/// An app that is installed for all repositories of the forge.
#[derive(Debug, Clone)]
pub struct App {
    /// Its number, the issuer of its JWT.
    pub id: u64,
    /// Its slug.
    pub slug: String,
    /// The number of its installation.
    pub installation: u64,
    /// What it may do.
    pub permissions: BTreeMap<String, String>,
    /// The public key in DER (PKCS#1: `RSAPublicKey`), by which its JWTs are judged.
    pub public_key: Vec<u8>,
}

pub(crate) fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

//! Speaking as a GitHub App: a signed word of who it is, and the token of its installation for that.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use serde_json::json;

use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{SourceId, Time};

/// How long the signed word holds: GitHub takes at most ten minutes.
const HOLDS: i64 = 9 * 60;
/// Clocks differ.
const SLACK: i64 = 60;

/// An app that can sign.
pub struct AppKey {
    id: String,
    /// The installation, where the configuration names it.
    pub installation: Option<u64>,
    key: RsaKeyPair,
}

impl AppKey {
    /// Reads the private key of an app.
    ///
    /// # Errors
    /// When the file cannot be read or holds no RSA key.
    pub fn read(source: &SourceId, id: &str, installation: Option<u64>, path: &Path) -> Result<Self> {
        let pem = std::fs::read(path).map_err(|error| BackendError::io(source, path, &error))?;
        let wrong = || {
            let what = format!("{}: this is no RSA private key in PEM", path.display());
            BackendError::new(source, ErrorKind::Auth, what).hint("download one on the page of the app")
        };
        let key = match PrivateKeyDer::from_pem_slice(&pem).map_err(|_| wrong())? {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(wrong()),
        };
        Ok(Self { id: id.to_owned(), installation, key: key.map_err(|_| wrong())? })
    }

    /// The word by which the app says who it is, signed.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn word(&self, source: &SourceId, now: Time) -> Result<SecretString> {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "typ": "JWT" }).to_string());
        let (from, until) = (now.timestamp() - SLACK, now.timestamp() + HOLDS);
        let claims = URL_SAFE_NO_PAD.encode(json!({ "iat": from, "exp": until, "iss": self.id }).to_string());
        let signed = format!("{header}.{claims}");
        let mut signature = vec![0; self.key.public().modulus_len()];
        let done = self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature);
        done.map_err(|_| BackendError::new(source, ErrorKind::Auth, "the app's key cannot sign"))?;
        Ok(SecretString::from(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

//! The certificates and keys of a cluster: an authority, what the API server shows, a client's, and the key of service
//! account tokens.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where each lies.
pub struct Certificates {
    /// The authority that signed the others.
    pub authority: PathBuf,
    /// What servers of this cluster show, and its key.
    pub server: (PathBuf, PathBuf),
    /// A user `certified` of the group `system:masters`, and its key.
    pub client: (PathBuf, PathBuf),
    /// Signs service account tokens.
    pub accounts: PathBuf,
    /// Checks them.
    pub accounts_public: PathBuf,
}

impl Certificates {
    /// What a server of this cluster that the test plays needs.
    pub fn tls(&self) -> ServerConfig {
        let chain = vec![CertificateDer::from_pem_file(&self.server.0).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(&self.server.1).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        versions.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("a certificate")
    }

    /// Makes all of them in a directory.
    pub fn make(directory: &Path) -> Self {
        let write = |name: &str, text: String| {
            let path = directory.join(name);
            std::fs::write(&path, text).expect("a certificate is written");
            path
        };
        let authority_key = KeyPair::generate().expect("a key");
        let mut authority = named("flightdeck tests", &[]);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_text = authority.self_signed(&authority_key).expect("an authority").pem();
        let issuer = Issuer::new(authority, authority_key);

        let sign = |name: &str, params: CertificateParams| {
            let key = KeyPair::generate().expect("a key");
            let signed = params.signed_by(&key, &issuer).expect("a certificate");
            (write(&format!("{name}.crt"), signed.pem()), write(&format!("{name}.key"), key.serialize_pem()))
        };
        let mut server = named("kube-apiserver", &["127.0.0.1", "localhost"]);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let mut client = named("certified", &[]);
        client.distinguished_name.push(DnType::OrganizationName, "system:masters");
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let accounts = KeyPair::generate().expect("a key");
        Self {
            authority: write("authority.crt", authority_text),
            server: sign("server", server),
            client: sign("client", client),
            accounts: write("accounts.key", accounts.serialize_pem()),
            accounts_public: write("accounts.pub", accounts.public_key_pem()),
        }
    }
}

fn named(name: &str, places: &[&str]) -> CertificateParams {
    let places: Vec<String> = places.iter().map(|it| (*it).to_owned()).collect();
    let mut params = CertificateParams::new(places).expect("names of a certificate");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

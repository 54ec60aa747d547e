//! An app signs in, and its token lives for an hour.

use reqwest::Method;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::asking::send;
use crate::forge::{APP_KEY, Forge};

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, it| bits << 8 | u32::from(*it)) << (8 * (3 - chunk.len()));
        let letters = (0..=chunk.len()).map(|it| LETTERS[(bits >> (18 - 6 * it) & 63) as usize]);
        out.extend(letters.map(char::from));
    }
    out
}

fn signed(claims: &Value) -> String {
    let text = format!("{}.{}", base64url(br#"{"alg":"RS256","typ":"JWT"}"#), base64url(claims.to_string().as_bytes()));
    let key = PrivateKeyDer::from_pem_slice(APP_KEY.as_bytes()).unwrap();
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let signature = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).unwrap().sign(text.as_bytes()).unwrap();
    format!("{text}.{}", base64url(&signature))
}

#[tokio::test]
async fn an_app_gets_a_token_for_an_hour() {
    let forge = Forge::new();
    forge.install_app(7, 70, &[("deployments", "write"), ("metadata", "read")]);
    forge.repository("acme/shop", |it| it.commit("author", "First"));
    let now = forge.now().timestamp();
    let jwt = signed(&json!({ "iss": "7", "iat": now - 60, "exp": now + 540 }));
    let ask = async |method, path: &str, token: &str| {
        let answer = send(&forge, method, path, token, &Value::Null).await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(ask(Method::GET, "/app", &jwt).await.1["slug"], "flightdeck-tests");
    let (_, installation) = ask(Method::GET, "/repos/acme/shop/installation", &jwt).await;
    let path = format!("/app/installations/{}/access_tokens", installation["id"]);
    let (status, made) = ask(Method::POST, &path, &jwt).await;
    assert_eq!((status, &made["expires_at"]), (201, &json!("2026-09-01T09:00:00Z")));
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(ask(Method::GET, "/repos/acme/shop/deployments", &token).await, (200, json!([])));
    let (status, refused) = ask(Method::GET, "/repos/acme/shop/pulls", &token).await;
    assert_eq!((status, &refused["message"]), (403, &json!("Resource not accessible by integration")));
    forge.pass(3600);
    assert_eq!(ask(Method::GET, "/repos/acme/shop/deployments", &token).await.0, 401);
    assert_eq!(ask(Method::GET, "/app", &jwt).await.0, 401);
    let broken = format!("{}AAAA", &jwt[..jwt.len() - 4]);
    assert_eq!(ask(Method::GET, "/app", &broken).await.0, 401);
}

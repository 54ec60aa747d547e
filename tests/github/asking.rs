//! A plain client, which hides nothing.

use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::Value;

use crate::forge::{Forge, TOKEN};

/// Without redirects, so that a test sees them.
pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).user_agent("flightdeck-tests").build().unwrap()
}

pub async fn get(forge: &Forge, path: &str) -> Response {
    send(forge, Method::GET, path, TOKEN, &Value::Null).await
}

pub async fn post(forge: &Forge, path: &str, body: &Value) -> Response {
    send(forge, Method::POST, path, TOKEN, body).await
}

pub async fn send(forge: &Forge, method: Method, path: &str, token: &str, body: &Value) -> Response {
    let mut request = client().request(method, format!("{}{path}", forge.url())).bearer_auth(token);
    if !body.is_null() {
        request = request.json(body);
    }
    request.send().await.unwrap()
}

pub async fn json(forge: &Forge, path: &str) -> Value {
    let answer = get(forge, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

pub fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map_or_else(String::new, |it| it.to_str().unwrap().to_owned())
}

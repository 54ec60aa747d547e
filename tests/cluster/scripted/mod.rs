//! An HTTP server on loopback that does what a test says, for what a real API server does not do on demand.
//!
//! [`Scripted`] answers each request by a closure and remembers all of them. [`Api`] is a ready-made script: a small
//! API server in memory with lists in pages, watches with bookmarks, and answers that can be put in its way
//! ([`Api::instead`]), such as those of [`faults`].

// Each test and bench uses its part of it.
#![allow(dead_code)]

pub mod answer;
pub mod api;
pub mod big;
mod collection;
mod discovery;
pub mod faults;
pub mod request;
mod selector;
mod service;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use rustls::ServerConfig;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

pub use self::answer::{Answer, Stream};
pub use self::api::Api;
pub use self::request::{Counted, Request};
use self::service::{Command, Shared};

/// A server that a test scripts. It has a thread of its own and ends when it is dropped.
pub struct Scripted {
    address: SocketAddr,
    shared: Arc<Shared>,
    scheme: &'static str,
    commands: UnboundedSender<Command>,
    thread: Option<JoinHandle<()>>,
}

impl Scripted {
    /// Starts one that answers by a closure.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::begin(None, answer)
    }

    /// Starts one that speaks TLS.
    pub fn secure(tls: ServerConfig, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::begin(Some(tls), answer)
    }

    fn begin(tls: Option<ServerConfig>, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of loopback");
        let address = listener.local_addr().expect("an address");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared::new(tls, answer));
        let (commands, received) = unbounded_channel();
        let its = shared.clone();
        let thread = std::thread::spawn(move || service::run(listener, received, its));
        Self { address, shared, scheme, commands, thread: Some(thread) }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// A kubeconfig (JSON is YAML) with one context that leads here.
    pub fn kubeconfig(&self, context: &str) -> String {
        kubeconfig(&[(context, self)])
    }

    /// All requests since the start or since they were forgotten, in the order of their arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// How many requests there were of each kind.
    pub fn counts(&self) -> BTreeMap<Counted, usize> {
        let mut counts = BTreeMap::new();
        for request in lock(&self.shared.requests).iter() {
            *counts.entry(request.counted()).or_default() += 1;
        }
        counts
    }

    /// How many requests of one kind there were.
    pub fn count(&self, method: &str, path: &str, watch: bool) -> usize {
        let it = Counted { method: method.to_owned(), path: path.to_owned(), watch };
        self.counts().get(&it).copied().unwrap_or(0)
    }

    /// Counts from here.
    pub fn forget(&self) {
        lock(&self.shared.requests).clear();
    }

    /// The server is gone: every connection breaks and new ones are refused. Returns when it is so.
    pub fn stop(&self) {
        self.tell(Command::Stop);
    }

    /// It is back on the same port.
    pub fn resume(&self) {
        self.tell(Command::Resume);
    }

    /// Every connection breaks; new ones are accepted.
    pub fn break_connections(&self) {
        self.tell(Command::Break);
    }

    fn tell(&self, command: impl FnOnce(Sender<()>) -> Command) {
        let (done, wait) = channel();
        self.commands.send(command(done)).expect("the server runs");
        wait.recv().expect("the server runs");
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A kubeconfig with a context for each server; the first is the current one.
pub fn kubeconfig(contexts: &[(&str, &Scripted)]) -> String {
    let named = |of: &dyn Fn(&(&str, &Scripted)) -> serde_json::Value| contexts.iter().map(of).collect::<Vec<_>>();
    let whole = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": contexts.first().map(|(name, _)| name),
        "clusters": named(&|(name, it)| json!({ "name": name, "cluster": { "server": it.url() } })),
        "users": [{ "name": "somebody", "user": { "token": "s3cr3t-token-of-somebody" } }],
        "contexts": named(&|(name, _)| json!({ "name": name, "context": { "cluster": name, "user": "somebody" } })),
    });
    serde_json::to_string_pretty(&whole).expect("a kubeconfig")
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

//! What is asked of a cluster: counted, and held back while the cluster asks for patience.
//!
//! Reads wait until the time of a `Retry-After` is over, all of them, so that one refusal quiets the whole program.
//! Writes are neither delayed nor repeated: who confirmed one is told that it was refused.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::{Method, Request, Response, header::RETRY_AFTER};
use kube::client::Body;
use tokio::sync::watch;
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::model::Requests;

/// The longest wait that a server can ask for.
const LONGEST: Duration = Duration::from_secs(120);

/// What was asked of one cluster.
#[derive(Debug, Default)]
pub struct Traffic {
    requests: AtomicU64,
    watches: AtomicU64,
    held: Mutex<Option<Instant>>,
    /// Who wants to know that a watch of a path was let in, and how often it was.
    listeners: Mutex<HashMap<String, watch::Sender<u64>>>,
}

impl Traffic {
    /// What was asked so far.
    pub fn requests(&self) -> Requests {
        Requests {
            asked: self.requests.load(Ordering::Relaxed),
            watches: self.watches.load(Ordering::Relaxed),
            ..Requests::default()
        }
    }

    /// Tells when a watch of `path` is let in from now on.
    pub fn listen(&self, path: &str) -> watch::Receiver<u64> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = listeners.entry(path.to_owned()).or_insert_with(|| watch::Sender::new(0));
        let mut receiver = sender.subscribe();
        receiver.mark_unchanged();
        receiver
    }

    fn let_in(&self, path: &str) {
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = listeners.get(path) {
            listener.send_modify(|times| *times = times.wrapping_add(1));
        }
    }

    fn count(&self, request: &Request<Body>) {
        let counter = if is_watch(request) { &self.watches } else { &self.requests };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn hold(&self, seconds: u64) {
        let until = Instant::now() + Duration::from_secs(seconds).min(LONGEST);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (*held).max(Some(until));
    }

    fn held(&self) -> Option<Instant> {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn patience(&self) {
        while let Some(until) = self.held().filter(|until| *until > Instant::now()) {
            tokio::time::sleep_until(until).await;
        }
    }
}

fn is_watch(request: &Request<Body>) -> bool {
    request.uri().query().is_some_and(|query| query.split('&').any(|it| it == "watch=true"))
}

/// Puts [`Traffic`] before a service.
#[derive(Clone)]
pub struct Counted(pub Arc<Traffic>);

impl<S> Layer<S> for Counted {
    type Service = CountedService<S>;

    fn layer(&self, inner: S) -> CountedService<S> {
        CountedService { inner, traffic: self.0.clone() }
    }
}

/// A service whose requests are counted.
pub struct CountedService<S> {
    inner: S,
    traffic: Arc<Traffic>,
}

impl<S, B> Service<Request<Body>> for CountedService<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<B>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let reads = request.method() == Method::GET;
        self.traffic.count(&request);
        let traffic = self.traffic.clone();
        let watched = is_watch(&request).then(|| request.uri().path().to_owned());
        // Nothing is sent before this is polled.
        let answer = self.inner.call(request);
        Box::pin(async move {
            if reads {
                traffic.patience().await;
            }
            let answer = answer.await?;
            if let Some(path) = watched.filter(|_| answer.status().is_success()) {
                traffic.let_in(&path);
            }
            let asked =
                answer.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
            if let Some(seconds) = asked.filter(|_| matches!(answer.status().as_u16(), 429 | 503)) {
                traffic.hold(seconds);
            }
            Ok(answer)
        })
    }
}

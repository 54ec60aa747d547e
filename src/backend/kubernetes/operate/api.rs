//! Asking a cluster, with a limit on how long it may take. Nothing is asked twice here.

use std::future::Future;
use std::time::Duration;

use kube::Client;
use kube::api::{GetParams, ListParams};
use kube::core::{ApiResource, Request as Builder};
use serde_json::Value;

use super::json::{list, text};
use super::request::{ObjectName, Request};
use crate::backend::kubernetes::cluster::Cluster;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::SourceId;

/// How long a question may take.
const READ: Duration = Duration::from_secs(15);
/// How long a write may take: admission webhooks have up to thirty seconds each.
const WRITE: Duration = Duration::from_secs(45);
/// How many objects are asked for at once.
const PAGE: u32 = 500;
/// The most pages that are read of one list.
const PAGES: usize = 40;

/// A cluster that is asked.
#[derive(Clone)]
pub struct Api<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// What speaks to it.
    pub client: Client,
    /// Whose words errors carry.
    pub source: &'a SourceId,
}

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// The client or the server says so.
    Said(kube::Error),
    /// There was no answer in time.
    Late,
}

impl Api<'_> {
    /// The object as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, name: &ObjectName) -> Result<Value> {
        let what = format!("get {} in {}", name.short(), name.namespace);
        let request = Builder::new(name.collection()).get(&name.name, &GetParams::default());
        self.read(request.map_err(kube::Error::BuildRequest), &what).await
    }

    /// The objects of a namespace that a label selector names.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn list(&self, resource: &ApiResource, namespace: &str, selector: &str) -> Result<Vec<Value>> {
        let what = format!("list {} in {namespace}", resource.plural);
        let any = ObjectName { resource: resource.clone(), namespace: namespace.to_owned(), name: String::new() };
        let mut params = ListParams::default().labels(selector).limit(PAGE);
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let request = Builder::new(any.collection()).list(&params).map_err(kube::Error::BuildRequest);
            let page = self.read(request, &what).await?;
            all.extend(list(&page, "/items").iter().cloned());
            match text(&page, "/metadata/continue") {
                "" => break,
                token => params = params.continue_token(token),
            }
        }
        Ok(all)
    }

    /// Asks whether something is allowed, or anything else that changes nothing.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask(&self, collection: &str, body: &Value, what: &str) -> Result<Value> {
        let data = serde_json::to_vec(body).map_err(kube::Error::SerdeError);
        let request = data.and_then(|data| {
            Builder::new(collection).create(&kube::api::PostParams::default(), data).map_err(kube::Error::BuildRequest)
        });
        self.read(request, what).await
    }

    /// Sends a write, once. A dry run changes nothing.
    ///
    /// # Errors
    /// When it was refused, or it is not known whether it was carried out.
    pub async fn send(&self, request: &Request, dry_run: bool) -> std::result::Result<Value, Failure> {
        let http = request.http(dry_run).map_err(Failure::Said)?;
        within(WRITE, self.client.request::<Value>(http)).await
    }

    /// The error for a write that was not carried out.
    pub async fn failed(&self, request: &Request, failure: &Failure) -> BackendError {
        let verb = request.body.verb();
        let what = format!("{verb} {} in {}", request.object.short(), request.object.namespace);
        self.error(&what, failure).await
    }

    async fn read(&self, request: kube::Result<http::Request<Vec<u8>>>, what: &str) -> Result<Value> {
        let asked = async { self.client.request::<Value>(request?).await };
        match within(READ, asked).await {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.error(what, &failure).await),
        }
    }

    async fn error(&self, what: &str, failure: &Failure) -> BackendError {
        let asked = self.cluster.asked(what);
        let error = match failure {
            Failure::Said(error) => asked.failed(error),
            Failure::Late => asked.timed_out(),
        };
        if error.kind == ErrorKind::Auth {
            self.cluster.log_out().await;
        }
        error
    }
}

impl Failure {
    /// The code of the server's answer, where it gave one.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Said(kube::Error::Api(status)) => Some(status.code),
            _ => None,
        }
    }
}

async fn within<T>(limit: Duration, asked: impl Future<Output = kube::Result<T>>) -> std::result::Result<T, Failure> {
    match tokio::time::timeout(limit, asked).await {
        Ok(answer) => answer.map_err(Failure::Said),
        Err(_) => Err(Failure::Late),
    }
}

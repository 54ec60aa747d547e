//! A cluster that is spoken to: its credentials, its client, what was asked of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::{ExecInteractiveMode, KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::sync::{Mutex, Notify};

use super::error::{Asked, explain};
use super::settings::Settings;
use super::traffic::{Counted, Traffic};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{Requests, SourceId};

/// How long it may take to reach a cluster.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a credential program may take.
const LOGIN: Duration = Duration::from_secs(60);

/// A cluster that is spoken to.
pub struct Cluster {
    /// Its context in the kubeconfig; empty for the current one.
    pub context: String,
    source: SourceId,
    login: Login,
    traffic: Arc<Traffic>,
    client: Mutex<Option<Client>>,
}

/// Where credentials come from.
#[derive(Clone, Debug)]
enum Login {
    InCluster,
    Kubeconfig(Option<PathBuf>),
}

impl Cluster {
    /// The cluster of a context. Nothing is read or asked yet.
    pub fn new(source: &SourceId, context: &str, settings: &Settings, base: &Path) -> Self {
        let login = match &settings.kubeconfig {
            _ if settings.in_cluster => Login::InCluster,
            path => Login::Kubeconfig(path.as_ref().map(|it| base.join(expanded(it)))),
        };
        Self {
            context: context.to_owned(),
            source: source.clone(),
            login,
            traffic: Arc::default(),
            client: Mutex::default(),
        }
    }

    /// What was asked of it so far.
    pub fn requests(&self) -> Requests {
        self.traffic.requests()
    }

    /// Where its credentials come from.
    pub fn login_in_words(&self) -> String {
        let context = if self.context.is_empty() {
            "the current context".to_owned()
        } else {
            format!("context {}", self.context)
        };
        match &self.login {
            Login::InCluster => "the service account of this pod".to_owned(),
            Login::Kubeconfig(Some(path)) => format!("{context} of {}", path.display()),
            Login::Kubeconfig(None) => format!("{context} of the kubeconfig"),
        }
    }

    /// Tells when a request to `path` was answered well.
    pub fn listen(&self, path: &str) -> Arc<Notify> {
        self.traffic.listen(path)
    }

    /// What is asked of it, for errors.
    pub fn asked<'a>(&'a self, what: &'a str) -> Asked<'a> {
        Asked { source: &self.source, context: &self.context, what }
    }

    /// The client, logged in. Repeats nothing by itself.
    ///
    /// # Errors
    /// When there is no such context or its credentials cannot be had.
    pub async fn client(&self) -> Result<Client> {
        let mut kept = self.client.lock().await;
        if let Some(client) = kept.as_ref() {
            return Ok(client.clone());
        }
        let client = self.log_in().await?;
        *kept = Some(client.clone());
        Ok(client)
    }

    /// Credentials that were not accepted are fetched anew the next time.
    pub async fn log_out(&self) {
        *self.client.lock().await = None;
    }

    async fn log_in(&self) -> Result<Client> {
        let (login, context, traffic) = (self.login.clone(), self.context.clone(), self.traffic.clone());
        // Credential programs and files block.
        let work = tokio::task::spawn_blocking(move || {
            let mut config = config(&login, &context)?;
            config.default_retry = false;
            config.connect_timeout = Some(CONNECT);
            // The terminal is ours: a credential program must not ask there.
            if let Some(exec) = config.auth_info.exec.as_mut() {
                exec.interactive_mode = Some(ExecInteractiveMode::Never);
            }
            Ok(ClientBuilder::try_from(config)?.with_layer(&Counted(traffic)).build())
        });
        match tokio::time::timeout(LOGIN, work).await {
            Ok(Ok(Ok(client))) => Ok(client),
            Ok(Ok(Err(error))) => Err(self.cannot_log_in(&error)),
            Ok(Err(died)) => Err(BackendError::died(&self.source, &died).await),
            Err(_) => Err(BackendError::new(&self.source, ErrorKind::Timeout, "the credential program does not end")),
        }
    }

    fn cannot_log_in(&self, error: &kube::Error) -> BackendError {
        let (kind, why) = explain(error);
        let context = if self.context.is_empty() { String::new() } else { format!("{}: ", self.context) };
        BackendError::new(&self.source, kind, format!("{context}{why}"))
            .hint("`kubectl config get-contexts` lists what the kubeconfig holds")
    }
}

fn config(login: &Login, context: &str) -> std::result::Result<Config, kube::Error> {
    match login {
        Login::InCluster => Config::incluster().map_err(|why| {
            let why = std::io::Error::new(std::io::ErrorKind::NotFound, why.to_string());
            kube::Error::Service(Box::new(why))
        }),
        Login::Kubeconfig(path) => {
            let kubeconfig = match path {
                Some(path) => Kubeconfig::read_from(path),
                None => Kubeconfig::read(),
            }?;
            let context = (!context.is_empty()).then(|| context.to_owned());
            let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
            let config = futures::executor::block_on(Config::from_custom_kubeconfig(kubeconfig, &options))?;
            Ok(config)
        }
    }
}

/// `~/…` as a shell would read it.
fn expanded(path: &Path) -> PathBuf {
    let home = || etcetera::home_dir().ok();
    match path.strip_prefix("~").ok().zip(home()) {
        Some((below, home)) => home.join(below),
        None => path.to_owned(),
    }
}

//! A cluster that is spoken to: its credentials, its client, what was asked of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kube::client::ClientBuilder;
use kube::config::{ExecInteractiveMode, KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::error::{Asked, explain};
use super::settings::Settings;
use super::traffic::{Counted, Traffic};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{Requests, SourceId};

/// How long it may take to reach a cluster.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a credential program may take.
const LOGIN: Duration = Duration::from_secs(30);
/// How long credentials count as just fetched.
const FRESH: Duration = Duration::from_secs(10);

/// A cluster that is spoken to.
pub struct Cluster {
    /// Its context in the kubeconfig; empty for the current one.
    pub context: String,
    source: SourceId,
    login: Login,
    traffic: Arc<Traffic>,
    session: Mutex<Session>,
}

/// Being logged in.
#[derive(Default)]
struct Session {
    client: Option<(Client, Instant)>,
    /// A login that has not ended: another one is not begun beside it.
    pending: Option<JoinHandle<std::result::Result<Client, kube::Error>>>,
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
            session: Mutex::default(),
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

    /// Tells when a watch of `path` is let in from now on.
    pub fn listen(&self, path: &str) -> watch::Receiver<u64> {
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
        let mut session = self.session.lock().await;
        if let Some((client, _)) = session.client.as_ref().filter(|(client, _)| is_valid(client)) {
            return Ok(client.clone());
        }
        let mut login = session.pending.take().unwrap_or_else(|| self.log_in());
        match tokio::time::timeout(LOGIN, &mut login).await {
            Ok(Ok(Ok(client))) => {
                session.client = Some((client.clone(), Instant::now()));
                Ok(client)
            }
            Ok(Ok(Err(error))) => Err(self.cannot_log_in(&error)),
            Ok(Err(died)) => Err(BackendError::died(&self.source, &died).await),
            Err(_) => {
                session.pending = Some(login);
                let what = "the credential program of the kubeconfig does not end";
                Err(BackendError::new(&self.source, ErrorKind::Timeout, what))
            }
        }
    }

    /// Credentials that were not accepted, or lead nowhere, are fetched anew the next time; not those that were just
    /// fetched: whoever complains means the ones before.
    pub async fn log_out(&self) {
        let mut session = self.session.lock().await;
        if session.client.as_ref().is_some_and(|(_, since)| since.elapsed() > FRESH) {
            session.client = None;
        }
    }

    /// Credential programs and files block, so on a thread of its own.
    fn log_in(&self) -> JoinHandle<std::result::Result<Client, kube::Error>> {
        let (login, context, traffic) = (self.login.clone(), self.context.clone(), self.traffic.clone());
        tokio::task::spawn_blocking(move || {
            let mut config = config(&login, &context)?;
            config.default_retry = false;
            config.connect_timeout = Some(CONNECT);
            // The terminal is ours: a credential program must not ask there.
            if let Some(exec) = config.auth_info.exec.as_mut() {
                exec.interactive_mode = Some(ExecInteractiveMode::Never);
            }
            Ok(ClientBuilder::try_from(config)?.with_layer(&Counted(traffic)).build())
        })
    }

    fn cannot_log_in(&self, error: &kube::Error) -> BackendError {
        let (kind, why) = explain(error);
        let context = if self.context.is_empty() { String::new() } else { format!("{}: ", self.context) };
        BackendError::new(&self.source, kind, format!("{context}{why}"))
            .hint("`kubectl config get-contexts` lists what the kubeconfig holds")
    }
}

/// Whether the certificate that a credential program gave holds still.
fn is_valid(client: &Client) -> bool {
    client.valid_until().is_none_or(|until| until > k8s_openapi::jiff::Timestamp::now())
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

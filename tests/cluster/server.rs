//! etcd, the API server and the controllers, started together and ended together.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};

use super::certificates::Certificates;
use super::kubelet::Kubelet;
use super::namespace::{Namespace, create};
use super::program::{Program, Scratch};
use super::start::{ATTEMPTS, answers, programs, start_api, start_controllers, start_etcd};
use super::{access, ports, waiting};

/// A cluster of one API server, with a played kubelet that serves its two nodes.
///
/// Everything ends when this is dropped, or when the process of the test is gone.
pub struct Cluster {
    kubelet: Kubelet,
    controllers: Mutex<Option<Program>>,
    api: Mutex<Option<Program>>,
    etcd: Program,
    port: u16,
    etcd_port: u16,
    programs: PathBuf,
    certificates: Certificates,
    scratch: Scratch,
}

impl Cluster {
    /// The cluster that all tests of one file share; started by the first that asks, gone with the process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A cluster of one's own, for a test that stops the API server.
    pub fn start() -> Self {
        // A thread of its own: a test's runtime does not allow another one inside it.
        std::thread::spawn(Self::started).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn started() -> Self {
        let programs = programs();
        let scratch = Scratch::make().expect("a directory");
        let certificates = Certificates::make(scratch.path());
        let write = |name: &str, text: String| std::fs::write(scratch.path().join(name), text).expect("written");
        write("tokens", access::token_file());
        write("credentials", access::helper());
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(scratch.path().join("credentials"), executable).expect("executable");

        let (etcd, etcd_port) = start_etcd(&programs, scratch.path());
        let (api, port) = (0..ATTEMPTS)
            .find_map(|_| {
                let port = ports::free();
                let mut api = start_api(&programs, scratch.path(), &certificates, port, etcd_port);
                answers(port, &mut api).then_some((api, port))
            })
            .expect("an API server");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        write("kubeconfig", access::kubeconfig(address, &certificates, scratch.path()));
        let kubeconfig = scratch.path().join("kubeconfig");
        block_on(ready(&kubeconfig));
        let controllers = start_controllers(&programs, scratch.path(), &certificates);
        let kubelet = Kubelet::start(&kubeconfig, &certificates);
        let it = Self {
            kubelet,
            controllers: Mutex::new(Some(controllers)),
            api: Mutex::new(Some(api)),
            etcd,
            port,
            etcd_port,
            programs,
            certificates,
            scratch,
        };
        block_on(it.furnish());
        it
    }

    async fn furnish(&self) {
        let client = self.client(access::ADMIN).await;
        create(&client, &access::reader_binding()).await.expect("rights");
        self.until_allowed(access::READER, None).await;
        self.namespace(access::VISIBLE).await;
        self.show(access::VISIBLE).await;
    }

    /// Where the API server listens.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The kubeconfig with a context for each user; see [`access::kubeconfig`].
    pub fn kubeconfig(&self) -> PathBuf {
        self.scratch.path().join("kubeconfig")
    }

    /// A directory that is gone with the cluster.
    pub fn directory(&self) -> &Path {
        self.scratch.path()
    }

    /// Where the programs lie.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The certificates of the cluster.
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// The kubelet, which says what becomes of pods.
    pub fn kubelet(&self) -> &Kubelet {
        &self.kubelet
    }

    /// A client of one context. It belongs to the runtime it was made in: each test makes its own.
    pub async fn client(&self, context: &str) -> Client {
        client(&self.kubeconfig(), context).await
    }

    /// A namespace that is ready for workloads, made if there is none.
    pub async fn namespace(&self, name: &str) -> Namespace<'_> {
        Namespace::make(self, name).await
    }

    /// The user `restricted` may read this namespace too.
    pub async fn show(&self, namespace: &str) {
        let client = self.client(access::ADMIN).await;
        create(&client, &access::binding(access::RESTRICTED, namespace)).await.expect("rights");
        self.until_allowed(access::RESTRICTED, Some(namespace)).await;
    }

    /// Waits until the API server knows that somebody may see workloads. What the role may is written by a controller.
    async fn until_allowed(&self, context: &str, namespace: Option<&str>) {
        let client = self.client(context).await;
        let asked = json!({ "verb": "watch", "group": "apps", "resource": "deployments", "namespace": namespace });
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {},
            "spec": { "resourceAttributes": asked },
        });
        waiting::eventually(&format!("{context} may see workloads"), async || {
            let answer = create(&client, &review).await.map_err(|why| why.to_string())?;
            (answer["status"]["allowed"] == true).then_some(()).ok_or_else(|| answer.to_string())
        })
        .await;
    }

    /// Creates any object.
    pub async fn create(&self, object: &Value) -> Value {
        create(&self.client(access::ADMIN).await, object).await.unwrap_or_else(|why| panic!("{why}: {object:#}"))
    }

    /// The API server is gone, in the middle of whatever it did.
    pub fn stop_api(&self) {
        drop(lock(&self.api).take());
        wait_until("the port is free", || ports::is_free(self.port));
    }

    /// The API server is back, on the same port with the same data. Returns when it is ready.
    pub fn start_api(&self) {
        let mut api = start_api(&self.programs, self.scratch.path(), &self.certificates, self.port, self.etcd_port);
        assert!(answers(self.port, &mut api), "the API server did not come back:\n{}", api.last_words());
        *lock(&self.api) = Some(api);
        let kubeconfig = self.kubeconfig();
        std::thread::scope(|scope| {
            scope.spawn(|| block_on(ready(&kubeconfig)));
        });
        // Without an API server the controllers end by themselves, or wait for long before they ask again.
        self.stop_controllers();
        self.start_controllers();
    }

    /// No controller acts from now on: what is written stays as it is.
    pub fn stop_controllers(&self) {
        drop(lock(&self.controllers).take());
    }

    /// Controllers act again.
    pub fn start_controllers(&self) {
        *lock(&self.controllers) = Some(start_controllers(&self.programs, self.scratch.path(), &self.certificates));
    }
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < waiting::BOUND, "waited {:?} until {what}", waiting::BOUND);
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn ready(kubeconfig: &Path) {
    let client = client(kubeconfig, access::ADMIN).await;
    waiting::eventually("the API server is ready", async || {
        let request = hyper::Request::get("/readyz").body(Vec::new()).map_err(|why| why.to_string())?;
        client.request_text(request).await.map(drop).map_err(|why| why.to_string())
    })
    .await;
}

/// A client of one context of a kubeconfig.
pub async fn client(kubeconfig: &Path, context: &str) -> Client {
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..Default::default() };
    let kubeconfig = Kubeconfig::read_from(kubeconfig).expect("a kubeconfig");
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.expect("a context");
    Client::try_from(config).expect("a client")
}

/// Runs something on this thread, which has no runtime.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

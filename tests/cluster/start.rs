//! The command line of each server.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::certificates::Certificates;
use super::program::Program;
use super::{access, ports, waiting};

/// Names the directory with the programs.
pub const PROGRAMS: &str = "FLIGHTDECK_TEST_CLUSTER";
/// Controllers that need machines, volumes or a cloud, which there are none of.
const CONTROLLERS: &str =
    "*,-nodeipam,-nodelifecycle,-attachdetach,-persistentvolume-binder,-tokencleaner,-bootstrapsigner";
/// How often a start is tried: somebody else may have taken a port meanwhile.
pub const ATTEMPTS: usize = 3;

/// The directory that the test command names.
pub fn programs() -> PathBuf {
    let Some(programs) = std::env::var_os(PROGRAMS).map(PathBuf::from) else {
        panic!("{PROGRAMS} is not set: run `{PROGRAMS}=$(tests/cluster/build) cargo test …`, as tests/run does");
    };
    for program in ["etcd", "kube-apiserver", "kube-controller-manager", "kubectl"] {
        assert!(programs.join(program).exists(), "{PROGRAMS}: no {program} in {}", programs.display());
    }
    programs
}

/// Starts etcd on a free port.
pub fn start_etcd(programs: &Path, scratch: &Path) -> (Program, u16) {
    for _ in 0..ATTEMPTS {
        let (port, peers) = (ports::free(), ports::free());
        let arguments = [
            format!("--data-dir={}", scratch.join("etcd").display()),
            format!("--listen-client-urls=http://127.0.0.1:{port}"),
            format!("--advertise-client-urls=http://127.0.0.1:{port}"),
            format!("--listen-peer-urls=http://127.0.0.1:{peers}"),
            format!("--initial-advertise-peer-urls=http://127.0.0.1:{peers}"),
            format!("--initial-cluster=default=http://127.0.0.1:{peers}"),
            "--unsafe-no-fsync".to_owned(),
        ];
        let mut etcd = Program::start(&programs.join("etcd"), &arguments, &scratch.join("etcd.log")).expect("etcd");
        if answers(port, &mut etcd) {
            return (etcd, port);
        }
        let _ = std::fs::remove_dir_all(scratch.join("etcd"));
    }
    panic!("etcd did not start:\n{}", std::fs::read_to_string(scratch.join("etcd.log")).unwrap_or_default());
}

/// Starts an API server on a port.
pub fn start_api(programs: &Path, scratch: &Path, its: &Certificates, port: u16, etcd_port: u16) -> Program {
    let arguments = [
        "--bind-address=127.0.0.1".to_owned(),
        "--advertise-address=127.0.0.1".to_owned(),
        format!("--secure-port={port}"),
        format!("--etcd-servers=http://127.0.0.1:{etcd_port}"),
        format!("--tls-cert-file={}", its.server.0.display()),
        format!("--tls-private-key-file={}", its.server.1.display()),
        format!("--client-ca-file={}", its.authority.display()),
        format!("--token-auth-file={}", scratch.join("tokens").display()),
        "--authorization-mode=RBAC".to_owned(),
        "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        format!("--service-account-key-file={}", its.accounts_public.display()),
        format!("--service-account-signing-key-file={}", its.accounts.display()),
        "--endpoint-reconciler-type=none".to_owned(),
        "--kubelet-preferred-address-types=InternalIP".to_owned(),
    ];
    Program::start(&programs.join("kube-apiserver"), &arguments, &scratch.join("api.log")).expect("kube-apiserver")
}

/// Starts the controllers.
pub fn start_controllers(programs: &Path, scratch: &Path, its: &Certificates) -> Program {
    // The kubeconfig's current context is a person's; the controllers have one of their own.
    let text = std::fs::read_to_string(scratch.join("kubeconfig")).expect("a kubeconfig");
    let mut kubeconfig: Value = serde_json::from_str(&text).expect("a kubeconfig");
    kubeconfig["current-context"] = access::CONTROLLERS.into();
    let path = scratch.join("kubeconfig.controllers");
    std::fs::write(&path, kubeconfig.to_string()).expect("a kubeconfig");
    let arguments = [
        format!("--kubeconfig={}", path.display()),
        "--port=0".to_owned(),
        "--secure-port=0".to_owned(),
        "--bind-address=127.0.0.1".to_owned(),
        "--leader-elect=false".to_owned(),
        format!("--controllers={CONTROLLERS}"),
        format!("--service-account-private-key-file={}", its.accounts.display()),
    ];
    Program::start(&programs.join("kube-controller-manager"), &arguments, &scratch.join("controllers.log"))
        .expect("kube-controller-manager")
}

/// Whether the program listens there; not, if it ended.
pub fn answers(port: u16, program: &mut Program) -> bool {
    let start = Instant::now();
    while start.elapsed() < waiting::BOUND {
        if program.ended().is_some() {
            eprintln!("ended at once:\n{}", program.last_words());
            return false;
        }
        if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing listens on port {port} after {:?}:\n{}", waiting::BOUND, program.last_words());
}

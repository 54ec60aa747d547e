//! Two big clusters on loopback: 300 Deployments with three ReplicaSets each and 5,000 pods in each, in three
//! namespaces.
//!
//! Without arguments it says how much there is to read and how long a client needs that reads it and does nothing else:
//! what a picture of both clusters costs at least. With `-- serve` it only serves them, for a look by hand, until its
//! input ends.

// Much of it is for the tests.
#[path = "../tests/cluster/scripted/mod.rs"]
mod scripted;

use std::time::{Duration, Instant};

use self::scripted::{Api, Scripted, big, kubeconfig};

const CONTEXTS: [&str; 2] = ["north", "south"];
/// What a picture of plain workloads needs.
const LISTS: [&str; 3] = ["/apis/apps/v1/deployments", "/apis/apps/v1/replicasets", "/api/v1/pods"];
/// How many objects a page has at most.
const PAGE: usize = 500;

fn main() {
    let clusters = CONTEXTS.map(|_| {
        let api = Api::new();
        big::fill(&api, big::BIG, chrono::Utc::now());
        api.serve()
    });
    if std::env::args().any(|it| it == "serve") {
        return serve(&clusters);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("{:<12}{:>10}{:>10}{:>12}{:>12}", "", "objects", "requests", "MB", "at least");
    for path in LISTS {
        let read = runtime.block_on(read(&clusters, path));
        let megabytes = read.bytes as f64 / 1e6;
        let name = path.rsplit('/').next().unwrap_or_default();
        println!("{name:<12}{:>10}{:>10}{megabytes:>12.1}{:>12.0?}", read.objects, read.requests, read.took);
    }
}

/// Writes the kubeconfig and waits.
fn serve(clusters: &[Scripted; 2]) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("kubeconfig");
    let contexts: Vec<_> = CONTEXTS.into_iter().zip(clusters).collect();
    std::fs::write(&path, kubeconfig(&contexts)).expect("written");
    println!("export KUBECONFIG={}", path.display());
    let _ = std::io::read_to_string(std::io::stdin());
    for (name, cluster) in contexts {
        for (what, count) in cluster.counts() {
            println!("{name}: {count} × {} {}{}", what.method, what.path, if what.watch { " (watch)" } else { "" });
        }
    }
}

/// What reading one kind of both clusters took.
#[derive(Default)]
struct Read {
    objects: usize,
    requests: usize,
    bytes: usize,
    took: Duration,
}

async fn read(clusters: &[Scripted; 2], path: &str) -> Read {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let start = Instant::now();
    let mut read = Read::default();
    for cluster in clusters {
        let mut token = String::new();
        loop {
            let query = [("limit", PAGE.to_string()), ("continue", token)];
            let page = client.get(format!("{}{path}", cluster.url())).query(&query).send().await.expect("a page");
            let body = page.bytes().await.expect("a page");
            let list: serde_json::Value = serde_json::from_slice(&body).expect("a list");
            read.objects += list["items"].as_array().map_or(0, Vec::len);
            read.bytes += body.len();
            read.requests += 1;
            token = list["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
            if token.is_empty() {
                break;
            }
        }
    }
    read.took = start.elapsed();
    read
}

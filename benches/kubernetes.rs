//! Flightdeck on two big clusters on loopback: 300 Deployments with three ReplicaSets each and 5,000 pods in each, in
//! three namespaces. How soon everything is on the board, how much memory that takes, what is asked of the clusters at the
//! start and in a minute in which nothing happens, and how soon a change is on the board.
//!
//! First how much there is to read, and how long a client needs that reads it and does nothing else. With `-- serve` it
//! only serves the clusters, for a look by hand, until its input ends. `KUBERNETES_IDLE_SECONDS` chooses another idle.

// Much of both is for others.
#[allow(dead_code)]
#[path = "terminal/pty.rs"]
mod pty;
#[path = "../tests/cluster/scripted/mod.rs"]
mod scripted;

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use self::pty::Running;
use self::scripted::{Api, Request, Scripted, big, kubeconfig};

const CONTEXTS: [&str; 2] = ["north", "south"];
/// What a picture of plain workloads needs.
const LISTS: [&str; 3] = ["/apis/apps/v1/deployments", "/apis/apps/v1/replicasets", "/api/v1/pods"];
/// How many objects a page has at most.
const PAGE: usize = 500;
const IDLE: Duration = Duration::from_secs(60);
/// When nothing was asked for so long, everything was.
const REST: Duration = Duration::from_secs(4);

/// A program as it is started.
pub struct Contender {
    program: String,
    arguments: Vec<String>,
    /// What is on the screen when everything was read.
    useful: &'static str,
    /// A key that moves a selection.
    key: &'static [u8],
}

fn main() {
    let apis = CONTEXTS.map(|_| Api::new());
    apis.iter().for_each(|api| big::fill(api, big::BIG, chrono::Utc::now()));
    let clusters = [apis[0].serve(), apis[1].serve()];
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), &clusters).expect("written");
    if std::env::args().any(|it| it == "serve") {
        return serve(directory.path(), &clusters);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("{:<12}{:>10}{:>10}{:>12}{:>12}", "", "objects", "requests", "MB", "at least");
    for path in LISTS {
        let read = runtime.block_on(read(&clusters, path));
        let megabytes = read.bytes as f64 / 1e6;
        let name = path.rsplit('/').next().unwrap_or_default();
        println!("{name:<12}{:>10}{:>10}{megabytes:>12.1}{:>12.0?}", read.objects, read.requests, read.took);
    }
    let idle = std::env::var("KUBERNETES_IDLE_SECONDS").ok().and_then(|it| it.parse().ok());
    let idle = idle.map_or(IDLE, Duration::from_secs);
    println!();
    println!(
        "{:<12}{:>12}{:>12}{:>12}{:>14}{:>10}{:>10}{:>12}{:>12}{:>12}",
        "flightdeck",
        "useful",
        "everything",
        "held",
        "of its own",
        "lists",
        "watches",
        "idle asks",
        "idle bytes",
        "idle CPU"
    );
    let mut track = big::tracks(big::BIG).next().expect("a track");
    for (name, revision, shown) in [("first start", 98, "1.98.0"), ("again", 99, "1.99.0")] {
        let Some(running) = row(name, directory.path(), &clusters, idle) else { continue };
        let change = Instant::now();
        big::roll(&apis[0], track, revision, chrono::Utc::now());
        running.useful(shown);
        println!("{:>12}{:>9.0} ms until a change is on the board", "", change.elapsed().as_secs_f64() * 1e3);
        track.revision = revision;
    }
}

/// Starts Flightdeck once, lets it read everything, and leaves it alone. It still runs, unless it ended by itself.
fn row(name: &str, directory: &Path, clusters: &[Scripted; 2], idle: Duration) -> Option<Running> {
    clusters.iter().for_each(Scripted::forget);
    let contender = Contender {
        program: env!("CARGO_BIN_EXE_flightdeck").to_owned(),
        arguments: vec!["--state".to_owned(), directory.join("state").display().to_string()],
        useful: "read now",
        key: b"j",
    };
    let running = Running::start(&contender, directory);
    let useful = running.useful(contender.useful);
    let everything = quiet(clusters) - running.began;
    let early = requests(clusters);
    let watches = early.iter().filter(|it| it.is_watch()).count();
    let (bytes, cpu) = (running.bytes(), running.cpu());
    std::thread::sleep(idle);
    let ([Some(resident), Some(own), Some(before)], Some(after)) =
        ([running.status("VmRSS:"), running.status("RssAnon:"), cpu.map(|it| it.as_millis() as u64)], running.cpu())
    else {
        println!("{name:<12}NOT RUN: it ended by itself");
        return None;
    };
    let late = requests(clusters).split_off(early.len());
    println!(
        "{name:<12}{:>9.0} ms{:>9.0} ms{:>9.1} MB{:>11.1} MB{:>10}{:>10}{:>12}{:>12}{:>9} ms",
        useful.as_secs_f64() * 1e3,
        everything.as_secs_f64() * 1e3,
        resident as f64 / 1e6,
        own as f64 / 1e6,
        early.len() - watches,
        watches,
        late.len(),
        running.bytes() - bytes,
        after.as_millis() as u64 - before,
    );
    for it in late {
        println!("  while idle: {} {}{}", it.method, it.path, if it.is_watch() { " (watch)" } else { "" });
    }
    Some(running)
}

/// When the last request came, once none came for a while.
fn quiet(clusters: &[Scripted; 2]) -> Instant {
    loop {
        let last = requests(clusters).last().map_or_else(Instant::now, |it| it.at);
        match REST.checked_sub(last.elapsed()) {
            Some(left) => std::thread::sleep(left.max(Duration::from_millis(1))),
            None => return last,
        }
    }
}

/// What was asked of both, by time.
fn requests(clusters: &[Scripted; 2]) -> Vec<Request> {
    let mut requests: Vec<_> = clusters.iter().flat_map(Scripted::requests).collect();
    requests.sort_by_key(|it| it.at);
    requests
}

/// A project over both clusters, with each namespace of each as an environment.
fn write(directory: &Path, clusters: &[Scripted; 2]) -> std::io::Result<()> {
    let contexts: Vec<_> = CONTEXTS.into_iter().zip(clusters).collect();
    std::fs::write(directory.join("kubeconfig"), kubeconfig(&contexts))?;
    let mut text = "[project]\nname = \"fleet\"\n".to_owned();
    for context in CONTEXTS {
        for namespace in big::NAMESPACES {
            let production = namespace == "production";
            let _ = writeln!(text, "[[environment]]\nname = \"{namespace}-{context}\"\nproduction = {production}");
        }
    }
    for context in CONTEXTS {
        let environments = big::NAMESPACES.map(|it| format!("{it}-{context} = \"{it}\"")).join(", ");
        let _ = write!(
            text,
            "[[backend]]\nname = \"{context}\"\nkind = \"kubernetes\"\nkubeconfig = \"kubeconfig\"\ncontext = \
             \"{context}\"\nnamespace = \"{{environment}}\"\nservice_label = \"app.kubernetes.io/name\"\nenvironments \
             = {{ {environments} }}\n"
        );
    }
    std::fs::write(directory.join("flightdeck.toml"), text)
}

/// Says where the project is, and waits.
fn serve(directory: &Path, clusters: &[Scripted; 2]) {
    println!("{}", directory.display());
    let _ = std::io::read_to_string(std::io::stdin());
    for (name, cluster) in CONTEXTS.iter().zip(clusters) {
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

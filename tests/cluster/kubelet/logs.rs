//! The logs of containers, as a kubelet serves them to the API server.

use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::super::scripted::{Answer, Request, Stream};
use super::lock;

/// Namespace, pod and container.
type Key = [String; 3];

/// All logs of all nodes.
#[derive(Default)]
pub struct Logs {
    containers: Mutex<BTreeMap<Key, Container>>,
}

#[derive(Default)]
struct Container {
    now: Vec<Line>,
    before: Vec<Line>,
    /// Why it has not started.
    waits: Option<String>,
    followers: Vec<Follower>,
}

struct Follower {
    stream: Stream,
    timestamps: bool,
}

struct Line {
    at: DateTime<Utc>,
    text: String,
}

impl Line {
    fn new(text: &str) -> Self {
        Self { at: Utc::now(), text: text.to_owned() }
    }

    fn written(&self, timestamps: bool) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Nanos, true);
        if timestamps { format!("{at} {}\n", self.text) } else { format!("{}\n", self.text) }
    }
}

impl Logs {
    /// A container writes a line.
    pub fn say(&self, key: [&str; 3], text: &str) {
        let mut containers = lock(&self.containers);
        let it = containers.entry(key.map(str::to_owned)).or_default();
        let line = Line::new(text);
        it.followers.retain(|follower| follower.stream.is_open());
        for follower in &it.followers {
            follower.stream.bytes(line.written(follower.timestamps));
        }
        it.now.push(line);
    }

    /// A container had written a line before it was started again.
    pub fn said_before(&self, key: [&str; 3], text: &str) {
        lock(&self.containers).entry(key.map(str::to_owned)).or_default().before.push(Line::new(text));
    }

    /// A container has not started, for a reason; or it has.
    pub fn waits(&self, namespace: &str, pod: &str, container: &str, reason: Option<&str>) {
        let key = [namespace, pod, container].map(str::to_owned);
        lock(&self.containers).entry(key).or_default().waits = reason.map(str::to_owned);
    }

    /// A pod is gone: its logs too, and who follows them is told so.
    pub fn end(&self, namespace: &str, pod: &str) {
        lock(&self.containers).retain(|key, _| key[0] != namespace || key[1] != pod);
    }

    /// How many follow a container.
    pub fn followers(&self, key: [&str; 3]) -> usize {
        let containers = lock(&self.containers);
        let of = containers.get(&key.map(str::to_owned));
        of.map_or(0, |it| it.followers.iter().filter(|it| it.stream.is_open()).count())
    }

    /// The answer to `/containerLogs/NAMESPACE/POD/CONTAINER`.
    pub fn answer(&self, request: &Request) -> Answer {
        let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let ["containerLogs", namespace, pod, name] = parts[..] else { return plain("404 page not found", 404) };
        let mut containers = lock(&self.containers);
        let it = containers.entry([namespace, pod, name].map(str::to_owned)).or_default();
        if let Some(reason) = &it.waits {
            let why = if reason.contains("Pull") { "trying and failing to pull image" } else { reason };
            return plain(&format!("container \"{name}\" in pod \"{pod}\" is waiting to start: {why}"), 400);
        }
        let previous = is(request, "previous");
        if previous && it.before.is_empty() {
            return plain(&format!("previous terminated container \"{name}\" in pod \"{pod}\" not found"), 400);
        }
        let timestamps = is(request, "timestamps");
        let (answer, stream) = Answer::stream();
        for line in asked(request, if previous { &it.before } else { &it.now }) {
            stream.bytes(line.written(timestamps));
        }
        if is(request, "follow") && !previous {
            it.followers.push(Follower { stream, timestamps });
        }
        answer.text()
    }
}

fn plain(text: &str, code: u16) -> Answer {
    Answer::bytes(text.to_owned()).text().code(code)
}

fn is(request: &Request, name: &str) -> bool {
    request.query(name) == Some("true")
}

/// The lines that are asked for: since a time, and the last ones.
fn asked<'a>(request: &Request, lines: &'a [Line]) -> &'a [Line] {
    let seconds = request.query("sinceSeconds").and_then(|it| it.parse().ok()).and_then(TimeDelta::try_seconds);
    let time = request.query("sinceTime").and_then(|it| it.parse::<DateTime<Utc>>().ok());
    let since = time.or_else(|| seconds.map(|it| Utc::now() - it));
    let from = since.map_or(0, |since| lines.partition_point(|line| line.at < since));
    let lines = &lines[from..];
    let tail = request.query("tailLines").and_then(|it| it.parse().ok()).unwrap_or(lines.len());
    &lines[lines.len().saturating_sub(tail)..]
}

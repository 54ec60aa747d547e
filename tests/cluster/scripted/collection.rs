//! All objects of one kind, with who watches them.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::answer::{Answer, Stream};
use super::api::Kind;
use super::request::{Request, Target};
use super::selector::{Labels, fits};

/// Namespace (empty where there is none) and name.
pub type Key = (String, String);

/// One object as it is sent: kept as text, so that thousands cost little.
#[derive(Clone)]
pub struct Stored {
    key: Key,
    labels: Labels,
    /// As an item of a list: built-in kinds have neither `kind` nor `apiVersion` there.
    item: Bytes,
    /// Its metadata alone.
    partial: Bytes,
}

/// All objects of one kind.
pub struct Collection {
    pub kind: Kind,
    objects: BTreeMap<Key, Stored>,
    history: Vec<(u64, &'static str, Stored)>,
    /// Changes up to here are forgotten.
    forgotten: u64,
    watchers: Vec<Watcher>,
}

struct Watcher {
    wanted: Wanted,
    bookmarks: bool,
    stream: Stream,
}

/// Which objects a request is about, and how much of them.
struct Wanted {
    namespace: Option<String>,
    labels: String,
    name: Option<String>,
    partial: bool,
}

impl Stored {
    /// An object with the resource version that it gets.
    pub fn new(object: &Value, version: u64) -> Self {
        let mut object = object.clone();
        object["metadata"]["resourceVersion"] = version.to_string().into();
        let metadata = &object["metadata"];
        let text = |name: &str| metadata[name].as_str().unwrap_or_default().to_owned();
        let partial = json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata })
            .to_string();
        let key = (text("namespace"), text("name"));
        let labels = serde_json::from_value(metadata["labels"].clone()).unwrap_or_default();
        if let Some(fields) = object.as_object_mut() {
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        Self { key, labels, item: object.to_string().into(), partial: partial.into() }
    }

    /// Whatever text, under a key.
    pub fn raw(namespace: &str, name: &str, text: &str) -> Self {
        let text = Bytes::copy_from_slice(text.as_bytes());
        let key = (namespace.to_owned(), name.to_owned());
        Self { key, labels: Labels::new(), item: text.clone(), partial: text }
    }
}

impl Wanted {
    fn of(request: &Request, target: &Target) -> Self {
        let fields = request.query("fieldSelector").unwrap_or_default();
        Self {
            namespace: target.namespace.clone(),
            labels: request.query("labelSelector").unwrap_or_default().to_owned(),
            name: fields.strip_prefix("metadata.name=").map(|it| it.trim_start_matches('=').to_owned()),
            partial: request.is_partial(),
        }
    }

    fn takes(&self, it: &Stored) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| *namespace == it.key.0)
            && self.name.as_ref().is_none_or(|name| *name == it.key.1)
            && fits(&self.labels, &it.labels)
    }

    fn item<'a>(&self, it: &'a Stored) -> &'a [u8] {
        if self.partial { &it.partial } else { &it.item }
    }
}

impl Collection {
    pub fn new(kind: Kind) -> Self {
        Self { kind, objects: BTreeMap::new(), history: Vec::new(), forgotten: 0, watchers: Vec::new() }
    }

    /// Adds or changes an object, and tells who watches.
    pub fn put(&mut self, it: Stored, version: u64) {
        let change = if self.objects.insert(it.key.clone(), it.clone()).is_some() { "MODIFIED" } else { "ADDED" };
        self.tell(change, it, version);
    }

    /// Removes an object, and tells who watches.
    pub fn remove(&mut self, namespace: &str, name: &str, version: u64) {
        if let Some(it) = self.objects.remove(&(namespace.to_owned(), name.to_owned())) {
            self.tell("DELETED", it, version);
        }
    }

    fn tell(&mut self, change: &'static str, it: Stored, version: u64) {
        self.watchers.retain(|watcher| watcher.stream.is_open());
        for watcher in self.watchers.iter().filter(|watcher| watcher.wanted.takes(&it)) {
            watcher.stream.bytes(self.event(change, &watcher.wanted, &it));
        }
        self.history.push((version, change, it));
    }

    /// One object.
    pub fn get(&self, request: &Request, target: &Target) -> Answer {
        let name = target.name.clone().unwrap_or_default();
        match self.objects.get(&(target.namespace.clone().unwrap_or_default(), name.clone())) {
            Some(it) => Answer::bytes(self.whole(&Wanted::of(request, target), it)),
            None => Answer::status(404, "NotFound", &format!("{} \"{name}\" not found", self.kind.plural)),
        }
    }

    /// A page of the list, of at most so many.
    pub fn list(&self, request: &Request, target: &Target, version: u64, most: Option<usize>) -> Answer {
        let wanted = Wanted::of(request, target);
        let limit = request.query("limit").and_then(|it| it.parse().ok()).filter(|it| *it > 0);
        let limit = limit.into_iter().chain(most).min().unwrap_or(usize::MAX);
        let token = request.query("continue").filter(|it| !it.is_empty());
        let (version, after) = match token.map(page) {
            None => (version, Bound::Unbounded),
            Some(Some((at, key))) if at > self.forgotten => (at, Bound::Excluded(key)),
            Some(_) => return expired_page(),
        };
        let rest = self.objects.range((after, Bound::Unbounded)).map(|(_, it)| it);
        let mut rest = rest.filter(|it| wanted.takes(it));
        let items: Vec<&Stored> = rest.by_ref().take(limit).collect();
        let mut metadata = json!({ "resourceVersion": version.to_string() });
        let remaining = rest.count();
        if let (true, Some(last)) = (remaining > 0, items.last()) {
            metadata["continue"] = format!("{version}/{}/{}", last.key.0, last.key.1).into();
            metadata["remainingItemCount"] = remaining.into();
        }
        let (kind, api_version) = if wanted.partial {
            ("PartialObjectMetadataList".to_owned(), "meta.k8s.io/v1")
        } else {
            (format!("{}List", self.kind.kind), self.kind.api_version.as_str())
        };
        let head = format!(r#"{{"kind":"{kind}","apiVersion":"{api_version}","metadata":{metadata},"items":["#);
        let mut body = head.into_bytes();
        for (index, it) in items.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(wanted.item(it));
        }
        body.extend_from_slice(b"]}");
        Answer::bytes(body)
    }

    /// A watch: what happened since its resource version, and what happens from now on.
    pub fn watch(&mut self, request: &Request, target: &Target, version: u64) -> Answer {
        let (mut answer, stream) = Answer::stream();
        answer.ends_after = request.query("timeoutSeconds").and_then(|it| it.parse().ok()).map(Duration::from_secs);
        let wanted = Wanted::of(request, target);
        let initial = request.query("sendInitialEvents") == Some("true");
        let since = request.query("resourceVersion").and_then(|it| it.parse().ok()).unwrap_or(0);
        if since == 0 || initial {
            for it in self.objects.values().filter(|it| wanted.takes(it)) {
                stream.bytes(self.event("ADDED", &wanted, it));
            }
        } else if since < self.forgotten {
            stream.expired();
            return answer;
        } else {
            for (_, change, it) in self.history.iter().filter(|(at, _, it)| *at > since && wanted.takes(it)) {
                stream.bytes(self.event(change, &wanted, it));
            }
        }
        if initial {
            let mut bookmark = self.bookmark_of(&wanted, version);
            bookmark["metadata"]["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
            stream.event("BOOKMARK", &bookmark);
        }
        let bookmarks = request.query("allowWatchBookmarks") == Some("true");
        self.watchers.push(Watcher { wanted, bookmarks, stream });
        answer
    }

    /// Tells each watch that asked for it up to where it is.
    pub fn bookmark(&self, version: u64) {
        for watcher in self.watchers.iter().filter(|it| it.bookmarks) {
            watcher.stream.event("BOOKMARK", &self.bookmark_of(&watcher.wanted, version));
        }
    }

    /// The streams of open watches; they are no longer told anything.
    pub fn take_watches(&mut self) -> Vec<Stream> {
        self.watchers.drain(..).map(|it| it.stream).collect()
    }

    /// How many watches are open.
    pub fn open(&self) -> usize {
        self.watchers.iter().filter(|it| it.stream.is_open()).count()
    }

    /// Forgets what changed up to here.
    pub fn forget(&mut self, version: u64) {
        self.history.clear();
        self.forgotten = version;
    }

    fn bookmark_of(&self, wanted: &Wanted, version: u64) -> Value {
        let (kind, api_version) = self.type_of(wanted);
        json!({ "kind": kind, "apiVersion": api_version,
            "metadata": { "resourceVersion": version.to_string(), "creationTimestamp": null } })
    }

    fn type_of(&self, wanted: &Wanted) -> (&str, &str) {
        if wanted.partial {
            return ("PartialObjectMetadata", "meta.k8s.io/v1");
        }
        (&self.kind.kind, &self.kind.api_version)
    }

    fn event(&self, change: &str, wanted: &Wanted, it: &Stored) -> Vec<u8> {
        let head = format!(r#"{{"type":"{change}","object":"#);
        [head.as_bytes(), &self.whole(wanted, it), b"}\n"].concat()
    }

    /// The object with its kind.
    fn whole(&self, wanted: &Wanted, it: &Stored) -> Vec<u8> {
        let item = wanted.item(it);
        match item.strip_prefix(b"{") {
            Some(rest) if !wanted.partial => {
                let comma = if rest.starts_with(b"}") { "" } else { "," };
                let (kind, api_version) = self.type_of(wanted);
                let head = format!(r#"{{"kind":"{kind}","apiVersion":"{api_version}"{comma}"#);
                [head.as_bytes(), rest].concat()
            }
            _ => item.to_vec(),
        }
    }
}

/// Version and last key of a page's token.
fn page(token: &str) -> Option<(u64, Key)> {
    let mut parts = token.splitn(3, '/');
    let version = parts.next()?.parse().ok()?;
    Some((version, (parts.next()?.to_owned(), parts.next()?.to_owned())))
}

fn expired_page() -> Answer {
    let message = "The provided continue parameter is too old to display a consistent list result.";
    Answer::status(410, "Expired", message)
}

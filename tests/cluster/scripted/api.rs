//! A small API server in memory: discovery, lists in pages, watches. It judges nothing and changes nothing by itself.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::answer::Answer;
use super::collection::{Collection, Stored};
use super::request::Request;
use super::{Scripted, discovery, lock};

/// A kind of object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// `deployments`.
    pub plural: String,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
}

/// What a new one has.
const KINDS: &[(&str, &str, &str, bool)] = &[
    ("v1", "Namespace", "namespaces", false),
    ("v1", "Node", "nodes", false),
    ("v1", "Pod", "pods", true),
    ("v1", "Event", "events", true),
    ("v1", "ResourceQuota", "resourcequotas", true),
    ("apps/v1", "Deployment", "deployments", true),
    ("apps/v1", "ReplicaSet", "replicasets", true),
    ("apps/v1", "StatefulSet", "statefulsets", true),
    ("apps/v1", "DaemonSet", "daemonsets", true),
    ("apps/v1", "ControllerRevision", "controllerrevisions", true),
    ("autoscaling/v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
];

impl Kind {
    /// One more kind, in namespaces.
    pub fn new(api_version: &str, kind: &str, plural: &str) -> Self {
        let text = str::to_owned;
        Self { api_version: text(api_version), kind: text(kind), plural: text(plural), namespaced: true }
    }

    /// Empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `v1`.
    pub fn version(&self) -> &str {
        self.api_version.split_once('/').map_or(&self.api_version, |(_, version)| version)
    }
}

/// The server's memory. Clones share it.
#[derive(Clone)]
pub struct Api {
    memory: Arc<Mutex<Memory>>,
    instead: Arc<Mutex<Vec<Instead>>>,
}

struct Memory {
    version: u64,
    largest_page: Option<usize>,
    collections: Vec<Collection>,
}

type Instead = Box<dyn FnMut(&Request) -> Option<Answer> + Send>;

impl Default for Api {
    fn default() -> Self {
        Self::new()
    }
}

impl Api {
    /// One that has the kinds of plain workloads and no objects.
    pub fn new() -> Self {
        let kinds = KINDS.iter().map(|(api_version, kind, plural, namespaced)| Kind {
            namespaced: *namespaced,
            ..Kind::new(api_version, kind, plural)
        });
        let collections = kinds.map(Collection::new).collect();
        let memory = Memory { version: 1000, largest_page: None, collections };
        Self { memory: Arc::new(Mutex::new(memory)), instead: Arc::default() }
    }

    /// A server that answers from this memory.
    pub fn serve(&self) -> Scripted {
        let api = self.clone();
        Scripted::start(move |request| api.answer(request))
    }

    /// Has one more kind (of a custom resource).
    pub fn has(&self, kind: Kind) {
        self.memory().collections.push(Collection::new(kind));
    }

    /// Adds an object, or changes it; who watches is told.
    pub fn put(&self, object: &Value) {
        let mut memory = self.memory();
        let version = memory.next();
        memory.of(&object["apiVersion"], &object["kind"]).put(Stored::new(object, version), version);
    }

    /// As [`Api::put`], with any text for an object.
    pub fn put_raw(&self, api_version: &str, kind: &str, (namespace, name): (&str, &str), text: &str) {
        let mut memory = self.memory();
        let version = memory.next();
        memory.of(&api_version.into(), &kind.into()).put(Stored::raw(namespace, name, text), version);
    }

    /// Removes an object; who watches is told.
    pub fn delete(&self, api_version: &str, kind: &str, (namespace, name): (&str, &str)) {
        let mut memory = self.memory();
        let version = memory.next();
        memory.of(&api_version.into(), &kind.into()).remove(namespace, name, version);
    }

    /// Asks this first, before what was put here earlier and before the memory. See [`super::faults`].
    pub fn instead(&self, answer: impl FnMut(&Request) -> Option<Answer> + Send + 'static) {
        lock(&self.instead).insert(0, Box::new(answer));
    }

    /// Nothing is in the way any more.
    pub fn heal(&self) {
        lock(&self.instead).clear();
    }

    /// No page is larger, whatever is asked for.
    pub fn largest_page(&self, size: usize) {
        self.memory().largest_page = Some(size);
    }

    /// Each watch that asked for bookmarks gets one.
    pub fn bookmark(&self) {
        let memory = self.memory();
        memory.collections.iter().for_each(|it| it.bookmark(memory.version));
    }

    /// Every watch ends, as a server ends them after some minutes.
    pub fn end_watches(&self) {
        self.memory().collections.iter_mut().for_each(|it| drop(it.take_watches()));
    }

    /// Every watch breaks in the middle of an event.
    pub fn break_watches(&self) {
        for stream in self.memory().collections.iter_mut().flat_map(Collection::take_watches) {
            stream.bytes(r#"{"type":"MODIFIED","object":{"metadata":{"na"#);
            stream.break_connection();
        }
    }

    /// Every watch is told that it is too old (410 as an event) and ends; who resumes from before now is told so too,
    /// and pages that were begun cannot be continued.
    pub fn expire(&self) {
        let mut memory = self.memory();
        let version = memory.next();
        for it in &mut memory.collections {
            it.forget(version);
            it.take_watches().iter().for_each(super::Stream::expired);
        }
    }

    /// How many watches are open.
    pub fn watches(&self) -> usize {
        self.memory().collections.iter().map(Collection::open).sum()
    }

    /// The answer to a request.
    pub fn answer(&self, request: &Request) -> Answer {
        if let Some(answer) = lock(&self.instead).iter_mut().find_map(|it| it(request)) {
            return answer;
        }
        let mut memory = self.memory();
        let kinds: Vec<_> = memory.collections.iter().map(|it| &it.kind).collect();
        if let Some(found) = discovery::answer(&request.path, &kinds) {
            return Answer::json(&found);
        }
        let Some(target) = request.target() else {
            return Answer::bytes("404 page not found\n").code(404);
        };
        if target.plural == "selfsubjectaccessreviews" {
            let mut review = request.json();
            review["status"] = json!({ "allowed": true });
            return Answer::json(&review).code(201);
        }
        let (version, most) = (memory.version, memory.largest_page);
        let Some(collection) = memory.collections.iter_mut().find(|it| {
            let kind = &it.kind;
            kind.plural == target.plural && kind.group() == target.group && kind.version() == target.version
        }) else {
            return Answer::bytes("404 page not found\n").code(404);
        };
        match request.method.as_str() {
            "GET" if target.subresource.is_some() => Answer::bytes("404 page not found\n").code(404),
            "GET" if request.is_watch() => collection.watch(request, &target, version),
            "GET" if target.name.is_some() => collection.get(request, &target),
            "GET" => collection.list(request, &target, version, most),
            method => Answer::status(405, "MethodNotAllowed", &format!("nothing is scripted for {method}")),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }
}

impl Memory {
    fn next(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    fn of(&mut self, api_version: &Value, kind: &Value) -> &mut Collection {
        let found = self.collections.iter_mut().find(|it| *api_version == it.kind.api_version && *kind == it.kind.kind);
        found.unwrap_or_else(|| panic!("the kind {kind} of {api_version} is not known: Api::has"))
    }
}

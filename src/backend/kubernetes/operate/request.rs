//! A write to one object: what goes over the wire, and what people are shown of it.

use http::header::{CONTENT_TYPE, HeaderValue};
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::{ApiResource, Request as Builder};
use serde_json::{Value, json};

use super::json::text;
use crate::backend::Write;

/// As whom writes are recorded in `managedFields` and audit logs.
pub const MANAGER: &str = "flightdeck";

/// The most that is shown of a body, characters.
const SHOWN: usize = 3_500;

/// A write to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What it does, for people.
    pub what: String,
    /// The object.
    pub object: ObjectName,
    /// What is sent.
    pub body: Body,
    /// What has to hold for it to happen, for people.
    pub holds: String,
}

/// Which object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectName {
    /// The resource.
    pub resource: ApiResource,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Operations of a JSON patch (RFC 6902), those that test first.
    Json(Vec<Value>),
    /// A strategic merge patch.
    Strategic(Value),
    /// The object is deleted if it is still this one, as it was.
    Delete {
        /// What tells it from all others.
        uid: String,
        /// Its version.
        resource_version: String,
    },
}

/// The operations that let a JSON patch pass only for this object as it was read.
pub fn tests(object: &Value) -> Vec<Value> {
    let test = |path: &str| json!({ "op": "test", "path": path, "value": text(object, path) });
    vec![test("/metadata/uid"), test("/metadata/resourceVersion")]
}

/// What those operations ask for, in words.
pub fn holds(object: &Value) -> String {
    format!("uid and resourceVersion {} are what was read just before", text(object, "/metadata/resourceVersion"))
}

/// The operation that sets the annotations given, beside those that are there.
pub fn annotate(object: &Value, at: &str, added: &[(&str, String)]) -> Vec<Value> {
    let there = object.pointer(at).and_then(Value::as_object).is_some();
    if !there {
        let map: serde_json::Map<String, Value> =
            added.iter().map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str()))).collect();
        return vec![json!({ "op": "add", "path": at, "value": map })];
    }
    let one = |(key, value): &(&str, String)| json!({ "op": "add", "path": format!("{at}/{}", super::json::escaped(key)), "value": value });
    added.iter().map(one).collect()
}

impl ObjectName {
    /// Where the API has its like: `/apis/apps/v1/namespaces/shop/deployments`.
    pub fn collection(&self) -> String {
        let resource = &self.resource;
        let root = if resource.group.is_empty() { "api" } else { "apis" };
        format!("/{root}/{}/namespaces/{}/{}", resource.api_version, self.namespace, resource.plural)
    }

    /// What people call it: `deployments/checkout`.
    pub fn short(&self) -> String {
        format!("{}/{}", self.resource.plural, self.name)
    }
}

impl Request {
    /// What goes over the wire. A dry run is the same with the server told to keep nothing.
    ///
    /// # Errors
    /// When the name is none that can stand in an address.
    pub fn http(&self, dry_run: bool) -> kube::Result<http::Request<Vec<u8>>> {
        let builder = Builder::new(self.object.collection());
        let params = PatchParams { dry_run, field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        let name = self.object.name.as_str();
        let built = match &self.body {
            Body::Json(operations) => builder.patch(name, &params, &Patch::Strategic(operations)).map(|mut it| {
                it.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.body.content_type()));
                it
            }),
            Body::Strategic(body) => builder.patch(name, &params, &Patch::Strategic(body)),
            Body::Delete { uid, resource_version } => {
                let preconditions =
                    Preconditions { uid: Some(uid.clone()), resource_version: Some(resource_version.clone()) };
                let params = DeleteParams { dry_run, preconditions: Some(preconditions), ..DeleteParams::default() };
                builder.delete(name, &params)
            }
        };
        built.map_err(kube::Error::BuildRequest)
    }

    /// What people are shown: the request as it is, but for the values of variables, which may be secrets, and for what is
    /// too long.
    pub fn shown(&self) -> Write {
        let path = format!("{}/{}", self.object.collection(), self.object.name);
        let verbatim = match &self.body {
            Body::Json(operations) => self.patch(&path, &Value::from(operations.clone())),
            Body::Strategic(body) => self.patch(&path, body),
            Body::Delete { uid, resource_version } => {
                let preconditions = json!({ "uid": uid, "resourceVersion": resource_version });
                format!("DELETE {path} {}", json!({ "preconditions": preconditions }))
            }
        };
        Write {
            what: self.what.as_str().into(),
            verbatim: verbatim.into(),
            precondition: Some(self.holds.as_str().into()),
        }
    }

    fn patch(&self, path: &str, body: &Value) -> String {
        let body = bounded(&without_secrets(body).to_string());
        format!("PATCH {path}?fieldManager={MANAGER} Content-Type: {} {body}", self.body.content_type())
    }
}

impl Body {
    /// What rights call it.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Json(_) | Self::Strategic(_) => "patch",
            Self::Delete { .. } => "delete",
        }
    }

    fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json-patch+json",
            Self::Strategic(_) => "application/strategic-merge-patch+json",
            Self::Delete { .. } => "application/json",
        }
    }
}

/// A body whose variables have no values, whatever they are called: an address may hold a password, and so may arguments.
/// And without the copy of the whole that `kubectl apply` keeps in an annotation.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let variable = map.contains_key("name") && map.get("value").is_some_and(Value::is_string);
            let one = |(key, value): (&String, &Value)| {
                let spoken = matches!(key.as_str(), "args" | "command") && value.is_array();
                let copy = key == "kubectl.kubernetes.io/last-applied-configuration";
                let hidden = spoken || copy || (variable && key == "value");
                (key.clone(), if hidden { Value::from("…") } else { without_secrets(value) })
            };
            map.iter().map(one).collect()
        }
        Value::Array(list) => list.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => {
            format!("{}… ({} bytes in all)", text.get(..at).unwrap_or_default(), text.len())
        }
        None => text.to_owned(),
    }
}

//! From a line to a fact.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::normal::normalize;
use crate::fact::Body;
use crate::model::{Artifact, BadMark, Deployment, Incident, Lock, Outcome, PullRequest, Run, TrackState};

/// What holds where a line says nothing.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    pub service: Option<String>,
    pub environment: Option<String>,
    pub repository: Option<String>,
    /// Where artifacts lie that do not say it.
    pub location: String,
}

type Object = Map<String, Value>;

/// A type of line: its name, the fields that make its identity, and how it is read.
type Type = (&'static str, &'static [&'static str], fn(Object, &Defaults) -> Result<Body, String>);

const TYPES: &[Type] = &[
    ("deployment", &["id", "service", "environment"], deployment),
    ("pull_request", &["repository", "number"], pull_request),
    ("run", &["id"], run),
    ("artifact", &["service", "version"], artifact),
    ("incident", &["id"], incident),
    ("state", &["service", "environment"], state),
    ("lock", &["id"], |object, _| read::<Lock>(object)),
    ("bad_mark", &["service", "version"], |object, _| read::<BadMark>(object)),
];

/// Reads a line; says what is wrong with it, as a fragment.
pub fn parse(text: &str, defaults: &Defaults) -> Result<Body, String> {
    let (name, mut object) = object(text)?;
    let Some((_, identity, read)) = TYPES.iter().find(|(known, _, _)| *known == name) else {
        let known: Vec<&str> = TYPES.iter().map(|(known, _, _)| *known).collect();
        return Err(format!("unknown type `{name}`; there is {}", known.join(", ")));
    };
    normalize(&mut object);
    for (field, default) in
        [("service", &defaults.service), ("environment", &defaults.environment), ("repository", &defaults.repository)]
    {
        if let Some(default) = default {
            object.entry(field).or_insert_with(|| json!(default));
        }
    }
    for field in *identity {
        match object.get(*field) {
            Some(Value::String(text)) if text.is_empty() => return Err(format!("`{field}` is empty")),
            None => return Err(format!("`{field}` is missing")),
            _ => {}
        }
    }
    read(object, defaults)
}

/// The object of a line with the name of its type, out of its envelope where it is in one.
pub fn object(text: &str) -> Result<(String, Object), String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {}", plain(&error)))?;
    let mut object = match value {
        Value::Object(object) => object,
        Value::Array(_) => return Err("not an object but a list".to_owned()),
        _ => return Err("not an object".to_owned()),
    };
    let name = object.get("type").or_else(|| object.get("kind")).cloned();
    if let Some(Value::Object(body)) = object.remove("body") {
        object = body;
    }
    match name {
        Some(Value::String(name)) => Ok((name, object)),
        Some(_) => Err("`type` is not a text".to_owned()),
        None => Err("`type` is missing".to_owned()),
    }
}

fn read<T: DeserializeOwned + Into<Body>>(object: Object) -> Result<Body, String> {
    serde_json::from_value::<T>(Value::Object(object)).map(Into::into).map_err(|error| plain(&error))
}

/// The message of an error without the line, which is always 1.
fn plain(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ").replace("missing field", "missing")
}

fn deployment(object: Object, _: &Defaults) -> Result<Body, String> {
    let body = read::<Deployment>(object)?;
    match &body {
        Body::Deployment(it) if it.outcome != Outcome::Running && it.finished_at.is_none() => {
            Err("`finished_at` is missing".to_owned())
        }
        _ => Ok(body),
    }
}

fn pull_request(mut object: Object, _: &Defaults) -> Result<Body, String> {
    object.entry("title").or_insert_with(|| json!(""));
    read::<PullRequest>(object)
}

fn run(mut object: Object, _: &Defaults) -> Result<Body, String> {
    object.entry("pipeline").or_insert_with(|| json!("pipeline"));
    read::<Run>(object)
}

fn artifact(mut object: Object, defaults: &Defaults) -> Result<Body, String> {
    object.entry("location").or_insert_with(|| json!(defaults.location));
    read::<Artifact>(object)
}

fn incident(mut object: Object, _: &Defaults) -> Result<Body, String> {
    let id = object.get("id").cloned().unwrap_or_default();
    object.entry("title").or_insert(id);
    read::<Incident>(object)
}

fn state(mut object: Object, _: &Defaults) -> Result<Body, String> {
    let track = json!({ "service": object.get("service"), "environment": object.get("environment") });
    object.entry("track").or_insert(track);
    object.entry("health").or_insert_with(|| json!({ "is": "unknown" }));
    read::<TrackState>(object)
}

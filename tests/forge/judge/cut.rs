//! GitHub's description, cut to the routes that the forge has, and corrected where it is known to be wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::super::route::ROUTES;

const WHOLE: &str = "node_modules/@octokit/openapi/generated/api.github.com.json";

/// Where the description is wrong, by what GitHub answers in fact.
const CORRECTIONS: &[(&str, Correction)] = &[
    // A deployment that waits for a protection rule says so.
    ("/components/schemas/deployment-status/properties/state/enum", Correction::Add("waiting")),
    // No address is an empty text, as the defaults of the same description have it.
    ("/components/schemas/deployment-status/properties/environment_url", Correction::Drop("format")),
    ("/components/schemas/deployment-status/properties/log_url", Correction::Drop("format")),
    ("/components/schemas/deployment-status/properties/target_url", Correction::Drop("format")),
];

#[derive(Debug)]
enum Correction {
    /// A list lacks a word.
    Add(&'static str),
    /// A keyword is too strict.
    Drop(&'static str),
}

/// The file with the cut, made once for each list of routes.
pub fn file(directory: &Path) -> PathBuf {
    let routes = ROUTES.iter().map(|it| format!("{} {}\n", it.method, it.template)).collect::<String>();
    let corrections = format!("{CORRECTIONS:?}");
    let digest = Sha256::digest(format!("{routes}{corrections}"));
    let name = digest.iter().take(6).map(|it| format!("{it:02x}")).collect::<String>();
    let file = directory.join(format!("cut-{name}.json"));
    if !file.exists() {
        let whole = fs::read(directory.join(WHOLE)).unwrap_or_else(|why| panic!("{WHOLE}: {why}: tests/forge/install"));
        let whole: Value = serde_json::from_slice(&whole).expect("GitHub's description is JSON");
        let draft = directory.join(format!("cut-{name}.{}", std::process::id()));
        fs::write(&draft, made(whole).to_string()).expect("the cut can be written");
        fs::rename(&draft, &file).expect("the cut can be written");
    }
    file
}

/// The cut itself.
pub fn description(directory: &Path) -> Value {
    serde_json::from_slice(&fs::read(file(directory)).expect("the cut can be read")).expect("the cut is JSON")
}

fn made(mut whole: Value) -> Value {
    for (pointer, correction) in CORRECTIONS {
        let place = whole.pointer_mut(pointer).unwrap_or_else(|| panic!("GitHub's description has no {pointer}"));
        match correction {
            Correction::Add(word) => place.as_array_mut().expect("a list").push((*word).into()),
            Correction::Drop(keyword) => drop(place.as_object_mut().expect("a schema").remove(*keyword)),
        }
    }
    let mut paths = Map::new();
    for route in ROUTES {
        let method = route.method.to_lowercase();
        let operation = &whole["paths"][route.template][&method];
        assert!(!operation.is_null(), "GitHub describes no {} {}", route.method, route.template);
        let path = paths.entry(route.template).or_insert_with(|| json!({}));
        path[method] = operation.clone();
    }
    let mut cut = json!({ "openapi": whole["openapi"], "info": whole["info"], "paths": paths, "components": {} });
    for pointer in reachable(&whole, &cut["paths"]) {
        let mut parts = pointer.trim_start_matches("#/components/").splitn(2, '/');
        let (Some(kind), Some(name)) = (parts.next(), parts.next()) else { continue };
        cut["components"][kind][name] = whole["components"][kind][name].clone();
    }
    cut
}

/// All references from a value, and from what they stand for.
pub fn reachable(whole: &Value, from: &Value) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(it) = open.pop() {
        match it {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                open.extend(members.values());
                let pointer = members.get("$ref").and_then(Value::as_str);
                if let Some(pointer) = pointer.filter(|it| seen.insert((*it).to_owned())) {
                    let found = whole.pointer(pointer.trim_start_matches('#'));
                    open.push(found.unwrap_or_else(|| panic!("{pointer} is not described")));
                }
            }
            _ => {}
        }
    }
    seen
}

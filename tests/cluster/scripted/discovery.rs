//! What a server says that it has.

use serde_json::{Value, json};

use super::api::Kind;

/// The answer to a path of discovery, if it is one.
pub fn answer(path: &str, kinds: &[&Kind]) -> Option<Value> {
    let path = path.trim_matches('/');
    match path {
        "version" => Some(json!({ "major": "1", "minor": "33", "gitVersion": "v1.33.0", "platform": "linux/amd64" })),
        "api" => Some(json!({ "kind": "APIVersions", "versions": ["v1"] })),
        "apis" => Some(groups(kinds)),
        _ => resources(path, kinds),
    }
}

fn groups(kinds: &[&Kind]) -> Value {
    let mut names: Vec<(&str, &str)> =
        kinds.iter().map(|it| (it.group(), it.version())).filter(|(group, _)| !group.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let groups = names.iter().map(|(group, version)| {
        let version = json!({ "groupVersion": format!("{group}/{version}"), "version": version });
        json!({ "name": group, "versions": [version], "preferredVersion": version })
    });
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups.collect::<Vec<_>>() })
}

fn resources(path: &str, kinds: &[&Kind]) -> Option<Value> {
    let version = path.strip_prefix("apis/").or_else(|| path.strip_prefix("api/"))?;
    let of: Vec<Value> = kinds
        .iter()
        .filter(|it| it.api_version == version)
        .map(|it| {
            json!({
                "name": it.plural, "singularName": "", "namespaced": it.namespaced, "kind": it.kind,
                "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
            })
        })
        .collect();
    (!of.is_empty())
        .then(|| json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": of }))
}

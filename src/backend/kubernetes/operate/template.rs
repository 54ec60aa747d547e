//! Templates of pods: what they hold, and when two of them are one.

use serde_json::Value;

use super::json::{list, text, without_nulls};

/// The label by which a Deployment tells the pods of its ReplicaSets apart.
pub const HASH: &str = "pod-template-hash";

/// Where the template stands in a workload.
pub const AT: &str = "/spec/template";

/// A container that a template names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container<'a> {
    /// Where it stands in the template: `/spec/containers/0`.
    pub at: String,
    /// Its name.
    pub name: &'a str,
    /// Its image, as it is asked for.
    pub image: &'a str,
}

/// The containers of a template, those that run before the others first.
pub fn containers(template: &Value) -> Vec<Container<'_>> {
    let places = ["/spec/initContainers", "/spec/containers"];
    let of = |place: &'static str| list(template, place).iter().enumerate().map(move |(n, it)| (place, n, it));
    let all = places.into_iter().flat_map(of);
    all.map(|(place, n, it)| Container {
        at: format!("{place}/{n}"),
        name: text(it, "/name"),
        image: text(it, "/image"),
    })
    .collect()
}

/// Whether pods made from both are alike, as kubectl and the controllers compare them: the hash label tells only which
/// revision it is, and a field that is null is none.
pub fn same(one: &Value, other: &Value) -> bool {
    bare(one) == bare(other)
}

/// The template without what a ReplicaSet or a ControllerRevision adds to it.
pub fn bare(template: &Value) -> Value {
    let mut bare = without_nulls(&without_hash(template));
    if let Some(map) = bare.as_object_mut() {
        map.remove("$patch");
    }
    bare
}

/// The template without the label that the controller adds, all else as it stands.
pub fn without_hash(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(HASH);
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn template(hash: Option<&str>, image: &str) -> Value {
        let mut labels = json!({ "app": "shop" });
        if let Some(hash) = hash {
            labels[HASH] = json!(hash);
        }
        json!({ "metadata": { "creationTimestamp": null, "labels": labels }, "spec": { "containers": [{ "name": "a", "image": image }] } })
    }

    #[test]
    fn the_hash_and_nulls_do_not_count() {
        let cases = [
            (template(Some("1"), "a:1"), template(None, "a:1"), true),
            (template(Some("1"), "a:1"), template(Some("2"), "a:1"), true),
            (template(None, "a:1"), template(None, "a:2"), false),
            (json!({ "$patch": "replace", "spec": {} }), json!({ "spec": {} }), true),
            (json!({ "spec": { "securityContext": {} } }), json!({ "spec": {} }), false),
        ];
        for (one, other, expected) in cases {
            assert_eq!(same(&one, &other), expected, "{one} {other}");
        }
    }

    #[test]
    fn containers_say_where_they_stand() {
        let template = json!({ "spec": {
            "initContainers": [{ "name": "migrate", "image": "m:1" }],
            "containers": [{ "name": "a", "image": "a:1" }, { "name": "b" }, 7],
        } });
        let found: Vec<_> = containers(&template).into_iter().map(|it| (it.at, it.name, it.image)).collect();
        let expected = [
            ("/spec/initContainers/0".to_owned(), "migrate", "m:1"),
            ("/spec/containers/0".to_owned(), "a", "a:1"),
            ("/spec/containers/1".to_owned(), "b", ""),
            ("/spec/containers/2".to_owned(), "", ""),
        ];
        assert_eq!(found, expected);
    }
}

//! An object as it came: its metadata as far as a watch needs them, and its text.
//!
//! One type for every kind, so that one broken object breaks no list: what it holds is read afterwards, one by one.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::{ApiResource, DynamicResourceScope};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An object as it came.
#[derive(Clone, Debug)]
pub struct Raw {
    meta: ObjectMeta,
    json: Box<RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    metadata: HeadMeta,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct HeadMeta {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
}

impl Raw {
    /// Its text.
    pub fn json(&self) -> &str {
        self.json.get()
    }

    /// What tells it from all others; empty when it does not say.
    pub fn uid(&self) -> &str {
        self.meta.uid.as_deref().unwrap_or_default()
    }

    /// What it is called, for people.
    pub fn name(&self) -> &str {
        self.meta.name.as_deref().unwrap_or("(an object without a name)")
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let head: HeadMeta = serde_json::from_str::<Head>(json.get()).unwrap_or_default().metadata;
        let meta = ObjectMeta {
            name: head.name,
            namespace: head.namespace,
            uid: head.uid,
            resource_version: head.resource_version,
            ..ObjectMeta::default()
        };
        Ok(Self { meta, json })
    }
}

impl Resource for Raw {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(of: &ApiResource) -> Cow<'_, str> {
        of.kind.as_str().into()
    }

    fn group(of: &ApiResource) -> Cow<'_, str> {
        of.group.as_str().into()
    }

    fn version(of: &ApiResource) -> Cow<'_, str> {
        of.version.as_str().into()
    }

    fn api_version(of: &ApiResource) -> Cow<'_, str> {
        of.api_version.as_str().into()
    }

    fn plural(of: &ApiResource) -> Cow<'_, str> {
        of.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::{ObjectList, WatchEvent};

    #[test]
    fn a_list_with_a_broken_object_is_read_all_the_same() {
        let text = r#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[
            {"metadata":{"name":"a","uid":"1","resourceVersion":"5"},"spec":1}, {"metadata":[]}, 7]}"#;
        let list: ObjectList<Raw> = serde_json::from_str(text).expect("a list");
        let names: Vec<&str> = list.items.iter().map(Raw::name).collect();
        assert_eq!(names, ["a", "(an object without a name)", "(an object without a name)"]);
    }

    #[test]
    fn an_event_of_a_watch_is_read() {
        let text = r#"{"type":"ADDED","object":{"metadata":{"name":"a","uid":"1","resourceVersion":"5"}}}"#;
        let event: WatchEvent<Raw> = serde_json::from_str(text).expect("an event");
        assert!(matches!(event, WatchEvent::Added(raw) if raw.uid() == "1"));
    }
}

//! Whatever a server sends, nothing here falls over it.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::fixture::{order, rules};
use crate::backend::Verb;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::operate::action::{Means, decide};
use crate::backend::kubernetes::operate::request::ObjectName;
use crate::backend::kubernetes::operate::scene::Scene;
use crate::backend::kubernetes::operate::verify::judge;
use crate::backend::kubernetes::operate::{available, first, owner, risks, selector, source};
use crate::backend::kubernetes::settings::RepositoryOf;
use crate::model::Time;

/// Fields that are looked for.
const FIELDS: [&str; 22] = [
    "metadata",
    "spec",
    "status",
    "template",
    "containers",
    "initContainers",
    "name",
    "image",
    "labels",
    "annotations",
    "managedFields",
    "ownerReferences",
    "controller",
    "uid",
    "revision",
    "data",
    "replicas",
    "paused",
    "conditions",
    "containerStatuses",
    "state",
    "deployment.kubernetes.io/revision",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|it| json!(it)),
        prop_oneof![Just("u".to_owned()), Just("1".to_owned()), ".{0,8}"].prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let field = prop::sample::select(FIELDS.to_vec());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((field, inner), 0..6).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
            }),
        ]
    })
}

/// Something that has at least the identity that a list gives it.
fn object() -> impl Strategy<Value = Value> {
    (value(), value()).prop_map(|(metadata, rest)| {
        let mut object = if rest.is_object() { rest } else { json!({ "spec": rest }) };
        object["metadata"] = metadata;
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.entry("uid").or_insert_with(|| json!("u"));
            metadata.entry("name").or_insert_with(|| json!("shop"));
            metadata.entry("ownerReferences").or_insert_with(|| json!([{ "uid": "u", "controller": true }]));
        }
        object
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_falls_over_an_object_that_makes_no_sense(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        own in object(),
        revisions in prop::collection::vec(object(), 0..3),
        pods in prop::collection::vec(object(), 0..3),
        version in "[#0-9a]{0,4}",
    ) {
        let rules = rules();
        let name = ObjectName { resource: kind.resource(), namespace: "prod".into(), name: "shop".into() };
        selector::of(&own);
        let scene = Scene::new(kind, name, own, revisions, pods, Vec::new());
        let _ = (first::words(&scene.object), owner::of(&scene.object), available::kept(&scene, &rules, "shop"));
        let taken = source::taken(&scene, &rules, "shop", &"dev".into(), &version.as_str().into()).ok();
        for verb in Verb::ALL {
            let order = order(verb, &version);
            let means = Means { rules: &rules, repository: RepositoryOf::Target, taken: taken.as_ref(), now: Time::UNIX_EPOCH };
            if let Ok(action) = decide(&scene, &order, &means) {
                let view = scene.view(&rules, "shop");
                risks::of(&risks::Look { scene: &scene, view: view.as_ref(), action: &action, rules: &rules });
                if let Ok(request) = action.request(scene.subject()) {
                    request.shown();
                    request.http(true).expect("a request");
                }
            }
            judge(&scene, &rules, &order, None, Time::UNIX_EPOCH);
        }
    }
}

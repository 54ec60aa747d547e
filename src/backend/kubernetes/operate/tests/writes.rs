//! The writes as data.

use serde_json::{Value, json};

use crate::backend::kubernetes::image::Reference;
use crate::backend::kubernetes::kind::Kind;
use crate::backend::kubernetes::operate::request::{Body, ObjectName, Request};
use crate::backend::kubernetes::operate::revision::NUMBER;
use crate::backend::kubernetes::operate::scene::Scene;
use crate::backend::kubernetes::operate::{promote, rollback, switch, template};
use crate::model::Digest;

fn name(kind: Kind) -> ObjectName {
    ObjectName { resource: kind.resource(), namespace: "prod".into(), name: "shop".into() }
}

fn pod_template(image: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "shop" } },
        "spec": {
            "initContainers": [{ "name": "migrate", "image": image }],
            "containers": [{ "name": "proxy", "image": "envoy:1" }, { "name": "web", "image": image, "newField": { "of": ["a", 7] } }],
        },
    })
}

fn deployment(image: &str) -> Scene {
    let object = json!({
        "metadata": {
            "name": "shop", "uid": "u1", "resourceVersion": "41",
            "annotations": {
                NUMBER: "3", "own": "gone after it",
                "kubectl.kubernetes.io/last-applied-configuration": "{of the Deployment}",
                "kubernetes.io/change-cause": "the bad one",
            },
        },
        "spec": { "replicas": 2, "template": pod_template(image), "strategy": { "type": "RollingUpdate" } },
    });
    let revisions = [("1", "shop:1"), ("2", "shop:2"), ("3", image)];
    let revisions = revisions.into_iter().map(|(number, image)| {
        let mut template = pod_template(image);
        template["metadata"]["labels"][template::HASH] = json!(format!("hash{number}"));
        json!({
            "metadata": {
                "name": format!("shop-hash{number}"), "uid": format!("uid of {number}"), "ownerReferences": [{ "uid": "u1", "controller": true }], "labels": { "app": "shop", template::HASH: format!("hash{number}") },
                "annotations": {
                    NUMBER: number, "deployment.kubernetes.io/desired-replicas": "2", "deployment.kubernetes.io/max-replicas": "3",
                    "kubectl.kubernetes.io/last-applied-configuration": "{of the ReplicaSet}",
                    "kubernetes.io/change-cause": format!("revision {number}"), "team": "web",
                },
            },
            "spec": { "template": template },
        })
    });
    Scene::new(Kind::Deployment, name(Kind::Deployment), object, revisions.collect(), Vec::new(), Vec::new())
}

fn stateful_set() -> Scene {
    let template = |image: &str| {
        let mut template = pod_template(image);
        template["$patch"] = json!("replace");
        template
    };
    let object = json!({
        "metadata": { "name": "db", "uid": "u2", "resourceVersion": "7" },
        "spec": { "replicas": 3, "template": pod_template("db:2"), "updateStrategy": { "type": "RollingUpdate" } },
    });
    let revision = |number: i64, name: &str, image: &str| {
        json!({
            "metadata": { "name": name, "uid": format!("uid of {name}"), "ownerReferences": [{ "uid": "u2", "controller": true }] },
            "revision": number, "data": { "spec": { "template": template(image) } },
        })
    };
    let pod = |name: &str, revision: &str, ready: &str| {
        json!({
            "metadata": { "name": name, "uid": format!("uid of {name}"), "resourceVersion": "9", "ownerReferences": [{ "uid": "u2", "controller": true }], "labels": { "controller-revision-hash": revision } },
            "status": { "conditions": [{ "type": "Ready", "status": ready }] },
        })
    };
    let revisions = vec![revision(1, "db-a", "db:1"), revision(2, "db-b", "db:2")];
    let pods = vec![pod("db-0", "db-a", "True"), pod("db-1", "db-a", "False"), pod("db-2", "db-b", "False")];
    Scene::new(Kind::StatefulSet, name(Kind::StatefulSet), object, revisions, pods, Vec::new())
}

fn operations(request: &Request) -> &[Value] {
    match &request.body {
        Body::Json(operations) => operations,
        other => panic!("no JSON patch: {other:?}"),
    }
}

const TESTS: usize = 2;

#[test]
fn a_promotion_holds_for_the_image_that_was_seen_and_names_who_and_why() {
    let scene = deployment("shop:3");
    let container = promote::container(scene.subject(), "web").expect("it is there");
    let request =
        promote::set_image(scene.subject(), &container, "shop:4@sha256:ab", "fix the cart (ann, flightdeck op-1)");
    let expected = json!([
        { "op": "test", "path": "/metadata/uid", "value": "u1" },
        { "op": "test", "path": "/metadata/resourceVersion", "value": "41" },
        { "op": "test", "path": "/spec/template/spec/containers/1/image", "value": "shop:3" },
        { "op": "replace", "path": "/spec/template/spec/containers/1/image", "value": "shop:4@sha256:ab" },
        { "op": "add", "path": "/metadata/annotations/kubernetes.io~1change-cause", "value": "fix the cart (ann, flightdeck op-1)" },
    ]);
    assert_eq!(json!(operations(&request)), expected);
    let left: Vec<String> =
        promote::siblings(scene.subject(), &container, "shop:4").iter().map(ToString::to_string).collect();
    assert_eq!(left, ["container migrate has the same repository and stays at shop:3"]);
    assert!(promote::container(scene.subject(), "none").is_err_and(|why| why.as_str().contains("migrate, proxy, web")));
}

#[test]
fn a_container_that_runs_before_the_others_can_be_the_one() {
    let mut scene = deployment("shop:3");
    scene.object["metadata"]["annotations"] = Value::Null;
    let container = promote::container(scene.subject(), "migrate").expect("it is there");
    let request = promote::set_image(scene.subject(), &container, "shop:4", "why");
    let operations = &operations(&request)[TESTS..];
    assert_eq!(operations[1]["path"], "/spec/template/spec/initContainers/0/image");
    let annotations =
        json!({ "op": "add", "path": "/metadata/annotations", "value": { "kubernetes.io/change-cause": "why" } });
    assert_eq!(operations[2], annotations);
}

#[test]
fn the_image_is_named_as_where_it_comes_from() {
    let cases = [
        ("r.io:5000/shop:1", Some("sha256:ab"), None, "r.io:5000/shop:1@sha256:ab"),
        ("r.io/shop:1", None, None, "r.io/shop:1"),
        ("r.io/shop@sha256:cd", None, None, "r.io/shop@sha256:cd"),
        ("r.io/shop:1@sha256:cd", None, Some("eu.r.io/shop"), "eu.r.io/shop:1@sha256:cd"),
        ("shop", None, None, "shop"),
    ];
    for (from, digest, repository, expected) in cases {
        let digest = digest.map(Digest::from);
        assert_eq!(promote::image(&Reference::parse(from), digest.as_ref(), repository), expected, "{from}");
    }
}

#[test]
fn a_deployment_gets_template_and_annotations_of_the_revision_and_keeps_its_own() {
    let scene = deployment("shop:3");
    let request = rollback::put_back(scene.subject(), &scene.revisions[0], false);
    let operations = operations(&request);
    assert_eq!(operations[2], json!({ "op": "replace", "path": "/spec/template", "value": pod_template("shop:1") }));
    let annotations = json!({
        NUMBER: "3",
        "kubectl.kubernetes.io/last-applied-configuration": "{of the Deployment}",
        "kubernetes.io/change-cause": "revision 1",
        "team": "web",
    });
    assert_eq!(operations[3], json!({ "op": "add", "path": "/metadata/annotations", "value": annotations }));
    assert_eq!(operations.len(), 4);
    assert!(request.holds.contains("resourceVersion 41"));
}

#[test]
fn a_controller_revision_is_its_own_patch_and_holds_for_the_object_as_read() {
    let scene = stateful_set();
    let request = rollback::put_back(scene.subject(), &scene.revisions[0], false);
    let mut template = pod_template("db:1");
    template["$patch"] = json!("replace");
    let expected = json!({ "metadata": { "uid": "u2", "resourceVersion": "7" }, "spec": { "template": template } });
    assert_eq!(request.body, Body::Strategic(expected));
}

#[test]
fn a_pod_that_a_stateful_set_waits_for_in_vain_is_deleted_after_it() {
    let mut scene = stateful_set();
    let names = |scene: &Scene| {
        let pods = rollback::in_the_way(scene, &scene.revisions[0]);
        pods.iter().map(|it| it["metadata"]["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&scene), ["db-2"]);
    let request = rollback::delete("prod", &scene.pods[2]);
    assert_eq!(request.object.collection(), "/api/v1/namespaces/prod/pods");
    assert_eq!(request.body, Body::Delete { uid: "uid of db-2".into(), resource_version: "9".into() });

    scene.pods[2]["metadata"]["deletionTimestamp"] = json!("2026-11-21T12:00:00Z");
    assert!(names(&scene).is_empty(), "it goes already");
    let mut scene = stateful_set();
    scene.object["spec"]["podManagementPolicy"] = json!("Parallel");
    assert!(names(&scene).is_empty(), "it does not wait in order");
    scene.object["spec"]["podManagementPolicy"] = json!("OrderedReady");
    scene.object["spec"]["updateStrategy"]["type"] = json!("OnDelete");
    assert!(names(&scene).is_empty(), "it replaces nothing by itself");
}

#[test]
fn pausing_and_resuming_are_refused_where_they_would_do_nothing() {
    let mut scene = deployment("shop:3");
    assert!(switch::resume(scene.subject()).is_err_and(|why| why.as_str() == "deployments/shop is not paused"));
    let pause = switch::pause(scene.subject()).expect("it runs");
    assert_eq!(operations(&pause)[TESTS..], [json!({ "op": "add", "path": "/spec/paused", "value": true })]);
    scene.object["spec"]["paused"] = json!(true);
    assert!(switch::pause(scene.subject()).is_err_and(|why| why.as_str() == "deployments/shop is paused already"));
    let resume = switch::resume(scene.subject()).expect("it is paused");
    assert_eq!(operations(&resume)[TESTS..], [json!({ "op": "remove", "path": "/spec/paused" })]);
    assert!(switch::restart(scene.subject(), chrono::DateTime::UNIX_EPOCH, "why").is_err());
    let why = switch::pause(stateful_set().subject()).expect_err("only Deployments");
    assert_eq!(why.as_str(), "shop is a StatefulSet: only Deployments can be paused");
}

#[test]
fn a_restart_marks_the_template() {
    let scene = deployment("shop:3");
    let request = switch::restart(scene.subject(), chrono::DateTime::UNIX_EPOCH, "why").expect("it runs");
    let expected = json!([
        { "op": "add", "path": "/spec/template/metadata/annotations", "value": { "kubectl.kubernetes.io/restartedAt": "1970-01-01T00:00:00Z" } },
        { "op": "add", "path": "/metadata/annotations/kubernetes.io~1change-cause", "value": "why" },
    ]);
    assert_eq!(json!(operations(&request)[TESTS..]), expected);
}

#[test]
fn what_is_sent_is_what_was_said() {
    let scene = deployment("shop:3");
    let request = rollback::put_back(scene.subject(), &scene.revisions[0], false);
    for (dry_run, query) in [(false, "?&fieldManager=flightdeck"), (true, "?&dryRun=All&fieldManager=flightdeck")] {
        let http = request.http(dry_run).expect("a request");
        assert_eq!(
            (http.method().as_str(), http.headers()["content-type"].to_str().ok()),
            ("PATCH", Some("application/json-patch+json"))
        );
        assert_eq!(http.uri().to_string(), format!("/apis/apps/v1/namespaces/prod/deployments/shop{query}"));
        assert_eq!(serde_json::from_slice::<Value>(http.body()).expect("JSON"), json!(operations(&request)));
    }
}

#[test]
fn secrets_in_a_template_are_not_shown() {
    let mut scene = deployment("shop:3");
    let environment =
        json!([{ "name": "DB_PASSWORD", "value": "hunter2" }, { "name": "DATABASE", "value": "db://u:swordfish@db" }]);
    scene.revisions[0].raw["spec"]["template"]["spec"]["containers"][1]["env"] = environment;
    let request = rollback::put_back(scene.subject(), &scene.revisions[0], false);
    let shown = request.shown();
    let verbatim = shown.verbatim.as_str();
    assert!(verbatim.starts_with("PATCH /apis/apps/v1/namespaces/prod/deployments/shop?fieldManager=flightdeck"));
    let hidden = ["hunter2", "swordfish", "{of the Deployment}"];
    assert!(hidden.iter().all(|it| !verbatim.contains(it)) && verbatim.contains("DATABASE"));
    let http = request.http(false).expect("a request");
    assert!(String::from_utf8_lossy(http.body()).contains("hunter2"), "what is sent is whole");
}

#[test]
fn a_body_that_is_long_is_cut_and_says_so() {
    let mut scene = deployment("shop:3");
    scene.revisions[0].raw["spec"]["template"]["spec"]["note"] = json!("é".repeat(100_000));
    let shown = rollback::put_back(scene.subject(), &scene.revisions[0], false).shown();
    assert!(shown.verbatim.as_str().ends_with("bytes in all)"));
}

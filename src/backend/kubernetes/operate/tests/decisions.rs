//! What an order is decided to be, what could go wrong with it, and what is refused.

use serde_json::{Value, json};

use super::fixture::{Made, order, rules, template};
use crate::backend::kubernetes::kind::{Kind, Watched};
use crate::backend::kubernetes::operate::action::{Action, Means, decide};
use crate::backend::kubernetes::operate::scene::Scene;
use crate::backend::kubernetes::operate::source::{self, Taken};
use crate::backend::kubernetes::operate::{available, risks, same_binary};
use crate::backend::kubernetes::settings::RepositoryOf;
use crate::backend::{Order, Place, SameBinary, Verb};
use crate::model::{Digest, Time};

fn decided(scene: &Scene, order: &Order, taken: Option<&Taken>) -> Result<Action, String> {
    let rules = rules();
    let means = Means { rules: &rules, repository: RepositoryOf::Source, taken, now: Time::UNIX_EPOCH };
    decide(scene, order, &means).map_err(|why| why.to_string())
}

/// The number of the revision that is put back.
fn put_back(scene: &Scene, verb: Verb, version: &str) -> Result<i64, String> {
    match decided(scene, &order(verb, version), None)? {
        Action::PutBack { revision, .. } => Ok(revision.number),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rollback_takes_the_newest_revision_of_the_version_that_is_another_template() {
    let mut made = Made::of(Kind::Deployment, &["shop:1", "shop:2", "shop:1", "shop:3"]);
    // The same version with other settings.
    made.revisions[2]["spec"]["template"]["spec"]["note"] = json!("x");
    let scene = made.scene();
    let cases = [
        ("1", Ok(3)),
        ("2", Ok(2)),
        ("#0", Ok(3)),
        ("#1", Ok(1)),
        ("3", Err("no effect: the template is that of revision 4 already")),
        ("1#1", Ok(1)),
        ("2#1", Err("revision 1 runs 1, not 2")),
        ("#4", Err("no effect: the template is that of revision 4 already")),
        ("#9", Err("there is no revision 9 of deployments/shop: 1, 2, 3, 4 are kept")),
        ("7", Err("no revision of deployments/shop that is kept runs 7; kept are 3, 1, 2")),
    ];
    for (version, expected) in cases {
        assert_eq!(put_back(&scene, Verb::RollBack, version), expected.map_err(str::to_owned), "{version}");
    }
}

#[test]
fn without_history_there_is_nothing_to_go_back_to() {
    let scene = Made::of(Kind::DaemonSet, &["shop:1"]).scene();
    let why = put_back(&scene, Verb::RollBack, "#0");
    assert_eq!(why, Err("there is no revision before the newest of daemonsets/shop: 1 are kept".to_owned()));
    let scene = Made::of(Kind::StatefulSet, &[]).scene();
    let why = put_back(&scene, Verb::RollBack, "1");
    assert_eq!(why, Err("no revision of statefulsets/shop that is kept runs 1; kept are none".to_owned()));
}

#[test]
fn an_abort_goes_to_what_serves_and_only_while_something_is_on_its_way() {
    let rolling = || Made::of(Kind::Deployment, &["shop:1", "shop:2"]).set("/status/updatedReplicas", json!(1));
    assert_eq!(put_back(&rolling().pod(1, true, Value::Null).scene(), Verb::Abort, "1"), Ok(1));
    let gone = put_back(&rolling().pod(2, false, Value::Null).scene(), Verb::Abort, "1");
    assert_eq!(gone, Err("nothing older serves any more: roll back instead".to_owned()));
    let other = put_back(&rolling().pod(1, true, Value::Null).scene(), Verb::Abort, "0");
    assert_eq!(other, Err("1 serves, not 0".to_owned()));
    let paused = rolling().pod(1, true, Value::Null).set("/spec/paused", json!(true)).scene();
    let action = decided(&paused, &order(Verb::Abort, "1"), None);
    assert!(matches!(action, Ok(Action::PutBack { resume: true, .. })), "{action:?}");
    let whole = json!({ "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 });
    let still = put_back(&rolling().set("/status", whole).scene(), Verb::Abort, "1");
    assert_eq!(still, Err("no rollout is on its way".to_owned()));
}

#[test]
fn a_promotion_takes_the_image_and_the_digest_that_all_pods_tell() {
    let id = |digest: &str| json!({ "imageID": format!("r.io/shop@{digest}") });
    let digest = |it: &Taken| it.digest.as_ref().map(|it| it.as_str().to_owned());
    let taken = |made: Made, version: &str| {
        source::taken(&made.scene(), &rules(), "shop", &"dev".into(), &version.into()).map_err(|why| why.to_string())
    };
    let dev = || Made::of(Kind::Deployment, &["r.io/shop:1", "r.io/shop:2"]);
    let one = taken(dev().pod(2, true, id("sha256:ab")).pod(2, true, id("sha256:ab")), "2").expect("it runs");
    assert_eq!((one.image.written().as_str(), digest(&one).as_deref()), ("r.io/shop:2", Some("sha256:ab")));
    let several = taken(dev().pod(2, true, id("sha256:ab")).pod(2, true, id("sha256:cd")), "2").expect("it runs");
    assert_eq!(digest(&several), None);
    let why = several.undigested.map(|it| it.to_string());
    assert_eq!(why.as_deref(), Some("pods in dev run several builds as r.io/shop:2: ab, cd"));
    // An id of a configuration is no digest that could be pulled.
    let none = taken(dev().pod(2, true, json!({ "imageID": "sha256:ab" })), "2").expect("it runs");
    assert_eq!(none.undigested.as_ref().map(|it| it.as_str()), Some("no pod in dev tells the digest of r.io/shop:2"));
    assert_eq!(taken(dev().pod(2, true, Value::Null), "7"), Err("dev does not run 7: it runs 2".to_owned()));
    // What a tag that moves is, only pods tell.
    let moving = || Made::of(Kind::Deployment, &["r.io/shop:main"]).pod(1, true, id("sha256:0123456789abcdef"));
    let found = taken(moving(), "main@0123456789ab").expect("it runs");
    assert_eq!(digest(&found).as_deref(), Some("sha256:0123456789abcdef"));
    assert_eq!(
        taken(moving(), "main@ffffffffffff"),
        Err("dev does not run main@ffffffffffff: it runs main@0123456789ab".to_owned())
    );
    let written = taken(Made::of(Kind::Deployment, &["r.io/shop:2@sha256:ef"]), "2").expect("it is set");
    assert_eq!(digest(&written).as_deref(), Some("sha256:ef"));
}

#[test]
fn a_promotion_that_changes_nothing_or_cannot_be_told_is_refused() {
    let scene = Made::of(Kind::Deployment, &["r.io/shop:1"]).scene();
    let by_tag = decided(&scene, &order(Verb::Promote, "2"), None);
    assert!(matches!(&by_tag, Ok(Action::SetImage { image, .. }) if image == "r.io/shop:2"), "{by_tag:?}");
    let same = decided(&scene, &order(Verb::Promote, "1"), None);
    assert_eq!(same, Err("no effect: container shop runs r.io/shop:1 already".to_owned()));
    let odd = decided(&scene, &order(Verb::Promote, "latest@0123456789ab"), None);
    assert_eq!(odd, Err("no environment tells which image latest@0123456789ab is".to_owned()));
    let paused = Made::of(Kind::Deployment, &["r.io/shop:1"]).set("/spec/paused", json!(true)).scene();
    assert!(decided(&paused, &order(Verb::Promote, "2"), None).is_err_and(|why| why.contains("is paused")));
}

fn risks_of(scene: &Scene, action: &Action) -> Vec<String> {
    let rules = rules();
    let view = scene.view(&rules, "shop");
    let look = risks::Look { scene, view: view.as_ref(), action, rules: &rules };
    risks::of(&look).iter().map(ToString::to_string).collect()
}

#[test]
fn what_could_go_wrong_is_told() {
    let restart = Action::Restart { at: Time::UNIX_EPOCH, cause: String::new() };
    let set = |image: &str| Action::SetImage {
        container: "shop".into(),
        before: "shop:1".into(),
        image: image.into(),
        cause: String::new(),
    };
    let one = |kind| Made::of(kind, &["shop:1"]);
    let scaler = json!({
        "metadata": { "name": "scaler", "namespace": "prod", "uid": "s" },
        "spec": { "scaleTargetRef": { "kind": "Deployment", "name": "shop" }, "minReplicas": 2, "maxReplicas": 9 },
    });
    let scaled = |mut made: Made| {
        made.others.push((Watched::Autoscaler, scaler.clone()));
        made
    };
    let strategy = |kind: &str| json!({ "type": kind });
    let partition = json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 1 } });
    let cases = [
        (one(Kind::Deployment), set("shop:2"), ""),
        (
            one(Kind::Deployment).set("/spec/replicas", json!(0)),
            set("shop:2"),
            "scaled to 0: nothing runs before or after",
        ),
        (scaled(one(Kind::Deployment)), set("shop:2"), "HorizontalPodAutoscaler scaler sets its replicas (2 to 9)"),
        (
            scaled(one(Kind::Deployment)).set("/spec/replicas", json!(0)),
            Action::Pause,
            "where HorizontalPodAutoscaler scaler rests",
        ),
        (
            one(Kind::Deployment).set("/spec/strategy", strategy("Recreate")),
            restart.clone(),
            "all pods end before new ones start",
        ),
        (one(Kind::Deployment).set("/spec/strategy", strategy("Recreate")), Action::Pause, ""),
        (
            one(Kind::DaemonSet).set("/spec/updateStrategy", strategy("OnDelete")),
            restart.clone(),
            "only when somebody deletes them",
        ),
        (one(Kind::StatefulSet).set("/spec/updateStrategy", partition), restart.clone(), "its partition is 1"),
        (
            one(Kind::Deployment).set("/spec/revisionHistoryLimit", json!(0)),
            set("shop:2"),
            "there is nothing to go back to",
        ),
        (one(Kind::Deployment), set("eu/shop:2"), "the repository changes from shop to eu/shop"),
        (one(Kind::Deployment), set("shop:latest"), "shop:latest can be moved"),
        (one(Kind::Deployment), set("shop"), "shop can be moved"),
        (one(Kind::Deployment), set("shop:latest@sha256:ab"), ""),
    ];
    for (made, action, expected) in cases {
        let told = risks_of(&made.scene(), &action);
        if expected.is_empty() {
            assert_eq!(told, Vec::<String>::new(), "{action:?}");
        } else {
            assert!(matches!(told.as_slice(), [one] if one.contains(expected)), "{expected}: {told:?}");
        }
    }
}

#[test]
fn an_old_template_says_what_else_it_changes() {
    let mut made = Made::of(Kind::Deployment, &["shop:1", "shop:1", "shop:2"]);
    made.revisions[0]["spec"]["template"]["spec"]["containers"][1]["image"] = json!("mesh:0");
    made.revisions[0]["spec"]["template"]["spec"]["initContainers"] = json!([{ "name": "migrate", "image": "m:1" }]);
    let mut now = template("shop:2");
    now["spec"]["containers"].as_array_mut().expect("a list").push(json!({ "name": "logs", "image": "logs:1" }));
    let scene = made.set("/spec/template", now).scene();
    let action = decided(&scene, &order(Verb::RollBack, "#1"), None).expect("it is there");
    let expected = [
        "container proxy goes from mesh:1 to mesh:0 too",
        "container logs goes: the old template has none",
        "container migrate comes back with m:1",
        "1 is kept with other settings too, as 1: revision 1 is meant",
    ];
    assert_eq!(risks_of(&scene, &action), expected);
}

#[test]
fn only_digests_prove_that_the_bytes_are_those_that_ran() {
    let rules = rules();
    let said = |image: &str, ran: Option<&str>| {
        let scene = Made::of(Kind::Deployment, &[image, "shop:2"]).scene();
        let mut order = order(Verb::RollBack, "#1");
        order.to.digest = ran.map(Digest::from);
        let action = decided(&scene, &order, None).expect("it is there");
        same_binary::of(&order, &action, None, scene.view(&rules, "shop").as_ref())
    };
    assert!(matches!(said("shop:1@sha256:ab", None), SameBinary::Yes(_)));
    assert!(matches!(said("shop:1@sha256:ab", Some("sha256:ab")), SameBinary::Yes(_)));
    assert!(matches!(said("shop:1@sha256:ab", Some("sha256:cd")), SameBinary::No(_)));
    assert!(matches!(said("shop:1", Some("sha256:ab")), SameBinary::Unknown(_)));
    assert!(matches!(said("shop:1", None), SameBinary::Unknown(_)));
}

#[test]
fn what_is_kept_can_be_chosen_each_with_the_reason_where_not() {
    let made = || Made::of(Kind::StatefulSet, &["shop:1", "shop:2", "shop:1", "shop:3"]);
    let told = |made: Made| -> Vec<(String, Option<String>)> {
        let all = available::kept(&made.scene(), &rules(), "shop");
        assert!(all.iter().all(|it| it.place == Place::Installed));
        all.iter().map(|it| (it.version.to_string(), it.refused.as_ref().map(ToString::to_string))).collect()
    };
    let set = Some("it is set already".to_owned());
    let expected = [("3", set), ("1", None), ("2", None), ("1#1", None)].map(|(name, why)| (name.to_owned(), why));
    assert_eq!(told(made()), expected);
    // What was only started anew since is not another one.
    let mut restarted = made();
    let at = json!({ "kubectl.kubernetes.io/restartedAt": "2026-11-21T12:00:00Z" });
    restarted.revisions[2]["data"]["spec"]["template"]["metadata"]["annotations"] = at;
    assert_eq!(told(restarted).len(), 3);
    let paused = told(made().set("/spec/paused", json!(true)));
    assert!(paused.iter().all(|(_, why)| why.as_deref() == Some("it is paused: resume it first")), "{paused:?}");
}

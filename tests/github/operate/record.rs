//! What other backends deploy is written down.

use flightdeck::backend::{Order, Recorded, Recording, Verb};
use flightdeck::model::Installed;
use serde_json::json;

use super::desk::{Desk, SHOP, production};
use crate::forge::Fault;

fn recording(desk: &Desk, version: &str, succeeded: bool) -> Recording {
    let commit = desk.forge.at(SHOP, |it| it.resolve(version).map(|it| it.sha.parse().expect("a commit")));
    Recording {
        by: "clusters".into(),
        order: Order {
            operation: "op-1".into(),
            verb: Verb::Promote,
            track: production(),
            from: None,
            coming: None,
            to: Installed { version: version.into(), digest: None, commit, since: None },
            source: None,
            expected: None,
            actor: "ann".into(),
            reason: "r".repeat(200).into(),
        },
        began: None,
        ended: Some(Recorded { at: desk.forge.now(), succeeded, why: "10 of 10 pods".into() }),
    }
}

#[tokio::test]
async fn what_was_deployed_elsewhere_is_live_here_too() {
    let desk = Desk::new("record = [\"clusters\"]");
    for (version, succeeded, state) in [("v1.1.0", true, "success"), ("v1.0.0", false, "failure")] {
        let record = recording(&desk, version, succeeded);
        let draft = desk.recorder().draft(&record).expect("a draft");
        assert_eq!((draft.writes.len(), draft.refused), (2, None));
        desk.forge.forget();
        desk.recorder().record(&record).await.expect("it is written down");
        let writes: Vec<_> = desk.forge.requests().into_iter().filter(|it| it.method == "POST").collect();
        let sha = record.order.to.commit.expect("a commit").to_string();
        let short = format!("{}…", "r".repeat(139));
        let expected = json!({
            "ref": sha, "task": "deploy", "auto_merge": false, "required_contexts": [], "environment": "production",
            "payload": { "version": version, "recorded_by": "flightdeck", "operation": "op-1" },
            "description": short, "transient_environment": false, "production_environment": true,
        });
        assert_eq!(writes[0].body, expected);
        assert_eq!(writes[1].body, json!({ "state": state, "description": "10 of 10 pods" }));
        assert!(writes[1].path.ends_with("/statuses"));
        assert_eq!(desk.state().await.live.map(|it| it.version), Some("v1.1.0".into()));
    }
    assert!(!desk.operator().owns(&production()) || desk.operator().stands_back(&production()));
}

#[tokio::test]
async fn what_is_not_to_be_written_down_is_not() {
    let desk = Desk::new("record = [\"clusters\"]");
    let mut record = recording(&desk, "v1.1.0", true);
    record.order.to.commit = None;
    let refused = desk.recorder().draft(&record).and_then(|it| it.refused).unwrap_or_default();
    assert_eq!(refused.as_str(), "the commit of v1.1.0 is not known");
    desk.recorder().record(&record).await.expect_err("no commit");
    let mut other = recording(&desk, "v1.1.0", true);
    other.by = "elsewhere".into();
    assert!(desk.recorder().draft(&other).is_none());
    let mut paused = recording(&desk, "v1.1.0", true);
    paused.order.verb = Verb::Pause;
    assert!(desk.recorder().draft(&paused).is_none());
    assert!(desk.writes().is_empty());
}

#[tokio::test]
async fn half_a_record_says_what_is_missing() {
    let desk = Desk::new("record = [\"clusters\"]");
    desk.forge.fault("POST", "/deployments/{deployment_id}/statuses", Fault::status(502));
    let error = desk.recorder().record(&recording(&desk, "v1.1.0", true)).await.expect_err("half");
    assert!(error.what.as_str().contains("was noted, and not how it ended"), "{error}");
    assert!(error.what.as_str().contains("on its way until somebody says so by POST /repos/acme/shop"), "{error}");
    assert_eq!(desk.writes().len(), 2);
}

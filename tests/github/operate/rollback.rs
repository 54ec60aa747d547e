//! Going back: by the way of a promotion, by another workflow, or by the job that deployed it.

use flightdeck::backend::{ErrorKind, Place, RollbackCode, Verb};

use super::desk::{BY_WORKFLOW, Desk, SHOP, told};

fn by_job() -> String {
    format!("{BY_WORKFLOW}\nrollback = {{ by = \"rerun-job\" }}")
}

#[tokio::test]
async fn the_job_that_deployed_it_runs_again() {
    let desk = Desk::new(&by_job());
    let old = desk.newest_run();
    desk.deploys("v1.1.0", "production");
    desk.forge.pass(60);
    assert_eq!(desk.operator().declaration().rollback, RollbackCode::RerunJob);
    let order = desk.order(Verb::RollBack, "v1.0.0").await;
    let proposal = desk.propose(&order).await;
    let risks: Vec<&str> = proposal.risks.iter().map(|it| it.as_str()).collect();
    assert!(risks.contains(&"secrets and variables are those of today"), "{risks:?}");
    let receipt = desk.done(&order).await;
    let job = desk.forge.at(SHOP, |it| it.run_of(old).expect("a run").attempts[0].jobs[0].id);
    assert_eq!(desk.writes(), [format!("POST /actions/jobs/{job}/rerun -> 201")]);
    assert_eq!(proposal.writes[0].verbatim.as_str(), format!("POST /repos/acme/shop/actions/jobs/{job}/rerun"));
    let pending = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(pending.starts_with("pending: run #1 of Deploy"), "{pending}");
    desk.forge.pass(5);
    desk.forge.at(SHOP, |it| it.play(old));
    assert_eq!(told(&desk.verdict(&order, Some(&receipt)).await), "healthy: run #1 of Deploy deployed to production");
    assert_eq!(desk.state().await.live.map(|it| it.version), Some("v1.0.0".into()));
}

#[tokio::test]
async fn what_is_too_old_to_run_again_says_so_in_the_list_and_in_the_plan() {
    let desk = Desk::new(&by_job());
    desk.forge.pass(40 * 86_400);
    desk.deploys("v1.1.0", "production");
    let all = desk.operator().available(&super::desk::production()).await.expect("versions");
    let old = all.iter().find(|it| it.version.as_str() == "v1.0.0").expect("the old one");
    assert_eq!(old.place, Place::Installed);
    assert!(old.refused.as_ref().is_some_and(|it| it.as_str().contains("40 days old")), "{old:?}");
    let order = desk.order(Verb::RollBack, "v1.0.0").await;
    assert!(desk.propose(&order).await.refused.is_some());
    assert_eq!(desk.refused(&order).await.0, ErrorKind::Check);
    assert!(desk.writes().is_empty());
}

#[tokio::test]
async fn another_workflow_may_roll_back() {
    let rollback = r#"rollback = { by = "workflow", workflow = "back.yml", inputs = { to = "{version}", operation = "{operation}" } }"#;
    let desk = Desk::new(&format!("{BY_WORKFLOW}\n{rollback}"));
    desk.deploys("v1.1.0", "production");
    desk.forge.at(SHOP, |it| {
        let job = crate::forge::world::Plan::new("back", &["Switch"]).deploys_to("production");
        it.workflow("back.yml", "Back", Some(&["to", "operation"]), vec![job]);
    });
    let order = desk.order(Verb::RollBack, "v1.0.0").await;
    let risks = desk.propose(&order).await.risks;
    assert!(risks.iter().any(|it| it.as_str().contains("the commit of main, whatever the inputs say")), "{risks:?}");
    let receipt = desk.done(&order).await;
    let inputs = format!(r#"{{"operation":"{}","to":"v1.0.0"}}"#, order.operation.as_str());
    let body = format!(r#"{{"inputs":{inputs},"ref":"main","return_run_details":true}}"#);
    assert_eq!(desk.writes(), [format!("POST /actions/workflows/back.yml/dispatches {body} -> 200")]);
    desk.plays();
    let done = told(&desk.verdict(&order, Some(&receipt)).await);
    assert!(done.starts_with("healthy: run #1 of Back deployed to production; GitHub notes it as"), "{done}");
}

#[tokio::test]
async fn an_older_version_goes_the_way_of_a_promotion() {
    let desk = Desk::new(BY_WORKFLOW);
    desk.deploys("v1.1.0", "production");
    desk.deploys("v1.1.0", "staging");
    let all = desk.operator().available(&super::desk::production()).await.expect("versions");
    let told_of: Vec<(&str, bool, bool)> =
        all.iter().map(|it| (it.version.as_str(), it.place == Place::Installed, it.refused.is_none())).collect();
    assert_eq!(told_of, [("v1.1.0", true, true), ("v1.0.0", true, true), ("v1.1.0", false, false)]);
    let order = desk.order(Verb::RollBack, "v1.0.0").await;
    desk.done(&order).await;
    assert!(desk.writes()[0].contains(r#""ref":"v1.0.0""#), "{:?}", desk.writes());
}

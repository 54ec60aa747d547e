use super::super::tests::{at, commits, deployment, environment, frame, reference};
use super::*;
use crate::fact::Fact;
use crate::model::{Environment, Outcome};
use crate::picture::{Frame, Picture};

/// Two regions of production under one name, and testing.
fn regions() -> Snapshot {
    let region = |name: &str| Environment { group: Some("prod".into()), ..environment(name, 1) };
    let environments = [environment("testing", 0), region("eu"), region("us")].into();
    let mut picture = Picture::new(Frame { environments, ..frame() });
    picture.set_commits("shop".into(), commits());
    let bodies = vec![
        reference("refs/heads/main", ReferenceKind::Branch, 6, 6),
        deployment("testing", "1.0", 1, 10, Outcome::Success),
        deployment("eu", "1.0", 1, 20, Outcome::Success),
        deployment("us", "1.0", 1, 21, Outcome::Success),
        deployment("eu", "1.1", 4, 30, Outcome::Success),
        deployment("us", "1.1", 4, 70, Outcome::Success),
    ];
    picture.fold(bodies.into_iter().map(|body| Fact::new("s".into(), at(80), body)));
    picture.snapshot()
}

fn measured(snapshot: &Snapshot, pick: &dyn Fn(&TrackId) -> bool) -> Vec<TrackReport> {
    let policy = Policy::default();
    Measure { policy: &policy, window: Window::default(), now: at(90) }.tracks(snapshot, pick)
}

#[test]
fn regions_are_measured_as_one_when_the_last_has_it() {
    let snapshot = regions();
    let reports = measured(&snapshot, &|track| is_headline(&snapshot, track));
    let names: Vec<&str> = reports.iter().map(|it| it.track.environment.as_str()).collect();
    assert_eq!(names, ["prod"]);
    let (report, deployments) = (&reports[0], &reports[0].metrics.deployments);
    assert!(report.production);
    let finished: Vec<_> = deployments.iter().map(|it| report.ledger.entries()[it.entry].deployment.at()).collect();
    assert_eq!(finished, [Some(at(22)), Some(at(71))], "a region finishes a minute after it began");
    // Commits 2 and 3 came with 1.1; the merge is none, and 5 is outside the service's paths.
    assert_eq!(deployments[1].changes, Some(2));
}

#[test]
fn a_member_is_measured_when_it_is_asked_for() {
    let reports = measured(&regions(), &|track| track.environment.as_str() == "eu");
    assert_eq!((reports.len(), reports[0].metrics.deployments.len()), (1, 2));
}

#[test]
fn without_production_everything_is_measured() {
    let place = |name: &str| Environment { production: false, ..environment(name, 0) };
    let snapshot = Snapshot { environments: [place("a"), place("b")].into(), ..Snapshot::default() };
    let is = |name: &str| is_headline(&snapshot, &TrackId::new("shop", name));
    assert_eq!((is("a"), is("b"), is("elsewhere")), (true, true, true));
}

//! What lines say, and what is said of bad ones.

use rstest::rstest;

use super::*;
use crate::model::{Outcome, PhaseKind, Status};

const COMMIT: &str = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101";

async fn read(settings: &str, lines: &str) -> Reading {
    let mut world = World::new(settings);
    world.write("facts.jsonl", lines);
    world.read_all().await.0
}

async fn bodies(lines: &str) -> Vec<Body> {
    let reading = read("path = 'facts.jsonl'\nservice = 'shop'\nenvironment = 'production'", lines).await;
    assert_eq!(said(&reading), [""; 0]);
    reading.facts.into_iter().map(|fact| fact.body).collect()
}

#[tokio::test]
async fn a_deployment_takes_what_it_does_not_say_from_the_settings() {
    let line = format!(
        "{{\"type\":\"deployment\",\"id\":81,\"commit\":\"{COMMIT}\",\"version\":1.4,\"started_at\":null,\
         \"finished_at\":\"2026-11-20T17:04:05.25+01:00\",\"outcome\":\"Failure\",\"labels\":[\"hotfix\"],\"fixes\":80,\
         \"traffic\":true,\"unknown\":{{\"a\":[1]}}}}\n"
    );
    let [Body::Deployment(it)] = &bodies(&line).await[..] else { panic!() };
    assert_eq!((it.id.as_str(), it.service.as_str(), it.environment.as_str()), ("81", "shop", "production"));
    assert_eq!((it.version.as_ref().unwrap().as_str(), it.outcome, it.traffic), ("1.4", Outcome::Failed, Some(true)));
    assert_eq!(it.commit.unwrap().to_string(), COMMIT);
    assert_eq!(it.finished_at.unwrap().to_rfc3339(), "2026-11-20T16:04:05.250+00:00");
    assert_eq!((it.fixes.as_ref().unwrap().as_str(), it.labels.len()), ("80", 1));
}

#[tokio::test]
async fn a_run_has_jobs_phases_steps_and_the_end_of_its_log() {
    let line = r#"{"type":"run","id":"r1","status":"failure","queued_at":"2026-11-20T10:00:00Z","jobs":[{"name":"build","status":"in_progress","phases":[{"kind":"download","started_at":"2026-11-20T10:00:09Z","cached":true}],"steps":[{"name":"get","status":"passed"}],"log_tail":["one","two\u001b[31m"]}]}"#;
    let [Body::Run(run)] = &bodies(&format!("{line}\n")).await[..] else { panic!() };
    let job = &run.jobs[0];
    assert_eq!((run.status, job.status, job.steps[0].status), (Status::Failed, Status::Running, Status::Ok));
    assert_eq!((job.phases[0].kind, job.phases[0].cached), (PhaseKind::Download, true));
    assert_eq!(job.log_tail[1].as_str(), "two␛[31m");
    assert_eq!(run.service.as_ref().unwrap().as_str(), "shop");
}

#[tokio::test]
async fn every_type_can_be_written_short() {
    let lines = r#"
        {"type":"pull_request","repository":"shop","number":7}
        {"type":"run","id":"r","status":"ok"}
        {"type":"artifact","version":"1.0"}
        {"type":"deployment","id":"d","outcome":"running"}
        {"type":"incident","id":"i","opened_at":"2026-11-20T10:00:00Z"}
        {"type":"state","live":{"version":"1.0"}}
        {"type":"lock","id":"l","scope":{},"who":"ada","why":"x","since":"2026-11-20T10:00:00Z"}
        {"type":"bad_mark","version":"1.0","who":"ada","why":"x","at":"2026-11-20T10:00:00Z"}
        {"kind":"incident","at":"2026-11-20T10:00:00Z","body":{"id":"j","opened_at":"2026-11-20T10:00:00Z"}}
    "#;
    let bodies = bodies(&(lines.trim_end().to_owned() + "\n")).await;
    let kinds: Vec<FactKind> =
        bodies.iter().map(|body| Fact::new("s".into(), Time::UNIX_EPOCH, body.clone()).key().kind).collect();
    assert_eq!(kinds[..8], *REPORTED_AS_WRITTEN);
    let Body::Artifact(artifact) = &bodies[2] else { panic!() };
    assert_eq!(artifact.location.as_str(), "history");
    let Body::Incident(incident) = &bodies[4] else { panic!() };
    assert_eq!((incident.title.as_str(), incident.environment.as_ref().unwrap().as_str()), ("i", "production"));
    let Body::State(state) = &bodies[5] else { panic!() };
    assert_eq!(state.track.to_string(), "shop in production");
}

const REPORTED_AS_WRITTEN: &[FactKind] = &[
    FactKind::PullRequest,
    FactKind::Run,
    FactKind::Artifact,
    FactKind::Deployment,
    FactKind::Incident,
    FactKind::State,
    FactKind::Lock,
    FactKind::BadMark,
];

#[rstest]
#[case("{\"type\":\"run\"", "not JSON: EOF while parsing an object at column 13")]
#[case("[1]", "not an object but a list")]
#[case("17", "not an object")]
#[case("{\"id\":\"x\"}", "`type` is missing")]
#[case("{\"type\":1}", "`type` is not a text")]
#[case(
    "{\"type\":\"build\"}",
    "unknown type `build`; there is deployment, pull_request, run, artifact, incident, state, lock, bad_mark"
)]
#[case("{\"type\":\"run\",\"status\":\"ok\"}", "`id` is missing")]
#[case("{\"type\":\"run\",\"id\":\"\",\"status\":\"ok\"}", "`id` is empty")]
#[case("{\"type\":\"run\",\"id\":\"x\"}", "missing `status`")]
#[case(
    "{\"type\":\"run\",\"id\":\"x\",\"status\":\"purple\"}",
    "unknown variant `purple`, expected one of `ok`, `running`, `waiting`, `failed`, `cancelled`, `skipped`, `held`, \
     `frozen`, `drift`, `unknown`"
)]
#[case(
    "{\"type\":\"run\",\"id\":\"x\",\"status\":\"ok\",\"commit\":\"00ff\"}",
    "not a commit id: expected 40 hexadecimal digits"
)]
#[case("{\"type\":\"run\",\"id\":[],\"status\":\"ok\"}", "invalid type: sequence, expected a string")]
#[case(
    "{\"type\":\"deployment\",\"id\":1,\"outcome\":\"success\",\"finished_at\":\"2026-11-20T10:00:00Z\"}",
    "`service` is missing"
)]
#[case(
    "{\"type\":\"deployment\",\"id\":1,\"service\":\"a\",\"environment\":\"b\",\"outcome\":\"success\"}",
    "`finished_at` is missing"
)]
#[case(
    "{\"type\":\"deployment\",\"id\":1,\"service\":\"a\",\"environment\":\"b\",\"outcome\":\"success\",\"finished_at\":\"yesterday\"}",
    "input contains invalid characters"
)]
#[case("\u{1b}[31m", "not JSON: expected value at column 1")]
#[tokio::test]
async fn a_bad_line_is_told_with_its_place_and_the_rest_is_read(#[case] line: &str, #[case] why: &str) {
    let reading =
        read("path = 'facts.jsonl'", &format!("{}\n{line}\n{}", incident("1", "a"), incident("2", "b"))).await;
    assert_eq!(said(&reading), [format!("facts.jsonl:3: {why}")]);
    assert_eq!(reading.facts.len(), 2);
}

#[tokio::test]
async fn the_first_twenty_bad_lines_are_named_and_stay_until_the_file_is_mended() {
    let mut world = World::new("path = 'facts.jsonl'");
    world.write("facts.jsonl", "bad\n".repeat(1_000) + &incident("1", "a"));
    let (reading, _) = world.read_all().await;
    assert_eq!((reading.problems.len(), said(&reading)[20]), (21, "980 more lines could not be read"));
    world.append("facts.jsonl", "worse\n");
    let (reading, _) = world.read_all().await;
    assert_eq!(said(&reading)[20], "981 more lines could not be read");
    world.write("facts.jsonl", incident("1", "a"));
    let (reading, _) = world.read_all().await;
    assert_eq!(said(&reading), [""; 0]);
}

#[test]
fn settings_that_make_no_sense_are_told() {
    let problem = |settings: &str| {
        let problem = World::new(settings).backend().err().unwrap();
        format!("{}: {}", problem.key, problem.what)
    };
    assert_eq!(problem("path = ''"), "path: is empty");
    assert_eq!(problem("path = '[a'"), "path: not a glob: unclosed character class; missing ']'");
    assert_eq!(problem("path = 'x'\nenvironment = 'mars'"), "environment: there is no environment `mars`");
    assert_eq!(problem(""), ": missing field `path`");
}

proptest::proptest! {
    #[test]
    fn no_line_makes_it_fail(line in "\\PC*|\\{\"type\":\"(run|state|lock|deployment)\",\"(id|jobs|track|scope)\":(1|null|\\[\\{\\}\\]|\\{\\}|\"x\")\\}") {
        let _ = line::parse(&line, &Defaults::default());
    }
}

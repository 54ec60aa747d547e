//! `flightdeck metrics` with deployments that are handed over, lucky and unlucky.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::chain::{git, write};
use crate::room::{Room, Said, say};

/// A repository `shop` with commits of known times, one a day from 1 January 2026, 10:00 UTC on.
struct Shop {
    room: Room,
    /// The ids of the commits, in the order in which they were given.
    commits: Vec<String>,
}

/// A commit of the shop: its parents by their numbers, and its message.
type Given<'a> = (&'a [usize], &'a str);

const LINE: [Given<'_>; 5] = [(&[], "one"), (&[0], "two"), (&[1], "three"), (&[2], "four"), (&[3], "five")];

impl Shop {
    /// The commits, the last of which is the head of `main`.
    fn new(commits: &[Given<'_>]) -> Self {
        let mut shop = Self { room: Room::new(), commits: Vec::new() };
        let directory = shop.directory();
        std::fs::create_dir(&directory).expect("a directory can be made");
        git(&directory, &["init", "-q", "-b", "main"]);
        shop.add(commits, "main");
        shop
    }

    /// More commits, the last of which is the head of `branch`.
    fn add(&mut self, commits: &[Given<'_>], branch: &str) {
        let mut stream = String::new();
        for (at, (parents, message)) in commits.iter().enumerate() {
            let number = self.commits.len() + at;
            let when = 1_767_261_600 + 86_400 * number;
            let _ = write!(stream, "reset refs/heads/{branch}\n\ncommit refs/heads/{branch}\nmark :{}\n", number + 1);
            let _ = writeln!(stream, "author Ida <ida@shop.example> {when} +0000");
            let _ = write!(stream, "committer Ida <ida@shop.example> {when} +0000\ndata {}\n{message}", message.len());
            for (nth, parent) in parents.iter().enumerate() {
                let word = if nth == 0 { "from" } else { "merge" };
                let before = self.commits.get(*parent).cloned().unwrap_or_else(|| format!(":{}", parent + 1));
                let _ = writeln!(stream, "{word} {before}");
            }
            stream.push('\n');
        }
        let marks = self.room.work().join("marks");
        let mut import = Command::new("git")
            .args(["fast-import", "--quiet", "--force"])
            .arg(format!("--export-marks={}", marks.display()))
            .current_dir(self.directory())
            .stdin(Stdio::piped())
            .spawn()
            .expect("git is installed");
        import.stdin.take().expect("a pipe").write_all(stream.as_bytes()).expect("git listens");
        assert!(import.wait().expect("git ends").success());
        let mut marks: Vec<(usize, String)> = (std::fs::read_to_string(marks).expect("marks were written").lines())
            .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
            .map(|(mark, id)| (mark.parse().expect("marks are numbers"), id.to_owned()))
            .collect();
        marks.sort_unstable();
        self.commits.extend(marks.into_iter().map(|(_, id)| id));
    }

    fn directory(&self) -> PathBuf {
        self.room.work().join("shop")
    }

    /// Writes a file of deployments: id, commit by its number, day of January at 12:00 UTC, and what else is said.
    fn deployments(&self, all: &[(&str, usize, u32, &str)]) {
        let line = |(id, commit, day, more): &(&str, usize, u32, &str)| {
            let commit = &self.commits[*commit];
            format!(
                r#"{{"id":"{id}","commit":"{commit}","finished_at":"2026-01-{day:02}T12:00:00Z","outcome":"success"{more}}}"#
            )
        };
        write(&self.file(), &all.iter().map(line).collect::<Vec<_>>().join("\n"));
    }

    fn file(&self) -> PathBuf {
        self.room.work().join("deployments.jsonl")
    }

    fn measure(&self, arguments: &[&str]) -> Said {
        let always = ["metrics", "--repo", "shop", "--deployments", "deployments.jsonl", "--now", "2026-02-01"];
        say(&mut self.room.flightdeck(), &[&always[..], arguments].concat())
    }

    /// The JSON of a run that ends with `code`.
    fn json(&self, arguments: &[&str], code: i32) -> (Value, String) {
        let said = self.measure(&[&["--format", "json"], arguments].concat());
        assert_eq!(said.code, code, "{}", said.err);
        (serde_json::from_str(&said.out).expect("it is JSON"), said.err)
    }

    /// The kinds of the deployments with how much was new.
    fn kinds(&self, arguments: &[&str]) -> Vec<(String, Value)> {
        let (document, _) = self.json(arguments, 0);
        let all = document["tracks"][0]["deployments"].as_array().cloned().unwrap_or_default();
        all.iter().map(|it| (it["kind"].as_str().unwrap_or_default().to_owned(), it["new_commits"].clone())).collect()
    }
}

fn kinds(all: &[(&str, Option<u32>)]) -> Vec<(String, Value)> {
    all.iter().map(|(kind, new)| ((*kind).to_owned(), json!(new))).collect()
}

#[test]
fn deployments_with_a_rollback_and_an_incident_are_measured() {
    let shop = Shop::new(&LINE);
    shop.deployments(&[("d1", 0, 2, ""), ("d2", 2, 4, ""), ("d3", 0, 5, ""), ("d4", 3, 10, "")]);
    let incident =
        r#"{"id":"i1","opened_at":"2026-01-10T13:00:00Z","resolved_at":"2026-01-10T15:00:00Z","caused_by":"d4"}"#;
    write(&shop.room.work().join("incidents.jsonl"), incident);
    let (document, err) = shop.json(&["--incidents", "incidents.jsonl"], 0);
    assert_eq!(err, "");
    let track = &document["tracks"][0];
    let of = |field: &str| -> Vec<Value> {
        track["deployments"].as_array().expect("a list").iter().map(|it| it[field].clone()).collect()
    };
    assert_eq!(of("kind"), ["initial", "forward", "rollback", "forward"]);
    assert_eq!(of("new_commits"), [1, 2, 0, 1]);
    assert_eq!(track["deployments"][0]["lead_time"], Value::Null, "what the baseline holds has no lead time");
    assert_eq!(track["deployments"][1]["failed_by"][0]["signal"], "S2");
    assert_eq!(track["deployments"][3]["failed_by"][0]["by"], json!({ "incident": "i1" }));
    let day = 86_400.0;
    assert_eq!(track["lead_time"]["n"], 3);
    assert_eq!(track["lead_time"]["p50_s"], json!(2.0 * day + 7_200.0));
    assert_eq!(track["lead_time"]["p90_s"], Value::Null, "three changes have no P90");
    assert_eq!(track["waiting"]["changes"], 1);
    assert_eq!((&track["change_fail_rate"]["failed"], &track["change_fail_rate"]["counted"]), (&json!(2), &json!(3)));
    assert_eq!((&track["recovery_time"]["episodes"], &track["recovery_time"]["p50_s"]), (&json!(2), &json!(10_800.0)));
    assert_eq!((&track["rework_rate"]["rework"], &track["rework_rate"]["deployments"]), (&json!(1), &json!(4)));
}

#[test]
fn what_a_force_push_left_behind_stays_known() {
    let mut shop = Shop::new(&LINE[..3]);
    shop.add(&[(&[1], "lost")], "side");
    shop.deployments(&[("d1", 1, 3, ""), ("d2", 3, 5, ""), ("d3", 2, 6, "")]);
    let known = kinds(&[("initial", Some(2)), ("forward", Some(1)), ("divergent", Some(1))]);
    git(&shop.directory(), &["branch", "-q", "-D", "side"]);
    let elsewhere = shop.room.work().join("elsewhere");
    let first_run = &["--state", elsewhere.to_str().expect("a path of letters")];
    assert_eq!(shop.kinds(&[]), known, "no reference leads to it, and it is still there");
    let baseline = ["--baseline", &shop.commits[3], "--state", "a state"];
    let (document, _) = shop.json(&baseline, 0);
    assert_eq!(document["tracks"][0]["lead_time"]["n"], 1, "a baseline too may have been left behind");
    assert!(shop.room.work().join("a state").is_dir(), "it lies where the person is, not in the repository");
    git(&shop.directory(), &["gc", "-q", "--prune=now"]);
    assert_eq!(shop.kinds(&[]), known, "it is gone, and history stays");
    assert_eq!(shop.kinds(first_run), kinds(&[("initial", Some(2)), ("unknown", None), ("forward", Some(1))]));
    let said = shop.measure(first_run);
    assert!(said.err.contains("one deployment names no commit that shop has"), "{}", said.err);
}

#[test]
fn a_shallow_clone_says_what_it_cannot_tell() {
    let mut shop = Shop::new(&LINE);
    shop.add(&[(&[0], "old line"), (&[5], "its end")], "old");
    let from = format!("file://{}", shop.directory().display());
    let whole = shop.room.work().join("whole");
    std::fs::rename(shop.directory(), &whole).expect("it can be moved");
    let from = from.replace("/shop", "/whole");
    git(&shop.room.work(), &["clone", "-q", "--depth", "2", "--no-single-branch", &from, "shop"]);
    shop.deployments(&[("d1", 3, 7, ""), ("d2", 4, 8, ""), ("d3", 6, 9, "")]);
    let (document, err) = shop.json(&[], 0);
    let deployments = &document["tracks"][0]["deployments"];
    assert_eq!((&deployments[1]["kind"], &deployments[1]["lead_time"]["n"]), (&json!("forward"), &json!(1)));
    assert_eq!((&deployments[2]["flags"], &deployments[2]["lead_time"]), (&json!(["truncated"]), &Value::Null));
    assert!(document["warnings"][0].as_str().is_some_and(|it| it.starts_with("shop is a shallow clone")), "{document}");
    assert!(err.contains("git fetch --unshallow"), "{err}");
}

#[test]
fn bad_lines_are_told_and_the_others_count() {
    let shop = Shop::new(&LINE);
    let good = |id: &str, commit: usize, day: u32| {
        let commit = &shop.commits[commit];
        format!(r#"{{"id":"{id}","commit":"{commit}","finished_at":"2026-01-{day:02}T12:00:00Z","outcome":"success"}}"#)
    };
    let deep = "[".repeat(100_000);
    let raw = good("\u{1b}[31m", 1, 4);
    let escaped = good(r"d2\u001b[31m\n\u202e", 2, 5);
    let time = r#"{"id":"d4","finished_at":"yesterday","outcome":"success"}"#;
    let lines = [&good("d1", 0, 2), "{", &deep, "null", &raw, time, &escaped, &good("d3", 3, 6)].join("\r\n");
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(lines.as_bytes());
    bytes.extend(b"\n{\"id\":\"\xff\xfe\"}\n");
    std::fs::write(shop.file(), bytes).expect("a file can be written");
    for format in ["table", "plain", "json", "csv", "markdown", "html"] {
        let said = shop.measure(&["--format", format]);
        assert_eq!(said.code, 4, "{format}: {}", said.err);
        let raw = |it: char| it.is_control() && !matches!(it, '\n' | '\r') || it == '\u{202e}';
        assert!(!said.out.contains(raw) && !said.err.contains(raw), "{format}: {}", said.out);
        assert!(said.err.starts_with("warning: deployments.jsonl: 6 lines make no sense"), "{}", said.err);
        assert!(said.err.contains("expected a time like 2026-12-24T18:00:00Z"), "{}", said.err);
    }
    let (document, _) = shop.json(&[], 4);
    assert_eq!(document["tracks"][0]["deployments"][1]["id"], "d2\u{1b}[31m\n\u{202e}", "a parser gets the exact name");
    assert_eq!(document["tracks"][0]["lead_time"]["n"], 3);
    assert_eq!(document["warnings"].as_array().map(Vec::len), Some(6), "the sum, and the first five");
}

#[test]
fn nothing_known_is_never_zero() {
    let shop = Shop::new(&LINE);
    write(&shop.file(), "");
    let (document, _) = shop.json(&[], 0);
    assert_eq!(document["tracks"], json!([]));
    for format in ["table", "markdown", "html"] {
        let said = shop.measure(&["--format", format]);
        assert!(said.code == 0 && said.out.to_lowercase().contains("nothing to measure"), "{format}: {}", said.out);
    }
    shop.deployments(&[("d1", 4, 30, "")]);
    let (document, _) = shop.json(&[], 0);
    let track = &document["tracks"][0];
    let undefined = [
        &track["lead_time"]["p50_s"],
        &track["lead_time"]["interval_s"],
        &track["lead_time"]["landed"]["p50_s"],
        &track["waiting"]["oldest_s"],
        &track["deployment_frequency"]["median_days_per_week"],
        &track["deployment_frequency"]["gap_p50_s"],
        &track["change_fail_rate"]["rate"],
        &track["change_fail_rate"]["interval"],
        &track["recovery_time"]["p50_s"],
    ];
    assert_eq!(undefined, [&Value::Null; 9]);
    assert_eq!(track["change_fail_rate"]["provisional"], 1);
}

#[test]
fn a_named_configuration_says_how_to_count() {
    let shop = Shop::new(&LINE);
    shop.deployments(&[("d1", 0, 2, ""), ("d2", 1, 4, ""), ("d3", 2, 5, ""), ("d4", 0, 6, "")]);
    let accused = |arguments: &[&str]| -> Vec<bool> {
        let (document, _) = shop.json(arguments, 0);
        let all = document["tracks"][0]["deployments"].as_array().cloned().unwrap_or_default();
        all.iter().map(|it| it["failed_by"] != json!([])).collect()
    };
    assert_eq!(accused(&[]), [false, true, false, false], "the earliest");
    write(&shop.room.work().join("policy.toml"), "[metrics]\nblame = \"latest\"\n");
    assert_eq!(accused(&["--config", "policy.toml"]), [false, false, true, false]);
}

#[test]
fn picks_of_a_commit_that_is_gone_are_one_change() {
    let gone = "\n\n(cherry picked from commit 0123456789012345678901234567890123456789)\n";
    let pick = format!("fix{gone}");
    let shop = Shop::new(&[(&[], "one"), (&[0], &pick), (&[0], &pick), (&[2, 1], "both lines")]);
    shop.deployments(&[("d1", 0, 2, ""), ("d2", 1, 6, ""), ("d3", 3, 8, "")]);
    let (document, _) = shop.json(&[], 0);
    assert_eq!(document["tracks"][0]["lead_time"]["n"], 1);
    assert_eq!(document["tracks"][0]["deployments"][2]["new_commits"], 2);
}

#[test]
fn a_pick_waits_though_its_original_lies_on_another_line() {
    let mut shop = Shop::new(&[(&[], "one")]);
    shop.add(&[(&[0], "fix")], "release");
    let pick = format!("fix\n\n(cherry picked from commit {})\n", shop.commits[1]);
    shop.add(&[(&[0], &pick)], "main");
    shop.deployments(&[("d1", 0, 2, "")]);
    let (document, _) = shop.json(&[], 0);
    assert_eq!(document["tracks"][0]["waiting"]["changes"], 1);
    assert_eq!(document["tracks"][0]["lead_time"]["landed"]["waiting"], 1);
}

#[test]
fn what_makes_no_sense_is_refused_with_advice() {
    let shop = Shop::new(&LINE[..1]);
    shop.deployments(&[("d1", 0, 2, "")]);
    let told = |arguments: &[&str]| {
        let said = say(&mut shop.room.flightdeck(), &[&["metrics"], arguments].concat());
        (said.code, said.err)
    };
    let usage = [
        (&["--repo", "shop", "--since", "2026-02-01", "--until", "2026-01-01"][..], "ends before it begins"),
        (&["--repo", "shop", "--time-zone", "Mars"], "like UTC or Europe/Berlin"),
        (&["--repo", "shop", "--tags", "("], "unclosed group"),
        (&["--incidents", "incidents.jsonl"], "--deployments"),
        (&["--explain", "speed"], "lead-time"),
        (&["--explain", "lead-time", "--format", "html"], "as JSON"),
    ];
    for (arguments, words) in usage {
        let (code, err) = told(arguments);
        assert!(code == 2 && err.contains(words), "{arguments:?}: {err}");
    }
    let failing = [
        (&["--repo", "nowhere"][..], "there is no directory `nowhere`"),
        (&["--repo", "shop/typo"], "there is no directory `shop/typo`"),
        (&["--repo", "shop", "--deployments", "nope.jsonl"], "nope.jsonl cannot be read"),
        (&["--repo", "shop", "--deployments", "deployments.jsonl", "--service", "shap"], "did you mean `shop`"),
        (&["--repo", "shop", "--deployments", "deployments.jsonl", "-e", "moon"], "production"),
        (&["--repo", "shop", "--deployments", "shop"], "shop cannot be read"),
        (&["--repo", "shop", "--deployments", "deployments.jsonl", "--baseline", "beef"], "has no commit `beef`"),
    ];
    for (arguments, words) in failing {
        let (code, err) = told(arguments);
        assert!(code == 1 && err.contains(words), "{arguments:?}: {err}");
    }
    let (code, err) = told(&["--repo", "shop", "--tags", "v1"]);
    assert!(code == 0 && err.contains("no tag fits"), "{err}");
}

//! The token is in nothing that is written: on the screen, in answers, in logs, in the journal, in the store, in the
//! cache.

use super::drive::begun;
use super::shop::{CONFIRMED, LARGE, NAME, Shop, files, finish};
use crate::forge::big::{ENVIRONMENTS, Size};
use crate::forge::{Fault, Forge, REVIEWER, TOKEN};

const EVERYTHING: [&str; 3] = ["-vv", "--log", "trace"];

/// Where a token is, or half of it, or the password that git is given for it.
fn leaks(at: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let half = |token: &str| token[token.len() / 2 - 4..].to_owned();
    let secrets = [half(TOKEN), half(REVIEWER), "x-access-token:ghp".to_owned(), "eC1hY2Nlc3MtdG9rZW46".to_owned()];
    secrets.iter().filter_map(|it| text.find(it.as_str())).map(|from| format!("{at}: byte {from}")).collect()
}

#[test]
fn the_token_is_written_nowhere() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Forge::big(Size::SMALL, directory.path());
    forge.at(NAME, |it| {
        it.environment("production").reviewers.clear();
        let waiting: Vec<u64> = it.runs.iter().filter(|it| it.last().status == "waiting").map(|it| it.id).collect();
        waiting.into_iter().for_each(|run| it.play(run));
    });
    let dispatch = "promote = { by = \"workflow\", workflow = \"rollback.yml\", inputs = { environment = \
                    \"{environment}\", version = \"{version}\" } }\n";
    let shop = Shop::then(&forge, TOKEN, &ENVIRONMENTS, dispatch);
    assert_eq!(leaks("it would be found", format!("bearer {TOKEN}").as_bytes()).len(), 1);

    let mut found = Vec::new();
    let mut told = |words: &[&str], told: super::shop::Told| {
        found.extend(leaks(&format!("{words:?} stdout"), told.out.as_bytes()));
        found.extend(leaks(&format!("{words:?} stderr"), told.err.as_bytes()));
        told.code
    };
    for words in [&["status"][..], &["doctor"], &["runs"], &["config", "show"]] {
        told(words, shop.run(&[words, &EVERYTHING].concat()));
    }
    let back = ["rollback", "shop", "--in", "production"];
    assert_eq!(told(&["plan"], shop.run(&[&back[..], &["--plan"], &EVERYTHING].concat())), Some(0));
    let child = shop.start(&[&back[..], &CONFIRMED, &EVERYTHING].concat());
    let run = begun(&forge);
    forge.at(NAME, |it| it.play(run));
    assert_eq!(told(&back, finish(child)), Some(0));
    // What GitHub and git say when they refuse is told too.
    forge.fault("GET", "*", Fault::status(500));
    told(&["broken"], shop.run(&[&["sync"], &EVERYTHING[..]].concat()));
    forge.revoke(TOKEN);
    for words in [&["sync"][..], &["status"], &["doctor"]] {
        told(words, shop.run(&[words, &EVERYTHING].concat()));
    }
    let mut terminal = shop.traced(LARGE);
    terminal.wait_for("1 backend cannot be read");
    terminal.send("q");
    terminal.wait_for_end();
    found.extend(leaks("the cockpit", &terminal.written()));
    let (mut logged, mut mirrored) = (0, 0);
    let all = [files(&shop.root()), files(&shop.home())].concat();
    for (path, bytes) in all {
        found.extend(leaks(&path.display().to_string(), &bytes));
        logged += if path.extension().is_some_and(|it| it == "log") { bytes.len() } else { 0 };
        mirrored += usize::from(path.file_name().is_some_and(|it| it == "HEAD"));
    }
    assert!(logged > 10_000 && mirrored > 0, "only {logged} bytes of log and {mirrored} mirrors were looked at");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

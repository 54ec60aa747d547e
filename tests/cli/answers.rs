//! What the commands that only read say.

use serde_json::Value;

use crate::chain::{Chain, commit, git, write};
use crate::room::{Room, say};

fn json(chain: &Chain, arguments: &[&str]) -> Value {
    let said = say(&mut chain.room.flightdeck(), &[arguments, &["--format", "json"]].concat());
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    let value: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!(value["schema"], 1, "{arguments:?}");
    value
}

#[test]
fn status_tells_what_runs_where() {
    let chain = Chain::new();
    let board = json(&chain, &["status"]);
    let names: Vec<&str> =
        board["environments"].as_array().expect("a list").iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(names, ["dev", "testing", "production"]);
    let checkout = &board["services"][0];
    assert_eq!(checkout["name"], "checkout");
    let dev = &checkout["tracks"][0];
    assert_eq!((&dev["environment"], &dev["version"]), (&"dev".into(), &"1.2.0".into()));
    assert_eq!(dev["commit"], chain.commits[2].as_str());
    assert_eq!(dev["backend"], "packages");
    let sources: Vec<&str> =
        board["sources"].as_array().expect("a list").iter().filter_map(|it| it["name"].as_str()).collect();
    assert_eq!(sources, ["code", "packages", "servers"]);

    let table = say(&mut chain.room.flightdeck(), &["status"]);
    assert_eq!((table.code, table.err.as_str()), (0, ""));
    assert!(table.out.contains("checkout") && table.out.contains("1.2.0"), "{}", table.out);
    let plain = say(&mut chain.room.flightdeck(), &["status", "--plain"]);
    assert!(plain.out.lines().any(|line| line.starts_with("service: checkout; ")), "{}", plain.out);
}

#[test]
fn status_can_be_narrowed() {
    let chain = Chain::new();
    let board = json(&chain, &["status", "--service", "checkout", "--environment", "dev"]);
    assert_eq!(board["services"].as_array().map(Vec::len), Some(1));
    assert_eq!(board["environments"].as_array().map(Vec::len), Some(1));
    assert_eq!(board["services"][0]["tracks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_name_that_does_not_exist_is_met_with_the_nearest_one() {
    let chain = Chain::new();
    for (arguments, error, hint) in [
        (&["status", "--service", "chekcout"][..], "error: no service `chekcout`", "hint: did you mean `checkout`?"),
        (
            &["status", "--environment", "prodution"],
            "error: no environment `prodution`",
            "hint: did you mean `production`?",
        ),
        (
            &["promote", "checkout", "--to", "tseting"],
            "error: no environment `tseting`",
            "hint: did you mean `testing`?",
        ),
        (
            &["rollback", "checkout", "--in", "dev", "--to", "1.0.1"],
            "error: no version of checkout `1.0.1`",
            "hint: did you mean `1.0.0`?",
        ),
    ] {
        let said = say(&mut chain.room.flightdeck(), arguments);
        assert_eq!(said.code, 1, "{arguments:?}");
        assert_eq!(said.err.lines().collect::<Vec<_>>(), [error, hint], "{arguments:?}");
    }
}

#[test]
fn a_source_that_cannot_be_read_is_told_and_the_rest_is_answered() {
    let chain = Chain::new();
    let repository = chain.room.work().join("repos/checkout/.git");
    std::fs::remove_dir_all(repository.join("objects")).expect("it can be taken away");
    let said = say(&mut chain.room.flightdeck(), &["status", "--format", "json"]);
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(said.err.starts_with("warning: code: "), "{}", said.err);
    let board: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!(board["services"][0]["tracks"][0]["version"], "1.2.0");
    assert!(board["sources"][0]["problems"][0].is_string());
    let doctor = say(&mut chain.room.flightdeck(), &["doctor"]);
    assert!(doctor.out.contains("backend"), "{}", doctor.out);
}

#[test]
fn offline_answers_come_from_what_is_stored() {
    let chain = Chain::new();
    assert_eq!(say(&mut chain.room.flightdeck(), &["sync"]).code, 0);
    std::fs::remove_dir_all(chain.room.work().join("packages")).expect("it can be taken away");
    let board = json(&chain, &["status", "--offline"]);
    assert_eq!(board["services"][0]["tracks"][0]["version"], "1.2.0");
    let said = say(&mut chain.room.flightdeck(), &["sync", "--offline"]);
    assert_eq!(said.code, 2);
}

#[test]
fn text_from_outside_never_reaches_the_terminal_raw() {
    let chain = Chain::new();
    let repository = chain.room.work().join("repos/checkout");
    commit(&repository, "feat: \u{1b}]0;owned\u{7} \u{202e}reversed \u{9b}31m");
    git(&repository, &["branch", "topic-\u{202e}x"]);
    for arguments in
        [&["status"][..], &["status", "--format", "json"], &["status", "--plain"], &["status", "--color", "always"]]
    {
        let said = say(&mut chain.room.flightdeck(), arguments);
        let harmless = said.out.replace("\u{1b}[", "");
        let colours = arguments.contains(&"always");
        assert!(!harmless.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{arguments:?}: {harmless:?}");
        assert!(colours || !said.out.contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn a_directory_with_nothing_in_it_says_what_to_do() {
    let room = Room::new();
    let said = say(&mut room.flightdeck(), &["status"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("hint: ") && said.err.contains("flightdeck init"), "{}", said.err);
}

#[test]
fn a_repository_needs_no_configuration() {
    let room = Room::new();
    let repository = room.work().join("shop");
    std::fs::create_dir_all(&repository).expect("a directory can be made");
    git(&repository, &["init", "-q", "-b", "main"]);
    commit(&repository, "the first");
    git(&repository, &["tag", "v1.0.0"]);
    commit(&repository, "the second");
    let said = say(&mut room.flightdeck_in(&repository), &["status", "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let board: Value = serde_json::from_str(&said.out).expect("it is JSON");
    assert_eq!(board["services"][0]["name"], "shop");
    assert_eq!(board["services"][0]["tracks"][0]["version"], "v1.0.0");
}

#[test]
fn a_configuration_that_is_wrong_is_told_with_its_line() {
    let chain = Chain::new();
    let file = chain.room.work().join("flightdeck.toml");
    let text = std::fs::read_to_string(&file).expect("it can be read");
    write(&file, &text.replace("production = true", "production = \"yes\""));
    let check = say(&mut chain.room.flightdeck(), &["config", "check"]);
    assert_eq!(check.code, 1);
    assert!(check.out.starts_with("error: flightdeck.toml:13:"), "{}", check.out);
    let status = say(&mut chain.room.flightdeck(), &["status"]);
    assert_eq!(status.code, 1);
    assert!(status.err.starts_with("error: flightdeck.toml:13:"), "{}", status.err);
}

#[test]
fn the_configuration_is_printed_with_origins_and_its_schema() {
    let chain = Chain::new();
    let print = say(&mut chain.room.flightdeck(), &["config", "print", "--origin"]);
    assert_eq!(print.code, 0, "{}", print.err);
    assert!(print.out.contains("environment[2].production = true  # flightdeck.toml:13"), "{}", print.out);
    let config = json(&chain, &["config", "print"]);
    assert_eq!(config["config"]["environment"][2]["name"], "production");
    let schema = say(&mut chain.room.flightdeck(), &["config", "schema"]);
    let schema: Value = serde_json::from_str(&schema.out).expect("it is JSON");
    assert_eq!(schema["title"], "flightdeck.toml");
    assert_eq!(json(&chain, &["config", "check"])["errors"].as_array().map(Vec::len), Some(0));
}

#[test]
fn init_writes_a_configuration_that_holds_and_never_over_one() {
    let chain = Chain::new();
    let file = chain.room.work().join("flightdeck.toml");
    let said = say(&mut chain.room.flightdeck(), &["init"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("is there already"), "{}", said.err);
    let before = std::fs::read_to_string(&file).expect("it can be read");
    assert_eq!(say(&mut chain.room.flightdeck(), &["init", "--print"]).code, 0);
    assert_eq!(std::fs::read_to_string(&file).expect("it can be read"), before);
    assert_eq!(say(&mut chain.room.flightdeck(), &["init", "--force"]).code, 0);
    let check = say(&mut chain.room.flightdeck(), &["config", "check"]);
    assert_eq!(check.code, 0, "{}", check.out);
}

#[test]
fn init_finds_the_repository_on_github_by_the_git_remote() {
    let room = Room::new();
    git(&room.work(), &["init", "-q", "-b", "main"]);
    git(&room.work(), &["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    let said = say(&mut room.flightdeck(), &["init"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let text = std::fs::read_to_string(room.work().join("flightdeck.toml")).expect("it can be read");
    assert!(text.contains("kind = \"github\"\nrepository = \"acme/shop\"\n"), "{text}");
    let check = say(&mut room.flightdeck(), &["config", "check"]);
    assert_eq!(check.code, 0, "{}", check.out);
}

#[test]
fn doctor_looks_at_everything() {
    let chain = Chain::new();
    let answer = json(&chain, &["doctor"]);
    let areas: std::collections::BTreeSet<&str> =
        answer["checks"].as_array().expect("a list").iter().filter_map(|check| check["area"].as_str()).collect();
    let expected = [
        "backend",
        "clipboard",
        "clock",
        "configuration",
        "credentials",
        "git",
        "journal",
        "looks",
        "store",
        "terminal",
    ];
    assert_eq!(areas.into_iter().collect::<Vec<_>>(), expected);
    let statuses = answer["checks"].as_array().expect("a list").iter().map(|check| check["status"].as_str());
    assert!(statuses.flatten().all(|status| status == "ok"), "{answer:#}");
}

#[test]
fn where_tells_how_far_something_has_come() {
    let chain = Chain::new();
    let answer = json(&chain, &["where", &chain.commits[1][..8]]);
    let found = &answer["found"][0];
    assert_eq!(found["commit"]["id"], chain.commits[1].as_str());
    assert_eq!(found["first_tag"]["name"], "1.1.0");
    let dev = &found["services"][0]["environments"][0];
    assert_eq!((&dev["environment"], &dev["is"]), (&"dev".into(), &"live".into()));
    for reference in ["1.1.0", "main"] {
        let said = say(&mut chain.room.flightdeck(), &["where", reference]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("dev") && said.out.contains("live"), "{reference}: {}", said.out);
    }
    let said = say(&mut chain.room.flightdeck(), &["where", "1.1.9"]);
    assert_eq!(said.code, 1);
    assert_eq!(said.err.lines().next(), Some("error: nothing here is called `1.1.9`"));
    assert!(said.err.contains("hint: did you mean `1."), "{}", said.err);
}

#[test]
fn changes_are_listed_between_any_two_points() {
    let chain = Chain::new();
    let answer = json(&chain, &["changes", "checkout", "--from", "1.0.0", "--to", "dev"]);
    assert_eq!(answer["kind"], "forward");
    assert_eq!(answer["added"]["count"], 2);
    assert_eq!(answer["removed"]["count"], 0);
    let said = say(&mut chain.room.flightdeck(), &["changes", "checkout", "--from", "1.2.0", "--to", "1.1.0"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("rollback: older code") && said.out.contains("removes 1 change"), "{}", said.out);
    assert!(said.out.contains("make 1.2.0"), "{}", said.out);
    let said = say(&mut chain.room.flightdeck(), &["changes", "checkout", "--from", "1.2.0", "--to", "prodution"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("hint: did you mean `production`?"), "{}", said.err);
}

/// The names of all fields of a document, wherever they stand.
fn fields(value: &Value, all: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            all.insert(name.clone());
            fields(value, all);
        }),
        Value::Array(items) => items.iter().for_each(|item| fields(item, all)),
        _ => {}
    }
}

#[test]
fn every_screen_is_shown_as_text_with_filter_and_order() {
    let chain = Chain::new();
    for screen in [
        &["board"][..],
        &["flow", "checkout"],
        &["flow"],
        &["runs"],
        &["track", "checkout", "dev"],
        &["metrics"],
        &["metrics", "checkout", "dev"],
        &["activity"],
        &["journal"],
    ] {
        for form in ["table", "plain", "json"] {
            let arguments = [&["show"], screen, &["--format", form]].concat();
            let said = say(&mut chain.room.flightdeck(), &arguments);
            assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
            assert!(said.out.lines().count() > 0, "{arguments:?}");
            assert!(!said.out.contains('\u{1b}'), "{arguments:?}: {}", said.out);
            let drawn = |c: char| ('\u{2580}'..='\u{259f}').contains(&c) || ('\u{2800}'..='\u{28ff}').contains(&c);
            assert!(form != "plain" || !said.out.contains(drawn), "{arguments:?}: {}", said.out);
        }
    }
    let rows = |arguments: &[&str]| {
        let shown = json(&chain, arguments);
        shown["rows"].as_array().expect("a list").iter().map(|it| it["key"].to_string()).collect::<Vec<_>>()
    };
    let newest = rows(&["show", "flow", "checkout", "--sort", "newest"]);
    let mut oldest = rows(&["show", "flow", "checkout", "--sort", "oldest"]);
    assert!(newest.len() > 1);
    oldest.reverse();
    assert_eq!(newest, oldest);
    assert_eq!(rows(&["show", "board", "--filter", "xyzzy"]), Vec::<String>::new());
}

#[test]
fn a_screen_that_cannot_be_shown_says_what_to_name() {
    let chain = Chain::new();
    for (arguments, code, hint) in [
        (&["show", "track", "checkout"][..], 2, "hint: flightdeck show track SERVICE ENVIRONMENT"),
        (&["show", "board", "--sort", "nmae"], 1, "hint: did you mean `name`?"),
        (&["show", "flow", "chekcout"], 1, "hint: did you mean `checkout`?"),
        (&["show", "board", "--run", "7"], 2, "hint: flightdeck show runs --run RUN"),
        (&["show", "metrics", "--deployments"], 2, "hint: flightdeck show metrics SERVICE ENVIRONMENT --deployments"),
        (&["show", "bord"], 2, "tip: "),
    ] {
        let said = say(&mut chain.room.flightdeck(), arguments);
        assert_eq!(said.code, code, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(hint), "{arguments:?}: {}", said.err);
    }
    let said = say(&mut chain.room.flightdeck(), &["show", "board", "--filter", "stats:failed", "--plain"]);
    assert!(said.err.contains("did you mean `status`?"), "{}", said.err);
}

#[test]
fn every_field_is_described() {
    let chain = Chain::new();
    let described = include_str!("../../docs/json.md");
    let promote = ["promote", "checkout", "--to", "testing", "--yes"];
    let lock = ["lock", "checkout", "--reason", "a pause"];
    for arguments in [
        &["status"][..],
        &["where", "main"],
        &["changes", "checkout", "--from", "1.0.0", "--to", "main"],
        &["metrics", "--since", "all"],
        &["metrics", "--explain", "all"],
        &["promote", "checkout", "--to", "testing", "--plan"],
        &promote,
        &["journal"],
        &["journal", "verify"],
        &lock,
        &["status"],
        &["unlock", "checkout"],
        &["mark-bad", "checkout", "1.0.0", "--reason", "loses carts"],
        &["sync"],
        &["doctor"],
        &["show", "board"],
        &["show", "flow", "checkout", "--details"],
        &["config", "check"],
        &["config", "themes"],
        &["config", "print", "--origin"],
    ] {
        let mut names = std::collections::BTreeSet::new();
        fields(&json(&chain, arguments), &mut names);
        let missing: Vec<&String> = names.iter().filter(|name| !described.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{arguments:?}: docs/json.md does not describe {missing:?}");
    }
}

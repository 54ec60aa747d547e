//! Everything that can be wrong with a file, and how it is said.

use rstest::rstest;

use super::*;

#[rstest]
#[case::type_of_a_value(
    "[policy]\nwrite = \"yes\"\n",
    "flightdeck.toml:2:9: expected `true` or `false`, found a text\n2 | write = \"yes\"\n  |         ^^^^^"
)]
#[case::number_out_of_range(
    "[[environment]]\nname = 'p'\nproduction = true\nrank = -1",
    "flightdeck.toml:4:8: is less than 0\n4 | rank = -1\n  |        ^^"
)]
#[case::table_where_a_list_belongs(
    "[environment]\nname = 'production'",
    "flightdeck.toml:1:1: expected a list, found a table\n1 | [environment]\n  | ^^^^^^^^^^^^^"
)]
#[case::missing_name(
    "[[environment]]\nproduction = true",
    "flightdeck.toml:1:1: `name` is missing\n1 | [[environment]]\n  | ^^^^^^^^^^^^^^^"
)]
#[case::empty_name(
    "[[environment]]\nname = ''\nproduction = true",
    "flightdeck.toml:2:8: must not be empty\n2 | name = ''\n  |        ^^"
)]
#[case::word_that_is_not_allowed(
    "ui.keys = 'vin'",
    "flightdeck.toml:1:11: `vin` is not allowed here\n1 | ui.keys = 'vin'\n  |           ^^^^^\nhint: did you mean `vim`?"
)]
#[case::unknown_kind(
    "[[backend]]\nname = 'a'\nkind = 'shelv'",
    "flightdeck.toml:3:8: unknown kind `shelv`\n3 | kind = 'shelv'\n  |        ^^^^^^^\nhint: did you mean `shelf`?"
)]
#[case::no_kind(
    "[[backend]]\nname = 'a'",
    "flightdeck.toml:1:1: `kind` is missing\n1 | [[backend]]\n  | ^^^^^^^^^^^\nhint: there is `shelf`, `other`"
)]
#[case::setting_of_a_kind(
    "[[backend]]\nname = 'a'\nkind = 'shelf'\npath = 1",
    "flightdeck.toml:4:8: expected a text, found a whole number\n4 | path = 1\n  |        ^"
)]
#[case::missing_setting_of_a_kind(
    "[[backend]]\nname = 'a'\nkind = 'shelf'",
    "flightdeck.toml:1:1: `path` is missing\n1 | [[backend]]\n  | ^^^^^^^^^^^"
)]
#[case::setting_of_two_shapes(
    "[[backend]]\nname = 'a'\nkind = 'shelf'\npath = ''\nstages = 'dev'",
    "flightdeck.toml:5:10: expected a list or a table, found a text\n5 | stages = 'dev'\n  |          ^^^^^"
)]
#[case::documented_word(
    "[[backend]]\nname = 'a'\nkind = 'shelf'\npath = ''\nmood = 'wilt'",
    "flightdeck.toml:5:8: `wilt` is not allowed here\n5 | mood = 'wilt'\n  |        ^^^^^^\nhint: did you mean `wild`?"
)]
#[case::name_that_is_kept(
    "[[backend]]\nname = 'flightdeck'\nkind = 'other'\nurl = ''",
    "flightdeck.toml:2:8: `flightdeck` is kept for what flightdeck records itself\n2 | name = 'flightdeck'\n  |        ^^^^^^^^^^^^"
)]
#[case::two_of_one_name(
    "[[service]]\nname = 'web'\n[[service]]\nname = 'web'",
    "flightdeck.toml:4:8: there are two called `web`\n4 | name = 'web'\n  |        ^^^^^\nhint: the other is on line 2"
)]
#[case::service_without_a_name(
    "[[service]]\ngroup = 'x'",
    "flightdeck.toml:1:1: has neither `name` nor `match`\n1 | [[service]]\n  | ^^^^^^^^^^^"
)]
#[case::glob(
    "[[service]]\nmatch = 'team-[a'",
    "flightdeck.toml:2:9: not a glob: unclosed character class; missing ']'\n2 | match = 'team-[a'\n  |         ^^^^^^^^^"
)]
#[case::expression(
    "[[service]]\nname = 'web'\nrelease_tags = '{service}-(\\d+'",
    "flightdeck.toml:3:16: not a regular expression: unclosed group\n3 | release_tags = '{service}-(\\d+'\n  |                ^^^^^^^^^^^^^^^^"
)]
#[case::time_zone(
    "[[environment]]\nname = 'p'\nproduction = true\ntime_zone = 'Europe/Berln'",
    "flightdeck.toml:4:13: there is no time zone `Europe/Berln`\n4 | time_zone = 'Europe/Berln'\n  |             ^^^^^^^^^^^^^^\nhint: did you mean `Europe/Berlin`?"
)]
#[case::environment_of_a_freeze(
    "[[environment]]\nname = 'production'\nproduction = true\n[[freeze]]\ndays = ['fri']\nenvironments = ['prodution']",
    "flightdeck.toml:6:17: there is no environment `prodution`\n6 | environments = ['prodution']\n  |                 ^^^^^^^^^^^\nhint: did you mean `production`?"
)]
#[case::moment_of_a_freeze(
    "[[freeze]]\nfrom = '20.12.2026'",
    "flightdeck.toml:2:8: `20.12.2026` does not have the right form\n2 | from = '20.12.2026'\n  |        ^^^^^^^^^^^^\nhint: write it like `2026-12-20` or `2026-12-20T18:00`"
)]
#[case::day_of_a_freeze(
    "[[freeze]]\ndays = ['sat', 'sonntag']",
    "flightdeck.toml:2:16: `sonntag` does not have the right form\n2 | days = ['sat', 'sonntag']\n  |                ^^^^^^^^^\nhint: write it like `fri`"
)]
#[case::hours_of_a_freeze(
    "[[freeze]]\nhours = '16-24'",
    "flightdeck.toml:2:9: `16-24` does not have the right form\n2 | hours = '16-24'\n  |         ^^^^^^^\nhint: write it like `16:00-24:00`"
)]
#[case::day_that_is_not(
    "[[freeze]]\nfrom = '2026-02-30'",
    "flightdeck.toml:2:8: there is no day `2026-02-30`\n2 | from = '2026-02-30'\n  |        ^^^^^^^^^^^^"
)]
#[case::freeze_that_ends_before_it_begins(
    "[[freeze]]\nfrom = '2026-12-20T18:00'\nuntil = '2026-12-20T18:00'",
    "flightdeck.toml:3:9: is not after `from`\n3 | until = '2026-12-20T18:00'\n  |         ^^^^^^^^^^^^^^^^^^"
)]
#[case::freeze_without_a_time(
    "[[freeze]]\nname = 'x'",
    "flightdeck.toml:1:1: says neither `from`, `until`, `days` nor `hours`\n1 | [[freeze]]\n  | ^^^^^^^^^^"
)]
#[case::glob_of_a_risk(
    "[[policy.risk]]\nname = 'x'\npaths = ['ok', '{a']",
    "flightdeck.toml:3:16: not a glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)\n3 | paths = ['ok', '{a']\n  |                ^^^^"
)]
#[case::marks_stand_under_wide_characters(
    "project = { name = '日本', state = 1 }",
    "flightdeck.toml:1:34: expected a text, found a whole number\n1 | project = { name = '日本', state = 1 }\n  |                                    ^"
)]
#[case::hostile_text_is_shown_clean(
    "ui.keys = \"\\u001b[31m\" # \u{202e}x",
    "flightdeck.toml:1:11: `␛[31m` is not allowed here\n1 | ui.keys = \"\\u001b[31m\" # x\n  |           ^^^^^^^^^^^^\nhint: there is `vim`, `emacs`, `plain`"
)]
fn an_error_has_its_place(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(said(&loaded(text).errors), [expected]);
}

#[rstest]
#[case::key(
    "[[environment]]\nname = 'p'\nprodction = true\nproduction = true",
    "flightdeck.toml:3:1: unknown key `prodction`\n3 | prodction = true\n  | ^^^^^^^^^\nhint: did you mean `production`?"
)]
#[case::setting_of_a_kind(
    "[[backend]]\nname = 'a'\nkind = 'other'\nurl = ''\npath = 'x'",
    "flightdeck.toml:5:1: unknown key `path`\n5 | path = 'x'\n  | ^^^^\nhint: there is `kind`, `name`, `url`"
)]
#[case::dotted_key(
    "policy.wirte = true",
    "flightdeck.toml:1:8: unknown key `wirte`\n1 | policy.wirte = true\n  |        ^^^^^\nhint: did you mean `write`?"
)]
#[case::no_production(
    "[[environment]]\nname = 'dev'",
    "flightdeck.toml:1:1: no environment is `production`: lead time and deployment frequency have nothing to count\n1 | [[environment]]\n  | ^^^^^^^^^^^^^^^"
)]
#[case::pattern_beside_a_name(
    "[[service]]\nname = 'web'\nmatch = 'w*'",
    "flightdeck.toml:3:9: is not used, because the entry has a `name`\n3 | match = 'w*'\n  |         ^^^^"
)]
fn what_is_likely_not_meant_is_a_warning(#[case] text: &str, #[case] expected: &str) {
    let loaded = loaded(text);
    assert_eq!(said(&loaded.warnings), [expected]);
    assert_eq!(loaded.errors, []);
}

#[test]
fn all_errors_are_listed_at_once_and_the_rest_holds() {
    let text = "[policy]\nwrite = 1\nwrite_idle_minutes = 3\n[[environment]]\nname = 'a'\ntime_zone = 'Mars'\nproduction = 1\n";
    let loaded = loaded(text);
    let lines: Vec<usize> = loaded.errors.iter().map(|it| it.spot.as_ref().unwrap().line).collect();
    assert_eq!(lines, [2, 6, 7]);
    assert_eq!(loaded.config.policy.write_idle_minutes, 3);
    assert!(!loaded.config.policy.write);
    assert_eq!(loaded.config.environment[0].name, "a");
}

#[test]
fn a_syntax_error_has_its_place() {
    let loaded = loaded("[policy]\nwrite = \n");
    let [problem] = &loaded.errors[..] else { panic!("{:?}", loaded.errors) };
    assert_eq!(problem.spot.as_ref().unwrap().line, 2);
    assert_eq!(loaded.config, Config::default());
}

#[test]
fn a_key_that_is_written_twice_is_an_error() {
    let loaded = loaded("[policy]\nwrite = true\nwrite = false\n");
    assert!(said(&loaded.errors)[0].starts_with("flightdeck.toml:3:1: duplicate key"), "{:?}", loaded.errors);
}

#[rstest]
#[case::not_utf8(&b"[ui]\n# caf\xe9\n"[..], "flightdeck.toml: is not UTF-8 text (line 2)")]
#[case::utf16(&b"\xff\xfe[\0u\0i\0]\0"[..], "flightdeck.toml: is not UTF-8 text (line 1)")]
fn a_file_that_is_no_text_is_told(#[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(said(&loaded(bytes).errors), [expected]);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(FILE_NAME)).unwrap();
    assert_eq!(said(&load_in(dir.path()).errors), ["flightdeck.toml: is a directory, not a file"]);

    let named = Sources { cwd: dir.path(), user: None, project: Some(Path::new("no.toml")), kinds: &[] };
    assert_eq!(said(&load(&named).errors), ["no.toml: there is no such file"]);

    std::os::unix::fs::symlink("nowhere", dir.path().join("dangling.toml")).unwrap();
    let named = Sources { project: Some(Path::new("dangling.toml")), ..named };
    assert_eq!(said(&load(&named).errors), ["dangling.toml: there is no such file"]);
}

#[test]
fn a_file_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let dir = project("");
    let path = dir.path().join(FILE_NAME);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything, such as root, reads it.
    let expected: &[&str] = match std::fs::read(&path) {
        Ok(_) => &[],
        Err(_) => &["flightdeck.toml: cannot be read: Permission denied (os error 13)"],
    };
    assert_eq!(said(&load_in(dir.path()).errors), expected);
}

#[rstest]
#[case("")]
#[case("\u{feff}")]
#[case("\u{feff}[policy]\r\nwrite = false\r\n")]
#[case("# nothing\n")]
fn an_ordinary_oddity_is_no_problem(#[case] text: &str) {
    assert_eq!(good(text).config, Config::default());
}

#[test]
fn a_date_without_quotes_is_a_date() {
    let text = "[[freeze]]\nname = 'x'\nfrom = 2026-12-20\nuntil = 2026-12-20T18:00\n";
    let period = good(text).config.freeze.remove(0).period;
    assert_eq!((period.from.as_deref(), period.until.as_deref()), (Some("2026-12-20"), Some("2026-12-20T18:00")));
}

#[test]
fn others_can_say_what_is_wrong_with_a_value() {
    let loaded = loaded("[[backend]]\nname = 'a'\nkind = 'shelf'\npath = 'x'\nstages = { 'a b' = 'y' }\n");
    let said = |key: &str| loaded.origins.problem(key, "is not there").to_string();
    assert_eq!(said("backend[0].path"), "flightdeck.toml:4:8: is not there\n4 | path = 'x'\n  |        ^^^");
    assert_eq!(
        said("backend[0].stages.\"a b\""),
        "flightdeck.toml:5:20: is not there\n5 | stages = { 'a b' = 'y' }\n  |                    ^^^"
    );
    assert_eq!(said("backend[0].depth"), "flightdeck.toml:1:1: is not there\n1 | [[backend]]\n  | ^^^^^^^^^^^");
    assert_eq!(said("ui.theme"), "flightdeck.toml: ui.theme: is not there");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "(\\[\\[?(environment|backend|service|freeze|key|ui|policy)\\]?\\]\n|(name|kind|path|days|rank|match) = (1|'x'|\\[1, 'é'\\]|\\{ a = 1 \\}|-9|true)\n|.{0,9}\n){0,9}") {
        let loaded = loaded(&text);
        for problem in loaded.errors.iter().chain(&loaded.warnings) {
            let _ = problem.to_string();
        }
        loaded.origins.settings(&loaded.config);
        loaded.config.resolve();
    }
}

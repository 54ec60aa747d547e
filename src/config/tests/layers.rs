//! Defaults under the user's file under the project's, and where each value comes from.

use std::fs;

use super::*;

fn user_and_project(user: &str, project: &str) -> (TempDir, Loaded) {
    let dir = self::project(project);
    let user_file = dir.path().join("user.toml");
    fs::write(&user_file, user).unwrap();
    let sources = Sources { cwd: dir.path(), user: Some(&user_file), project: None, kinds: &kinds() };
    let loaded = load(&sources);
    (dir, loaded)
}

#[test]
fn nothing_written_is_the_default() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.toml");
    let loaded = load(&Sources { cwd: dir.path(), user: Some(&missing), project: None, kinds: &[] });
    assert_eq!(loaded.config, Config::default());
    assert_eq!((loaded.errors, loaded.path, loaded.base_dir.as_path()), (Vec::new(), None, dir.path()));
}

#[test]
fn the_project_goes_over_the_user() {
    let user = "[ui]\ntheme = 'nord'\nglyphs = 'ascii'\n[[service]]\nmatch = 'u*'\n[[policy.risk]]\nname = 'mine'\n\
                [[key]]\nkeys = ['x']\nrun = 'a'\n";
    let project = "[ui]\ntheme = 'light'\n[policy]\nwrite = true\n[[service]]\nmatch = 'p*'\n[[policy.risk]]\nname = 'ours'\n\
                   [[key]]\nkeys = ['y']\nrun = 'b'\n";
    let (_dir, Loaded { config, errors, origins, .. }) = user_and_project(user, project);
    assert_eq!(errors, []);
    assert_eq!(
        (config.ui.theme.pair().0, config.ui.glyphs.as_str(), config.ui.keys.as_str()),
        ("light", "ascii", "vim")
    );
    assert_eq!(config.service.len(), 1);
    assert_eq!(config.service[0].pattern.as_deref(), Some("p*"));
    assert_eq!(config.policy.risk.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["ours"]);
    assert_eq!(config.key.iter().map(|it| it.run.as_str()).collect::<Vec<_>>(), ["a", "b"]);

    let of = |key: &str| origins.of(key).to_string();
    assert_eq!(of("ui.theme"), "flightdeck.toml:2");
    assert_eq!(of("ui.glyphs"), "user.toml:3");
    assert_eq!(of("ui.keys"), "default");
    assert_eq!(of("service[0]"), "flightdeck.toml:5");
    assert_eq!(of("key[0].run"), "user.toml:10");
    assert_eq!(of("key[1].run"), "flightdeck.toml:11");
}

#[test]
fn problems_of_both_files_are_told() {
    let (_dir, loaded) = user_and_project("ui.theme = 1", "ui.theme = 2\nui.thme = ''");
    assert_eq!(loaded.errors.len(), 2);
    assert_eq!(loaded.warnings.len(), 1);
}

#[test]
fn every_value_can_be_printed_with_its_origin() {
    let text = "[[environment]]\nname = 'p'\nproduction = true\n[[backend]]\nname = 'a'\nkind = 'shelf'\npath = 'x'\n";
    let loaded = good(text);
    let rows: Vec<String> = loaded
        .origins
        .settings(&loaded.config)
        .iter()
        .filter(|it| !it.key.starts_with("policy.risk") && !it.key.starts_with("metrics."))
        .map(|it| format!("{} = {}  # {}", it.key, it.value, it.origin))
        .collect();
    assert_eq!(
        rows,
        [
            "backend[0].kind = \"shelf\"  # flightdeck.toml:6",
            "backend[0].name = \"a\"  # flightdeck.toml:5",
            "backend[0].path = \"x\"  # flightdeck.toml:7",
            "environment[0].name = \"p\"  # flightdeck.toml:2",
            "environment[0].production = true  # flightdeck.toml:3",
            "freeze = []  # default",
            "key = []  # default",
            "policy.verify_timeout_seconds = 300  # default",
            "policy.write = false  # default",
            "policy.write_idle_minutes = 15  # default",
            "service = []  # default",
            "ui.accessible = false  # default",
            "ui.copy = []  # default",
            "ui.glyphs = \"auto\"  # default",
            "ui.keys = \"vim\"  # default",
            "ui.links = \"auto\"  # default",
            "ui.me = []  # default",
            "ui.mouse = false  # default",
            "ui.synchronized_updates = true  # default",
            "ui.theme = \"auto\"  # default",
            "view = []  # default",
        ]
    );
}

#[test]
fn the_file_is_searched_up_to_the_root_of_the_repository() {
    let dir = tempfile::tempdir().unwrap();
    let (outer, root, deep) = (dir.path().to_owned(), dir.path().join("shop"), dir.path().join("shop/src/deep"));
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    fs::write(outer.join(FILE_NAME), "").unwrap();
    assert_eq!(load_in(&deep).path, None, "what lies outside of the repository is not of it");
    fs::write(root.join(FILE_NAME), "").unwrap();
    let found = load_in(&deep);
    assert_eq!((found.path, found.base_dir), (Some(root.join(FILE_NAME)), root.clone()));

    // Outside of a repository it is searched further up.
    let elsewhere = outer.join("servers/production");
    fs::create_dir_all(&elsewhere).unwrap();
    assert_eq!(load_in(&elsewhere).path, Some(outer.join(FILE_NAME)));
}

#[test]
fn a_named_file_is_read_wherever_it_lies() {
    let dir = project("ui.theme = 'searched'");
    fs::create_dir(dir.path().join("etc")).unwrap();
    fs::write(dir.path().join("etc/named.toml"), "ui.theme = 'named'").unwrap();
    let named = Some(Path::new("etc/named.toml"));
    let loaded = load(&Sources { cwd: dir.path(), user: None, project: named, kinds: &[] });
    assert_eq!(loaded.config.ui.theme, "named".into());
    assert_eq!(loaded.base_dir, dir.path().join("etc"));
    assert_eq!(loaded.origins.of("ui.theme").to_string(), "etc/named.toml:1");
}

#[test]
fn the_schema_holds_the_settings_of_each_kind_and_every_reference_leads_somewhere() {
    let whole = schema(&kinds());
    fn references<'a>(value: &'a serde_json::Value, all: &mut Vec<&'a str>) {
        match value {
            serde_json::Value::Object(object) => {
                all.extend(object.get("$ref").and_then(|it| it.as_str()));
                object.values().for_each(|it| references(it, all));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|it| references(it, all)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    references(&whole, &mut all);
    assert!(all.contains(&"#/$defs/shelf.Stages"), "{all:?}");
    for reference in all {
        assert!(whole.pointer(&reference[1..]).is_some(), "{reference}");
    }
    let required = whole.pointer("/$defs/BackendEntry/oneOf/0/required").unwrap();
    assert_eq!(required, &serde_json::json!(["name", "kind", "path"]));
}

//! The first file.

use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn checked(dir: &Path) -> Config {
    let text = starting_file(dir);
    fs::write(dir.join(FILE_NAME), &text).unwrap();
    // Without kinds the settings of backends are taken as they are.
    let loaded = load(&Sources { cwd: dir, user: None, project: None, kinds: &[] });
    assert_eq!((said(&loaded.errors), said(&loaded.warnings)), (Vec::new(), Vec::new()), "{text}");
    loaded.config
}

fn rows(config: &Config) -> Vec<String> {
    let environments = config.environment.iter().map(|it| {
        let mark = if it.production { " production" } else { "" };
        format!("environment {}{mark}", it.name)
    });
    let backends = config.backend.iter().map(|it| {
        let settings: Vec<String> = it.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{} {}: {}", it.kind, it.name, settings.join(", "))
    });
    environments.chain(backends).collect()
}

#[test]
fn a_repository_is_found() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    assert_eq!(rows(&checked(dir.path())), ["environment release production", "git code: path = \".\""]);
}

#[test]
fn an_empty_directory_gives_a_file_that_is_valid() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(rows(&checked(dir.path())), ["environment release production"]);
}

#[test]
fn a_whole_delivery_chain_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let make = |path: &str| fs::create_dir_all(dir.path().join(path)).unwrap();
    for repository in ["checkout", "billing"] {
        for part in ["objects", "refs"] {
            make(&format!("repos/{repository}.git/{part}"));
        }
        fs::write(dir.path().join(format!("repos/{repository}.git/HEAD")), "").unwrap();
    }
    for stage in ["testing", "dev"] {
        make(&format!("packages/{stage}/checkout/1.0.0"));
        fs::write(dir.path().join(format!("packages/{stage}/checkout/1.0.0/artifact.json")), "{}").unwrap();
    }
    make("servers/production/checkout/releases/1.0.0");
    symlink("releases/1.0.0", dir.path().join("servers/production/checkout/current")).unwrap();
    assert_eq!(
        rows(&checked(dir.path())),
        [
            "environment dev",
            "environment testing",
            "environment production production",
            "git code: path = \"repos/{repository}.git\"",
            "stages packages: environments = [\"dev\", \"testing\"], path = \"packages\"",
            "releases servers: environments = [\"production\"], packages = \"packages/testing/{service}\", \
             path = \"servers/{environment}/{service}\"",
        ]
    );
}

#[test]
fn names_that_could_break_the_file_do_not() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a\"b", "c'd", "line\nbreak", "{x}", "-rf"] {
        fs::create_dir_all(dir.path().join(name).join(".git")).unwrap();
    }
    checked(dir.path());
}

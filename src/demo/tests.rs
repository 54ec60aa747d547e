use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::*;
use crate::backend::package::{Hashes, Manifest, Pointer};

fn now() -> Time {
    "2026-11-18T10:30:00Z".parse().unwrap()
}

fn built(options: &DemoOptions) -> (tempfile::TempDir, DemoWorld) {
    let place = tempfile::tempdir().unwrap();
    let world = build(&place.path().join("demo"), options).unwrap();
    (place, world)
}

/// Every file with the hash of its content, every link with its target.
fn listing(root: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            let seen = fs::symlink_metadata(&path).unwrap();
            if seen.is_symlink() {
                all.insert(name, fs::read_link(&path).unwrap().display().to_string());
            } else if seen.is_dir() {
                open.push(path);
            } else {
                all.insert(name, Digest::sha256(&Sha256::digest(fs::read(&path).unwrap()).into()).as_str().to_owned());
            }
        }
    }
    all
}

use crate::model::Digest;

#[test]
fn the_same_seed_and_present_give_the_same_bytes() {
    let options = DemoOptions::new(now());
    let (one, _) = built(&options);
    let (two, _) = built(&options);
    let (first, second) = (listing(one.path()), listing(two.path()));
    assert!(first.len() > 500, "{} files", first.len());
    assert_eq!(first, second);
    let (other, _) = built(&DemoOptions { seed: 2, ..options });
    assert_ne!(first, listing(other.path()));
}

#[test]
fn git_finds_nothing_wrong_with_the_repositories() {
    let (place, _) = built(&DemoOptions::new(now()));
    let repositories = place.path().join("demo/repos");
    let mut count = 0;
    for entry in fs::read_dir(repositories).unwrap() {
        let path = entry.unwrap().path();
        let checked =
            Command::new("git").arg("--git-dir").arg(&path).args(["fsck", "--full", "--strict"]).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && checked.stdout.is_empty(), "{}: {said}", path.display());
        count += 1;
    }
    assert_eq!(count, 7, "eight services, two of them in one repository");
}

#[test]
fn every_package_has_the_bytes_of_its_manifest_and_current_leads_to_one() {
    let (place, _) = built(&DemoOptions::new(now()));
    let hashes = Hashes::default();
    for stage in ["dev", "testing"] {
        for service in fs::read_dir(place.path().join("demo/packages").join(stage)).unwrap() {
            let service = service.unwrap().path();
            assert!(matches!(Pointer::read(&service, "").unwrap(), Pointer::To(_)), "{}", service.display());
            for version in fs::read_dir(&service).unwrap().map(|it| it.unwrap()) {
                if version.file_type().unwrap().is_dir() {
                    let manifest = Manifest::read(&version.path()).unwrap();
                    assert_eq!(manifest.flaw(), None);
                    hashes.verify(&version.path(), &manifest).unwrap();
                }
            }
        }
    }
}

#[test]
fn production_runs_something_and_can_go_back() {
    let (place, _) = built(&DemoOptions::new(now()));
    for service in fs::read_dir(place.path().join("demo/servers/production")).unwrap() {
        let service = service.unwrap().path();
        assert!(matches!(Pointer::read(&service, "releases").unwrap(), Pointer::To(_)), "{}", service.display());
        let releases = fs::read_dir(service.join("releases")).unwrap().count();
        assert!(releases >= 2, "{} has {releases} releases", service.display());
    }
}

#[test]
fn a_directory_that_holds_something_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("thesis.tex"), "precious").unwrap();
    assert!(matches!(build(place.path(), &DemoOptions::new(now())), Err(DemoError::NotEmpty(_))));
    assert_eq!(listing(place.path()).len(), 1);
}

#[test]
fn many_services_are_built_too() {
    let (place, _) = built(&DemoOptions { services: 40, months: 2, ..DemoOptions::new(now()) });
    assert_eq!(fs::read_dir(place.path().join("demo/servers/production")).unwrap().count(), 40);
}

#[test]
fn a_living_company_goes_on_and_stays_whole() {
    let (place, world) = built(&DemoOptions::new(now()));
    let root = place.path().join("demo");
    let lines = |file: &str| fs::read_to_string(root.join("facts").join(file)).unwrap().lines().count();
    let versions = || listing(&root.join("packages")).keys().filter(|name| name.ends_with("artifact.json")).count();
    let before = (lines("runs.jsonl"), lines("pull-requests.jsonl"), versions());
    let mut life = live::Life::new(world, 1, now());
    let mut at = now();
    for _ in 0..240 {
        at += chrono::Duration::seconds(2);
        life.live_until(at).unwrap();
    }
    let after = (lines("runs.jsonl"), lines("pull-requests.jsonl"), versions());
    assert!(after.0 > before.0 + 100 && after.1 > before.1 + 10 && after.2 > before.2 + 8, "{before:?} {after:?}");
    for stage in ["dev", "testing"] {
        for service in fs::read_dir(root.join("packages").join(stage)).unwrap() {
            let service = service.unwrap().path();
            let Pointer::To(live) = Pointer::read(&service, "").unwrap() else { panic!("{}", service.display()) };
            let manifest = Manifest::read(&service.join(live.as_str())).unwrap();
            Hashes::default().verify(&service.join(live.as_str()), &manifest).unwrap();
        }
    }
    for entry in fs::read_dir(root.join("repos")).unwrap() {
        let path = entry.unwrap().path();
        let checked = Command::new("git").arg("--git-dir").arg(&path).args(["fsck", "--strict"]).output().unwrap();
        assert!(checked.status.success() && checked.stdout.is_empty(), "{}", path.display());
    }
}

fn loaded(world: &DemoWorld) -> crate::config::Loaded {
    let kinds: Vec<_> = crate::backend::KINDS.iter().map(|kind| (kind.name, (kind.schema)())).collect();
    let cwd = world.config.parent().unwrap();
    crate::config::load(&crate::config::Sources { cwd, user: None, project: None, kinds: &kinds })
}

#[test]
fn the_configuration_is_valid_and_without_a_warning() {
    let (_place, world) = built(&DemoOptions { services: 12, months: 1, ..DemoOptions::new(now()) });
    let loaded = loaded(&world);
    assert_eq!(loaded.errors, []);
    assert_eq!(loaded.warnings, []);
}

/// Everything that the backends of the configuration report.
async fn facts(world: &DemoWorld) -> Vec<crate::fact::Fact> {
    let loaded = loaded(world);
    let environments: Vec<_> = loaded.config.environment.iter().map(|it| it.name.as_str().into()).collect();
    let cache = tempfile::tempdir().unwrap();
    let at = world.now;
    let mut facts = Vec::new();
    for entry in &loaded.config.backend {
        let kind = crate::backend::KINDS.iter().find(|kind| kind.name == entry.kind).unwrap();
        let opening = crate::backend::Opening {
            id: entry.name.as_str().into(),
            settings: &entry.settings,
            base: &loaded.base_dir,
            environments: &environments,
            cache: cache.path(),
            clock: std::sync::Arc::new(move || at),
        };
        let backend = (kind.open)(&opening).unwrap_or_else(|problem| panic!("{}: {problem:?}", entry.name));
        let mut cursor = None;
        loop {
            let reading = backend.reader().unwrap().read(cursor.as_ref()).await.unwrap();
            assert_eq!(reading.problems, [], "{}", entry.name);
            facts.extend(reading.facts);
            cursor = reading.cursor;
            if !reading.more {
                break;
            }
        }
    }
    facts
}

#[tokio::test]
async fn every_backend_reads_its_part_without_a_problem() {
    use crate::fact::Body;
    let (_place, world) = built(&DemoOptions::new(now()));
    let facts = facts(&world).await;
    let count = |wanted: fn(&Body) -> bool| facts.iter().filter(|fact| wanted(&fact.body)).count();
    assert_eq!(count(|it| matches!(it, Body::State(_))), 24, "eight services in three environments");
    assert!(count(|it| matches!(it, Body::Deployment(_))) > 500);
    assert!(count(|it| matches!(it, Body::Artifact(_))) > 100);
    assert!(count(|it| matches!(it, Body::Reference(_))) > 100);
    assert!(count(|it| matches!(it, Body::Run(_))) > 500);
    assert!(count(|it| matches!(it, Body::PullRequest(_))) > 500);
    assert_eq!(count(|it| matches!(it, Body::Incident(_))), 6);
    assert_eq!(count(|it| matches!(it, Body::Lock(_))), 1);
    assert_eq!(count(|it| matches!(it, Body::BadMark(_))), 5);
    let deployments: std::collections::BTreeSet<_> = facts
        .iter()
        .filter_map(|fact| if let Body::Deployment(it) = &fact.body { Some(it.id.clone()) } else { None })
        .collect();
    for fact in &facts {
        if let Body::Incident(incident) = &fact.body {
            assert!(incident.caused_by.as_ref().is_none_or(|id| deployments.contains(id)), "{incident:?}");
        }
    }
}

//! What the entries mean.

use super::*;
use crate::model::{RepositoryId, ServiceId};

#[test]
fn environments_stand_in_the_order_of_promotion() {
    let text = "[[environment]]\nname = 'production'\nproduction = true\nrank = 9\ntime_zone = 'Europe/Berlin'\n\
                [[environment]]\nname = 'dev'\n[[environment]]\nname = 'testing'\nprotected = true\n\
                [[environment]]\nname = 'sandbox'\nproduction = true\nprotected = false\nrank = 0\n";
    let environments = good(text).config.resolve().environments;
    let row = |it: &crate::model::Environment| {
        format!("{} {} {} {} {}", it.id, it.rank, it.production, it.protected, it.time_zone)
    };
    assert_eq!(
        environments.iter().map(row).collect::<Vec<_>>(),
        [
            "sandbox 0 true false UTC",
            "dev 1 false false UTC",
            "testing 2 false true UTC",
            "production 9 true true Europe/Berlin",
        ]
    );
}

#[test]
fn the_first_entry_that_fits_holds() {
    let text = r#"
        [[service]]
        name = "team-a"
        repository = "mono"
        paths = ["a/**"]
        branch = "release"
        [[service]]
        match = "team-*"
        paths = ["services/{service}/**"]
        release_tags = '{service}-\d+'
        group = "teams"
    "#;
    let rules = good(text).config.resolve().services;
    let first = rules.service_for(&ServiceId::from("team-a")).unwrap();
    assert_eq!((first.repository, first.branch.as_deref()), (Some(RepositoryId::from("mono")), Some("release")));
    let second = rules.service_for(&ServiceId::from("team-b+c")).unwrap();
    assert_eq!(second.repository, Some(RepositoryId::from("team-b+c")));
    assert_eq!(second.paths, ["services/team-b+c/**"]);
    assert_eq!(second.release_tags.as_deref(), Some(r"team\-b\+c-\d+"));
    assert_eq!(second.group.unwrap().as_str(), "teams");
    assert_eq!(rules.service_for(&ServiceId::from("other")), None);
    assert_eq!(rules.named().collect::<Vec<_>>(), [ServiceId::from("team-a")]);
}

#[test]
fn a_name_in_a_glob_is_taken_literally() {
    let rules = good("[[service]]\nmatch = '*'\npaths = ['{service}/**']").config.resolve().services;
    let service = rules.service_for(&ServiceId::from("a*[b]")).unwrap();
    let glob = globset::Glob::new(&service.paths[0]).unwrap().compile_matcher();
    assert!(glob.is_match("a*[b]/main.rs"));
    assert!(!glob.is_match("axb/main.rs"));
}

#[test]
fn without_entries_every_name_is_a_service() {
    let rules = Config::default().resolve().services;
    let service = rules.service_for(&ServiceId::from("anything")).unwrap();
    assert_eq!(service.repository, Some(RepositoryId::from("anything")));
    assert_eq!(rules.named().count(), 0);
}

#[test]
fn a_repository_without_configuration_is_one_service_on_its_release_line() {
    let dir = tempfile::tempdir().unwrap();
    let repository = dir.path().join("shop.git");
    std::fs::create_dir(&repository).unwrap();
    let base = Config { ui: UiEntry { theme: "nord".into(), ..UiEntry::default() }, ..Config::default() };
    let config = for_repository(base, &repository);
    assert_eq!(config.ui.theme, "nord".into());
    assert_eq!(config.project.name.as_deref(), Some("shop"));
    assert_eq!((config.backend[0].kind.as_str(), config.backend.len()), ("git", 1));
    let resolved = config.resolve();
    assert!(resolved.environments[0].release_line && resolved.environments[0].production);
    let services: Vec<ServiceId> = resolved.services.named().collect();
    assert_eq!(services, [ServiceId::from("shop")]);
    assert_eq!(resolved.services.service_for(&services[0]).unwrap().repository, Some(RepositoryId::from("shop")));
}

//! The reference pages, written from the tables that the program itself runs on and compared with them, so that they are
//! never out of date. `FLIGHTDECK_PAGES=write cargo test --test reference` writes them anew.

mod commands;
mod configuration;
mod keys;
mod markdown;
mod themes;

use std::path::Path;

#[test]
fn the_pages_say_what_the_program_does() {
    let pages = [
        ("keys", keys::page()),
        ("commands", commands::page()),
        ("configuration", configuration::page()),
        ("themes", themes::page()),
    ];
    let write = std::env::var("FLIGHTDECK_PAGES").is_ok_and(|it| it == "write");
    let mut stale = Vec::new();
    for (name, page) in pages {
        let path = Path::new("docs").join(name).with_extension("md");
        if write {
            std::fs::write(&path, page).expect("written");
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(page.as_str()) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "out of date: {stale:?}; FLIGHTDECK_PAGES=write writes them anew");
}

/// Every page is reached from the README, and every page that it links to is there.
#[test]
fn the_readme_leads_to_every_page() {
    let readme = std::fs::read_to_string("README.md").expect("a README");
    for page in std::fs::read_dir("docs").expect("pages").flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        assert!(readme.contains(&format!("docs/{name}")), "the README does not lead to docs/{name}");
    }
    let linked = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in linked.filter(|link| !link.contains("://") && !link.starts_with('#')) {
        let path = link.split('#').next().unwrap_or(link);
        assert!(Path::new(path).exists(), "the README links to {path}, which is not there");
    }
}

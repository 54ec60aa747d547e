//! Each document of the same tracks, and what no document may do.

mod markup;
mod world;

use super::{Csv, Markdown, Page, Report, table};
use crate::query::TrackReport;

fn with<T>(tracks: &[TrackReport], problems: &[&str], look: impl FnOnce(&Report<'_>) -> T) -> T {
    let problems: Vec<String> = problems.iter().map(|it| (*it).to_owned()).collect();
    look(&world::report(tracks, &world::definitions(), &problems))
}

fn on_a_terminal(tracks: &[TrackReport], problems: &[&str]) -> String {
    let lines = with(tracks, problems, |it| table(it, 80));
    lines.iter().map(|it| it.plain().trim_end().to_owned() + "\n").collect()
}

/// The page without its style, which says nothing.
fn page(tracks: &[TrackReport], problems: &[&str]) -> String {
    let page = with(tracks, problems, |it| Page(it).to_string());
    let (before, after) = (page.find("<style>").unwrap(), page.find("</style>").unwrap());
    format!("{}{}", &page[..before], &page[after + "</style>".len()..])
}

#[test]
fn terminal() {
    insta::assert_snapshot!(on_a_terminal(&[world::checkout()], &["bad lines in deployments.jsonl: 3"]));
}

#[test]
fn terminal_of_hostile_names_and_of_nothing() {
    let shown = on_a_terminal(&[world::hostile(), world::idle()], &[]);
    insta::assert_snapshot!(shown + "──\n" + &on_a_terminal(&[], &[]));
}

#[test]
fn terminal_of_many_tracks() {
    let many: Vec<TrackReport> = std::iter::repeat_n([world::checkout(), world::idle()], 5).flatten().collect();
    insta::assert_snapshot!(on_a_terminal(&many, &[]));
}

#[test]
fn csv() {
    insta::assert_snapshot!(with(&[world::checkout()], &[], |it| Csv(it).to_string()).replace('\r', ""));
}

#[test]
fn csv_of_hostile_names_and_of_nothing() {
    let tracks = [world::hostile(), world::idle()];
    insta::assert_snapshot!(with(&tracks, &[], |it| Csv(it).to_string()).replace('\r', "␍"));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(with(&[world::checkout()], &["bad lines: 3"], |it| Markdown(it).to_string()));
}

#[test]
fn markdown_of_hostile_names_and_of_nothing() {
    let tracks = [world::hostile(), world::idle()];
    insta::assert_snapshot!(with(&tracks, &["cannot read <b>"], |it| Markdown(it).to_string()));
}

#[test]
fn html() {
    insta::assert_snapshot!(page(&[world::checkout()], &["bad lines in deployments.jsonl: 3"]));
}

#[test]
fn html_of_hostile_names_and_of_nothing() {
    insta::assert_snapshot!(page(&[world::hostile(), world::idle()], &["cannot read <b>"]));
}

#[test]
fn a_page_is_well_formed_and_loads_nothing() {
    for tracks in [vec![], vec![world::checkout()], vec![world::checkout(), world::hostile(), world::idle()]] {
        let page = with(&tracks, &["cannot read <b>"], |it| Page(it).to_string());
        markup::check(&page);
        for banned in ["<script", "http:", "//", "javascript:", "url(", "@import", "<img", "<b> "] {
            let names = ["https://a.b", "&lt;script"];
            let own = names.iter().fold(page.clone(), |page, name| page.replace(name, ""));
            assert!(!own.contains(banned), "{banned}");
        }
    }
}

#[test]
fn many_tracks_are_an_overview_and_a_page_that_can_be_sent() {
    let tracks: Vec<TrackReport> = std::iter::repeat_n(world::checkout(), 300).collect();
    let page = with(&tracks, &[], |it| Page(it).to_string());
    assert!(page.len() < 500_000, "{}", page.len());
    assert!(page.contains("The first 8 of 300 tracks are told in full below."));
}

#[test]
fn nothing_on_a_terminal_is_wider_than_it() {
    for line in on_a_terminal(&[world::checkout(), world::idle()], &[&"word ".repeat(40)]).lines() {
        assert!(crate::view::fit::width(line) <= 80, "{line}");
    }
}

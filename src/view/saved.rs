//! Views that are kept under a name: those that ship, those of the configuration, and somebody's own.

use serde::Deserialize;

use super::{Filter, Screen, Sources, Wish};
use crate::config::ViewEntry;
use crate::model::{EnvironmentId, ServiceId, Text};

/// A screen as somebody likes it, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it is called.
    pub name: String,
    /// What it shows.
    pub shows: Text,
    /// What is asked for. A flow or track that names no service is that of whatever is looked at.
    pub wish: Wish,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a view comes from. What comes later takes the place of what has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It ships with the program.
    Shipped,
    /// It is written in a configuration.
    Configured,
    /// Somebody kept it.
    Own,
}

/// Something that is wrong with a view: the key that is wrong, what is wrong with it, and what may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The key: `screen`, `filter`, `sort`.
    pub key: &'static str,
    /// What is wrong.
    pub what: String,
}

/// All views by name: shipped, configured, own; of one name the last.
pub fn all(configured: &[ViewEntry], own: &[ViewEntry]) -> Vec<View> {
    let shipped = shipped();
    let sources = [(&shipped[..], Origin::Shipped), (configured, Origin::Configured), (own, Origin::Own)];
    let mut views: Vec<View> = Vec::new();
    for view in sources.iter().flat_map(|(entries, from)| entries.iter().filter_map(|it| View::of(it, *from))) {
        match views.iter_mut().find(|it| it.name == view.name) {
            Some(before) => *before = view,
            None => views.push(view),
        }
    }
    views
}

/// The views that ship.
fn shipped() -> Vec<ViewEntry> {
    #[derive(Deserialize)]
    struct Rows {
        view: Vec<ViewEntry>,
    }
    toml::from_str::<Rows>(include_str!("views.toml")).map(|rows| rows.view).unwrap_or_default()
}

impl View {
    /// The view of an entry; none where its screen is none.
    pub fn of(entry: &ViewEntry, from: Origin) -> Option<Self> {
        let screen = Screen::named(&entry.screen)?;
        let told = entry.shows.as_deref().map(Text::from);
        let mut wish = Wish {
            service: entry.service.as_deref().map(ServiceId::from),
            filter: entry.filter.clone().unwrap_or_default(),
            sort: entry.sort.clone(),
            ..Wish::of(screen)
        };
        match &entry.environment {
            Some(environment) if matches!(screen, Screen::Track | Screen::Metrics) => {
                wish.environment = Some(EnvironmentId::from(environment.as_str()));
            }
            // Elsewhere a row is of an environment, or has cells of several: that is the filter's business.
            Some(environment) => wish.filter = format!("environment:{environment} {}", wish.filter).trim().to_owned(),
            None => {}
        }
        let shows = told.unwrap_or_else(|| Text::from(in_words(&wish)));
        Some(Self { name: entry.name.clone(), shows, wish, from })
    }

    /// The entry that keeps a screen as it is.
    pub fn entry(name: &str, wish: &Wish) -> ViewEntry {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        ViewEntry {
            name: name.to_owned(),
            screen: wish.screen.id().to_owned(),
            shows: None,
            filter: some(&wish.filter),
            sort: wish.sort.clone(),
            service: wish.service.as_ref().map(|it| it.as_str().to_owned()),
            environment: wish.environment.as_ref().map(|it| it.as_str().to_owned()),
        }
    }
}

/// What a screen is asked for, in words: `activity of checkout, only author:me, by newest`.
fn in_words(wish: &Wish) -> String {
    let mut words = wish.screen.title().to_lowercase();
    if let Some(service) = &wish.service {
        words.push_str(&format!(" of {service}"));
    }
    if let Some(environment) = &wish.environment {
        words.push_str(&format!(" in {environment}"));
    }
    if !wish.filter.is_empty() {
        words.push_str(&format!(", only {}", wish.filter));
    }
    if let Some(sort) = &wish.sort {
        words.push_str(&format!(", by {}", sort.trim_start_matches('-')));
    }
    words
}

/// What is wrong with a view that has the right form: fields and orders that its screen does not have.
pub fn wrong(entry: &ViewEntry) -> Vec<Wrong> {
    let Some(view) = View::of(entry, Origin::Configured) else { return Vec::new() };
    // A screen on nothing has the same fields and orders as on anything.
    let table = super::open(&view.wish, &Sources::nothing());
    let me = ["me".to_owned()];
    let typed = entry.filter.as_deref().unwrap_or_default();
    let hints = Filter::parse_as(typed, table.fields(), &me).hints().to_vec();
    let mut all: Vec<Wrong> = hints.into_iter().map(|what| Wrong { key: "filter", what }).collect();
    if let Some(sort) = entry.sort.as_deref().map(|sort| sort.trim_start_matches('-'))
        && !table.orders().contains(&sort)
    {
        let there = table.orders().join(", ");
        all.push(Wrong { key: "sort", what: format!("rows cannot be ordered by {sort}: there are {there}") });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn entry(screen: &str, filter: &str, sort: Option<&str>) -> ViewEntry {
        ViewEntry {
            name: "mine".to_owned(),
            screen: screen.to_owned(),
            filter: Some(filter.to_owned()),
            sort: sort.map(str::to_owned),
            ..ViewEntry::default()
        }
    }

    #[test]
    fn every_view_that_ships_is_without_fault_and_says_what_it_shows() {
        let views = shipped();
        assert!(views.len() >= 5);
        for view in &views {
            assert_eq!(wrong(view), [], "{}", view.name);
            assert!(ViewEntry::is_name(&view.name) && view.shows.is_some());
        }
        assert_eq!(all(&[], &[]).len(), views.len());
    }

    #[test]
    fn ones_own_takes_the_place_of_what_is_configured_and_that_of_what_ships() {
        let called = |screen: &str| ViewEntry { name: "on-call".to_owned(), ..entry(screen, "x", None) };
        let screen = |views: &[View]| views.iter().find(|it| it.name == "on-call").map(|it| it.wish.screen);
        assert_eq!(screen(&all(&[called("runs")], &[])), Some(Screen::Runs));
        assert_eq!(screen(&all(&[called("runs")], &[called("journal")])), Some(Screen::Journal));
    }

    #[rstest]
    #[case(entry("activity", "authr:me", None), "filter", "no field `authr` here: did you mean `author`?")]
    #[case(
        entry("board", "", Some("-size")),
        "sort",
        "rows cannot be ordered by size: there are attention, name, group, waiting, age"
    )]
    fn what_a_screen_does_not_have_is_told(#[case] entry: ViewEntry, #[case] key: &str, #[case] what: &str) {
        let told = wrong(&entry);
        assert_eq!(told.iter().map(|it| (it.key, it.what.as_str())).collect::<Vec<_>>(), [(key, what)]);
    }

    #[test]
    fn a_screen_that_was_kept_comes_back_as_it_was() {
        let wish = Wish {
            service: Some(ServiceId::from("checkout")),
            environment: Some(EnvironmentId::from("production")),
            filter: "is:live".to_owned(),
            sort: Some("-version".to_owned()),
            ..Wish::of(Screen::Track)
        };
        let view = View::of(&View::entry("mine", &wish), Origin::Own).unwrap();
        assert_eq!(view.wish, wish);
        assert_eq!(view.shows.as_str(), "track of checkout in production, only is:live, by version");
    }

    #[test]
    fn an_environment_of_a_screen_of_many_is_a_term_of_its_filter() {
        let entry =
            ViewEntry { environment: Some("production".to_owned()), ..entry("activity", "status:failed", None) };
        assert_eq!(View::of(&entry, Origin::Own).unwrap().wish.filter, "environment:production status:failed");
    }
}

//! Every theme that ships, in every number of colours: complete, readable, and telling the same to everybody.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use rstest::rstest;

use super::vision::{DEFICIENCIES, Rgb, distance, seen};
use super::{BUILT_IN, Part, ROLES, Theme, Themes};
use crate::model::{EnvironmentId, Status};
use crate::ui::color::{self, ColorLevel, READABLE, contrast};
use crate::ui::glyphs::{ASCII, NERD, UNICODE};
use crate::view::Role;

const LEVELS: [ColorLevel; 4] = [ColorLevel::True, ColorLevel::Indexed, ColorLevel::Sixteen, ColorLevel::Mono];

fn theme(name: &str, level: ColorLevel) -> Theme {
    Themes::default().load(name, level).0
}

fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The themes that say what is behind everything.
fn grounded() -> impl Iterator<Item = (&'static str, Theme, Rgb)> {
    names().filter_map(|name| {
        let theme = theme(name, ColorLevel::True);
        let ground = theme.ground().and_then(color::rgb)?;
        Some((name, theme, ground))
    })
}

fn ink(theme: &Theme, style: Style) -> Option<Rgb> {
    style.fg.and_then(color::rgb).or_else(|| theme.part(Part::Screen).fg.and_then(color::rgb))
}

fn is_text(role: &str) -> bool {
    // Lines and shades of a chart are no text: what they say stands beside them in words.
    role != "frame" && !role.starts_with("heat.")
}

#[test]
fn ten_and_more_ship_and_every_role_of_each_resolves_without_a_warning() {
    assert!(BUILT_IN.len() >= 10);
    for name in names() {
        let (theme, problems) = Themes::default().load(name, ColorLevel::True);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        for role in ROLES {
            assert!(theme.styles.contains_key(*role), "{name} has no {role}");
        }
    }
}

#[test]
fn text_can_be_read_where_a_theme_says_what_is_behind_it() {
    let mut checked = 0;
    for (name, theme, ground) in grounded() {
        checked += 1;
        for (role, style) in theme.styles.iter().filter(|(role, _)| is_text(role)) {
            let text = ink(&theme, *style).unwrap();
            let behind = style.bg.and_then(color::rgb).unwrap_or(ground);
            let contrast = contrast(text, behind);
            assert!(contrast >= READABLE, "{name}, {role}: {contrast:.2}");
            // Dialogs have a ground of their own, on which the same roles are written.
            let dialog = theme.part(Part::Dialog).bg.and_then(color::rgb).unwrap();
            let behind = style.bg.and_then(color::rgb).unwrap_or(dialog);
            assert!(color::contrast(text, behind) >= 4.4, "{name}, {role} in a dialog");
        }
    }
    assert_eq!(checked, BUILT_IN.len() - 2, "all but default and monochrome say what is behind");
}

/// What a terminal's own colours look like nobody here knows: such a theme says no ground and no colour of its own, never
/// one beside another, and marks by reversing, so that its text is as readable as everything else in that terminal.
#[test]
fn a_theme_of_the_terminals_own_colours_never_puts_one_on_another() {
    for name in ["default", "monochrome"] {
        for (role, style) in &theme(name, ColorLevel::True).styles {
            assert!(style.bg.is_none_or(|bg| bg == Color::Reset), "{name}, {role}");
            let own = style.fg.is_some_and(|fg| matches!(fg, Color::Rgb(..) | Color::Indexed(_)));
            assert!(!own && !matches!(style.fg, Some(Color::Black | Color::White | Color::Gray)), "{name}, {role}");
        }
        assert!(theme(name, ColorLevel::True).part(Part::Selected).add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn the_selected_row_can_be_read_and_is_seen() {
    for (name, theme, ground) in grounded() {
        for part in [Part::Selected, Part::SelectedCell, Part::SelectedTab, Part::Writing] {
            let style = theme.part(part);
            let behind = style.bg.and_then(color::rgb).unwrap_or(ground);
            assert!(style.fg.is_some(), "{name}, {part:?} says its ink, so that no state is unreadable on it");
            assert!(contrast(ink(&theme, style).unwrap(), behind) >= READABLE, "{name}, {part:?}");
            assert!(contrast(behind, ground) >= 1.15, "{name}, {part:?} is not seen");
            assert!(style.add_modifier.contains(Modifier::BOLD), "{name}, {part:?}");
        }
    }
}

#[test]
fn a_dialog_is_readable_with_its_frame_in_sight() {
    for (name, theme, ground) in grounded() {
        let frame = ink(&theme, theme.part(Part::Frame)).unwrap();
        assert!(contrast(frame, ground) >= 1.8, "{name}: {:.2}", contrast(frame, ground));
    }
}

#[test]
fn more_heat_is_more_contrast() {
    for (name, theme, ground) in grounded() {
        let levels: Vec<f64> =
            (1..=4).map(|at| contrast(ink(&theme, theme.role(&Role::Heat(at))).unwrap(), ground)).collect();
        assert!(levels.is_sorted_by(|a, b| *b - *a >= 0.4), "{name}: {levels:?}");
        assert!(levels[3] >= READABLE && levels[0] >= 1.5, "{name}: {levels:?}");
    }
}

#[test]
fn every_state_has_its_symbol_in_every_set_so_no_fact_needs_a_colour() {
    for set in [UNICODE, ASCII, NERD] {
        for (at, one) in Status::ALL.iter().enumerate() {
            for other in &Status::ALL[at + 1..] {
                assert_ne!(set.status(*one), set.status(*other), "{}", set.name);
            }
        }
    }
}

/// What has to be told apart at a glance, by colour too: how well it goes.
const GLANCED: [(Status, Status); 3] =
    [(Status::Ok, Status::Failed), (Status::Running, Status::Failed), (Status::Ok, Status::Held)];

fn style_of(theme: &Theme, status: Status) -> Style {
    theme.role(&Role::Status(status))
}

#[test]
fn good_and_bad_are_told_apart_by_everybody_in_the_theme_made_for_it() {
    let theme = theme("colour-blind", ColorLevel::True);
    for (deficiency, by) in DEFICIENCIES {
        let apart = |one: Style, other: Style| {
            distance(seen(ink(&theme, one).unwrap(), &by), seen(ink(&theme, other).unwrap(), &by))
        };
        for (one, other) in GLANCED {
            let apart = apart(style_of(&theme, one), style_of(&theme, other));
            assert!(apart >= 20.0, "{deficiency}: {one:?} and {other:?} are {apart:.0} apart");
        }
        let added = apart(theme.role(&Role::Added), theme.role(&Role::Removed));
        assert!(added >= 20.0, "{deficiency}: added and removed are {added:.0} apart");
    }
}

/// In every theme and with any colours: by colour as each sort of people sees it, or else by weight; the symbol comes on
/// top of both.
#[test]
fn good_and_bad_differ_in_every_theme_and_after_every_reduction() {
    for name in names() {
        for level in LEVELS {
            let theme = theme(name, level);
            for (one, other) in [(Status::Ok, Status::Failed), (Status::Running, Status::Failed)] {
                let (one, other) = (style_of(&theme, one), style_of(&theme, other));
                let by_weight = one.add_modifier != other.add_modifier;
                let by_colour = || {
                    let colours = ink(&theme, one).zip(ink(&theme, other));
                    let far = |(a, b)| DEFICIENCIES.iter().all(|(_, by)| distance(seen(a, by), seen(b, by)) >= 10.0);
                    colours.is_some_and(far)
                };
                assert!(by_weight || by_colour(), "{name}, {level:?}: {one:?} {other:?}");
            }
        }
    }
}

#[test]
fn in_256_colours_themes_stay_readable_and_the_selected_row_marked() {
    for name in names() {
        let theme = theme(name, ColorLevel::Indexed);
        let Some(ground) = theme.ground().and_then(color::rgb) else { continue };
        for (role, style) in theme.styles.iter().filter(|(role, _)| is_text(role)) {
            let behind = style.bg.and_then(color::rgb).unwrap_or(ground);
            let contrast = contrast(ink(&theme, *style).unwrap(), behind);
            assert!(contrast >= 4.4, "{name}, {role}: {contrast:.2}");
        }
        assert_ne!(theme.part(Part::Selected).bg, theme.ground(), "{name}");
    }
}

#[test]
fn in_sixteen_colours_every_theme_is_one_of_the_terminals_own_colours() {
    for name in names() {
        let theme = theme(name, ColorLevel::Sixteen);
        for (role, style) in &theme.styles {
            assert!(style.bg.is_none_or(|bg| bg == Color::Reset), "{name}, {role}: {style:?}");
            assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))), "{name}, {role}: {style:?}");
        }
        for part in [Part::Selected, Part::SelectedCell, Part::SelectedTab, Part::Writing] {
            assert!(theme.part(part).add_modifier.contains(Modifier::REVERSED), "{name}, {part:?}");
        }
        if name != "monochrome" {
            let (ok, failed) = (style_of(&theme, Status::Ok), style_of(&theme, Status::Failed));
            assert_ne!(ok.fg, failed.fg, "{name}");
        }
    }
}

#[test]
fn without_colours_selection_writing_and_failure_are_still_told() {
    for name in names() {
        let theme = theme(name, ColorLevel::Mono);
        for style in theme.styles.values() {
            assert!(style.fg.is_none_or(|it| it == Color::Reset) && style.bg.is_none_or(|it| it == Color::Reset));
        }
        assert!(theme.part(Part::Selected).add_modifier.contains(Modifier::REVERSED));
        assert!(theme.part(Part::SelectedCell).add_modifier.contains(Modifier::REVERSED));
        assert!(theme.part(Part::Writing).add_modifier.contains(Modifier::REVERSED));
        assert!(!theme.named("status.failed").add_modifier.is_empty());
    }
}

fn with(files: &[(&str, &str)]) -> (tempfile::TempDir, Themes) {
    let own = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(own.path().join(format!("{name}.toml")), text).unwrap();
    }
    let themes = Themes { own: Some(own.path().to_owned()), accents: BTreeMap::new() };
    (own, themes)
}

#[test]
fn a_broken_theme_is_a_warning_with_its_line_and_the_rest_holds() {
    let mine = "inherits = \"light\"\n[palette]\nrose = \"#aa1155\"\npink = \"rose\"\n[roles]\n\"text.key\" = \"pink\"\n\
                \"text.mutd\" = \"rose\"\n\"text.link\" = \"reddish\"\n\"env.staging\" = \"rose\"\n";
    let (own, themes) = with(&[
        ("mine", mine),
        ("loop", "inherits = \"loop\""),
        ("broken", "roles = = 3"),
        ("lost", "inherits = \"nrod\""),
    ]);
    assert!(themes.names().contains(&"mine".to_owned()));
    let told = |name: &str| {
        let (theme, problems) = themes.load(name, ColorLevel::True);
        let root = format!("{}/", own.path().display());
        (theme, problems.iter().map(|it| it.replace(&root, "")).collect::<Vec<_>>())
    };

    let (mine, problems) = told("mine");
    assert_eq!(mine.named("text.key").fg, Some(Color::Rgb(0xaa, 0x11, 0x55)));
    let light = theme("light", ColorLevel::True);
    assert_eq!(mine.named("text.muted"), light.named("text.muted"));
    assert_eq!(mine.named("text.link"), light.named("text.link"));
    assert_eq!(
        problems,
        [
            "mine.toml:7: there is no role `text.mutd`; did you mean `text.muted`?; it is left out",
            "mine.toml:8: `reddish` is no colour; `text.link` stays as it was below",
        ]
    );
    assert_eq!(told("loop").1, ["loop.toml:1: theme `loop` inherits from itself; it begins from nothing"]);
    assert_eq!(told("lost").1, ["lost.toml:1: there is no theme `nrod`; did you mean `nord`?; it begins from nothing"]);
    let (fallback, problems) = told("broken");
    assert_eq!((fallback.name.as_str(), problems.len()), ("default", 1));
    assert!(problems[0].starts_with("broken.toml:1: ") && problems[0].ends_with("; `default` is used instead"));
    let (fallback, problems) = told("../../etc/passwd");
    assert_eq!(fallback.name, "default");
    assert_eq!(problems, ["there is no theme `../../etc/passwd`; `default` is used instead"]);
}

#[rstest]
#[case("staging", false, Some(Color::Rgb(0xaa, 0x11, 0x55)), false)]
#[case("production", true, Some(Color::Yellow), true)]
#[case("testing", false, Some(Color::Reset), true)]
#[case("canary", true, Some(Color::Red), true)]
fn environments_have_accents_by_their_names(
    #[case] name: &str,
    #[case] production: bool,
    #[case] fg: Option<Color>,
    #[case] bold: bool,
) {
    let theme = "inherits = \"default\"\n[roles]\n\"env.ordinary\" = { bold = true, fg = \"default\" }\n\"env.staging\" = \"#aa1155\"";
    let (_own, mut themes) = with(&[("mine", theme)]);
    themes.accents.insert("production".to_owned(), "yellow".to_owned());
    themes.accents.insert("edge".to_owned(), "reddish".to_owned());
    let (theme, problems) = themes.load("mine", ColorLevel::True);
    assert_eq!(problems, ["environment `edge`: its accent `reddish` is no colour; it has none of its own"]);
    let style = theme.role(&Role::Environment(EnvironmentId::from(name), production));
    assert_eq!(style.fg, fg);
    assert!(style.add_modifier.contains(Modifier::BOLD) || !bold);
}

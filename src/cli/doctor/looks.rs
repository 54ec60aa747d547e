//! How the cockpit would look here: theme, ground, symbols, frames, links, and where copied text goes.

use super::Check;
use super::terminal::Facts;
use crate::config::UiEntry;
use crate::ui::clipboard::{Between, Way};
use crate::ui::glyphs::Glyphs;
use crate::ui::ground::{self, Ground};
use crate::ui::theme::Themes;
use crate::ui::{ColorLevel, links};

const AREA: &str = "looks";
const CLIPBOARD: &str = "clipboard";

/// Looks at what is configured and at what the terminal allows.
pub fn check(ui: &UiEntry, themes: &Themes, facts: &Facts<'_>, installed: impl Fn(&str) -> bool) -> Vec<Check> {
    let mut checks = theme(ui, themes, facts);
    if facts.attached {
        checks.push(Check::ok(AREA, symbols(ui, facts)));
        checks.push(Check::ok(AREA, frames(ui)));
        checks.push(Check::ok(AREA, addresses(ui, facts)));
    }
    checks.push(clipboard(ui, facts, installed));
    checks
}

fn theme(ui: &UiEntry, themes: &Themes, facts: &Facts<'_>) -> Vec<Check> {
    let (dark, light) = ui.theme.pair();
    let level = ColorLevel::detect(facts.color, facts.variable);
    let mut names = vec![dark];
    names.extend(Some(light).filter(|light| *light != dark));
    let problems: Vec<String> = names.iter().flat_map(|name| themes.load(name, level).1).collect();
    let says = match (ui.theme.follows_the_ground(), Ground::of_environment(facts.variable)) {
        (false, _) => format!("theme {dark}"),
        (true, Some(Ground::Dark)) => format!("theme {dark}, because COLORFGBG says dark; {light} on a light ground"),
        (true, Some(Ground::Light)) => format!("theme {light}, because COLORFGBG says light; {dark} on a dark ground"),
        (true, None) if ground::can_be_asked(facts.variable) => {
            format!("theme {dark}, and {light} where the terminal answers that it is light")
        }
        (true, None) => format!("theme {dark}: this terminal is not asked whether it is light"),
    };
    let mut checks = vec![Check::ok(AREA, says)];
    checks.extend(
        problems.into_iter().map(|what| Check::warn(AREA, what, "flightdeck config themes lists what there is")),
    );
    checks
}

fn symbols(ui: &UiEntry, facts: &Facts<'_>) -> String {
    let chosen = Glyphs::chosen(&ui.glyphs, facts.variable);
    let why = if ui.glyphs == "auto" { "by the locale" } else { "by ui.glyphs" };
    format!("{chosen} symbols, {why}")
}

fn frames(ui: &UiEntry) -> String {
    let marks = if ui.synchronized_updates { "inside" } else { "without" };
    let plain = if ui.accessible { "; accessible: words for states, no borders, no charts" } else { "" };
    format!("frames are written {marks} synchronized-update marks{plain}")
}

fn addresses(ui: &UiEntry, facts: &Facts<'_>) -> String {
    match links::are_safe(&ui.links, facts.variable) {
        true => "addresses are links of the terminal (OSC 8)".to_owned(),
        false => format!("addresses are text (ui.links = {:?}); `o` opens them", ui.links),
    }
}

fn clipboard(ui: &UiEntry, facts: &Facts<'_>, installed: impl Fn(&str) -> bool) -> Check {
    let way = Way::of(&ui.copy, facts.variable, &installed);
    match &way {
        Way::Program(program) => {
            let name = program.first().map(String::as_str).unwrap_or_default();
            if installed(name) || name.contains('/') {
                return Check::ok(CLIPBOARD, format!("copied text is handed to {way}"));
            }
            let hint = "install it, or take `ui.copy` out: then the terminal is asked";
            Check::warn(CLIPBOARD, format!("ui.copy names {name}, which is not found"), hint)
        }
        Way::Terminal => {
            let through = match Between::detect(facts.variable) {
                Between::Nothing => "",
                Between::Tmux => ", through tmux",
                Between::Screen => ", through screen",
            };
            Check::ok(CLIPBOARD, format!("copied text is handed to {way}{through}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use crate::ui::ColorChoice;

    fn told(ui: &UiEntry, set: &[(&str, &str)], installed: &[&str]) -> Vec<(Status, String)> {
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, it)| (*it).to_owned());
        let facts = Facts { variable: &variable, attached: true, size: None, color: ColorChoice::Auto };
        let checks = check(ui, &Themes::default(), &facts, |name| installed.contains(&name));
        checks.into_iter().map(|it| (it.status, it.says)).collect()
    }

    #[test]
    fn what_would_be_seen_is_said_with_what_decided_it() {
        let set = [("TERM", "xterm-256color"), ("LANG", "C"), ("DISPLAY", ":0"), ("COLORFGBG", "0;15")];
        let says: Vec<String> = told(&UiEntry::default(), &set, &["xsel"]).into_iter().map(|it| it.1).collect();
        assert_eq!(says[0], "theme light, because COLORFGBG says light; default on a dark ground");
        assert_eq!(says[1], "ascii symbols, by the locale");
        assert_eq!(says[4], "copied text is handed to xsel --clipboard --input");
    }

    #[test]
    fn what_is_not_there_is_a_warning() {
        let ui = UiEntry { theme: "nrod".into(), copy: vec!["no-such".to_owned()], ..UiEntry::default() };
        let checks = told(&ui, &[("TERM", "xterm")], &[]);
        let warnings: Vec<&str> =
            checks.iter().filter(|(status, _)| *status == Status::Held).map(|(_, says)| says.as_str()).collect();
        assert_eq!(
            warnings,
            [
                "there is no theme `nrod`; did you mean `nord`?; `default` is used instead",
                "ui.copy names no-such, which is not found"
            ]
        );
    }
}

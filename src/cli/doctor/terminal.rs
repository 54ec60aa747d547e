//! The terminal: what it is, how large, how many colours, and what stands between it and us.

use super::Check;
use crate::ui::{ColorChoice, ColorLevel};

const AREA: &str = "terminal";

/// What can be learnt of a terminal without asking it anything.
pub struct Facts<'a> {
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether both standard input and standard output are one.
    pub attached: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    /// What was said about colours.
    pub color: ColorChoice,
}

impl Facts<'_> {
    /// A variable that says something.
    pub fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

/// Looks at the terminal.
pub fn check(facts: &Facts<'_>) -> Vec<Check> {
    if !facts.attached {
        return vec![Check::ok(AREA, "none attached: the commands work, the cockpit needs one")];
    }
    let mut checks = vec![kind(facts), size(facts), colours(facts), encoding(facts)];
    checks.extend(between(facts));
    checks
}

fn kind(facts: &Facts<'_>) -> Check {
    match facts.set("TERM").as_deref() {
        None => Check::warn(AREA, "TERM is not set", "set it to what your terminal is, like xterm-256color"),
        Some("dumb") => Check::failed(AREA, "TERM is dumb: no cockpit can be drawn", "use flightdeck show --plain"),
        Some(term) => match (facts.set("TERM_PROGRAM"), facts.set("TERM_PROGRAM_VERSION")) {
            (Some(program), Some(version)) => Check::ok(AREA, format!("{term} in {program} {version}")),
            (Some(program), None) => Check::ok(AREA, format!("{term} in {program}")),
            _ => Check::ok(AREA, term),
        },
    }
}

fn size(facts: &Facts<'_>) -> Check {
    match facts.size {
        None => Check::warn(AREA, "its size is not known", "80×24 is assumed"),
        Some((width, height)) if width < 60 || height < 20 => Check::warn(
            AREA,
            format!("{width}×{height}: small"),
            "details leave below 80×24; 60×20 still shows the board",
        ),
        Some((width, height)) => Check::ok(AREA, format!("{width}×{height}")),
    }
}

fn colours(facts: &Facts<'_>) -> Check {
    let level = ColorLevel::detect(facts.color, facts.variable);
    let says = match level {
        ColorLevel::Mono => "no colours",
        ColorLevel::Sixteen => "16 colours",
        ColorLevel::Indexed => "256 colours",
        ColorLevel::True => "16 million colours",
    };
    let says = format!("{says}, by {}", decided(facts));
    let poor = level == ColorLevel::Sixteen || level == ColorLevel::Indexed;
    if poor && facts.set("COLORTERM").is_none() {
        let hint = "set COLORTERM=truecolor if your terminal has more; no fact needs colour";
        return Check::warn(AREA, says, hint);
    }
    Check::ok(AREA, says)
}

/// What decided how many colours there are.
fn decided(facts: &Facts<'_>) -> String {
    match facts.color {
        ColorChoice::Always => return "--color always and what TERM and COLORTERM say".to_owned(),
        ColorChoice::Never => return "--color never".to_owned(),
        ColorChoice::Auto => {}
    }
    let forced = facts.set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let refused = |name: &str| match name {
        "CLICOLOR" => facts.set(name).as_deref() == Some("0"),
        _ => facts.set(name).is_some(),
    };
    let refuses = ["NO_COLOR", "CLICOLOR"].into_iter().find(|name| !forced && refused(name));
    let counted = facts.set("COLORTERM").filter(|it| it == "truecolor" || it == "24bit").map(|_| "COLORTERM");
    let name = refuses.or(counted).unwrap_or("TERM");
    match facts.set(name) {
        Some(value) => format!("{name}={value}"),
        None => format!("{name}, which is not set"),
    }
}

fn encoding(facts: &Facts<'_>) -> Check {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| facts.set(name));
    let unicode = |value: &String| {
        let value = value.to_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    };
    match locale {
        Some(value) if unicode(&value) => Check::ok(AREA, format!("UTF-8 ({value})")),
        Some(value) => Check::warn(
            AREA,
            format!("the locale {value} is not UTF-8"),
            "symbols are ASCII; set LANG to a UTF-8 locale, or ui.glyphs = \"unicode\" if the terminal shows them",
        ),
        None => Check::warn(AREA, "no locale is set", "set LANG, or ui.glyphs = \"ascii\" if symbols look wrong"),
    }
}

fn between(facts: &Facts<'_>) -> Vec<Check> {
    let mut found = Vec::new();
    if facts.set("STY").is_some() {
        found.push(Check::ok(AREA, "inside screen: it is not asked for light or dark"));
    }
    if facts.set("SSH_CONNECTION").is_some() || facts.set("SSH_TTY").is_some() {
        found.push(Check::ok(AREA, "over SSH"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    fn looked(variables: &[(&str, &str)], size: Option<(u16, u16)>) -> Vec<(Status, String)> {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, it)| (*it).to_owned());
        let checks = check(&Facts { variable: &variable, attached: true, size, color: ColorChoice::Auto });
        checks.into_iter().map(|check| (check.status, check.says)).collect()
    }

    #[test]
    fn a_good_terminal_is_said_to_be_good_and_by_what() {
        let good = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")];
        let says: Vec<String> = looked(&good, Some((200, 50))).into_iter().map(|(_, says)| says).collect();
        assert_eq!(says, ["xterm-256color", "200×50", "16 million colours, by COLORTERM=truecolor", "UTF-8 (C.UTF-8)"]);
        let none = [("TERM", "xterm-256color"), ("NO_COLOR", "1"), ("LANG", "C.UTF-8")];
        assert_eq!(looked(&none, None)[2], (Status::Ok, "no colours, by NO_COLOR=1".to_owned()));
    }

    #[test]
    fn what_is_missing_is_told_with_advice() {
        let checks = looked(&[("TERM", "dumb"), ("STY", "x"), ("SSH_TTY", "y"), ("LANG", "C")], Some((40, 12)));
        let statuses: Vec<Status> = checks.iter().map(|(status, _)| *status).collect();
        use Status::{Failed, Held, Ok};
        assert_eq!(statuses, [Failed, Held, Ok, Held, Ok, Ok], "{checks:?}");
    }

    #[test]
    fn a_script_needs_no_terminal() {
        let none = |_: &str| None;
        let checks = check(&Facts { variable: &none, attached: false, size: None, color: ColorChoice::Auto });
        assert!(checks.iter().all(|check| check.status == Status::Ok));
    }
}

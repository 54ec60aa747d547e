//! The terminal: what it is, how large, and what stands between it and us.

use super::Check;

const AREA: &str = "terminal";

/// What can be learnt of a terminal without asking it anything.
pub struct Facts<'a> {
    /// Looks up an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether both standard input and standard output are one.
    pub attached: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
}

impl Facts<'_> {
    fn set(&self, name: &str) -> Option<String> {
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
        Some("dumb") => Check::failed(AREA, "TERM is dumb: no cockpit can be drawn", "use flightdeck --plain"),
        Some(term) => match facts.set("TERM_PROGRAM") {
            Some(program) => Check::ok(AREA, format!("{term} in {program}")),
            None => Check::ok(AREA, term),
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
    if facts.set("NO_COLOR").is_some() {
        return Check::ok(AREA, "no colours, as NO_COLOR asks");
    }
    let truecolor = facts.set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    let term = facts.set("TERM").unwrap_or_default();
    if truecolor || term.ends_with("-direct") {
        Check::ok(AREA, "16 million colours")
    } else if term.contains("256color") {
        Check::ok(AREA, "256 colours")
    } else {
        Check::warn(AREA, "16 colours", "set COLORTERM=truecolor if your terminal has more; no fact needs colour")
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
            "set ui.glyphs = \"ascii\" if symbols look wrong",
        ),
        None => Check::warn(AREA, "no locale is set", "set LANG, or ui.glyphs = \"ascii\" if symbols look wrong"),
    }
}

fn between(facts: &Facts<'_>) -> Vec<Check> {
    let mut found = Vec::new();
    if facts.set("TMUX").is_some() {
        found.push(Check::ok(AREA, "inside tmux: copying needs `set -g set-clipboard on` there"));
    }
    if facts.set("STY").is_some() {
        found.push(Check::ok(AREA, "inside screen"));
    }
    if facts.set("SSH_CONNECTION").is_some() || facts.set("SSH_TTY").is_some() {
        found.push(Check::ok(AREA, "over SSH: copying goes through the terminal"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    fn looked(variables: &[(&str, &str)], size: Option<(u16, u16)>) -> Vec<(Status, String)> {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, it)| (*it).to_owned());
        let checks = check(&Facts { variable: &variable, attached: true, size });
        checks.into_iter().map(|check| (check.status, check.says)).collect()
    }

    #[test]
    fn a_good_terminal_is_said_to_be_good() {
        let good = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8")];
        let says: Vec<String> = looked(&good, Some((200, 50))).into_iter().map(|(_, says)| says).collect();
        assert_eq!(says, ["xterm-256color", "200×50", "16 million colours", "UTF-8 (C.UTF-8)"]);
    }

    #[test]
    fn what_is_missing_is_told_with_advice() {
        let checks = looked(&[("TERM", "dumb"), ("TMUX", "x"), ("SSH_TTY", "y"), ("LANG", "C")], Some((40, 12)));
        let statuses: Vec<Status> = checks.iter().map(|(status, _)| *status).collect();
        use Status::{Failed, Held, Ok};
        assert_eq!(statuses, [Failed, Held, Held, Held, Ok, Ok], "{checks:?}");
    }

    #[test]
    fn a_script_needs_no_terminal() {
        let none = |_: &str| None;
        let checks = check(&Facts { variable: &none, attached: false, size: None });
        assert!(checks.iter().all(|check| check.status == Status::Ok));
    }
}

//! Settings of tmux that hurt programs inside it.

use std::process::{Command, Stdio};

use super::Check;
use crate::model::text::clean;

const AREA: &str = "tmux";

/// Asks the tmux that we are inside of. Nothing where it does not answer.
pub fn ask(arguments: &[&str]) -> Option<String> {
    let asked = Command::new("tmux").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    asked.status.success().then(|| clean(String::from_utf8_lossy(&asked.stdout).trim()).into_owned())
}

/// Looks at the settings; `ask` answers what tmux would.
pub fn check(ask: impl Fn(&[&str]) -> Option<String>) -> Vec<Check> {
    let option = |name: &str| ask(&["show-options", "-gv", name]).or_else(|| ask(&["show-options", "-sv", name]));
    let version = ask(&["-V"]).unwrap_or_else(|| "tmux".to_owned());
    let mut checks = vec![Check::ok(AREA, format!("inside {version}"))];
    let late: Option<u32> = option("escape-time").and_then(|value| value.parse().ok());
    checks.extend(
        late.filter(|late| *late > 100).map(|late| {
            Check::warn(AREA, format!("Esc is told {late} ms late"), "`set -s escape-time 10` in tmux.conf")
        }),
    );
    let clipboard = option("set-clipboard").filter(|value| value != "on");
    checks.extend(clipboard.map(|value| {
        let says = format!("set-clipboard is {value}: text copied through the terminal does not arrive");
        Check::warn(AREA, says, "`set -s set-clipboard on` in tmux.conf, or name a program in ui.copy")
    }));
    checks.extend(option("focus-events").filter(|value| value == "off").map(|_| {
        let says = "focus-events is off: it is not known when nobody looks";
        Check::warn(AREA, says, "`set -g focus-events on` in tmux.conf")
    }));
    let features = ask(&["display-message", "-p", "#{client_termfeatures}"]).filter(|it| !it.is_empty());
    checks.extend(features.filter(|it| !it.split(',').any(|feature| feature == "RGB")).map(|_| {
        let says = "it does not hand 16 million colours on to the terminal";
        Check::warn(AREA, says, "`set -as terminal-features ',*:RGB'` in tmux.conf, if the terminal has them")
    }));
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    fn told(answers: &[(&str, &str)]) -> Vec<Status> {
        let ask = |arguments: &[&str]| {
            let asked = arguments.last().copied().unwrap_or_default();
            answers.iter().find(|(name, _)| asked.contains(name)).map(|(_, value)| (*value).to_owned())
        };
        check(ask).into_iter().map(|it| it.status).collect()
    }

    #[test]
    fn settings_that_hurt_are_told_and_good_ones_are_not() {
        let good = [
            ("escape-time", "10"),
            ("set-clipboard", "on"),
            ("focus-events", "on"),
            ("client_termfeatures", "256,RGB"),
        ];
        assert_eq!(told(&good), [Status::Ok]);
        let bad = [
            ("escape-time", "500"),
            ("set-clipboard", "external"),
            ("focus-events", "off"),
            ("client_termfeatures", "256,clipboard"),
        ];
        assert_eq!(told(&bad), [Status::Ok, Status::Held, Status::Held, Status::Held, Status::Held]);
        assert_eq!(told(&[]), [Status::Ok]);
    }
}

//! Addresses as links that the terminal opens (OSC 8).

/// Whether links can be written: what is configured, and for `auto` where no terminal is known to show them as rubbish and
/// nothing stands between that may swallow half of one.
pub fn are_safe(wanted: &str, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    match wanted {
        "always" => true,
        "never" => false,
        _ => {
            let term = set("TERM").unwrap_or_default();
            let poor = ["dumb", "linux", "vt", "screen", "tmux", "eterm", "cons", "rxvt"];
            !term.is_empty()
                && !poor.iter().any(|poor| term.starts_with(poor))
                && set("TMUX").is_none()
                && set("STY").is_none()
        }
    }
}

/// The bytes that begin a link to an address. Only what a browser can be given becomes one; see [`address`].
pub fn begin(address: &str) -> String {
    format!("\x1b]8;;{address}\x1b\\")
}

/// The bytes that end a link.
pub const END: &str = "\x1b]8;;\x1b\\";

/// The address in a text that is one and nothing else: `http` or `https`, printable ASCII without what could end the
/// sequence or a word.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let harmless = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\');
    (!rest.is_empty() && text.len() <= 2_000 && rest.chars().all(harmless)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("auto", &[("TERM", "xterm-256color")], true)]
    #[case("auto", &[("TERM", "xterm-kitty"), ("SSH_TTY", "x")], true)]
    #[case("auto", &[("TERM", "tmux-256color"), ("TMUX", "x")], false)]
    #[case("auto", &[("TERM", "xterm-256color"), ("TMUX", "x")], false)]
    #[case("auto", &[("TERM", "screen.xterm")], false)]
    #[case("auto", &[("TERM", "linux")], false)]
    #[case("auto", &[], false)]
    #[case("always", &[("TERM", "tmux-256color"), ("TMUX", "x")], true)]
    #[case("never", &[("TERM", "xterm-256color")], false)]
    fn links_are_written_where_they_are_safe(#[case] wanted: &str, #[case] set: &[(&str, &str)], #[case] safe: bool) {
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(are_safe(wanted, variable), safe);
    }

    #[rstest]
    #[case("https://ci.example.net/runs/812?x=1#log", true)]
    #[case("see https://ci.example.net", false)]
    #[case("https://a\u{1b}]8", false)]
    #[case("https://", false)]
    #[case("javascript:alert(1)", false)]
    fn only_addresses_become_links(#[case] text: &str, #[case] is: bool) {
        assert_eq!(address(text).is_some(), is);
    }
}

//! What can be done with a row outside the cockpit: copy it, look at its page.

use crate::app::effect::Effect;
use crate::app::message::Message;
use crate::app::pane::{self, Pane};
use crate::app::state::State;
use crate::app::update::marking;
use crate::view::format;

/// Whether there is something to copy.
pub fn can_copy(state: &State) -> Result<(), String> {
    if state.pane == Pane::Details {
        return Ok(());
    }
    let marked = !state.place.marks.is_empty();
    let copy = || state.place.subject().copy.map(|_| ());
    if marked { Ok(()) } else { copy().ok_or_else(|| "there is nothing to copy here".to_owned()) }
}

/// Copies what the row is about, or what the details say while they have the keys.
pub fn copy(state: &mut State) -> Vec<Effect> {
    if state.pane == Pane::Details {
        let lines: Vec<String> =
            pane::lines(state, true).iter().map(|line| line.plain().trim_end().to_owned()).collect();
        state.tell(Message::done("copied the details"));
        return vec![Effect::Copy(lines.join("\n"))];
    }
    let all: Vec<String> = marking::targets(state).into_iter().filter_map(|subject| subject.copy).collect();
    let says = match all.as_slice() {
        [] => "there is nothing to copy there any more".to_owned(),
        [one] => format!("copied {one}"),
        several => format!("copied {} lines", format::count_of(several.len())),
    };
    state.tell(Message::note(says));
    if all.is_empty() { Vec::new() } else { vec![Effect::Copy(all.join("\n"))] }
}

/// Whether the row has a page.
pub fn can_open(state: &State) -> Result<(), String> {
    let url = state.place.subject().url.ok_or("it has no page that is known")?;
    address(url.as_str()).map(|_| ()).ok_or_else(|| format!("{url} is not an address that a browser can open"))
}

/// Opens the row's page.
pub fn open(state: &mut State) -> Vec<Effect> {
    let url = state.place.subject().url;
    url.map(|url| open_page(state, url.as_str())).unwrap_or_default()
}

/// Opens a page, if a browser can.
pub fn open_page(state: &mut State, url: &str) -> Vec<Effect> {
    let Some(address) = address(url) else { return Vec::new() };
    state.tell(Message::note(format!("opening {address}")));
    vec![Effect::Open(address)]
}

/// The address as a program may be given it: `http` or `https`, no blanks, quotes or characters beyond ASCII.
fn address(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let harmless =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\' | '^' | '{' | '|' | '}');
    let named = rest.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '[');
    (named && rest.chars().all(harmless)).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://ci.example.net/runs/812?x=1#log", true)]
    #[case("http://[::1]:8080/", true)]
    #[case("file:///etc/passwd", false)]
    #[case("javascript:alert(1)", false)]
    #[case("https://", false)]
    #[case("https://-x", false)]
    #[case("https://a b", false)]
    #[case("https://a\u{202e}b", false)]
    #[case("--help", false)]
    fn only_addresses_of_pages_are_opened(#[case] url: &str, #[case] opened: bool) {
        assert_eq!(address(url).is_some(), opened);
    }
}

//! Addresses as links that the terminal opens (OSC 8).

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};

use super::pen::Pen;

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

/// The bytes that end a link.
const END: &[u8] = b"\x1b]8;;\x1b\\";
/// No longer address is linked, characters.
const LONGEST: usize = 1_000;

/// An address that stands in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    /// Its cells.
    cells: Range<u16>,
    address: String,
}

/// A cell that is written: where, and what.
type Update<'a> = (u16, u16, &'a Cell);

/// Writes what differs between two frames, with the addresses of the next one as links. Where an address is another than
/// before, all of it is written, also the part that looks the same.
pub fn write<'a>(out: &mut Vec<u8>, pen: &mut Pen, shown: &Buffer, next: &'a Buffer, mut updates: Vec<Update<'a>>) {
    let rows: BTreeSet<u16> = updates.iter().map(|(_, y, _)| *y).collect();
    let mut links: BTreeMap<u16, Vec<Link>> = BTreeMap::new();
    for y in rows {
        let (before, now) = (in_row(shown, y), in_row(next, y));
        for changed in before.iter().filter(|it| !now.contains(it)).chain(now.iter().filter(|it| !before.contains(it)))
        {
            let cells = changed.cells.clone().filter_map(|x| Some((x, y, next.cell((x, y))?)));
            updates.extend(cells);
        }
        if !now.is_empty() {
            links.insert(y, now);
        }
    }
    updates.sort_by_key(|(x, y, _)| (*y, *x));
    updates.dedup_by_key(|(x, y, _)| (*y, *x));
    let of = |(x, y, _): &Update<'_>| links.get(y).and_then(|row| row.iter().find(|it| it.cells.contains(x)));
    for run in updates.chunk_by(|a, b| of(a) == of(b)) {
        let link = run.first().and_then(of);
        // Writing to a vector cannot fail.
        link.into_iter().for_each(|link| drop(write!(out, "\x1b]8;;{}\x1b\\", link.address)));
        run.iter().for_each(|(x, y, cell)| pen.write(out, *x, *y, cell));
        link.into_iter().for_each(|_| out.extend_from_slice(END));
    }
}

/// The whole addresses in a row. One that may go on elsewhere, because it was cut or reaches the end of its place, is none.
fn in_row(buffer: &Buffer, y: u16) -> Vec<Link> {
    let area = buffer.area;
    let symbol = |x: u16| buffer.cell((x, y)).map_or(" ", Cell::symbol);
    let mut links = Vec::new();
    let mut x = area.left();
    while x < area.right() {
        if symbol(x) != "h" || (x > area.left() && symbol(x - 1) != " ") {
            x += 1;
            continue;
        }
        let end = (x..area.right()).find(|x| symbol(*x) == " ").unwrap_or(area.right());
        let text: String = (x..end).map(symbol).collect();
        // Beside the frame of a dialog or at the edge of the screen it may go on in the next row.
        let whole = end + 1 < area.right() && !["│", "|"].contains(&symbol(end + 1));
        if whole && let Some(address) = address(&text) {
            links.push(Link { cells: x..end, address: address.to_owned() });
        }
        x = end;
    }
    links
}

/// The address in a text that is one and nothing else: `http` or `https`, printable ASCII without what could end the
/// sequence or a word, and without the marks of a text that was cut.
fn address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let harmless = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\');
    let cut = rest.is_empty() || rest.ends_with('~') || text.len() > LONGEST;
    (!cut && rest.chars().all(harmless)).then_some(text)
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
    #[case("https://ci.example.net/ru…", false)]
    #[case("https://ci.example.net/ru~", false)]
    #[case("javascript:alert(1)", false)]
    fn only_addresses_become_links(#[case] text: &str, #[case] is: bool) {
        assert_eq!(address(text).is_some(), is);
    }

    fn written(before: &str, now: &str) -> String {
        let area = ratatui::layout::Rect::new(0, 0, 40, 1);
        let (mut shown, mut next) = (Buffer::empty(area), Buffer::empty(area));
        shown.set_string(0, 0, before, ratatui::style::Style::new());
        next.set_string(0, 0, now, ratatui::style::Style::new());
        let updates = shown.diff(&next);
        let mut bytes = Vec::new();
        write(&mut bytes, &mut Pen::default(), &shown, &next, updates);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_address_is_written_between_the_marks_of_a_link() {
        let bytes = written("", "run https://ci.example/8 ok");
        let (before, rest) = bytes.split_once("\x1b]8;;https://ci.example/8\x1b\\").unwrap();
        let (link, after) = rest.split_once("\x1b]8;;\x1b\\").unwrap();
        assert!(before.contains("run") && link.contains("https://ci.example/8") && after.contains("ok"), "{bytes:?}");
        let mut screen = vt100::Parser::new(1.try_into().unwrap(), 40.try_into().unwrap(), 0);
        screen.process(bytes.as_bytes());
        assert_eq!(screen.screen().contents().trim_end(), "run https://ci.example/8 ok");
    }

    #[test]
    fn another_address_is_written_whole_and_the_same_not_at_all() {
        let bytes = written("https://ci.example/8  x", "https://ci.example/9  x");
        assert!(bytes.contains("https://ci.example/9\x1b\\") && bytes.matches("https://ci.example/").count() == 2);
        let bytes = written("https://ci.example/8  x", "https://ci.example/8  y");
        assert!(!bytes.contains("https"), "{bytes:?}");
        let bytes = written("https://ci.example/8", "ttps://ci.example/8");
        assert!(!bytes.contains("]8;;h"), "{bytes:?}");
    }

    #[test]
    fn one_that_reaches_the_end_of_the_row_may_go_on_elsewhere() {
        assert!(!written("", &format!("https://ci.example/{}", "x".repeat(40))).contains("]8;;"));
    }
}

//! Text in a given number of terminal cells. Wide characters take two; nothing is cut inside a character that people
//! see as one.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::table::{Align, Line, Role, Span};

/// What stands for the part that was cut.
const CUT: &str = "…";

/// How many cells `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// `text` in at most `cells` cells; where something was cut it ends in `…`.
pub fn cut(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let Some(room) = cells.checked_sub(width(CUT)) else { return String::new() };
    let mut out = String::with_capacity(room + CUT.len());
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += UnicodeWidthStr::width(grapheme);
        if used > room {
            break;
        }
        out.push_str(grapheme);
    }
    out.truncate(out.trim_end().len());
    out.push_str(CUT);
    out
}

/// `text` in at most `cells` cells, cut in its middle: for names whose ends tell them apart.
pub fn cut_middle(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let Some(room) = cells.checked_sub(width(CUT)) else { return String::new() };
    let graphemes: Vec<&str> = text.graphemes(true).collect();
    let front = take(graphemes.iter().copied(), room.div_ceil(2));
    let mut back = take(graphemes.iter().rev().copied(), room - front.0);
    back.1.reverse();
    format!("{}{CUT}{}", front.1.concat(), back.1.concat())
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, room: usize) -> (usize, Vec<&'a str>) {
    let mut used = 0;
    let mut taken = Vec::new();
    for grapheme in graphemes {
        let wide = UnicodeWidthStr::width(grapheme);
        if used + wide > room {
            break;
        }
        used += wide;
        taken.push(grapheme);
    }
    (used, taken)
}

/// `text` in exactly `cells` cells, leaning to one side.
pub fn pad(text: &str, cells: usize, align: Align) -> String {
    let text = cut(text, cells);
    let air = " ".repeat(cells.saturating_sub(width(&text)));
    match align {
        Align::Left => text + &air,
        Align::Right => air + &text,
    }
}

/// A line in at most `cells` cells: spans keep their meaning, the one that crosses the edge is cut. Of a later span less
/// than a few letters says nothing (`1…` of `12 behind` would even lie): then `…` alone stands for it.
pub fn cut_line(line: &Line, cells: usize) -> Line {
    const LEAST: usize = 5;
    if line.0.iter().map(|span| width(&span.text)).sum::<usize>() <= cells {
        return line.clone();
    }
    let Some(room) = cells.checked_sub(width(CUT)) else { return Line::default() };
    let mut out: Vec<Span> = Vec::new();
    let mut used = 0;
    for span in &line.0 {
        let wide = width(&span.text);
        if used + wide <= room {
            used += wide;
            out.push(span.clone());
            continue;
        }
        let rest = cells - used;
        if out.is_empty() || rest >= LEAST {
            out.push(Span { text: cut(&span.text, rest), role: span.role.clone() });
        } else {
            end_with_mark(&mut out);
        }
        break;
    }
    Line(out)
}

/// A line of names and words between them in at most `cells` cells: the longest spans lose their middle until all have
/// room, so that of `promote X to Y` both names can still be told.
pub fn squeeze(line: &Line, cells: usize) -> Line {
    /// Less of a name than this tells nothing.
    const LEAST: usize = 6;
    let widths: Vec<usize> = line.0.iter().map(|span| width(&span.text)).collect();
    let used = |limit: usize| widths.iter().map(|wide| (*wide).min(limit)).sum::<usize>();
    let longest = widths.iter().copied().max().unwrap_or_default();
    let Some(limit) = (LEAST..=longest.min(cells)).rev().find(|limit| used(*limit) <= cells) else {
        return cut_line(line, cells);
    };
    // The word of a state is read from its beginning.
    let is_word = |text: &str| text.chars().all(char::is_alphabetic);
    let shorten = |span: &Span| match span.role {
        Role::Muted | Role::Status(_) if is_word(&span.text) => cut(&span.text, limit),
        _ => cut_middle(&span.text, limit),
    };
    Line(line.0.iter().map(|span| Span::new(span.role.clone(), shorten(span))).collect())
}

/// Puts `…` after the last span that says something.
fn end_with_mark(out: &mut Vec<Span>) {
    while out.pop_if(|span| span.text.trim_matches(|c: char| c.is_whitespace() || c == '·').is_empty()).is_some() {}
    if let Some(last) = out.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        last.text.push_str(CUT);
    }
}

/// A line in exactly `cells` cells, leaning to one side.
pub fn pad_line(line: &Line, cells: usize, align: Align) -> Line {
    let mut line = cut_line(line, cells);
    let used: usize = line.0.iter().map(|span| width(&span.text)).sum();
    let air = Span::new(Role::Text, " ".repeat(cells.saturating_sub(used)));
    match align {
        Align::Left => line.0.push(air),
        Align::Right => line.0.insert(0, air),
    }
    line
}

/// `text` broken into lines of at most `cells` cells, between words where possible.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    if cells == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) <= cells {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = break_word(word, cells, &mut lines);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Breaks a word that is longer than a line; whole lines go to `lines`, the rest is returned.
fn break_word(word: &str, cells: usize, lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for grapheme in word.graphemes(true) {
        let wide = UnicodeWidthStr::width(grapheme);
        if wide > cells {
            continue;
        }
        if width(&line) + wide > cells {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(grapheme);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("checkout", 8, "checkout")]
    #[case("checkout", 5, "chec…")]
    #[case("two words", 5, "two…")]
    #[case("検索サービス", 5, "検索…")]
    #[case("検索サービス", 4, "検…")]
    #[case("checkout", 1, "…")]
    #[case("checkout", 0, "")]
    fn cutting(#[case] text: &str, #[case] cells: usize, #[case] shown: &str) {
        assert_eq!(cut(text, cells), shown);
    }

    #[test]
    fn the_word_of_a_state_is_cut_at_its_end_and_a_name_in_its_middle() {
        let line = Line::of(Role::Strong, "1.4.2-rc.17").with(Role::Text, " ").with(Role::Muted, "installed");
        assert_eq!(squeeze(&line, 17).plain(), "1.4.….17 install…");
    }

    #[test]
    fn the_middle_goes_where_the_ends_tell_apart() {
        assert_eq!(cut_middle("customer-notifications-eu", 13), "custom…ons-eu");
    }

    #[test]
    fn names_in_a_line_keep_their_ends() {
        let line = Line::of(Role::Text, "lock ").with(Role::Strong, "customer-notifications").with(Role::Text, " in ");
        let line = line.with(Role::Strong, "production");
        assert_eq!(squeeze(&line, 60).plain(), "lock customer-notifications in production");
        assert_eq!(squeeze(&line, 31).plain(), "lock custom…tions in production");
        assert_eq!(squeeze(&line, 12).plain(), "lock custom…");
    }

    #[test]
    fn a_line_is_cut_in_the_span_that_crosses_the_edge() {
        let line = Line::of(Role::Strong, "1.4.2").with(Role::Muted, " 3d");
        assert_eq!(cut_line(&line, 8).plain(), "1.4.2 3d");
        assert_eq!(cut_line(&line, 7).plain(), "1.4.2…");
        assert_eq!(cut_line(&line, 5).plain(), "1.4.2");
        assert_eq!(cut_line(&line, 4).plain(), "1.4…");
        let flag = line.with(Role::Text, " ").with(Role::Warning, "12 behind");
        assert_eq!(cut_line(&flag, 14).plain(), "1.4.2 3d 12 b…");
        assert_eq!(cut_line(&flag, 12).plain(), "1.4.2 3d…");
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrap("the older version goes back", 10), ["the older", "version", "goes back"]);
        assert_eq!(wrap("aaaaaaa b", 3), ["aaa", "aaa", "a b"]);
    }

    proptest! {
        #[test]
        fn widths_hold_for_any_text(text in "\\PC{0,40}", cells in 0_usize..30) {
            prop_assert!(width(&cut(&text, cells)) <= cells);
            prop_assert!(width(&cut_middle(&text, cells)) <= cells);
            prop_assert_eq!(width(&pad(&text, cells, Align::Right)), cells);
            prop_assert!(wrap(&text, cells).iter().all(|line| width(line) <= cells));
            let line = Line::of(Role::Text, text.clone()).with(Role::Muted, text);
            prop_assert!(width(&cut_line(&line, cells).plain()) <= cells);
            prop_assert!(width(&squeeze(&line, cells).plain()) <= cells);
            prop_assert_eq!(width(&pad_line(&line, cells, Align::Left).plain()), cells);
        }
    }
}

//! Lines of spans broken to a width, between words where possible: dialogs show everything, nothing is cut away.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::view::{Line, Span};

/// Breaks a line into lines of at most `width` cells; what goes on in the next line is indented by `hang` cells more
/// than the first is.
pub fn wrap(line: &Line, width: usize, hang: usize) -> Vec<Line> {
    let whole: usize = line.0.iter().map(|span| span.text.width()).sum();
    if whole <= width || width < 4 {
        return vec![line.clone()];
    }
    let first = line.0.first().map_or(0, |span| span.text.len() - span.text.trim_start_matches(' ').len());
    let indent = (first + hang).min(width / 2);
    let mut lines = vec![Line::default()];
    let mut used = 0;
    for span in &line.0 {
        for word in span.text.split_word_bounds() {
            let mut rest = word;
            while !rest.is_empty() {
                let wide = rest.width();
                if used + wide <= width {
                    push(&mut lines, span, rest);
                    used += wide;
                    break;
                }
                let room = if used > indent { 0 } else { width - used };
                let (fits, tail) = split(rest, room);
                push(&mut lines, span, fits);
                // A space at the end of a line has done its work.
                rest = if fits.is_empty() && rest.trim().is_empty() { "" } else { tail };
                lines.push(Line(vec![Span::new(span.role.clone(), " ".repeat(indent))]));
                used = indent;
            }
        }
    }
    lines
}

/// As much of `text` as fits into `room` cells, and the rest. At least one character, unless there is no room at all.
fn split(text: &str, room: usize) -> (&str, &str) {
    if room == 0 {
        return ("", text);
    }
    let mut end = 0;
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > room && end > 0 {
            break;
        }
        end = at + grapheme.len();
    }
    text.split_at(end)
}

fn push(lines: &mut [Line], like: &Span, text: &str) {
    let Some(Line(spans)) = lines.last_mut() else { return };
    match spans.last_mut() {
        Some(last) if last.role == like.role => last.text.push_str(text),
        _ => spans.push(Span::new(like.role.clone(), text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Role;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole_and_the_rest_hangs() {
        let line = Line::of(Role::Strong, "install ").with(Role::Text, "releases/1.4.2 beside the others");
        let lines: Vec<String> = wrap(&line, 24, 2).iter().map(Line::plain).collect();
        assert_eq!(lines, ["install releases/1.4.2 ", "  beside the others"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_wide(text in "[a-z日 ]{0,80}", width in 4_usize..30) {
            let lines = wrap(&Line::of(Role::Text, text.clone()), width, 2);
            let kept = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(kept(&lines.iter().map(Line::plain).collect::<String>()), kept(&text));
            for line in lines {
                prop_assert!(line.plain().trim_end().width() <= width, "{:?}", line);
            }
        }
    }
}

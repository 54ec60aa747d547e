//! The lines of an output that are kept: the last ones, each with its level.

use std::collections::VecDeque;

use crate::backend::LogPart;
use crate::model::Text;

/// How many lines are kept at most.
const KEPT: usize = 20_000;
/// How many bytes of text are kept at most.
const BYTES: usize = 8 << 20;

/// Among how many of the last lines that of the same source is looked for.
const MIXED: usize = 100;

/// How much a line weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It says nothing of itself.
    Plain,
    /// Good to know.
    Info,
    /// To be read.
    Warning,
    /// Something did not work.
    Error,
}

/// The last lines of an output.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    kept: VecDeque<(Level, Text)>,
    bytes: usize,
    /// How many lines before the first that is kept were let go.
    dropped: usize,
    /// Whether lines before all of them were never read.
    pub cut: bool,
    /// The beginning of a line whose end has not come yet.
    unfinished: Option<(Level, Text)>,
}

impl Lines {
    /// Takes a part in.
    pub fn take(&mut self, part: LogPart) {
        if part.anew {
            *self = Self::default();
        }
        self.cut |= part.cut;
        for line in part.lines {
            let level = self.level(&line);
            self.bytes += line.as_str().len();
            self.kept.push_back((level, line));
        }
        while self.kept.len() > KEPT || (self.bytes > BYTES && self.kept.len() > 1) {
            let Some((_, line)) = self.kept.pop_front() else { break };
            self.bytes -= line.as_str().len();
            self.dropped += 1;
        }
        self.unfinished = part.unfinished.map(|line| (self.level(&line), line));
    }

    /// The level of a line: what goes on from the line before of the same source weighs as much as that.
    fn level(&self, line: &Text) -> Level {
        let (source, says) = line.as_str().split_at(source(line.as_str()));
        let goes_on = says.starts_with([' ', '\t']);
        match of(says) {
            Level::Plain if goes_on => self.before(source),
            level => level,
        }
    }

    /// The level of the last line of a source; of lines that are mixed with others only the last few are looked at.
    fn before(&self, from: &str) -> Level {
        let mut last = self.kept.iter().rev().take(MIXED);
        let found = last.find(|(_, line)| line.as_str().get(..source(line.as_str())) == Some(from));
        found.map_or(Level::Plain, |(level, _)| *level)
    }

    /// How many lines there are, the unfinished one among them.
    pub fn len(&self) -> usize {
        self.kept.len() + usize::from(self.unfinished.is_some())
    }

    /// How many lines were let go.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Line `at` of those that are kept.
    pub fn get(&self, at: usize) -> Option<&(Level, Text)> {
        self.kept.get(at).or_else(|| self.unfinished.as_ref().filter(|_| at == self.kept.len()))
    }

    /// The places of the lines that weigh at least `least`.
    pub fn weighing(&self, least: Level) -> Vec<usize> {
        let weighs = |at: &usize| least == Level::Plain || self.get(*at).is_some_and(|(level, _)| *level >= least);
        (0..self.len()).filter(weighs).collect()
    }
}

/// Words that make a line an error, a warning, a note. Those that are names in small letters need a mark after them.
const WORDS: [(Level, &[&str]); 3] = [
    (
        Level::Error,
        &[
            "ERROR",
            "FATAL",
            "PANIC",
            "CRITICAL",
            "SEVERE",
            "FAILED",
            "FAILURE",
            "Traceback (",
            "panicked at",
            "Exception",
            "error:",
            "error[",
            "fatal:",
            "Error:",
            "##[error]",
            "::error",
            "npm ERR!",
            "level=error",
            "level=fatal",
            "\"level\":\"error\"",
            "\"level\":\"fatal\"",
            "✗",
            "✘",
        ],
    ),
    (
        Level::Warning,
        &[
            "WARN",
            "warning:",
            "Warning:",
            "warning[",
            "##[warning]",
            "::warning",
            "level=warn",
            "\"level\":\"warn",
            "deprecated",
        ],
    ),
    (Level::Info, &["INFO", "NOTICE", "info:", "level=info", "\"level\":\"info\"", "##[section]", "##[group]"]),
];

/// The level that a line shows by the words that tools write. Long lines are judged by their beginning.
pub fn of(line: &str) -> Level {
    let end = line.char_indices().nth(400).map_or(line.len(), |(at, _)| at);
    let head = line.get(..end).unwrap_or(line);
    let found = WORDS.iter().find(|(_, words)| words.iter().any(|word| head.contains(word)));
    found.map_or(Level::Plain, |(level, _)| *level)
}

/// How long the name of the source at the beginning of a line is, bytes with the ` │ ` after it; 0 where there is none.
pub fn source(line: &str) -> usize {
    const END: &str = " │ ";
    let name = line.find(END).filter(|at| *at > 0 && *at <= 80);
    let name = name.filter(|at| line.get(..*at).is_some_and(|name| !name.contains(char::is_whitespace)));
    name.map_or(0, |at| at + END.len())
}

/// How long the time stamp at the beginning of a line is, bytes with the blank after it; 0 where there is none.
pub fn stamp(line: &str) -> usize {
    let bytes = line.as_bytes();
    let shape = |at: usize, pattern: &str| {
        pattern.bytes().enumerate().all(|(it, wanted)| match (bytes.get(at + it), wanted) {
            (Some(byte), b'0') => byte.is_ascii_digit(),
            (Some(byte), b'T') => matches!(byte, b'T' | b' '),
            (Some(byte), wanted) => *byte == wanted,
            (None, _) => false,
        })
    };
    let open = usize::from(bytes.first() == Some(&b'['));
    let begin = match () {
        () if shape(open, "0000-00-00T00:00:00") => open + 19,
        () if shape(open, "00:00:00") => open + 8,
        () => return 0,
    };
    let rest = bytes.get(begin..).unwrap_or_default();
    let tail = rest.iter().take_while(|it| matches!(it, b'0'..=b'9' | b'.' | b',' | b'Z' | b'+' | b':' | b']')).count();
    let blanks = rest.get(tail..).unwrap_or_default().iter().take_while(|it| **it == b' ').count();
    if blanks == 0 { 0 } else { begin + tail + blanks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("error: could not compile", Level::Error)]
    #[case("2026-11-21T09:00:00Z ERROR db gone", Level::Error)]
    #[case("{\"level\":\"warn\",\"msg\":\"x\"}", Level::Warning)]
    #[case("warning: unused import", Level::Warning)]
    #[case("[INFO] Building", Level::Info)]
    #[case("0 errors", Level::Plain)]
    #[case("compiling terror v1", Level::Plain)]
    #[case("", Level::Plain)]
    fn levels_are_told_by_the_words_of_tools(#[case] line: &str, #[case] level: Level) {
        assert_eq!(of(line), level);
    }

    #[rstest]
    #[case("2026-11-21T09:00:00.123Z hello", 25)]
    #[case("2026-11-21 09:00:00,123 hello", 24)]
    #[case("[09:00:00] hello", 11)]
    #[case("09:00:00", 0)]
    #[case("2026 apples", 0)]
    #[case("日本 09:00:00 x", 0)]
    fn time_stamps_are_known(#[case] line: &str, #[case] length: usize) {
        assert_eq!(stamp(line), length);
    }

    #[rstest]
    #[case("q8c/app │ 09:00:00 GET", 12)]
    #[case("│ a table", 0)]
    #[case("a b │ c", 0)]
    #[case("", 0)]
    fn sources_are_known(#[case] line: &str, #[case] length: usize) {
        assert_eq!(source(line), length);
    }

    #[test]
    fn what_goes_on_goes_on_from_its_own_source() {
        let mut lines = Lines::default();
        let all = ["a │ ERROR lost", "b │ fine", "a │   at Cart.add", "b │   more"];
        lines.take(part(all.map(str::to_owned).into(), None));
        assert_eq!(lines.weighing(Level::Error), [0, 2]);
    }

    fn part(lines: Vec<String>, unfinished: Option<&str>) -> LogPart {
        let lines = lines.into_iter().map(Text::from).collect();
        LogPart { lines, unfinished: unfinished.map(Text::from), ..LogPart::default() }
    }

    #[test]
    fn what_goes_on_weighs_as_much_as_what_it_goes_on_from() {
        let mut lines = Lines::default();
        lines.take(part(["ERROR x", "  at y", "INFO z", "  more", "end"].map(str::to_owned).to_vec(), Some("WARN w")));
        assert_eq!(lines.weighing(Level::Error), [0, 1]);
        assert_eq!(lines.weighing(Level::Warning), [0, 1, 5]);
        assert_eq!(lines.weighing(Level::Plain).len(), 6);
        lines.take(part(vec!["WARN whole".to_owned()], None));
        assert_eq!((lines.len(), lines.get(5).map(|it| it.1.to_string())), (6, Some("WARN whole".to_owned())));
    }

    #[test]
    fn memory_is_bounded_by_lines_and_by_bytes_and_what_was_let_go_is_counted() {
        let mut lines = Lines::default();
        lines.take(part((0..KEPT + 7).map(|it| it.to_string()).collect(), None));
        assert_eq!((lines.len(), lines.dropped()), (KEPT, 7));
        assert_eq!(lines.get(0).map(|it| it.1.to_string()), Some("7".to_owned()));
        let long = vec!["x".repeat(1_000); BYTES / 1_000 + 9];
        lines.take(part(long.into_iter().chain(["last".to_owned()]).collect(), None));
        assert_eq!(lines.get(lines.len() - 1).map(|it| it.1.to_string()), Some("last".to_owned()));
        assert!(lines.len() < 10_000 && lines.bytes <= BYTES, "{} {}", lines.len(), lines.bytes);
        lines.take(LogPart { anew: true, ..part(vec!["a".to_owned()], None) });
        assert_eq!((lines.len(), lines.dropped()), (1, 0));
    }

    proptest! {
        #[test]
        fn a_stamp_ends_between_characters(line in "\\PC{0,60}") {
            prop_assert!(line.is_char_boundary(stamp(&line)));
            let _ = of(&line);
        }
    }
}

//! The filter that is typed after `/`: words and `field:value` terms, all of which have to hold; `!` inverts one.
//!
//! Smart case: a term with a capital letter is compared exactly, any other without regard to case. Quotes keep spaces
//! together: `author:"ada k"`.

/// Which rows pass. The default lets all pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    raw: String,
    terms: Vec<Term>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The field that is looked at; absent means any.
    pub field: Option<String>,
    /// What it has to contain.
    pub needle: String,
    /// Whether it must not contain it.
    pub inverted: bool,
    exact: bool,
}

impl Filter {
    /// Reads what somebody typed. Everything means something: there is no wrong filter.
    pub fn parse(raw: &str) -> Self {
        let terms = words(raw).iter().filter_map(|word| Term::parse(word)).collect();
        Self { raw: raw.trim().to_owned(), terms }
    }

    /// What was typed.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether it lets all rows pass.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The conditions.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether a row passes that has these fields. A field may stand there several times; a term whose field the row
    /// does not have finds nothing.
    pub fn passes<'a, T: AsRef<str> + 'a>(&self, fields: &[(&str, T)]) -> bool {
        self.terms.iter().all(|term| {
            let looked_at = fields
                .iter()
                .filter(|(name, _)| term.field.as_ref().is_none_or(|field| name.eq_ignore_ascii_case(field)));
            looked_at.map(|(_, text)| text.as_ref()).any(|text| term.finds(text).is_some()) != term.inverted
        })
    }

    /// The byte ranges of `text` that a positive term found, in order and not overlapping: what is highlighted.
    pub fn matches(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let positive = self.terms.iter().filter(|term| !term.inverted);
        let mut found: Vec<_> = positive.filter_map(|term| term.finds(text)).collect();
        found.sort_by_key(|range| range.start);
        let mut last = 0;
        found.retain(|range| {
            let apart = range.start >= last;
            if apart {
                last = range.end;
            }
            apart
        });
        found
    }
}

impl Term {
    fn parse(word: &str) -> Option<Self> {
        let (inverted, rest) = word.strip_prefix('!').map_or((false, word), |rest| (true, rest));
        let (field, needle) = match rest.split_once(':') {
            Some((field, needle)) if is_field(field) && !needle.is_empty() => {
                (Some(field.to_ascii_lowercase()), needle)
            }
            _ => (None, rest),
        };
        let exact = needle.chars().any(char::is_uppercase);
        (!needle.is_empty()).then(|| Self { field, needle: needle.to_owned(), inverted, exact })
    }

    /// Where the needle begins and ends in `text`.
    fn finds(&self, text: &str) -> Option<std::ops::Range<usize>> {
        if self.exact || self.needle.is_empty() {
            return text.find(&self.needle).map(|at| at..at + self.needle.len());
        }
        let starts = text.char_indices().map(|(at, _)| at);
        starts.into_iter().find_map(|at| {
            let tail = text.get(at..)?;
            let mut rest = tail.chars();
            let mut length = 0;
            for wanted in self.needle.chars() {
                let found = rest.next()?;
                if !same_letter(wanted, found) {
                    return None;
                }
                length += found.len_utf8();
            }
            Some(at..at + length)
        })
    }
}

fn same_letter(wanted: char, found: char) -> bool {
    wanted == found || wanted.to_lowercase().eq(found.to_lowercase())
}

fn is_field(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Splits at spaces outside quotes; the quotes themselves go.
fn words(raw: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for c in raw.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => all.push(String::new()),
            c => {
                if let Some(word) = all.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const ROW: &[(&str, &str)] =
        &[("service", "checkout"), ("author", "Ada K"), ("status", "failed"), ("status", "held")];

    #[rstest]
    #[case("", true)]
    #[case("check", true)]
    #[case("CHECK", false)]
    #[case("ada", true)]
    #[case("Ada", true)]
    #[case("author:ada", true)]
    #[case("service:ada", false)]
    #[case("nosuch:ada", false)]
    #[case("!nosuch:ada", true)]
    #[case("status:failed status:held", true)]
    #[case("!status:failed", false)]
    #[case("check !ada", false)]
    #[case("author:\"a k\"", true)]
    #[case("! ", true)]
    fn rows_pass(#[case] typed: &str, #[case] passes: bool) {
        assert_eq!(Filter::parse(typed).passes(ROW), passes, "{typed:?}");
    }

    #[test]
    fn what_is_found_is_marked_by_bytes_of_the_text_itself() {
        let filter = Filter::parse("ÉTÉ ok !no");
        assert!(filter.matches("été").is_empty(), "a capital makes it exact");
        assert_eq!(Filter::parse("été ok").matches("L'ÉTÉ ok"), [2..7, 8..10]);
    }

    #[test]
    fn a_url_is_a_word_and_not_a_field() {
        let filter = Filter::parse("a/b:c");
        assert_eq!(filter.terms()[0].field, None);
    }
}

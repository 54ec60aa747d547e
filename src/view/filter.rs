//! Filters as people type them: `pay status:failed !env:testing`.
//!
//! Words are found anywhere, smart-case (a word without capitals ignores case). `field:value` looks in one field,
//! `field:a,b` takes either; `!` inverts a term; quotes keep blanks together. All terms have to hold.

use std::borrow::Cow;

/// A parsed filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
    hints: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    inverted: bool,
    field: Option<&'static str>,
    needles: Vec<Needle>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Needle {
    text: String,
    exact_case: bool,
}

/// What a filter looks into: an item's fields and their values.
pub trait Fields {
    /// Hands each value of `field` (of every field where absent) to `see` until it returns true; returns whether it did.
    fn any(&self, field: Option<&str>, see: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// Fields given as pairs, for items that are cheap to lay out.
impl<'a, const N: usize> Fields for [(&'static str, Cow<'a, str>); N] {
    fn any(&self, field: Option<&str>, see: &mut dyn FnMut(&str) -> bool) -> bool {
        self.iter().filter(|(name, _)| field.is_none_or(|field| field == *name)).any(|(_, value)| see(value))
    }
}

/// Fields given as pairs, where an item has several values of one.
impl<'a> Fields for Vec<(&'static str, Cow<'a, str>)> {
    fn any(&self, field: Option<&str>, see: &mut dyn FnMut(&str) -> bool) -> bool {
        self.iter().filter(|(name, _)| field.is_none_or(|field| field == *name)).any(|(_, value)| see(value))
    }
}

impl Filter {
    /// Parses what was typed, for items with these `fields`. What cannot be understood is a hint, never a failure: a
    /// term with an unknown field is taken as a word.
    pub fn parse(typed: &str, fields: &[&'static str]) -> Self {
        Self::parse_as(typed, fields, &[])
    }

    /// The same for somebody who is known by the names and addresses of `me`: `author:me` finds any of them.
    pub fn parse_as(typed: &str, fields: &[&'static str], me: &[String]) -> Self {
        let mut filter = Self::default();
        let (words, unclosed) = split(typed);
        if unclosed {
            filter.hints.push("the quote is not closed".to_owned());
        }
        for word in words {
            filter.take(&word, fields, me);
        }
        filter
    }

    fn take(&mut self, word: &str, fields: &[&'static str], me: &[String]) {
        let (inverted, body) = word.strip_prefix('!').map_or((false, word), |body| (true, body));
        let (field, value) = match body.split_once(':') {
            Some((name, value)) => match field_named(name, fields) {
                Some(field) => (Some(field), value),
                None => {
                    self.hints.extend(unknown_field(name, fields));
                    (None, body)
                }
            },
            None => (None, body),
        };
        let value = value.replace('"', "");
        if field == Some("author") && value == "me" {
            if me.is_empty() {
                self.hints.push("who you are is not known: set git's user.name, or `me` under [ui]".to_owned());
            }
            let needles = me.iter().map(|name| Needle::new(&name.to_lowercase())).collect();
            self.terms.push(Term { inverted, field, needles });
            return;
        }
        let needles: Vec<Needle> = match field {
            Some(_) => value.split(',').filter(|part| !part.is_empty()).map(Needle::new).collect(),
            None => Some(value.as_str()).filter(|value| !value.is_empty()).map(Needle::new).into_iter().collect(),
        };
        if needles.is_empty() {
            if let Some(field) = field {
                self.hints.push(format!("what should `{field}` be? write `{field}:value`"));
            }
            return;
        }
        self.terms.push(Term { inverted, field, needles });
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// What could not be understood, with what to write instead.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Whether the item passes.
    pub fn matches(&self, item: &impl Fields) -> bool {
        self.terms.iter().all(|term| term.holds(item))
    }

    /// The parts of `text` that words of the filter match, as byte ranges in order: for marking them on the screen.
    pub fn found_in(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let needles = self.terms.iter().filter(|term| !term.inverted).flat_map(|term| &term.needles);
        let mut found: Vec<_> = needles.filter_map(|needle| needle.find(text)).collect();
        found.sort_by_key(|range| (range.start, range.end));
        found.dedup_by(|next, before| next.start < before.end);
        found
    }
}

impl Term {
    fn holds(&self, item: &impl Fields) -> bool {
        let found = item.any(self.field, &mut |value| self.needles.iter().any(|needle| needle.find(value).is_some()));
        found != self.inverted
    }
}

impl Needle {
    fn new(text: &str) -> Self {
        let exact_case = text.chars().any(char::is_uppercase);
        Self { text: if exact_case { text.to_owned() } else { text.to_lowercase() }, exact_case }
    }

    /// Where it first stands in `value`.
    fn find(&self, value: &str) -> Option<std::ops::Range<usize>> {
        if self.exact_case {
            return value.find(&self.text).map(|at| at..at + self.text.len());
        }
        if value.is_ascii() && self.text.is_ascii() {
            let (hay, needle) = (value.as_bytes(), self.text.as_bytes());
            let at = hay.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))?;
            return Some(at..at + needle.len());
        }
        self.find_folded(value)
    }

    /// Lower-casing can change lengths, so each start is tried on its own.
    fn find_folded(&self, value: &str) -> Option<std::ops::Range<usize>> {
        value.char_indices().find_map(|(start, _)| {
            let mut wanted = self.text.chars().peekable();
            let tail = value.get(start..)?;
            for (offset, c) in tail.char_indices() {
                if wanted.peek().is_none() {
                    return Some(start..start + offset);
                }
                if !c.to_lowercase().all(|low| wanted.next() == Some(low)) {
                    return None;
                }
            }
            wanted.peek().is_none().then_some(start..value.len())
        })
    }
}

/// Splits at blanks outside quotes; tells whether a quote stayed open.
fn split(typed: &str) -> (Vec<String>, bool) {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in typed.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    (words, quoted)
}

/// Short ways to say a field.
const SHORT: [(&str, &str); 5] =
    [("env", "environment"), ("svc", "service"), ("ver", "version"), ("by", "author"), ("who", "author")];

fn field_named(typed: &str, fields: &[&'static str]) -> Option<&'static str> {
    let typed = typed.to_lowercase();
    let meant = SHORT.iter().find(|(short, _)| *short == typed).map_or(typed.as_str(), |(_, field)| field);
    fields.iter().copied().find(|field| *field == meant)
}

/// Something like `http://…` or `12:30` is a word; something like a field's name is a slip.
fn unknown_field(name: &str, fields: &[&'static str]) -> Option<String> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let shown = crate::model::text::clean(name);
    let near = fields.iter().map(|field| (strsim::jaro_winkler(name, field), *field));
    let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.8);
    Some(match nearest {
        Some((_, field)) => format!("no field `{shown}` here: did you mean `{field}`?"),
        None => format!("no field `{shown}` here: there are {}", fields.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const FIELDS: [&str; 4] = ["service", "environment", "status", "title"];

    fn item() -> Vec<(&'static str, Cow<'static, str>)> {
        vec![
            ("service", "payments".into()),
            ("environment", "production".into()),
            ("environment", "staging".into()),
            ("status", "failed".into()),
            ("title", "Ship the Größe fix 検索".into()),
        ]
    }

    #[rstest]
    #[case("", true)]
    #[case("pay", true)]
    #[case("PAY", false)]
    #[case("Ship", true)]
    #[case("ship", true)]
    #[case("pay nothing", false)]
    #[case("service:pay status:failed", true)]
    #[case("service:prod", false)]
    #[case("env:production env:staging", true)]
    #[case("environment:testing", false)]
    #[case("status:running,failed", true)]
    #[case("!status:failed", false)]
    #[case("!status:ok !nothing", true)]
    #[case("\"the größe\"", true)]
    #[case("title:\"the fix\"", false)]
    #[case("GRÖSSE", false)]
    #[case("größe", true)]
    #[case("検索", true)]
    #[case("service:", true)]
    #[case("!", true)]
    fn filters(#[case] typed: &str, #[case] passes: bool) {
        assert_eq!(Filter::parse(typed, &FIELDS).matches(&item()), passes, "{typed}");
    }

    #[rstest]
    #[case("sevice:pay", "no field `sevice` here: did you mean `service`?")]
    #[case("zzz:pay", "no field `zzz` here: there are service, environment, status, title")]
    #[case("service:", "what should `service` be? write `service:value`")]
    #[case("\"half", "the quote is not closed")]
    fn hints(#[case] typed: &str, #[case] hint: &str) {
        assert_eq!(Filter::parse(typed, &FIELDS).hints(), [hint]);
    }

    #[test]
    fn me_is_who_asks_and_nobody_where_that_is_not_known() {
        let me = ["Hana".to_owned(), "hana@shop.example".to_owned()];
        let mine = |me: &[String], typed: &str, author: &'static str| {
            Filter::parse_as(typed, &["author"], me).matches(&[("author", Cow::from(author))])
        };
        assert!(mine(&me, "author:me", "Hana") && mine(&me, "by:me", "HANA@shop.example"));
        assert!(!mine(&me, "author:me", "James") && mine(&me, "!author:me", "James"));
        assert!(!mine(&[], "author:me", "James") && mine(&me, "me", "James"));
        assert_eq!(Filter::parse_as("author:me", &["author"], &[]).hints().len(), 1);
    }

    #[test]
    fn a_colon_in_a_word_is_not_a_field() {
        assert!(Filter::parse("12:30 https://x", &["service"]).hints().len() <= 1);
        let clock = Filter::parse("12:30", &FIELDS);
        assert!(clock.hints().is_empty() && clock.matches(&[("title", Cow::from("at 12:30"))]));
    }

    #[test]
    fn what_matches_can_be_marked() {
        let filter = Filter::parse("pay ME !s", &FIELDS);
        assert_eq!(filter.found_in("payME"), [0..3, 3..5]);
        assert_eq!(Filter::parse("größe", &FIELDS).found_in("Die GRÖßE").first(), Some(&(4..11)));
    }

    proptest! {
        #[test]
        fn any_text_is_a_filter_and_marks_stand_on_characters(typed in "\\PC{0,30}", value in "\\PC{0,30}") {
            let filter = Filter::parse(&typed, &FIELDS);
            filter.matches(&[("title", Cow::from(value.as_str()))]);
            for range in filter.found_in(&value) {
                prop_assert!(value.get(range).is_some());
            }
        }

        #[test]
        fn inverting_a_word_turns_the_answer_around(word in "[a-zA-Z]{1,6}", value in "[a-zA-Z ]{0,12}") {
            let item = [("title", Cow::from(value))];
            let yes = Filter::parse(&word, &FIELDS).matches(&item);
            prop_assert_ne!(Filter::parse(&format!("!{word}"), &FIELDS).matches(&item), yes);
        }
    }

    #[test]
    fn a_column_called_who_is_the_field_author() {
        let item = [("author", Cow::from("Ada")), ("title", "Ben".into())];
        assert!(Filter::parse("who:ada", &["author", "title"]).matches(&item));
        assert!(!Filter::parse("who:ben", &["author", "title"]).matches(&item));
    }
}

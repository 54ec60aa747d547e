//! "did you mean …": the nearest of the names that there are.

use super::failure::Failure;
use crate::model::text;

/// The name that is most like `wanted`, if one is like it at all.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    let distance = |name: &str| {
        let name = name.to_lowercase();
        if wanted.chars().count() > 2 && name.starts_with(&wanted) {
            return 0;
        }
        strsim::damerau_levenshtein(&wanted, &name)
    };
    known.into_iter().map(|name| (distance(name), name)).filter(|(far, _)| *far <= allowed).min().map(|(_, name)| name)
}

/// The failure for a name that does not exist: with the nearest one, else with what there is (at most eight).
pub fn unknown<'a>(what: &str, wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Failure {
    let known: Vec<&str> = known.into_iter().collect();
    let failure = Failure::error(format!("no {what} `{}`", text::clean(wanted)));
    if let Some(name) = nearest(wanted, known.iter().copied()) {
        return failure.hint(format!("did you mean `{}`?", text::clean(name)));
    }
    if known.is_empty() {
        return failure;
    }
    let shown: Vec<String> = known.iter().take(8).map(|name| format!("`{}`", text::clean(name))).collect();
    let more = known.len().saturating_sub(shown.len());
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    failure.hint(format!("there {} {}{tail}", if known.len() == 1 { "is" } else { "are" }, shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let names = ["checkout", "billing", "search-api", "web"];
        let cases = [
            ("chekcout", Some("checkout")),
            ("Billing", Some("billing")),
            ("search", Some("search-api")),
            ("wen", Some("web")),
            ("payments", None),
            ("", None),
        ];
        for (wanted, found) in cases {
            assert_eq!(nearest(wanted, names), found, "{wanted}");
        }
    }

    #[test]
    fn without_a_near_one_the_few_that_exist_are_named() {
        let lines = unknown("environment", "qa", ["dev", "testing", "production"]).lines();
        assert_eq!(lines, ["error: no environment `qa`", "hint: there are `dev`, `testing`, `production`"]);
        let many: Vec<String> = (0..20).map(|n| format!("service-{n:02}")).collect();
        let lines = unknown("service", "x", many.iter().map(String::as_str)).lines();
        assert!(lines[1].ends_with("`service-07` and 12 more"), "{lines:?}");
    }
}

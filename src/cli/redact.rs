//! Secrets stay out of the log.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What stands in the place of a secret.
const HIDDEN: &str = "«redacted»";

/// Shapes of secrets; the first group stays, the rest goes.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Headers: `Authorization: Bearer …`, `authorization: Basic …`, `PRIVATE-TOKEN: …`.
        r#"(?i)(authorization"?\s*[:=]\s*"?(?:bearer|basic|token)\s+)[^\s"',;]+"#,
        r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}",
        // Assignments: `token=…`, `"password": "…"`, `api_key: …`.
        r#"(?i)((?:token|password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key)"?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s"',;&]+)"#,
        // User information in addresses: `https://user:password@host`.
        r"(?i)([a-z][a-z0-9+.-]*://)[^\s/@]+@",
        // Tokens that can be told by their look alone.
        r"()\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{8,}|AKIA[A-Z0-9]{12,})",
        // Anything that looks like a JSON web token.
        r"()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    ]
    .iter()
    .filter_map(|shape| Regex::new(shape).ok())
    .collect()
});

/// The text without what looks like a secret.
pub fn redact(text: &str) -> Cow<'_, str> {
    SECRETS.iter().fold(Cow::Borrowed(text), |text, shape| {
        match shape.replace_all(&text, |found: &regex::Captures<'_>| {
            let at = if found[0].ends_with('@') { "@" } else { "" };
            format!("{}{HIDDEN}{at}", found.get(1).map_or("", |kept| kept.as_str()))
        }) {
            Cow::Borrowed(_) => text,
            Cow::Owned(redacted) => Cow::Owned(redacted),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        assert_eq!(SECRETS.len(), 6);
    }

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let cases = [
            ("authorization: Bearer abc.def-123", "authorization: Bearer «redacted»"),
            ("GET https://me:hunter2@git.example.com/x.git", "GET https://«redacted»@git.example.com/x.git"),
            ("token=s3cr3t&page=2", "token=«redacted»&page=2"),
            (r#"{"password": "a b", "user": "me"}"#, r#"{"password": «redacted», "user": "me"}"#),
            ("found ghp_0123456789abcdefABCDEF in a file", "found «redacted» in a file"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "«redacted»"),
            ("read 3 facts from stages", "read 3 facts from stages"),
            ("git@git.example.com:team/web.git", "git@git.example.com:team/web.git"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
    }
}

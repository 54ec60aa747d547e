//! Parts of addresses that come from outside: names of environments, workflow files, versions.

use std::fmt::Write as _;

/// A part of a path or a value of a query, so that it means itself (RFC 3986, unreserved characters stay).
pub fn encoded(part: &str) -> String {
    let mut all = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => all.push(char::from(byte)),
            // `.` and `..` would lead elsewhere; a dot within a name may stay.
            b'.' if part.bytes().any(|it| it != b'.') => all.push('.'),
            _ => drop(write!(all, "%{byte:02X}")),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_name_from_outside_never_leads_elsewhere() {
        let cases = [
            ("deploy.yml", "deploy.yml"),
            ("..", "%2E%2E"),
            ("../secrets?x=1#y", "..%2Fsecrets%3Fx%3D1%23y"),
            ("eu west/ä", "eu%20west%2F%C3%A4"),
            (">=2026-09-01T08:00:00Z", "%3E%3D2026-09-01T08%3A00%3A00Z"),
        ];
        for (raw, expected) in cases {
            assert_eq!(encoded(raw), expected);
        }
    }
}

//! The `Link` header, by which pages follow each other (RFC 8288).

/// The address of the next page.
pub fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some(begin) = rest.find('<') {
        let after = rest.get(begin + 1..)?;
        let (address, parameters) = after.split_once('>')?;
        let end = parameters.find('<').unwrap_or(parameters.len());
        let own = parameters.get(..end)?;
        if own.split([';', ',']).any(|it| matches!(it.trim(), "rel=\"next\"" | "rel=next")) {
            return Some(address);
        }
        rest = parameters.get(end..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_next_page_is_found_among_the_others() {
        let header = "<https://api.test/a?page=1>; rel=\"prev\", <https://api.test/a?page=3&x=a,b>; rel=\"next\", <https://api.test/a?page=9>; rel=\"last\"";
        assert_eq!(next(header), Some("https://api.test/a?page=3&x=a,b"));
        for none in ["", "<", "<x>", "<https://api.test/a>; rel=\"last\"", "garbage>;<"] {
            assert_eq!(next(none), None, "{none}");
        }
    }
}

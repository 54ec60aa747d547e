//! "Did you mean …".

/// The hint that names what is most like `wanted`, or what there is when there is little.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let wanted = wanted.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
    let like = known.iter().map(|name| (distance(name), *name)).filter(|(far, _)| *far <= allowed).min();
    match (like, known.as_slice()) {
        (Some((_, name)), _) => Some(format!("did you mean `{name}`?")),
        (None, few @ [_, ..]) if few.len() <= 8 => {
            Some(format!("there is {}", few.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood_and_little_is_listed() {
        let said = |wanted, known: &[&'static str]| nearest(wanted, known.iter().copied());
        assert_eq!(said("prodution", &["production", "testing"]).unwrap(), "did you mean `production`?");
        assert_eq!(said("Testing", &["production", "testing"]).unwrap(), "did you mean `testing`?");
        assert_eq!(said("qa", &["production", "testing"]).unwrap(), "there is `production`, `testing`");
        assert_eq!(said("qa", &[]), None);
    }
}

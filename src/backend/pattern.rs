//! Naming patterns: `shop-{environment}`, `{service}-*`.

use regex::Regex;

/// What stands for an environment.
const ENVIRONMENT: &str = "{environment}";
/// What stands for a service.
const SERVICE: &str = "{service}";

/// A pattern of names for one environment.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// It fits one name.
    Exactly(String),
    /// It fits many.
    Many(Regex),
}

/// Whether a pattern tells environments apart.
pub fn names_environments(pattern: &str) -> bool {
    pattern.contains(ENVIRONMENT)
}

/// A pattern with the name of an environment in its place.
pub fn fill(pattern: &str, environment: &str) -> String {
    pattern.replace(ENVIRONMENT, environment)
}

impl Pattern {
    /// The pattern for one environment.
    pub fn new(pattern: &str, environment: &str) -> Self {
        let filled = fill(pattern, environment);
        if !filled.contains(SERVICE) && !filled.contains('*') {
            return Self::Exactly(filled);
        }
        let mut named = false;
        let mut expression = String::from("^");
        for (n, part) in filled.split(SERVICE).enumerate() {
            if n > 0 {
                // A name can be captured once; what follows may be anything.
                expression.push_str(if named { ".*" } else { "(?<service>.+?)" });
                named = true;
            }
            let escaped: Vec<String> = part.split('*').map(regex::escape).collect();
            expression.push_str(&escaped.join(".*"));
        }
        expression.push('$');
        // Everything but our own groups is escaped.
        Regex::new(&expression).map_or(Self::Exactly(filled), Self::Many)
    }

    /// Whether it fits a name; the service that it finds in it, where it looks for one.
    pub fn fits<'a>(&self, name: &'a str) -> Option<Option<&'a str>> {
        match self {
            Self::Exactly(only) => (only == name).then_some(None),
            Self::Many(regex) => {
                let found = regex.captures(name)?;
                Some(found.name("service").map(|it| it.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_service() {
        let pattern = Pattern::new("shop-{service}-{environment}", "prd");
        assert_eq!(pattern.fits("shop-check-out-prd"), Some(Some("check-out")));
        assert_eq!(pattern.fits("shop-checkout-dev"), None);
        assert_eq!(pattern.fits("shop--prd"), None);
    }

    #[test]
    fn a_pattern_without_a_service_fits_names_only() {
        assert_eq!(Pattern::new("{environment}", "dev").fits("dev"), Some(None));
        assert_eq!(Pattern::new("{environment}-*", "dev").fits("dev-eu"), Some(None));
        assert_eq!(Pattern::new("a.b", "dev").fits("axb"), None);
    }
}

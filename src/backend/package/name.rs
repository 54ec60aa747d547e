//! Names that become parts of paths.

use super::error::{PackageError, Result};
use super::{CURRENT, LOCK};
use crate::model::{Text, Version};

/// Names that mean something else beside versions.
const TAKEN: &[&str] = &[CURRENT, LOCK, "history.jsonl", "artifact.json"];

/// `raw` as one component of a path; `what` says what it names (`version`, `service`).
///
/// # Errors
/// When it could lead elsewhere, hide, be taken for an option, or has a meaning of its own.
pub fn component<'a>(what: &str, raw: &'a str) -> Result<&'a str> {
    if is_component(raw) {
        return Ok(raw);
    }
    Err(PackageError::refused(format!("{what} {:?} cannot be the name of a directory", Text::from(raw))))
}

/// Whether `raw` can be one component of a path here.
pub fn is_component(raw: &str) -> bool {
    Version::from(raw).is_path_component() && !TAKEN.contains(&raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_one_component_is_refused() {
        for bad in ["", ".", "..", "../../x", "a/b", "/etc", "-rf", ".incoming-1", "current", "history.jsonl", "a\nb"] {
            assert!(component("version", bad).is_err(), "{bad:?}");
        }
        for good in ["1.4.2", "a b", "v2.0.0-rc1+7"] {
            assert_eq!(component("version", good), Ok(good));
        }
    }
}

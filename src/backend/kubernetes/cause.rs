//! Why a revision was made, as `kubectl rollout history` shows it: what we write there, and who it was when we read it.

use crate::model::{OperationId, Text};

/// The annotation that holds it.
pub const CAUSE: &str = "kubernetes.io/change-cause";
/// The longest reason that is written, characters.
const REASON: usize = 500;

/// A reason with who gave it and the operation that it belongs to.
pub fn written(reason: &str, actor: &Text, operation: &OperationId) -> String {
    let reason: String = reason.chars().take(REASON).collect();
    format!("{reason} ({actor}, flightdeck {operation})")
}

/// The reason, and who gave it where it is one of ours.
pub fn read(cause: &str) -> (Text, Option<Text>) {
    let ours = || {
        let (reason, by) = cause.strip_suffix(')')?.rsplit_once(" (")?;
        let (actor, _) = by.split_once(", flightdeck ")?;
        Some((Text::from(reason), Some(Text::from(actor))))
    };
    ours().unwrap_or_else(|| (Text::from(cause), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_wrote_tells_who_it_was() {
        let text = written("fix (again)", &"ann".into(), &"op-1".into());
        assert_eq!(text, "fix (again) (ann, flightdeck op-1)");
        assert_eq!(read(&text), ("fix (again)".into(), Some("ann".into())));
        assert_eq!(read("kubectl set image (by hand)"), ("kubectl set image (by hand)".into(), None));
    }
}

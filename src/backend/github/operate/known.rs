//! What GitHub said last to each question: asked again, it says only whether that holds still, which counts as nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// How many answers are kept.
const KEPT: usize = 256;

/// An answer.
#[derive(Debug)]
pub struct Said {
    /// By which it can be asked whether it holds still.
    pub etag: String,
    /// What it says.
    pub it: Value,
    /// Where the next page is.
    pub next: Option<String>,
}

/// The last answers, by path, while the process lives.
#[derive(Debug, Default)]
pub struct Known(Mutex<BTreeMap<String, Arc<Said>>>);

impl Known {
    /// The last answer to a question.
    pub fn of(&self, path: &str) -> Option<Arc<Said>> {
        self.all().get(path).cloned()
    }

    /// This was said.
    pub fn keep(&self, path: &str, said: Said) {
        let mut all = self.all();
        if all.len() >= KEPT && !all.contains_key(path) {
            all.clear();
        }
        all.insert(path.to_owned(), Arc::new(said));
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Said>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_is_kept_and_never_too_many() {
        let known = Known::default();
        let said = |etag: &str| Said { etag: etag.to_owned(), it: Value::Null, next: None };
        assert!(known.of("/a").is_none());
        known.keep("/a", said("1"));
        known.keep("/a", said("2"));
        assert_eq!(known.of("/a").map(|it| it.etag.clone()), Some("2".to_owned()));
        (0..10 * KEPT).for_each(|at| known.keep(&format!("/{at}"), said("3")));
        assert!(known.all().len() <= KEPT);
    }
}

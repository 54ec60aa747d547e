//! Ids of operations and locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::{Clock, OperationId};
use crate::operation::journal::hash;

/// Where ids come from. Passed in, so that tests and pictures can fix them.
pub type Ids = Arc<dyn Fn() -> OperationId + Send + Sync>;

/// Ids that sort by the time at which they were made: `20261121-032653-7f3a9c12d0`. `seed` is something that no other
/// process has: random, or the process's id and start.
pub fn time_ordered(clock: Clock, seed: &str) -> Ids {
    let seed = seed.to_owned();
    let count = AtomicU64::new(0);
    Arc::new(move || {
        let now = clock();
        let number = count.fetch_add(1, Ordering::Relaxed);
        let unique = hash(format!("{seed} {} {number}", now.timestamp_nanos_opt().unwrap_or_default()).as_bytes());
        OperationId::from(format!("{}-{}", now.format("%Y%m%d-%H%M%S"), unique.get(..10).unwrap_or(&unique)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_never_repeat() {
        let at: crate::model::Time = "2026-11-21T03:26:53Z".parse().expect("an instant");
        let ids = time_ordered(Arc::new(move || at), "seed");
        let (first, second) = (ids(), ids());
        assert!(first.as_str().starts_with("20261121-032653-"));
        assert_ne!(first, second);
        assert_ne!(time_ordered(Arc::new(move || at), "other")(), first);
    }
}

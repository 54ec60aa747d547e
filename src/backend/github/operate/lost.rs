//! When answers to writes were lost: for a while after that, what they made may not be shown yet.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::model::{OperationId, Time};

/// How many are kept; who asks about an older one was not waiting for it.
const KEPT: usize = 64;

/// When answers were lost, by operation, while the process lives.
#[derive(Debug, Default)]
pub struct Lost(Mutex<BTreeMap<OperationId, Time>>);

impl Lost {
    /// An answer was lost.
    pub fn note(&self, operation: &OperationId, at: Time) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(operation.clone(), at);
        // Ids begin with their time.
        while all.len() > KEPT {
            all.pop_first();
        }
    }

    /// When the answer of an operation was lost, if it was.
    pub fn at(&self, operation: &OperationId) -> Option<Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(operation).copied()
    }
}

//! What is asked of a system outside.

use serde::{Deserialize, Serialize};

/// What was asked of a system since it was first spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Questions and writes, each of which was answered and over.
    pub asked: u64,
    /// Watches that were opened: each stays until the system or the network ends it.
    pub watches: u64,
}

//! The vocabulary of states that every screen shares. How each looks is the theme's and the glyph set's business.

use serde::{Deserialize, Serialize};

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is well, or it ended well.
    Ok,
    /// It is under way.
    Running,
    /// It has not begun.
    Waiting,
    /// It ended badly.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// It was passed over.
    Skipped,
    /// Something holds it back.
    Held,
    /// A freeze or lock holds it.
    Frozen,
    /// It differs from what it should be.
    Drift,
    /// Not known, or too old to be believed.
    Unknown,
}

impl Status {
    /// All of them, in the order of the vocabulary.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::Running,
        Self::Waiting,
        Self::Failed,
        Self::Cancelled,
        Self::Skipped,
        Self::Held,
        Self::Frozen,
        Self::Drift,
        Self::Unknown,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Frozen => "frozen",
            Self::Drift => "drift",
            Self::Unknown => "unknown",
        }
    }

    /// How soon somebody should look at it: the board is sorted by this, greatest first.
    pub fn urgency(self) -> u8 {
        match self {
            Self::Failed => 9,
            Self::Drift => 7,
            Self::Held => 6,
            Self::Running => 5,
            Self::Frozen => 4,
            Self::Unknown => 3,
            Self::Waiting => 2,
            Self::Cancelled => 1,
            Self::Skipped | Self::Ok => 0,
        }
    }
}

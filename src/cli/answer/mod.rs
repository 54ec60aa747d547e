//! The shapes of JSON answers, described field by field in `docs/json.md`. They change only together with it.

pub mod metrics;
pub mod status;

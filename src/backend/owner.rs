//! Which backend is asked to change a track, where several could be.

use std::sync::Arc;

use super::port::Backend;
use crate::model::{SourceId, TrackId};

/// The backends that can change `track`, the one that is asked first: the `preferred` one where it can, else in the order
/// of the configuration. Those that stand back are among them only where no other one can.
pub fn operators<'a>(
    backends: &'a [Arc<dyn Backend>],
    track: &TrackId,
    preferred: Option<&SourceId>,
) -> Vec<&'a Arc<dyn Backend>> {
    let owns = |it: &&Arc<dyn Backend>| it.operator().is_some_and(|operator| operator.owns(track));
    let mut all: Vec<&Arc<dyn Backend>> = backends.iter().filter(owns).collect();
    let acts = |it: &Arc<dyn Backend>| it.operator().is_some_and(|operator| !operator.stands_back(track));
    if all.iter().any(|it| acts(it)) {
        all.retain(|it| acts(it));
    }
    // The order among the others stays.
    all.sort_by_key(|it| preferred != Some(it.id()));
    all
}

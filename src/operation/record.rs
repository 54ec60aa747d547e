//! Writing down in other systems what an operation deployed: planned with it, carried out after it has settled.

use serde::{Deserialize, Serialize};

use super::engine::Deps;
use super::journal::{Body, Note};
use super::{Ending, Journal};
use crate::backend::{Backend, Order, Recorded, Recorder, Recording, Write};
use crate::model::{Scope, SourceId, Text, Time};

/// What another system will write down of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRecord {
    /// Which system.
    pub by: SourceId,
    /// The writes, verbatim, in order; what depends on how it ends is left open.
    pub writes: Vec<Write>,
    /// Why it cannot be written down although it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Text>,
}

/// What will be written down of an operation of `by` elsewhere.
pub(super) fn planned(deps: &Deps, by: &SourceId, order: &Order) -> Vec<PlannedRecord> {
    let recording = Recording { by: by.clone(), order: order.clone(), began: None, ended: None };
    let all = recorders(deps, by).filter_map(|(backend, recorder)| {
        let draft = recorder.draft(&recording)?;
        Some(PlannedRecord { by: backend.id().clone(), writes: draft.writes, refused: draft.refused })
    });
    all.collect()
}

/// Writes down how it ended, each with a journal record before and after; what could not be written down. What had no
/// effect is not written down, and neither is what nobody saw the end of.
pub(super) async fn write(deps: &Deps, by: &SourceId, order: &Order, began: Time, ending: &Ending) -> Vec<Text> {
    let succeeded = match ending {
        Ending::Succeeded(_) => true,
        Ending::Failed(_) => false,
        _ => return Vec::new(),
    };
    let ended = Some(Recorded { at: (deps.clock)(), succeeded, why: ending.why().clone() });
    let recording = Recording { by: by.clone(), order: order.clone(), began: Some(began), ended };
    let mut problems = Vec::new();
    for (backend, recorder) in recorders(deps, by) {
        let Some(draft) = recorder.draft(&recording) else { continue };
        if let Some(why) = draft.refused {
            problems.push(Text::from(format!("it was not written down in {}: {why}", backend.id())));
            continue;
        }
        let verbatim: Vec<&str> = draft.writes.iter().map(|write| write.verbatim.as_str()).collect();
        let journal = &deps.journal;
        if let Err(error) = note(journal, order, "writes down in", backend.id(), verbatim.join("; ").as_str()) {
            problems.push(Text::from(format!("it was not written down in {}: {error}", backend.id())));
            continue;
        }
        let (what, why) = match recorder.record(&recording).await {
            Ok(said) => ("wrote down in", said),
            Err(error) => {
                problems.push(Text::from(format!("it could not be written down in {}: {}", backend.id(), error.what)));
                ("could not write down in", error.what)
            }
        };
        if let Err(error) = note(journal, order, what, backend.id(), why.as_str()) {
            problems.push(Text::from(format!("that it was written down could not be journalled: {error}")));
        }
    }
    problems
}

fn note(journal: &Journal, order: &Order, what: &str, by: &SourceId, why: &str) -> Result<(), super::JournalError> {
    let track = &order.track;
    let note = Note {
        scope: Some(Scope { service: Some(track.service.clone()), environment: Some(track.environment.clone()) }),
        version: Some(order.to.version.clone()),
        who: order.actor.clone(),
        what: Text::from(format!("{what} {by}")),
        why: Text::from(why),
    };
    journal.append(Some(&order.operation), Body::Note(note)).map(|_| ())
}

/// The recorders of other backends than the one that deploys.
fn recorders<'a>(
    deps: &'a Deps,
    by: &'a SourceId,
) -> impl Iterator<Item = (&'a dyn Backend, &'a dyn Recorder)> + use<'a> {
    let others = deps.backends.iter().filter(move |backend| backend.id() != by);
    others.filter_map(|backend| Some((&**backend, backend.recorder()?)))
}

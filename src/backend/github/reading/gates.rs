//! Reading what of a run waits for an answer.

use super::round::Round;
use crate::backend::Result;
use crate::backend::github::schedule::Part;
use crate::backend::github::wire::{Items, Pending};

impl Round<'_> {
    /// What of a run waits for an answer or for time.
    pub(super) async fn pending(&mut self, id: u64) -> Result<()> {
        let what = format!("see what run {id} of {} waits for", self.repository.slug);
        let path = self.repository.path(&format!("/actions/runs/{id}/pending_deployments"));
        let Some(page) = self.changed::<Items<Pending>>(Part::Pending(id), &what, path).await? else { return Ok(()) };
        let pending = self.items(Part::Pending(id), page.it);
        let Some(held) = self.memory.runs.get_mut(&id) else { return Ok(()) };
        self.found.states |= held.pending != pending;
        held.pending = pending;
        Ok(())
    }
}

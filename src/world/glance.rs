//! The first picture: what was kept of the last one, until everything that is stored is folded.

use std::io::Write;
use std::path::PathBuf;

use super::{World, WorldError};
use crate::picture::Glance;

impl World {
    /// Waits until everything that is stored is in the picture. Before that, histories are missing and nothing should be
    /// decided.
    pub async fn whole(&self) {
        // The sender lives as long as the world does, so this ends by the picture being whole.
        let _ = self.0.whole.subscribe().wait_for(|whole| *whole).await;
    }

    /// Whether everything that is stored is in the picture.
    pub fn is_whole(&self) -> bool {
        *self.0.whole.borrow()
    }

    /// Folds what is stored into the picture, where only a glance at it was shown so far. Blocks nobody but who waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn complete(&self) -> Result<(), WorldError> {
        if self.is_whole() {
            return Ok(());
        }
        let world = self.clone();
        let folded = tokio::task::spawn_blocking(move || world.paint_what_is_stored()).await;
        folded.unwrap_or_else(|_| Err(WorldError::Fault("the picture could not be made from what is stored".into())))
    }

    /// Keeps what the next start shows first. A glance that cannot be kept costs that start some milliseconds and nobody
    /// a picture.
    pub fn keep_glance(&self) {
        let snapshot = self.snapshot();
        let mut kept = self.0.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *kept == snapshot.generation {
            return;
        }
        let Some(glance) = Glance::of(&snapshot) else { return };
        match self.write_glance(&glance.encoded()) {
            Ok(()) => *kept = snapshot.generation,
            Err(error) => tracing::info!("no glance is kept: {error}"),
        }
    }

    fn write_glance(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(self.0.state.root())?;
        file.write_all(bytes)?;
        file.persist(self.glance_path())?;
        Ok(())
    }

    /// Shows what was kept; whether there was something.
    pub(super) fn show_glance(&self) -> bool {
        let glance = std::fs::read(self.glance_path()).ok().and_then(|bytes| Glance::decoded(&bytes));
        let Some(glance) = glance else { return false };
        self.painter().show(glance, &self.0.freezes, self.now());
        true
    }

    fn glance_path(&self) -> PathBuf {
        self.0.state.root().join("glance.json")
    }
}

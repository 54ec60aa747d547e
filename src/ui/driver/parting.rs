//! The end: the terminal is given back, and what is being carried out comes to its end before the process does.

use std::time::Duration;

use tokio::time::Instant;

use super::{Driver, Signals};
use crate::app::parting::{self, Farewell, Parting};
use crate::app::update;

/// How long the end of what is being carried out is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

impl Driver {
    /// Waits until nothing is carried out any more, or has taken too long, or somebody asks a second time.
    pub(super) async fn part(&mut self, signals: &mut Signals) -> Farewell {
        let parting = Parting::begin(&mut self.state);
        if let Some(waits) = parting.waits(&self.state) {
            (self.aside)(&format!("{waits}; Ctrl-C leaves it at once"));
        }
        let patience = Instant::now() + PATIENCE;
        while !parting::is_over(&self.state) {
            tokio::select! {
                biased;
                () = signals.end() => break,
                () = tokio::time::sleep_until(patience) => break,
                Some(message) = self.answers.recv() => {
                    let now = self.world.now();
                    // There is no screen any more on which anything else could be done.
                    drop(update(&mut self.state, now, message));
                }
            }
        }
        let operations = self.world.operations().borrow().clone();
        parting.ended(&self.state, &operations)
    }
}

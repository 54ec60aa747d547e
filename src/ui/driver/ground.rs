//! Looks while the cockpit runs: what is chosen, and what the terminal answers about its ground.

use std::io;
use std::time::Duration;

use crossterm::event::Event;
use futures::StreamExt;

use super::Driver;
use crate::app::{Message, Msg, update};
use crate::ui::ground::{Heard, QUESTION};

/// How long an answer that is on its way is awaited at the end, so that it does not become input of the shell.
const FAREWELL: Duration = Duration::from_millis(120);

impl Driver {
    /// Asks what is behind everything, where that makes a difference. Nobody waits for the answer.
    pub(super) fn ask_ground(&mut self) -> io::Result<()> {
        if !self.wardrobe.wants_to_know_the_ground() {
            return Ok(());
        }
        self.ear.listen();
        self.canvas.raw(QUESTION)
    }

    /// What an event says, where it is no answer about the ground.
    pub(super) fn heard(&mut self, event: Event) -> Vec<Msg> {
        match event {
            Event::FocusGained => {
                self.pace.watch(true);
                // Somebody may have changed it meanwhile; a terminal that is gone is noticed with the next frame.
                let _ = self.ask_ground();
            }
            Event::FocusLost => self.pace.watch(false),
            _ => {}
        }
        match self.ear.hear(event) {
            Heard::Events(events) => match events.iter().find_map(|event| self.taken_over(event)) {
                Some(message) => vec![message],
                None => events.into_iter().filter_map(|event| self.message(event)).collect(),
            },
            Heard::Answer(ground) => {
                let worn = self.wardrobe.worn().to_owned();
                self.wardrobe.ground = ground.or(self.wardrobe.ground);
                if self.wardrobe.worn() != worn {
                    self.wear();
                }
                Vec::new()
            }
        }
    }

    /// Takes an answer that is still on its way.
    pub(super) async fn await_ground(&mut self) {
        let answered = async {
            while self.ear.expects_soon() {
                match self.events.next().await {
                    Some(Ok(event)) => drop(self.ear.hear(event)),
                    _ => return,
                }
            }
        };
        let _ = tokio::time::timeout(FAREWELL, answered).await;
    }

    /// Wears what somebody chose.
    pub(super) fn choose(&mut self, theme: &str, glyphs: String) -> io::Result<()> {
        self.wardrobe.choose(theme, glyphs);
        self.wear();
        if self.wardrobe.ground.is_none() { self.ask_ground() } else { Ok(()) }
    }

    /// Wears what the wardrobe holds.
    fn wear(&mut self) {
        let (dress, problems) = self.wardrobe.dress();
        let names = (dress.theme.name.clone(), dress.glyphs.name.to_owned());
        self.dress = dress;
        let messages = problems.into_iter().map(|problem| Msg::Tell(Message::warning(problem)));
        for message in std::iter::once(Msg::Dressed(names.0, names.1)).chain(messages) {
            // These tell and name; they have no effects of their own.
            update(&mut self.state, self.world.now(), message);
        }
    }
}

//! A tour in the cockpit that runs: it presses keys like anybody else, until somebody does.

use crossterm::event::{Event, KeyEventKind};
use tokio::time::Instant;

use super::Driver;
use crate::app::{Message, Msg};
use crate::ui::tour::{Player, Seen, Tour, Turn};

impl Driver {
    /// The same cockpit with a tour that begins now.
    #[must_use]
    pub fn with_tour(mut self, tour: Option<Tour>) -> Self {
        self.tour = tour.map(|tour| Player::new(tour, Instant::now()));
        self
    }

    /// When the tour goes on; never where there is none.
    pub(super) fn tour_due(&self) -> impl Future<Output = ()> + use<> {
        let due = self.tour.as_ref().map(Player::due);
        async move {
            match due {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        }
    }

    /// What the tour does next.
    pub(super) fn tour_goes_on(&mut self) -> Vec<Msg> {
        let Some(player) = &mut self.tour else { return Vec::new() };
        let (screen, place) = (self.canvas.text(), &self.state.place);
        let row = (!place.table.is_empty()).then(|| place.table.row(place.at));
        let selected: String = row.iter().flat_map(|row| &row.cells).map(|cell| cell.line.plain() + " ").collect();
        match player.turn(Instant::now(), &Seen { screen: &screen, selected: &selected }) {
            Turn::Does(msg) => vec![msg],
            Turn::Waits => Vec::new(),
            Turn::Ends(message) => {
                self.tour = None;
                vec![Msg::Tell(message)]
            }
        }
    }

    /// Whoever presses a key takes over; that key does nothing else.
    pub(super) fn taken_over(&mut self, event: &Event) -> Option<Msg> {
        let pressed = matches!(event, Event::Key(key) if key.kind != KeyEventKind::Release);
        self.tour.take_if(|_| pressed)?;
        Some(Msg::Tell(Message::note("the tour ends here: the keys are yours, ? helps, q quits")))
    }
}

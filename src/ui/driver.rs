//! The loop: waits for something to happen, takes everything that has happened, carries out effects, draws once.
//!
//! There is one timer, set to the next moment at which something that is seen would read otherwise. While nothing
//! happens and nothing ages, nothing wakes up and no byte is written.

mod effects;
mod ground;
mod keys;
mod memory;
mod pace;
mod parting;
mod pointer;
mod tour;

use std::collections::HashMap;
use std::io::{self, Stdout};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use futures::future::poll_immediate;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use pace::Pace;

use super::canvas::Canvas;
use super::clipboard::{Between, Way};
use super::ground::Ear;
use super::terminal::Taken;
use super::tour::Player;
use super::wardrobe::Wardrobe;
use super::{Dress, frame};
use crate::app::dialog::Dialog;
use crate::app::gate::Slot;
use crate::app::parting::Farewell;
use crate::app::stats::FrameCost;
use crate::app::{Msg, State, World, attention, update};
use crate::model::{Attention, Time};
use crate::operation::OperationSummary;
use crate::picture::Snapshot;

/// How many answers may wait to be taken. Whoever has one more waits.
const WAITING: usize = 64;
/// How many events are taken before a frame is drawn, so that a flood of them does not keep the screen still.
const AT_ONCE: usize = 256;

/// How long what is being written down is waited for at the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// How the terminal and this machine are dealt with.
#[derive(Clone, Debug)]
pub struct Manners {
    /// What stands between us and the terminal.
    pub between: Between,
    /// How what is copied gets to the clipboard.
    pub copying: Way,
    /// Whether frames are wrapped in synchronized-update marks.
    pub synchronized: bool,
    /// Whether addresses are links.
    pub links: bool,
    /// Says something beside the screen, when there is none any more.
    pub aside: fn(&str),
}

/// The loop with all that it needs.
pub struct Driver {
    world: Arc<dyn World>,
    state: State,
    wardrobe: Wardrobe,
    dress: Dress,
    between: Between,
    copying: Way,
    copying_failed: Arc<AtomicBool>,
    aside: fn(&str),
    ear: Ear,
    canvas: Canvas<Stdout>,
    terminal: Option<Taken>,
    events: EventStream,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    operations: watch::Receiver<Arc<[OperationSummary]>>,
    answers: mpsc::Receiver<Msg>,
    answer: mpsc::Sender<Msg>,
    asked: HashMap<Slot, AbortHandle>,
    keeping: JoinSet<()>,
    wake: Option<Instant>,
    pace: Pace,
    /// What was looked at when the world was told last.
    attention: Option<Attention>,
    /// When the program started.
    started: std::time::Instant,
    /// The time that updates took since the last frame.
    updating: Duration,
    tour: Option<Player>,
    over: bool,
}

impl Driver {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(
        world: Arc<dyn World>,
        state: State,
        wardrobe: Wardrobe,
        dress: Dress,
        manners: Manners,
    ) -> io::Result<Self> {
        // Colours are reduced when a theme is loaded; nothing further down decides about them again.
        crossterm::style::force_color_output(true);
        let terminal = Taken::take()?;
        if state.mouse {
            super::terminal::mouse(true)?;
        }
        let (answer, answers) = mpsc::channel(WAITING);
        Ok(Self {
            canvas: Canvas::new(io::stdout(), state.size, manners.synchronized).with_links(manners.links),
            snapshots: world.snapshots(),
            operations: world.operations(),
            terminal: Some(terminal),
            events: EventStream::new(),
            asked: HashMap::new(),
            keeping: JoinSet::new(),
            wake: None,
            pace: Pace::default(),
            attention: None,
            started: std::time::Instant::now(),
            updating: Duration::ZERO,
            tour: None,
            over: false,
            world,
            state,
            wardrobe,
            dress,
            between: manners.between,
            copying: manners.copying,
            aside: manners.aside,
            copying_failed: Arc::default(),
            ear: Ear::default(),
            answers,
            answer,
        })
    }

    /// The same, with when the program started.
    #[must_use]
    pub fn since(self, started: std::time::Instant) -> Self {
        Self { started, ..self }
    }

    /// Runs until somebody ends it and nothing is carried out any more; what became of what was.
    ///
    /// # Errors
    /// When the terminal goes away while nothing is carried out.
    pub async fn run(mut self) -> io::Result<Farewell> {
        let mut signals = Signals::listen()?;
        let ended = self.work(&mut signals).await;
        self.terminal.take();
        let farewell = self.part(&mut signals).await;
        // What is to be remembered is written before the end, unless that takes long.
        let _ = tokio::time::timeout(FAREWELL, self.keeping.join_all()).await;
        match ended {
            Err(error) if farewell.told.is_empty() => Err(error),
            _ => Ok(farewell),
        }
    }

    async fn work(&mut self, signals: &mut Signals) -> io::Result<()> {
        self.snapshots.mark_changed();
        self.operations.mark_changed();
        self.draw()?;
        self.ask_ground()?;
        self.attend();
        while !self.over {
            for message in self.next(signals).await? {
                self.take(message).await?;
            }
            self.drain().await?;
            self.attend();
            if !self.over && self.pace.draws(Instant::now()) {
                self.draw()?;
            }
        }
        self.await_ground().await;
        Ok(())
    }

    /// Waits for the next thing to happen.
    async fn next(&mut self, signals: &mut Signals) -> io::Result<Vec<Msg>> {
        let (wake, owed) = (self.wake, self.pace.owed());
        let timer = async move {
            match wake.into_iter().chain(owed).min() {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let tour = self.tour_due();
        tokio::select! {
            biased;
            event = self.events.next() => match event.transpose()? {
                Some(event) => Ok(self.heard(event)),
                // The terminal is gone.
                None => Ok(vec![Msg::Terminate]),
            },
            () = signals.end() => Ok(vec![Msg::Terminate]),
            Some(message) = self.answers.recv() => Ok(vec![message]),
            Ok(()) = self.snapshots.changed() => Ok(vec![Msg::Snapshot(self.snapshots.borrow_and_update().clone())]),
            Ok(()) = self.operations.changed() => Ok(vec![Msg::Operations(self.operations.borrow_and_update().clone())]),
            () = tour => Ok(self.tour_goes_on()),
            () = timer => {
                // A frame that is owed needs no message: it is drawn after every look at what happened.
                let rings = self.wake.is_some_and(|at| at <= Instant::now());
                if rings {
                    self.wake = None;
                }
                Ok(rings.then_some(Msg::Wake).into_iter().collect())
            }
        }
    }

    /// Takes what has happened already. Of several sizes of the terminal only the last counts.
    async fn drain(&mut self) -> io::Result<()> {
        let mut size = None;
        for _ in 0..AT_ONCE {
            // With this task's own waker: the stream remembers the waker of the first look that found nothing, and one
            // that wakes nobody would let the next key lie until something else happens.
            let Some(event) = poll_immediate(self.events.next()).await.flatten() else { break };
            match event? {
                Event::Resize(width, height) => size = Some(Msg::Resize(width, height)),
                event => {
                    for message in self.heard(event) {
                        self.take(message).await?;
                    }
                }
            }
        }
        if let Some(message) = size {
            self.take(message).await?;
        }
        while let Ok(message) = self.answers.try_recv() {
            self.take(message).await?;
        }
        Ok(())
    }

    async fn take(&mut self, message: Msg) -> io::Result<()> {
        if let Msg::Resize(width, height) = message {
            self.canvas.forget((width, height));
        }
        if message.is_of_a_person() {
            self.pace.hurry();
        }
        let now = self.world.now();
        let began = Instant::now();
        let effects = update(&mut self.state, now, message);
        self.updating += began.elapsed();
        for effect in effects {
            self.carry_out(effect).await?;
        }
        Ok(())
    }

    /// Tells the world what is looked at, where that has changed.
    fn attend(&mut self) {
        let attention = attention::of(&self.state, self.pace.is_watched());
        if self.attention.as_ref() != Some(&attention) {
            self.world.attend(&attention);
            self.attention = Some(attention);
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        if matches!(self.state.dialogs.last(), Some(Dialog::Costs(_))) {
            self.state.stats.resident = memory::resident();
        }
        let (state, dress) = (&self.state, &self.dress);
        let began = Instant::now();
        let mut paint = Duration::ZERO;
        let drawn = self.canvas.frame(|buffer| {
            let cursor = frame::draw(state, dress, buffer);
            paint = began.elapsed();
            cursor
        })?;
        let write = began.elapsed().saturating_sub(paint);
        let update = std::mem::take(&mut self.updating);
        self.state.stats.take(FrameCost { update, paint, write, cells: drawn.cells, bytes: drawn.bytes });
        self.state.stats.first.get_or_insert_with(|| self.started.elapsed());
        Ok(())
    }

    /// Sets the timer for a moment.
    fn wake_at(&mut self, at: Option<Time>) {
        let now = self.world.now();
        self.wake = at.map(|at| {
            let wait = (at - now).to_std().unwrap_or_default();
            // A timer that rings early would ring twice.
            Instant::now() + wait + Duration::from_millis(1)
        });
    }
}

/// Signals that end the program.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn end(&mut self) {
        std::future::pending().await
    }
}

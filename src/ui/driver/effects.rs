//! Effects, carried out.

use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossterm::event::EventStream;
use futures::FutureExt;
use tokio::sync::{mpsc, watch};

use super::Driver;
use crate::app::gate::{Late, Slot, Ticket};
use crate::app::world::Failure;
use crate::app::{Effect, Keep, Message, Msg, Reply, Request, World};
use crate::backend::ProgressSink;
use crate::ui::browser;
use crate::ui::clipboard::{self, Way};
use crate::ui::terminal::{self, Taken};

impl Driver {
    pub(super) async fn carry_out(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Ask(ticket, request) => self.ask(ticket, request),
            Effect::Forget(slot) => self.forget(&slot),
            Effect::Copy(text) => self.copy(text)?,
            Effect::Open(address) => self.open(address),
            Effect::Wake(at) => self.wake_at(at),
            Effect::Mouse(on) => terminal::mouse(on)?,
            Effect::Keep(what) => self.keep(what),
            Effect::Dress(theme, glyphs) => self.choose(&theme, glyphs)?,
            Effect::Repaint => self.canvas.forget(self.state.size),
            Effect::Suspend => self.suspend().await?,
            Effect::Quit => self.over = true,
        }
        Ok(())
    }

    /// Asks the world. The question before in the slot is given up, which cancels what is under way for it.
    fn ask(&mut self, ticket: Ticket, request: Request) {
        let slot = ticket.slot().clone();
        self.forget(&slot);
        self.asked.retain(|_, task| !task.is_finished());
        let (world, answer) = (Arc::clone(&self.world), self.answer.clone());
        let task = tokio::spawn(async move {
            let reply = match request {
                Request::Run(..) => {
                    let (sink, progress) = watch::channel(None);
                    let told = tokio::spawn(tell_progress(ticket.clone(), progress, answer.clone()));
                    let reply = reply(world, request, sink).await;
                    // The sink is gone: what it told last is passed on before the end is.
                    let _ = told.await;
                    reply
                }
                request => reply(world, request, watch::channel(None).0).await,
            };
            // Whoever is not there any more needs no answer.
            let _ = answer.send(Msg::Reply(Late::new(ticket, reply))).await;
        });
        self.asked.insert(slot, task.abort_handle());
    }

    /// Gives up the question of a slot. What changes something outside is never given up.
    fn forget(&mut self, slot: &Slot) {
        if matches!(slot, Slot::Operation(_) | Slot::Mark(_)) {
            return;
        }
        if let Some(task) = self.asked.remove(slot) {
            task.abort();
        }
    }

    /// Has something remembered. Nobody waits for it, and it is not given up.
    fn keep(&mut self, what: Keep) {
        while self.keeping.try_join_next().is_some() {}
        let (world, answer) = (Arc::clone(&self.world), self.answer.clone());
        self.keeping.spawn(async move {
            if let Err(failure) = world.keep(what).await {
                let _ = answer.send(Msg::Tell(failure.into())).await;
            }
        });
    }

    /// Copies by a program or through the terminal. Where the program fails, that is told, and the terminal is the way
    /// from then on.
    fn copy(&mut self, text: String) -> io::Result<()> {
        let program = match &self.copying {
            Way::Program(program) if !self.copying_failed.load(Ordering::Relaxed) => program.clone(),
            _ => return self.canvas.raw(&clipboard::copy(&text, self.between)),
        };
        let (answer, failed) = (self.answer.clone(), Arc::clone(&self.copying_failed));
        tokio::spawn(async move {
            if let Err(why) = clipboard::hand_over(&program, &text).await {
                failed.store(true, Ordering::Relaxed);
                let told = Message::error(why).hint("copied again, it goes through the terminal");
                let _ = answer.send(Msg::Tell(told)).await;
            }
        });
        Ok(())
    }

    fn open(&self, address: String) {
        let answer = self.answer.clone();
        tokio::spawn(async move {
            if let Err(why) = browser::open(&address).await {
                let _ = answer.send(Msg::Tell(Message::error(why).hint("y copies the address"))).await;
            }
        });
    }

    /// Hands the terminal to the shell, and takes it again when the program is continued.
    #[cfg(unix)]
    async fn suspend(&mut self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        use tokio::signal::unix::{SignalKind, signal};

        let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        // Nobody but the shell reads keys while it has the terminal.
        self.await_ground().await;
        drop(std::mem::replace(&mut self.events, EventStream::new()));
        self.terminal.take();
        kill_current_process_group(Signal::TSTP)?;
        // Where the shell cannot stop us, nobody will continue us either.
        let not_stopped = tokio::time::sleep(std::time::Duration::from_millis(300));
        tokio::select! {
            _ = continued.recv() => {}
            () = not_stopped => {}
        }
        self.terminal = Some(Taken::take()?);
        self.events = EventStream::new();
        let size = crossterm::terminal::size()?;
        self.canvas.forget(size);
        self.state.size = size;
        // It may be another one by now.
        self.ask_ground()
    }

    #[cfg(not(unix))]
    async fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Passes progress on until the operation is over.
async fn tell_progress(
    ticket: Ticket,
    mut progress: watch::Receiver<Option<crate::model::Progress>>,
    answer: mpsc::Sender<Msg>,
) {
    while progress.changed().await.is_ok() {
        let Some(now) = progress.borrow_and_update().clone() else { continue };
        if answer.send(Msg::Progress(Late::new(ticket.clone(), now))).await.is_err() {
            return;
        }
    }
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// The answer of the world to a question.
async fn reply(world: Arc<dyn World>, request: Request, progress: ProgressSink) -> Reply {
    match request {
        Request::Plan(intent) => Reply::Plan(safe(async move { world.plan(intent).await.map(Box::new) }.boxed()).await),
        Request::Run(plan, confirmation) => {
            Reply::Done(safe(async move { world.run(*plan, confirmation, progress).await }.boxed()).await)
        }
        Request::Sync => Reply::Synced(safe(async move { world.sync().await }.boxed()).await),
        Request::Log { of, after: Some(after), wait: true } => {
            Reply::Log(safe(async move { world.follow(of, after).await }.boxed()).await)
        }
        Request::Log { of, after, .. } => Reply::Log(safe(async move { world.log(of, after).await }.boxed()).await),
        Request::Outputs(track) => Reply::Outputs(safe(async move { world.outputs(track).await }.boxed()).await),
        Request::Compare { service, from, to } => {
            Reply::Compared(safe(async move { world.compare(service, from, to).await }.boxed()).await)
        }
        Request::Look => Reply::Looked(safe(async move { world.look().await }.boxed()).await),
        Request::Begin(text) => Reply::Begun(safe(async move { world.begin(text).await }.boxed()).await),
        Request::Find(what) => Reply::Found(safe(async move { world.find(what).await }.boxed()).await),
        Request::Measure(question) => {
            // It computes for as long as it takes, and no answer of the world waits for it.
            let study = tokio::task::spawn_blocking(move || Arc::new(question.answer()));
            Reply::Measured(safe(async move { study.await.map_err(|_| fault()) }.boxed()).await)
        }
        Request::Approvals(track) => Reply::Approvals(safe(async move { world.approvals(track).await }.boxed()).await),
        Request::Answer(plan, verdict) => {
            Reply::Marked(safe(async move { world.answer(*plan, verdict).await }.boxed()).await)
        }
        Request::PlanRun(intent) => {
            Reply::RunPlan(safe(async move { world.plan_run(intent).await.map(Box::new) }.boxed()).await)
        }
        Request::Steer(plan, confirmation) => {
            Reply::Marked(safe(async move { world.steer(*plan, confirmation).await }.boxed()).await)
        }
        Request::Mark(mark) => Reply::Marked(safe(async move { world.mark(mark).await }.boxed()).await),
    }
}

/// A fault of ours becomes an answer, so that nobody waits for one for ever.
async fn safe<T>(answer: Answer<T>) -> Result<T, Failure> {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| Err(fault()))
}

fn fault() -> Failure {
    Failure::new("a fault inside the program stopped this").hint("the log file says where; please report it")
}

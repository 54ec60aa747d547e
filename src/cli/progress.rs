//! What goes on, on standard error, when an answer takes longer than a second and a person is looking.

use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::model::text;

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_secs(1);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Not at all: nobody looks.
    Silent,
    /// One line that changes.
    Redrawn,
    /// A line now and then: for screen readers and terminals that cannot go back.
    Lines,
}

impl Manner {
    /// What fits standard error; `plain` asks for lines.
    pub fn for_stderr(plain: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match io::stderr().is_terminal() {
            false => Self::Silent,
            true if plain || dumb => Self::Lines,
            true => Self::Redrawn,
        }
    }

    fn period(self) -> Duration {
        if self == Self::Redrawn { Duration::from_millis(200) } else { Duration::from_secs(10) }
    }
}

/// Waits for `work`; when that takes longer than a second, tells what `doing` says and for how long already.
pub async fn during<T>(manner: Manner, doing: impl Fn() -> String, work: impl Future<Output = T>) -> T {
    if manner == Manner::Silent {
        return work.await;
    }
    let began = Instant::now();
    let mut ticks = interval_at(began + PATIENCE, manner.period());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut shown = false;
    tokio::pin!(work);
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut work => break answer,
            _ = ticks.tick() => {
                shown = true;
                show(manner, &doing(), began.elapsed());
            }
        }
    };
    if shown && manner == Manner::Redrawn {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    answer
}

/// Nobody is to be troubled because progress could not be told, so errors end here.
fn show(manner: Manner, doing: &str, elapsed: Duration) {
    let line = format!("{} … {} s", text::clean(doing), elapsed.as_secs());
    let mut stderr = io::stderr().lock();
    let _ = match manner {
        Manner::Silent => Ok(()),
        Manner::Redrawn => {
            let width = crossterm::terminal::size().map_or(80, |(width, _)| usize::from(width));
            let fits: String = line.chars().take(width.saturating_sub(1)).collect();
            write!(stderr, "\r\x1b[K{fits}")
        }
        Manner::Lines => writeln!(stderr, "{line}"),
    };
    let _ = stderr.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_answer_comes_through_whatever_is_shown() {
        assert_eq!(during(Manner::Silent, || "reading".to_owned(), async { 7 }).await, 7);
        assert_eq!(during(Manner::Lines, || "reading".to_owned(), async { 7 }).await, 7);
    }
}

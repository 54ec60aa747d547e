//! The terminal, taken and given back: at the end, after a panic, before a suspension.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::ThreadId;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::execute;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the terminal shall tell of the mouse while it is ours.
static MOUSE: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// A terminal that is ours until this is dropped.
#[derive(Debug)]
pub struct Taken(());

impl Taken {
    /// Takes the terminal: raw, on the alternate screen, without a cursor. A panic of the thread that takes it gives it
    /// back before it is told. A panic elsewhere is somebody's answer that failed: the picture stays.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn take() -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                if *drawing() == Some(std::thread::current().id()) {
                    give_back();
                }
                before(info);
            }));
        });
        *drawing() = Some(std::thread::current().id());
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let taken = Self(());
        execute!(io::stdout(), EnterAlternateScreen, Hide, EnableBracketedPaste, EnableFocusChange)?;
        if MOUSE.load(Ordering::SeqCst) {
            mouse(true)?;
        }
        Ok(taken)
    }
}

/// Whether the terminal shows a picture of ours, on which words would land.
pub fn is_taken() -> bool {
    TAKEN.load(Ordering::SeqCst)
}

/// The thread that draws.
fn drawing() -> MutexGuard<'static, Option<ThreadId>> {
    static DRAWING: Mutex<Option<ThreadId>> = Mutex::new(None);
    DRAWING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
    }
}

/// Has the terminal tell of presses and of the wheel, or no more. Of movements it never tells: nothing here follows them.
///
/// # Errors
/// When the terminal cannot be written to.
pub fn mouse(on: bool) -> io::Result<()> {
    MOUSE.store(on, Ordering::SeqCst);
    let mut out = io::stdout();
    out.write_all(if on { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" })?;
    out.flush()
}

/// Gives the terminal back as it was, once.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    if MOUSE.load(Ordering::SeqCst) {
        let _ = out.write_all(b"\x1b[?1006l\x1b[?1000l");
    }
    // Nothing can be done about a terminal that does not take this: it is gone.
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        ResetColor,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = out.flush();
    let _ = disable_raw_mode();
}

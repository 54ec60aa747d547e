//! The real binary in a pseudo-terminal whose screen is parsed: keys in, states of the screen out. Nothing here sleeps:
//! whoever waits is woken by each byte that the program writes.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than any step takes on a machine that is doing ten other things.
const GENEROUS: Duration = Duration::from_secs(180);

/// What is read at once and a mark that was cut, bytes.
const RECENT: usize = 8192 + 16;

/// After how long a key that had no effect is pressed again.
const SOON: Duration = Duration::from_secs(1);

/// A program with its terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Screen>,
    // Closing it would hang up on the program.
    master: Box<dyn MasterPty + Send>,
}

struct Screen {
    seen: Mutex<Seen>,
    changed: Condvar,
}

struct Seen {
    parser: vt100::Parser,
    written: Vec<u8>,
    /// Whether a frame has begun and not ended: what stands there is of two frames.
    drawing: bool,
    ended: bool,
}

impl Seen {
    /// Whether nothing is half drawn.
    fn is_whole(&self) -> bool {
        !self.drawing || self.ended
    }
}

/// Whether the last mark of a synchronized update is that of its begin; nothing where the end of this has none.
fn is_within_a_frame(written: &[u8]) -> Option<bool> {
    const MARK: &[u8] = b"\x1b[?2026";
    let recent = &written[written.len().saturating_sub(RECENT)..];
    let at = recent
        .windows(MARK.len() + 1)
        .rposition(|it| it.starts_with(MARK) && matches!(it.last(), Some(b'h' | b'l')))?;
    Some(recent[at + MARK.len()] == b'h')
}

impl Terminal {
    /// Starts `flightdeck` with `arguments` in `directory`, on a terminal of `rows` times `columns`.
    pub fn start(directory: &Path, arguments: &[&str], rows: u16, columns: u16) -> Self {
        Self::with(directory, arguments, (rows, columns), &[])
    }

    /// The same with variables of the environment; an empty value takes one away.
    pub fn with(directory: &Path, arguments: &[&str], size: (u16, u16), variables: &[(&str, &str)]) -> Self {
        Self::on_a_line(directory, arguments, size, variables, None)
    }

    /// The same on a slow line, that carries 2,400 bytes a second.
    pub fn slow(directory: &Path, size: (u16, u16)) -> Self {
        Self::on_a_line(directory, &[], size, &[], Some(24))
    }

    fn on_a_line(
        directory: &Path,
        arguments: &[&str],
        (rows, columns): (u16, u16),
        variables: &[(&str, &str)],
        at_once: Option<usize>,
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_flightdeck"));
        command.args(arguments);
        command.cwd(directory);
        for (name, value) in super::world::environment(directory) {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let extent = |cells: u16| NonZero::new(cells).unwrap();
        let parser = vt100::Parser::new(extent(rows), extent(columns), 0);
        let screen = Arc::new(Screen {
            seen: Mutex::new(Seen { parser, written: Vec::new(), drawing: false, ended: false }),
            changed: Condvar::new(),
        });
        let mut reader = pair.master.try_clone_reader().unwrap();
        let fed = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = vec![0; at_once.unwrap_or(8192)];
            // A terminal whose program is gone answers with an error or with nothing.
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut seen = fed.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.parser.process(&bytes[..count]);
                seen.written.extend_from_slice(&bytes[..count]);
                // On a slow line half a frame is what people see.
                seen.drawing = at_once.is_none() && is_within_a_frame(&seen.written).unwrap_or(seen.drawing);
                drop(seen);
                fed.changed.notify_all();
                if at_once.is_some() {
                    // That is how slow the line is.
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
            fed.seen.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
            fed.changed.notify_all();
        });
        let writer = pair.master.take_writer().unwrap();
        Self { child, writer, screen, master: pair.master }
    }

    /// Types.
    pub fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Every byte that was written.
    pub fn written(&self) -> Vec<u8> {
        self.screen.seen.lock().unwrap().written.clone()
    }

    /// How many frames were drawn: each stands between the marks of a synchronized update.
    pub fn frames(&self) -> usize {
        String::from_utf8_lossy(&self.written()).matches("\x1b[?2026h").count()
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        let extent = |cells: u16| NonZero::new(cells).unwrap();
        self.screen.seen.lock().unwrap().parser.screen_mut().set_size(extent(rows), extent(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Sends a signal to the program.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// What the screen shows.
    pub fn contents(&self) -> String {
        self.screen.seen.lock().unwrap().parser.screen().contents()
    }

    /// Whether the program has the alternate screen.
    pub fn alternate(&self) -> bool {
        self.screen.seen.lock().unwrap().parser.screen().alternate_screen()
    }

    /// Waits until the screen is as `wanted` says, and gives its text. `what` is what the failure says.
    #[track_caller]
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.wait_on(what, |screen| wanted(&screen.contents()))
    }

    /// The same for what is not text.
    #[track_caller]
    pub fn wait_on(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        let deadline = Instant::now() + GENEROUS;
        let mut seen = self.screen.seen.lock().unwrap();
        loop {
            let contents = seen.parser.screen().contents();
            if seen.is_whole() && wanted(seen.parser.screen()) {
                return contents;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !seen.ended, "waited for {what}; the screen shows:\n{contents}");
            seen = self.screen.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Whether the screen becomes as `wanted` says before long.
    pub fn becomes(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.becomes_within(SOON, wanted)
    }

    fn becomes_within(&self, time: Duration, wanted: impl Fn(&str) -> bool) -> bool {
        let deadline = Instant::now() + time;
        let mut seen = self.screen.seen.lock().unwrap();
        loop {
            if seen.is_whole() && wanted(&seen.parser.screen().contents()) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || seen.ended {
                return false;
            }
            seen = self.screen.changed.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Presses `keys`, again and again, until the screen is as `wanted` says. A dialog ignores the keys of its first moment.
    #[track_caller]
    pub fn press_until(&mut self, keys: &str, what: &str, wanted: impl Fn(&str) -> bool) {
        if self.becomes_within(Duration::ZERO, &wanted) {
            return;
        }
        let start = Instant::now();
        while start.elapsed() < GENEROUS {
            self.send(keys);
            if self.becomes(&wanted) {
                return;
            }
        }
        panic!("{what} has not come; the screen shows:\n{}", self.contents());
    }

    /// Waits until the screen holds `text` in cells of which the first is as `styled` says.
    #[track_caller]
    pub fn wait_for_style(&self, what: &str, text: &str, styled: impl Fn(&vt100::Cell) -> bool) {
        self.wait_on(what, |screen| {
            let (rows, columns) = screen.size();
            let (rows, columns) = (rows.get(), columns.get());
            (0..rows).any(|row| {
                let line = |from: u16| screen.contents_between(row, from, row, columns);
                let at = (0..columns).rev().find(|at| line(*at).starts_with(text));
                at.and_then(|at| screen.cell(row, at)).is_some_and(&styled)
            })
        });
    }

    /// Waits until the screen holds `text`.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(text, |contents| contents.contains(text))
    }

    /// Waits until the program has ended, and says with which code.
    pub fn wait_for_end(&mut self) -> u32 {
        let deadline = Instant::now() + GENEROUS;
        let mut seen = self.screen.seen.lock().unwrap();
        while !seen.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it has not ended; the screen shows:\n{}", seen.parser.screen().contents());
            seen = self.screen.changed.wait_timeout(seen, left).unwrap().0;
        }
        drop(seen);
        self.child.wait().unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed must not leave its program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

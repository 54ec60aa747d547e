//! A program on a pseudo-terminal whose bytes are counted and whose process is watched.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::Contender;

const SIZE: (u16, u16) = (120, 40);
/// A screen on which nothing has changed for so long has come to rest.
const REST: Duration = Duration::from_millis(1_500);

/// By thread, how often it was woken.
type Wakes = HashMap<OsString, u64>;

/// What a program costs.
pub struct Cost {
    /// From its start until what it is for is on the screen; the median.
    pub useful: Duration,
    /// Memory that it holds, its code among it, bytes.
    pub resident: u64,
    /// Memory that it holds for itself alone, bytes.
    pub own: u64,
    /// Bytes that it wrote while nobody touched it.
    pub idle_bytes: usize,
    /// How often one of its threads woke up meanwhile.
    pub idle_wakes: u64,
    /// Processor time that it took meanwhile.
    pub idle_cpu: Duration,
    /// Bytes of one move of the selection.
    pub move_bytes: usize,
    /// Bytes until it came to rest after its start.
    pub first_bytes: usize,
}

/// Starts it `rounds` times, and leaves it alone for `idle` the last time. None where it ends by itself meanwhile.
pub fn measure(contender: &Contender, place: &Path, rounds: usize, idle: Duration) -> Option<Cost> {
    let mut starts: Vec<Duration> =
        (1..rounds).map(|_| Running::start(contender, place).useful(contender.useful)).collect();
    let mut running = Running::start(contender, place);
    starts.push(running.useful(contender.useful));
    starts.sort_unstable();
    running.rest();
    let first_bytes = running.bytes();
    running.press(contender.key);
    running.rest();
    let before = running.bytes();
    running.press(contender.key);
    running.rest();
    let move_bytes = running.bytes() - before;
    let (bytes, wakes, cpu) = (running.bytes(), running.wakes(), running.cpu());
    std::thread::sleep(idle);
    Some(Cost {
        useful: starts[starts.len() / 2],
        resident: running.status("VmRSS:")?,
        own: running.status("RssAnon:")?,
        idle_bytes: running.bytes() - bytes,
        idle_wakes: woken(&wakes, &running.wakes()),
        idle_cpu: running.cpu()?.saturating_sub(cpu?),
        move_bytes,
        first_bytes,
    })
}

/// How often threads were woken between two counts. One that ended meanwhile is counted no more.
fn woken(before: &Wakes, after: &Wakes) -> u64 {
    after.iter().map(|(thread, count)| count.saturating_sub(before.get(thread).copied().unwrap_or_default())).sum()
}

/// A program that runs; it is killed with this.
pub struct Running {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// When it was started.
    pub began: Instant,
    // Closing it would hang up on the program.
    _master: Box<dyn MasterPty + Send>,
}

struct Seen {
    parser: vt100::Parser,
    bytes: usize,
    last: Instant,
}

impl Running {
    /// Starts it in a directory.
    pub fn start(contender: &Contender, place: &Path) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 })
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(&contender.program);
        command.args(&contender.arguments);
        command.cwd(place);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let seen = Seen { parser: parser(), bytes: 0, last: Instant::now() };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let fed = Arc::clone(&seen);
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).expect("started");
        drop(pair.slave);
        std::thread::spawn(move || {
            let mut bytes = [0; 65_536];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut seen = fed.0.lock().expect("no panic");
                seen.parser.process(&bytes[..count]);
                seen.bytes += count;
                seen.last = Instant::now();
                fed.1.notify_all();
            }
        });
        Self { child, writer, seen, began, _master: pair.master }
    }

    /// How long it took until `text` was on the screen.
    pub fn useful(&self, text: &str) -> Duration {
        let seen = self.seen.0.lock().expect("no panic");
        let not_yet = |seen: &mut Seen| !seen.parser.screen().contents().contains(text);
        let (seen, late) = self.seen.1.wait_timeout_while(seen, Duration::from_secs(60), not_yet).expect("no panic");
        assert!(!late.timed_out(), "no `{text}` on\n{}", seen.parser.screen().contents());
        self.began.elapsed()
    }

    /// Waits until nothing is written any more. Programs that never rest are left after a while.
    fn rest(&self) {
        let begun = Instant::now();
        while begun.elapsed() < REST * 4 {
            let quiet = self.seen.0.lock().expect("no panic").last.elapsed();
            if quiet >= REST {
                return;
            }
            std::thread::sleep(REST - quiet);
        }
    }

    fn press(&mut self, key: &[u8]) {
        self.writer.write_all(key).expect("written");
        self.writer.flush().expect("written");
        std::thread::sleep(Duration::from_millis(100));
    }

    /// How much it wrote so far.
    pub fn bytes(&self) -> usize {
        self.seen.0.lock().expect("no panic").bytes
    }

    fn process(&self) -> String {
        format!("/proc/{}", self.child.process_id().expect("it runs"))
    }

    /// A line of the kernel's account of it, in bytes.
    pub fn status(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("{}/status", self.process())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
    }

    /// How often each of its threads went to sleep by itself: as often it was woken.
    fn wakes(&self) -> Wakes {
        let threads = std::fs::read_dir(format!("{}/task", self.process())).into_iter().flatten().flatten();
        let count = |status: String| {
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line.and_then(|it| it.trim().parse::<u64>().ok())
        };
        let of = |it: std::fs::DirEntry| {
            Some((it.file_name(), count(std::fs::read_to_string(it.path().join("status")).ok()?)?))
        };
        threads.filter_map(of).collect()
    }

    /// Processor time so far, in the kernel's ticks of 10 ms.
    pub fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("{}/stat", self.process())).ok()?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum();
        Some(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parser() -> vt100::Parser {
    let extent = |cells: u16| std::num::NonZero::new(cells).expect("not 0");
    vt100::Parser::new(extent(SIZE.1), extent(SIZE.0), 0)
}

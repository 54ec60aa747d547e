//! Carrying an order out. See the module's documentation for what may fail when.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::command::{self, Run};
use super::root::{DEPLOYMENTS, Release, Root};
use super::target::{installed, promotable, switchable};
use super::writes::target;
use super::{Inner, health, install};
use crate::backend::package::error::At as _;
use crate::backend::package::{
    Entry, Guard, Holder, INCOMING, PackageError, Result, Step, Steps, component, expect, history, pointer,
    remove_unfinished, shelf, sync_directory,
};
use crate::backend::{ErrorKind, Order, ProgressSink, Receipt, Verb};
use crate::model::{OperationId, Text, Time};

/// Why an order was not carried out.
enum Stop {
    /// Before the switch: what was live is live.
    Before(PackageError),
    /// After it: the error says what is live, and the record is written.
    After(PackageError),
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Self {
        Self::Before(error)
    }
}

/// An order at work.
pub struct Work<'a> {
    pub inner: &'a Inner,
    pub order: &'a Order,
    pub root: &'a Root,
    pub steps: &'a Steps<'a>,
    pub started: Time,
}

/// Carries `order` out. Blocks; call it where a runtime is entered.
///
/// # Errors
/// What stopped it, with what is live now.
pub fn execute(inner: &Inner, order: &Order, sink: &ProgressSink) -> Result<Receipt> {
    let of = steps_of(inner, order);
    let steps = Steps::new(&of, Some(sink), &*inner.observer);
    component("operation", order.operation.as_str())?;
    component("version", order.to.version.as_str())?;
    let path = inner.path(&order.track)?;
    if !fs::metadata(&path).at(&path)?.is_dir() {
        return Err(PackageError::refused(format!("{}: not a directory", path.display())));
    }

    steps.begin(Step::Lock, "");
    let mut guard = take_lock(inner, order, &path)?;
    steps.end(Step::Lock);

    steps.begin(Step::Check, "");
    let root = inner.root(&order.track)?;
    let before = root.live_version().cloned();
    if let Some(done) = expect::done_before(order, &root.token, before.as_ref(), &root.history) {
        return Ok(done);
    }
    expect::unchanged(order, &root.token, before.as_ref(), &root.history)?;
    clean_up(inner, &root, guard.dead())?;
    let root = inner.root(&order.track)?;
    steps.end(Step::Check);

    let work = Work { inner, order, root: &root, steps: &steps, started: (inner.clock)() };
    let result = work.carry_out().map_err(|stop| match stop {
        Stop::After(error) => error,
        Stop::Before(error) => {
            work.note_failure(&error);
            let now = inner.root(&order.track).ok();
            error.and(&expect::after_failure(before.as_ref(), now.as_ref().map(Root::live_version)))
        }
    });
    if leaves_something(&root, order) {
        guard.keep_name();
    }
    result
}

/// Cleans up after an order whose process died, and ends its record.
///
/// # Errors
/// [`Conflict`](ErrorKind::Conflict) when somebody is at work there.
pub fn recover(inner: &Inner, order: &Order) -> Result<()> {
    component("operation", order.operation.as_str())?;
    let path = inner.path(&order.track)?;
    let guard = take_lock(inner, order, &path)?;
    let dead = [guard.dead(), std::slice::from_ref(&order.operation)].concat();
    clean_up(inner, &inner.root(&order.track)?, &dead)
}

fn steps_of(inner: &Inner, order: &Order) -> Vec<Step> {
    let promotes = order.verb == Verb::Promote;
    let taken = |step: &Step| match step {
        Step::Copy | Step::Place | Step::Prune => promotes,
        Step::Smoke => promotes && !inner.settings.smoke.is_empty(),
        Step::Health => health::is_configured(&inner.settings),
        _ => true,
    };
    Step::ALL.into_iter().filter(taken).collect()
}

fn take_lock(inner: &Inner, order: &Order, path: &Path) -> Result<Guard> {
    Guard::take(path, &Holder::new(order.actor.clone(), order.operation.clone(), (inner.clock)()))
}

/// Takes away what the dead left and nothing points to, and ends their records. The lock is held.
fn clean_up(inner: &Inner, root: &Root, dead: &[OperationId]) -> Result<()> {
    remove_unfinished(&root.path, dead)?;
    if root.shelf().is_dir() {
        remove_unfinished(&root.shelf(), dead)?;
    }
    let records = root.path.join(DEPLOYMENTS);
    history::settle(&records, &root.history, root.live_version(), (inner.clock)()).map(drop)
}

/// Whether something of the order could not be taken away.
fn leaves_something(root: &Root, order: &Order) -> bool {
    let ours = std::slice::from_ref(&order.operation);
    [root.path.clone(), root.shelf()].iter().any(|place| shelf::unfinished(place, ours).is_ok_and(|it| !it.is_empty()))
}

impl Work<'_> {
    fn carry_out(&self) -> std::result::Result<Receipt, Stop> {
        let (inner, order, root, steps) = (self.inner, self.order, self.root, self.steps);
        switchable(order, root)?;
        let mut done = Vec::new();
        let entry = match order.verb {
            Verb::Promote => self.bring(&mut done)?,
            Verb::RollBack => self.entry(installed(order, root)?),
            Verb::Pause | Verb::Resume | Verb::Restart | Verb::Abort => return Err(expect::undeclared(order).into()),
        };
        // The last look before the write that users feel.
        if inner.root(&order.track)?.token != root.token {
            return Err(PackageError::conflict("somebody changed it meanwhile").hint("plan again").into());
        }
        let records = root.path.join(DEPLOYMENTS);
        steps.begin(Step::Announce, "");
        steps.writes(0).at(&records)?;
        history::append(&records, &entry)?;
        steps.end(Step::Announce);

        steps.begin(Step::Switch, &order.to.version.to_string());
        let unsynced = pointer::switch(&root.path, &target(order), order.operation.as_str())?;
        done.push(format!("switched {}/current → {}", root.path.display(), target(order).display()).into());
        done.extend(unsynced.map(|why| Text::from(format!("the switch was made but not flushed: {why}"))));
        steps.end(Step::Switch);

        let sick = self.health(&mut done);
        if let Some(why) = sick.as_ref().filter(|_| order.verb == Verb::Promote) {
            return Err(Stop::After(self.back_out(&entry, why)));
        }
        self.record(&entry, sick, &mut done);
        if order.verb == Verb::Promote {
            self.prune(&mut done);
        }
        let token = inner.root(&order.track).ok().map(|root| root.token);
        Ok(Receipt { token, done })
    }

    /// Makes the release lie there with its name: installed and tried, or there already with the same bytes.
    fn bring(&self, done: &mut Vec<Text>) -> Result<Entry> {
        let (inner, order, root, steps) = (self.inner, self.order, self.root, self.steps);
        steps.begin(Step::Copy, &order.to.version.to_string());
        let (package, there) = promotable(inner, order, root)?;
        let mut entry = Entry {
            digest: package.digest.clone(),
            commit: package.manifest.as_ref().and_then(|manifest| manifest.commit).or(order.to.commit),
            ..Entry::running(order, self.started)
        };
        if let Some(release) = there {
            steps.end(Step::Copy);
            self.smoke(&release.directory)?;
            done.push(format!("{} lay there already with the same bytes", release.version).into());
            entry.commit = entry.commit.or(release.commit);
            return Ok(entry);
        }
        let shelf = root.shelf();
        fs::create_dir_all(&shelf).at(&shelf)?;
        let incoming = shelf.join(format!("{INCOMING}{}", order.operation.as_str()));
        let placed = shelf.join(order.to.version.as_str());
        let limit = inner.settings.unpacked_limit_mb.saturating_mul(1 << 20);
        let brought = install::install(&package, &incoming, order, self.started, limit, steps).and_then(|_| {
            steps.end(Step::Copy);
            self.smoke(&incoming)?;
            steps.begin(Step::Place, "");
            // Renaming onto a directory succeeds only where that is empty; nothing that holds files is ever replaced.
            fs::rename(&incoming, &placed).at(&placed)?;
            sync_directory(&shelf)?;
            steps.end(Step::Place);
            Ok(())
        });
        if let Err(error) = brought {
            // Nothing points there. Should it stay, the next operation removes it.
            let _ = fs::remove_dir_all(&incoming);
            return Err(error);
        }
        done.push(format!("installed {} → {}", package.directory.display(), placed.display()).into());
        Ok(entry)
    }

    fn entry(&self, release: &Release) -> Entry {
        Entry {
            digest: release.digest().cloned(),
            commit: release.commit.or(self.order.to.commit),
            ..Entry::running(self.order, self.started)
        }
    }

    fn smoke(&self, release: &Path) -> Result<()> {
        let settings = &self.inner.settings;
        if settings.smoke.is_empty() {
            return Ok(());
        }
        self.steps.begin(Step::Smoke, "");
        let subject = self.inner.subject(self.order, &self.root.path, release);
        let run = Run {
            argv: subject.argv(&settings.smoke),
            directory: release.to_owned(),
            environment: subject.environment(),
            limit: Duration::from_secs(settings.smoke_timeout_seconds),
        };
        block_on(command::run(&run))
            .map_err(|why| PackageError::new(ErrorKind::Check, format!("the smoke test said no: {why}")))?;
        self.steps.end(Step::Smoke);
        Ok(())
    }
}

/// Waits for work of the runtime from a thread that may block.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Handle::current().block_on(work)
}

//! Flightdeck's own state: the store and the journal.

use super::Check;
use crate::view::format;
use crate::world::World;

/// What is lost without the store is little: everything but locks and marks is read again.
const MOVE_AWAY: &str = "move the file away: all but locks and marks is read again from the backends";

/// Looks at the store and the journal.
pub fn check(world: &World) -> Vec<Check> {
    let mut checks = store(world);
    checks.extend(journal(world));
    checks
}

fn store(world: &World) -> Vec<Check> {
    const AREA: &str = "store";
    let path = world.shelves().store.path();
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    let store = &world.shelves().store;
    let facts = store.counts().map(|counts| counts.values().sum::<u64>());
    let facts = facts.map_or_else(|error| error.to_string(), |count| format::counted(count, "fact"));
    let newest = world.snapshot().observed_at;
    let age = newest.map_or_else(String::new, |at| format!(", the newest of {} ago", format::age(world.now(), at)));
    let mut checks = vec![Check::ok(AREA, format!("{}, {}, {facts}{age}", path.display(), kibibytes(size)))];
    checks.push(match store.damage() {
        Ok(damage) if damage.is_empty() => Check::ok(AREA, "the file is whole"),
        Ok(damage) => Check::failed(AREA, damage.join("; "), MOVE_AWAY),
        Err(error) => Check::failed(AREA, error.to_string(), MOVE_AWAY),
    });
    checks.extend(world.set_aside().map(|aside| {
        let says = format!("the one before could not be used: {}", aside.why);
        Check::warn(AREA, says, format!("it lies at {}; what backends tell was read again", aside.path.display()))
    }));
    checks
}

fn journal(world: &World) -> Vec<Check> {
    const AREA: &str = "journal";
    let engine = world.engine();
    let journal = &engine.deps().journal;
    let path = journal.path().display();
    let mut checks = vec![match journal.verify() {
        Ok(records) => Check::ok(AREA, format!("{path}, {records} records, each proved")),
        Err(error) => Check::failed(AREA, error.to_string(), error.hint().unwrap_or("keep a copy of the file")),
    }];
    for summary in engine.unfinished().unwrap_or_default() {
        let says =
            format!("operation {} of {} is unfinished: {}", summary.operation, summary.who, summary.ending.why());
        checks.push(Check::warn(AREA, says, "look at what is live with flightdeck status"));
    }
    checks
}

fn kibibytes(bytes: u64) -> String {
    match bytes.div_ceil(1024) {
        small if small < 1024 => format!("{small} KiB"),
        large => format!("{} MiB", large.div_ceil(1024)),
    }
}

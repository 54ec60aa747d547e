//! Flightdeck's own state: the store and the journal.

use super::Check;
use crate::world::World;

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
    let mut checks = vec![Check::ok(AREA, format!("{}, {}", path.display(), kibibytes(size)))];
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

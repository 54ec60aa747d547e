//! The clock: whether it can be believed.

use std::io::Write;
use std::path::Path;

use chrono::{TimeDelta, Utc};

use super::Check;
use crate::model::Time;

const AREA: &str = "clock";

/// Compares this machine's clock with what writes the time of files in `directory`, and with the newest observation.
pub fn check(now: Time, directory: &Path, newest: Option<Time>) -> Vec<Check> {
    let mut checks = vec![match stamped(directory) {
        Some(stamp) => against_files(now, stamp),
        None => Check::ok(AREA, format!("{} by this machine", now.format("%Y-%m-%d %H:%M:%S UTC"))),
    }];
    checks.extend(newest.and_then(|newest| against_observations(now, newest)));
    checks
}

/// The time that the file system gives to a file that is written now.
fn stamped(directory: &Path) -> Option<Time> {
    let mut file = tempfile::tempfile_in(directory).ok()?;
    file.write_all(b"now").and_then(|()| file.sync_all()).ok()?;
    let modified = file.metadata().ok()?.modified().ok()?;
    Some(chrono::DateTime::<Utc>::from(modified))
}

fn against_files(now: Time, stamp: Time) -> Check {
    let apart = (now - stamp).abs();
    if apart > TimeDelta::seconds(5) {
        let says = format!("files are stamped {} s away from this machine's clock", apart.num_seconds());
        return Check::warn(
            AREA,
            says,
            "ages may be wrong: synchronise the clocks of this machine and its file server",
        );
    }
    Check::ok(AREA, format!("{}, and files agree", now.format("%Y-%m-%d %H:%M:%S UTC")))
}

fn against_observations(now: Time, newest: Time) -> Option<Check> {
    let ahead = newest - now;
    (ahead > TimeDelta::minutes(5)).then(|| {
        let says = format!("the newest observation lies {} min in the future", ahead.num_minutes());
        Check::warn(AREA, says, "this machine's clock or that of a source is wrong")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;

    #[test]
    fn clocks_that_disagree_are_told() {
        let now = Utc::now();
        assert_eq!(against_files(now, now - TimeDelta::seconds(1)).status, Status::Ok);
        assert_eq!(against_files(now, now + TimeDelta::hours(1)).status, Status::Held);
        assert_eq!(against_observations(now, now - TimeDelta::days(1)), None);
        assert!(against_observations(now, now + TimeDelta::hours(2)).is_some());
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_no_reason_to_fail() {
        let checks = check(Utc::now(), Path::new("/nowhere/at/all"), None);
        assert_eq!(checks.iter().map(|check| check.status).collect::<Vec<_>>(), [Status::Ok]);
    }
}

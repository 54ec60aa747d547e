//! What the jobs of a run have put out: a file per job, longer from moment to moment, never different in what it said.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::Duration;

use super::DemoError;
use super::names::{FILES, LIBRARIES};
use super::pipeline::COMPLAINT;
use super::random::Random;
use crate::model::{Job, Phase, PhaseKind, Run, Status, Time};

/// The folder of the outputs, in that of the facts.
const FOLDER: &str = "logs";

/// Where the output of a job lies, relative to the facts.
pub fn path(run: &Run, job: &Job) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = job.name.as_str().chars().map(plain).collect();
    format!("{FOLDER}/{}/{}.log", run.id.as_str(), name.trim_matches('-'))
}

/// Whether the outputs of a run are kept: those of the last two days.
pub fn is_kept(run: &Run, now: Time) -> bool {
    run.queued_at.is_some_and(|queued| queued > now - Duration::days(2))
}

/// Writes what the jobs of a run have put out by `now`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(facts: &Path, run: &Run, now: Time) -> Result<(), DemoError> {
    for job in run.jobs.iter().filter(|job| job.started_at.is_some()) {
        let file = facts.join(path(run, job));
        let folder = file.parent().unwrap_or(facts);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, text(run, job, now)));
        written.map_err(|error| DemoError::write(&file, error))?;
    }
    Ok(())
}

fn text(run: &Run, job: &Job, now: Time) -> String {
    let mut random = Random::new(0).fork(run.id.as_str()).fork(job.name.as_str());
    let mut text = String::new();
    for phase in &job.phases {
        let failed = job.status == Status::Failed && phase.kind == PhaseKind::Test;
        for (at, line) in lines(&mut random, phase, failed) {
            if at <= now {
                // A text takes every line.
                let _ = writeln!(text, "{} {line}", at.format("%H:%M:%S"));
            }
        }
    }
    text
}

/// The lines of a phase, spread over its time.
fn lines(random: &mut Random, phase: &Phase, failed: bool) -> Vec<(Time, String)> {
    let said = match phase.kind {
        PhaseKind::Provisioning => vec!["starting a fresh machine".to_owned(), "machine is ready".to_owned()],
        PhaseKind::Download if phase.cached => vec!["cache hit: dependencies restored".to_owned()],
        PhaseKind::Download => LIBRARIES.iter().map(|library| format!("fetched {library}")).collect(),
        PhaseKind::Build if phase.cached => vec!["cache hit: nothing to compile".to_owned()],
        PhaseKind::Build => FILES.iter().map(|file| format!("compiling {file}")).collect(),
        PhaseKind::Test if failed => COMPLAINT.iter().map(|&line| line.to_owned()).collect(),
        PhaseKind::Test => passed(random),
        PhaseKind::Upload => vec!["uploading".to_owned(), "done".to_owned()],
        PhaseKind::Deploy | PhaseKind::Other => Vec::new(),
    };
    let count = i32::try_from(said.len().max(1)).unwrap_or(1);
    let pace = phase.finished_at.map_or_else(|| Duration::milliseconds(900), |end| (end - phase.started_at) / count);
    (0..).zip(said).map(|(number, line)| (phase.started_at + pace * number, line)).collect()
}

fn passed(random: &mut Random) -> Vec<String> {
    let tests = random.between(40, 90);
    let mut lines = vec![format!("running {tests} tests")];
    lines.extend((1..=tests).map(|number| {
        let file = *random.pick(&FILES);
        format!("test {file}::case_{number:02} ... ok")
    }));
    lines.push(format!("test result: ok. {tests} passed; 0 failed"));
    lines
}

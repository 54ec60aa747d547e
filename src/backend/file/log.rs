//! The output of a job: the file that its line names, else the lines that it holds.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::Inner;
use super::line::object;
use super::lines::{Line, Lines};
use super::normal::normalize;
use crate::backend::{BackendError, ErrorKind, Result};
use crate::model::{RunId, Text};

/// How much of the end of a log is looked at.
const END: u64 = 4 << 20;

/// The last `lines` lines of what a job put out.
pub fn tail(inner: &Inner, run: &RunId, job: &str, lines: usize) -> Result<Vec<Text>> {
    let missing = |what: String| BackendError::new(&inner.id, ErrorKind::NotFound, what);
    let (file, found) = find(inner, run)?.ok_or_else(|| missing(format!("no run `{run}`")))?;
    let jobs = found.get("jobs").and_then(Value::as_array).into_iter().flatten();
    let named =
        |it: &&Value| it.get("name").and_then(Value::as_str).is_some_and(|name| Text::from(name).as_str() == job);
    let job = jobs.into_iter().find(named).ok_or_else(|| missing(format!("no job `{job}` in run `{run}`")))?;
    if let Some(log) = job.get("log").and_then(Value::as_str) {
        let path = below(&file, log).ok_or_else(|| {
            let what = format!("{log:?} does not lie below the directory of {}", file.display());
            BackendError::new(&inner.id, ErrorKind::Forbidden, what)
        })?;
        return end_of(&path, lines).map_err(|error| BackendError::io(&inner.id, &path, &error));
    }
    let held: Vec<&Value> = job.get("log_tail").and_then(Value::as_array).into_iter().flatten().collect();
    let last = held.len().saturating_sub(lines);
    Ok(held.iter().skip(last).filter_map(|line| line.as_str()).map(Text::from).collect())
}

/// The last line about a run, with the file that it is in. Searched anew each time: nobody asks often, and nothing has
/// to be kept for it.
fn find(inner: &Inner, run: &RunId) -> Result<Option<(PathBuf, Map<String, Value>)>> {
    let files = inner.place.files().unwrap_or_default();
    let mut found = None;
    // An identifier of plain characters stands in its line as it is: most lines need not be parsed.
    let plain = run.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "-_.:#".contains(c));
    for path in files.into_values().filter(|path| path.is_file()) {
        let file = File::open(&path).map_err(|error| BackendError::io(&inner.id, &path, &error))?;
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
        while let Some(line) = lines.next().map_err(|error| BackendError::io(&inner.id, &path, &error))? {
            let Line::Text(text) = line else { continue };
            if plain && !text.contains(run.as_str()) {
                continue;
            }
            let Ok((name, mut object)) = object(text) else { continue };
            normalize(&mut object);
            if name == "run" && object.get("id").and_then(Value::as_str) == Some(run.as_str()) {
                found = Some((path.clone(), object));
            }
        }
    }
    Ok(found)
}

/// A path below the directory of `file`, also when links on the way are followed.
fn below(file: &Path, relative: &str) -> Option<PathBuf> {
    let relative = Path::new(relative);
    let plain = relative.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
    let directory = file.parent().filter(|_| plain)?;
    let path = directory.join(relative);
    match (path.canonicalize(), directory.canonicalize()) {
        (Ok(real), Ok(directory)) => real.starts_with(directory).then_some(real),
        // It is not there: let the reading say so.
        _ => Some(path),
    }
}

fn end_of(path: &Path, lines: usize) -> std::io::Result<Vec<Text>> {
    if !path.metadata()?.is_file() {
        return Err(std::io::Error::other("is not a file"));
    }
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(END);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(END).read_to_end(&mut bytes)?;
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let mut last: Vec<Text> = text.rsplit(|&byte| byte == b'\n').take(lines).map(trimmed).collect();
    // Of a longer log the first line may have lost its beginning.
    if start > 0 && last.len() < lines {
        last.pop();
    }
    last.reverse();
    Ok(if text.is_empty() { Vec::new() } else { last })
}

fn trimmed(line: &[u8]) -> Text {
    Text::from_bytes(line.strip_suffix(b"\r").unwrap_or(line))
}

//! The output of a job: the file that its line names, else the lines that it holds.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::Inner;
use super::line::object;
use super::lines::{Line, Lines};
use super::normal::normalize;
use crate::backend::{BackendError, ErrorKind, LogCursor, LogPart, Result};
use crate::model::{RunId, Text};

/// How much of the end of a log is looked at.
const END: u64 = 4 << 20;

/// What a job put out: the last `lines` lines of it, or what came after `after`.
pub fn part(inner: &Inner, run: &RunId, job: &str, after: Option<&LogCursor>, lines: usize) -> Result<LogPart> {
    let missing = |what: String| BackendError::new(&inner.id, ErrorKind::NotFound, what);
    let (file, found) = find(inner, run)?.ok_or_else(|| missing(format!("no run `{run}`")))?;
    let jobs = found.get("jobs").and_then(Value::as_array).into_iter().flatten();
    let named =
        |it: &&Value| it.get("name").and_then(Value::as_str).is_some_and(|name| Text::from(name).as_str() == job);
    let job = jobs.into_iter().find(named).ok_or_else(|| missing(format!("no job `{job}` in run `{run}`")))?;
    // The line of the run may name another file, or hold more lines, when it is told anew.
    let beside = file.parent().map(Path::to_path_buf);
    if let Some(log) = job.get("log").and_then(Value::as_str) {
        let path = below(&file, log).ok_or_else(|| {
            let what = format!("{log:?} does not lie below the directory of {}", file.display());
            BackendError::new(&inner.id, ErrorKind::Forbidden, what)
        })?;
        let mut part = of_file(&path, after, lines).map_err(|error| BackendError::io(&inner.id, &path, &error))?;
        part.watch = path.parent().map(Path::to_path_buf).into_iter().chain(beside).collect();
        return Ok(part);
    }
    let held: Vec<&Value> = job.get("log_tail").and_then(Value::as_array).into_iter().flatten().collect();
    let before = after.and_then(|it| it.0.strip_prefix("held:")?.parse::<usize>().ok());
    let known = before.filter(|before| *before <= held.len());
    let first = known.unwrap_or_default().max(held.len().saturating_sub(lines));
    Ok(LogPart {
        lines: held.iter().skip(first).filter_map(|line| line.as_str()).map(Text::from).collect(),
        cut: known.unwrap_or_default() < first,
        anew: after.is_some() && known.is_none(),
        cursor: Some(LogCursor(format!("held:{}", held.len()))),
        watch: beside.into_iter().collect(),
        unfinished: None,
    })
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

/// The end of a file, or what was added to it after `after`. Of what was added at once only the end is read too.
fn of_file(path: &Path, after: Option<&LogCursor>, lines: usize) -> std::io::Result<LogPart> {
    if !path.metadata()?.is_file() {
        return Err(std::io::Error::other("is not a file"));
    }
    let mut file = File::open(path)?;
    let data = file.metadata()?;
    let name = identity(&data);
    // Another file of this name, or one that became shorter, is another output.
    let known = after.and_then(|it| offset(&it.0, &name)).filter(|offset| *offset <= data.len());
    let start = known.unwrap_or_default().max(data.len().saturating_sub(END));
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(END).read_to_end(&mut bytes)?;
    let cut = start > known.unwrap_or_default();
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (whole, rest) = bytes.split_at(whole);
    let mut last: Vec<Text> = Vec::new();
    if let Some(text) = whole.strip_suffix(b"\n") {
        last = text.rsplit(|&byte| byte == b'\n').take(lines.saturating_add(1)).map(trimmed).collect();
        last.reverse();
    }
    // Of a part that begins in the middle, the first line may have lost its beginning.
    if cut && !last.is_empty() && last.len() <= lines {
        last.remove(0);
    }
    let left_out = last.len() > lines;
    if left_out {
        last.remove(0);
    }
    Ok(LogPart {
        lines: last,
        unfinished: (!rest.is_empty()).then(|| trimmed(rest)),
        cut: cut || left_out,
        anew: after.is_some() && known.is_none(),
        cursor: Some(LogCursor(format!("{name}:{}", start + whole.len() as u64))),
        watch: Vec::new(),
    })
}

fn offset(cursor: &str, name: &str) -> Option<u64> {
    cursor.strip_prefix(name)?.strip_prefix(':')?.parse().ok()
}

#[cfg(unix)]
fn identity(data: &std::fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("file:{}:{}", data.dev(), data.ino())
}

#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> String {
    "file".to_owned()
}

fn trimmed(line: &[u8]) -> Text {
    Text::from_bytes(line.strip_suffix(b"\r").unwrap_or(line))
}

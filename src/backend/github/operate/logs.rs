//! The output of jobs: GitHub gives it out when a job has ended, and keeps it for a while.

use std::collections::VecDeque;

use async_trait::async_trait;
use bytes::Bytes;

use super::place::Place;
use crate::backend::github::wire::Job;
use crate::backend::github::{Github, runs};
use crate::backend::{BackendError, ErrorKind, LogCursor, LogPart, Logs, Result};
use crate::model::{RunId, Text};

/// The length of a time at the beginning of a line: `2026-09-01T08:00:00.1234567Z `.
const STAMP: usize = 29;

#[async_trait]
impl Logs for Github {
    async fn log(&self, run: &RunId, job: &str, after: Option<&LogCursor>, lines: usize) -> Result<LogPart> {
        let unknown = |what: String| BackendError::new(&self.inner.id, ErrorKind::NotFound, what);
        let (id, attempt) = runs::number(run).ok_or_else(|| unknown(format!("{run} is no run of GitHub's")))?;
        let mut last = None;
        for place in Place::all(&self.inner)? {
            match place.jobs(id, attempt).await {
                Ok(jobs) => return of_job(&place, &jobs, job, after, lines).await,
                Err(error) if error.kind == ErrorKind::NotFound => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or_else(|| unknown(format!("run {id} is in none of the repositories"))))
    }
}

async fn of_job(
    place: &Place<'_>,
    jobs: &[Job],
    name: &str,
    after: Option<&LogCursor>,
    lines: usize,
) -> Result<LogPart> {
    let found = runs::named(jobs).into_iter().find(|(called, _)| Text::from(called.as_str()) == Text::from(name));
    let Some((_, job)) = found else {
        return Err(place.error(ErrorKind::NotFound, format!("the run has no job {}", Text::from(name))));
    };
    if job.status != "completed" {
        let what =
            format!("{} is {}: GitHub gives out its output when it has ended", job.name, job.status.replace('_', " "));
        let error = place.error(ErrorKind::NotFound, what);
        return Err(match &job.html_url {
            Some(url) => error.hint(format!("its page shows it while it runs: {url}")),
            None => error,
        });
    }
    // What has ended says no more.
    let known = after.map(|it| it.0.as_str());
    if known == Some(cursor(job).0.as_str()) {
        return Ok(LogPart { cursor: Some(cursor(job)), ..LogPart::default() });
    }
    let path = place.path(&format!("/actions/jobs/{}/logs", job.id));
    let bytes = place.api.bytes(&format!("read the output of {}", job.name), &path).await;
    let bytes = bytes.map_err(|error| gone(job, error))?;
    let (lines, cut) = readable(&bytes, lines);
    Ok(LogPart { lines, cut, anew: known.is_some(), cursor: Some(cursor(job)), ..LogPart::default() })
}

/// The end of the output of a job: it has no other place to go on from.
fn cursor(job: &Job) -> LogCursor {
    LogCursor(format!("job {}", job.id))
}

fn gone(job: &Job, error: BackendError) -> BackendError {
    if error.kind != ErrorKind::NotFound {
        return error;
    }
    let what =
        format!("the output of {} is gone: GitHub keeps it for 90 days, or as long as the repository says", job.name);
    BackendError { what: what.into(), ..error }.hint("a job that never began has none either")
}

/// The last lines of an output, as people read them, and whether there were more.
fn readable(bytes: &Bytes, most: usize) -> (Vec<Text>, bool) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut lines: VecDeque<Text> = VecDeque::new();
    let mut cut = false;
    if bytes.is_empty() {
        return (Vec::new(), false);
    }
    // From the end: however long it is, no more is made of it than is shown.
    for line in bytes.rsplit(|byte| *byte == b'\n') {
        let Some(line) = line_of(line) else { continue };
        if lines.len() >= most {
            cut = true;
            break;
        }
        lines.push_front(line);
    }
    (lines.into(), cut)
}

/// A line without the time at its beginning, with GitHub's marks in words; none for a mark that says nothing.
fn line_of(raw: &[u8]) -> Option<Text> {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    let raw = if is_stamped(raw) { raw.get(STAMP..).unwrap_or_default() } else { raw };
    let marks: [(&[u8], Option<&str>); 8] = [
        (b"##[endgroup]", None),
        (b"##[group]", Some("▸ ")),
        (b"##[section]", Some("▸ ")),
        (b"##[command]", Some("$ ")),
        (b"##[error]", Some("error: ")),
        (b"##[warning]", Some("warning: ")),
        (b"##[notice]", Some("notice: ")),
        (b"##[debug]", Some("debug: ")),
    ];
    let marked = marks.iter().find_map(|(mark, word)| Some((raw.strip_prefix(*mark)?, *word)));
    match marked {
        Some((_, None)) => None,
        Some((rest, Some(word))) => Some([word, Text::from_bytes(rest).as_str()].concat().into()),
        None => Some(Text::from_bytes(raw)),
    }
}

/// Whether a line begins with a time of GitHub's and a blank.
fn is_stamped(line: &[u8]) -> bool {
    let shape = b"0000-00-00T00:00:00.0000000Z ";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    line.len() >= STAMP && line.iter().zip(shape).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, most: usize) -> (Vec<String>, bool) {
        let (lines, cut) = readable(&Bytes::copy_from_slice(text.as_bytes()), most);
        (lines.iter().map(ToString::to_string).collect(), cut)
    }

    #[test]
    fn times_go_and_marks_become_words() {
        let text = "\u{feff}2026-09-01T08:00:00.1234567Z ##[group]Run cargo test\r\n\
                    2026-09-01T08:00:00.1234567Z ##[command]cargo test\n\
                    2026-09-01T08:00:01.1234567Z ##[endgroup]\n\
                    2026-09-01T08:00:02.1234567Z \n\
                    goes on without a time\n\
                    2026-09-01T08:00:03.1234567Z ##[error]exit code 1\n";
        let expected = ["▸ Run cargo test", "$ cargo test", "", "goes on without a time", "error: exit code 1"];
        assert_eq!(read(text, 100), (expected.map(str::to_owned).to_vec(), false));
    }

    #[test]
    fn only_the_end_is_shown() {
        assert_eq!(read("a\nb\nc\n", 2), (vec!["b".to_owned(), "c".to_owned()], true));
        assert_eq!(read("a\nb\n", 2), (vec!["a".to_owned(), "b".to_owned()], false));
        assert_eq!(read("", 2), (Vec::new(), false));
        assert_eq!(read("a", 0), (Vec::new(), true));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_lines_and_never_too_many(bytes in proptest::collection::vec(0_u8.., 0..200), most in 0_usize..8) {
            let (lines, cut) = readable(&Bytes::from(bytes), most);
            proptest::prop_assert!(lines.len() <= most);
            proptest::prop_assert!(!cut || lines.len() == most);
        }
    }

    #[test]
    fn what_is_no_text_reaches_nobody_raw() {
        let (lines, _) = readable(&Bytes::from_static(b"2026-09-01T08:00:00.1234567Z \x1b[31mred\xff\n"), 5);
        assert!(lines.iter().all(|it| !it.as_str().contains('\u{1b}')));
    }
}

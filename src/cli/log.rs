//! The log: a file a day in the state directory, secrets redacted, never on the terminal.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::redact::redact;

/// How many days are kept.
const DAYS: usize = 7;

/// Where the log files lie.
pub fn directory(state: Option<&Path>) -> Option<PathBuf> {
    use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
    if let Some(state) = state {
        return Some(state.join("log"));
    }
    let names =
        AppStrategyArgs { top_level_domain: String::new(), author: String::new(), app_name: "flightdeck".to_owned() };
    let places = choose_app_strategy(names).ok()?;
    Some(places.state_dir().unwrap_or_else(|| places.data_dir()).join("log"))
}

/// What is logged: the explicit filter, else by how often `-v` was given.
pub fn filter(explicit: Option<&str>, verbose: u8) -> Result<EnvFilter, String> {
    let by_count = match verbose {
        0 => "warn,flightdeck=info",
        1 => "info,flightdeck=debug",
        // What kube says of failures may hold what a credential program printed.
        _ => "debug,flightdeck=trace,kube_client=info,kube_runtime=warn",
    };
    let wanted = explicit.filter(|text| !text.is_empty()).unwrap_or(by_count);
    EnvFilter::builder().parse(wanted).map_err(|error| format!("cannot understand the log filter: {error}"))
}

/// Starts logging to `directory`. A directory that cannot be written is no reason to refuse work: then there is no log,
/// and `doctor` says so.
pub fn start(directory: &Path, filter: EnvFilter) -> Result<(), String> {
    let cannot = |why: String| format!("no log in {}: {why}", directory.display());
    std::fs::create_dir_all(directory).map_err(|error| cannot(error.to_string()))?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("flightdeck")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(directory)
        .map_err(|error| cannot(error.to_string()))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Redacting(files))
        .try_init()
        .map_err(|error| cannot(error.to_string()))
}

/// A writer that redacts each event before it is on disk: the formatter hands over one event at a time.
struct Redacting<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter(self.0.make_writer())
    }
}

struct RedactingWriter<W>(W);

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_redacted_on_their_way_to_the_file() {
        let mut file = Vec::new();
        RedactingWriter(&mut file).write_all(b"asked with token=abc\n").expect("memory takes it");
        assert_eq!(String::from_utf8_lossy(&file), "asked with token=«redacted»\n");
    }

    #[test]
    fn a_filter_that_makes_no_sense_is_told() {
        assert!(filter(Some("flightdeck=loud"), 0).is_err());
        assert_eq!(filter(None, 0).map(|it| it.to_string()), Ok("flightdeck=info,warn".to_owned()));
        assert_eq!(filter(Some("off"), 2).map(|it| it.to_string()), Ok("off".to_owned()));
    }
}

//! What is said when Flightdeck itself is at fault.

use std::panic::PanicHookInfo;
use std::path::PathBuf;

use super::aside;
use crate::model::text;
use crate::ui::terminal;

/// Makes a panic end in words: the full story in the log, two lines on standard error. Whoever draws on the terminal
/// puts a hook of its own before this one, so that the words land on a restored screen.
pub fn install(log: Option<PathBuf>) {
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(backtrace = %std::backtrace::Backtrace::force_capture(), "{panic}");
        if terminal::is_taken() {
            // An answer failed; whoever asked for it is told on the screen.
            return;
        }
        for line in story(panic, log.as_ref()) {
            aside::say(&line);
        }
    }));
}

fn story(panic: &PanicHookInfo<'_>, log: Option<&PathBuf>) -> [String; 2] {
    let payload = panic.payload();
    let what = payload
        .downcast_ref::<&str>()
        .map(|what| (*what).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something unexpected".to_owned());
    let at = panic.location().map(|at| format!(" at {at}")).unwrap_or_default();
    let hint = log.map_or_else(
        || "run it again with --state DIR to get a log".to_owned(),
        |log| format!("the log in {} tells more", log.display()),
    );
    [format!("error: a mistake in flightdeck itself{at}: {}", text::clean(&what)), format!("hint: {hint}")]
}

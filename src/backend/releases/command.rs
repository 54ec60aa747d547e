//! Running a configured command: an argument vector, a clean environment, a time limit, and little of its output.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::model::Text;

/// How many bytes of output are kept: the last ones, where programs say why.
const KEPT: usize = 2048;
/// How long output is waited for when the program has ended and something that it started holds its output open.
const LINGER: Duration = Duration::from_millis(200);

/// What is run.
pub struct Run {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Where.
    pub directory: PathBuf,
    /// What it is told beside `PATH` and `HOME`.
    pub environment: Vec<(&'static str, String)>,
    /// How long it may take.
    pub limit: Duration,
}

/// Runs a command to its end; an error is why it did not succeed, with the end of what it said.
///
/// # Errors
/// When it could not be started, ended with failure or did not end in time.
pub async fn run(run: &Run) -> Result<(), Text> {
    let Some((program, arguments)) = run.argv.split_first() else { return Err("no program is configured".into()) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&run.directory).env_clear();
    command.envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.envs(run.environment.iter().map(|(name, value)| (*name, value)));
    // A group of its own, so that what it starts ends with it when its time is over.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("{program} could not be started: {error}"))?;
    let (ended, said) = watch(&mut child, run.limit).await;
    let said = if said.is_empty() { "it said nothing".to_owned() } else { format!("it said: {said}") };
    match ended {
        Some(Ok(status)) if status.success() => Ok(()),
        Some(Ok(status)) => Err(format!("{program} {}; {said}", how(status)).into()),
        Some(Err(error)) => Err(format!("{program}: {error}; {said}").into()),
        None => {
            kill_group(&child);
            let _ = child.wait().await;
            Err(format!("{program} did not end within {} s; {said}", run.limit.as_secs()).into())
        }
    }
}

/// Waits for the end and listens meanwhile; no end within the limit is `None`.
async fn watch(child: &mut Child, limit: Duration) -> (Option<std::io::Result<ExitStatus>>, Text) {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let mut tail = Vec::new();
    let ended = {
        let listening = listen(out, err, &mut tail);
        tokio::pin!(listening);
        let mut heard = false;
        let waiting = async {
            loop {
                tokio::select! {
                    ended = child.wait() => return ended,
                    () = &mut listening, if !heard => heard = true,
                }
            }
        };
        let ended = tokio::time::timeout(limit, waiting).await.ok();
        if !heard {
            let _ = tokio::time::timeout(LINGER, &mut listening).await;
        }
        ended
    };
    (ended, Text::from(String::from_utf8_lossy(&tail).trim()))
}

async fn listen(out: Option<impl AsyncRead + Unpin>, err: Option<impl AsyncRead + Unpin>, tail: &mut Vec<u8>) {
    let (Some(mut out), Some(mut err)) = (out, err) else { return };
    let (mut from_out, mut from_err) = ([0; 1024], [0; 1024]);
    let (mut out_open, mut err_open) = (true, true);
    while out_open || err_open {
        let (buffer, count, open) = tokio::select! {
            count = out.read(&mut from_out), if out_open => (&from_out, count, &mut out_open),
            count = err.read(&mut from_err), if err_open => (&from_err, count, &mut err_open),
        };
        let count = count.unwrap_or(0);
        *open = count > 0;
        tail.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let surplus = tail.len().saturating_sub(KEPT);
        tail.drain(..surplus);
    }
}

fn how(status: ExitStatus) -> String {
    status.code().map_or_else(|| format!("ended by {status}"), |code| format!("ended with exit code {code}"))
}

fn kill_group(child: &Child) {
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    async fn told(argv: &[&str], limit: Duration) -> Result<(), String> {
        let it = Run {
            argv: argv.iter().map(|&it| it.to_owned()).collect(),
            directory: "/".into(),
            environment: vec![("FLIGHTDECK_VERSION", "1.0".to_owned())],
            limit,
        };
        run(&it).await.map_err(|why| why.to_string())
    }

    const LONG: Duration = Duration::from_secs(20);

    #[rstest]
    #[case(&["true"], "")]
    #[case(&["false"], "false ended with exit code 1; it said nothing")]
    #[case(&["sh", "-c", "echo no; echo such table >&2; exit 3"], "such table")]
    #[case(&["sh", "-c", "printf 'a\\033[31mb'; exit 3"], "it said: a␛[31mb")]
    #[case(&["sh", "-c", "echo $FLIGHTDECK_VERSION $CARGO_PKG_NAME; exit 3"], "it said: 1.0")]
    #[case(&["sh", "-c", "kill -9 $$"], "signal")]
    #[case(&["/no/such/program"], "could not be started")]
    #[tokio::test]
    async fn what_became_of_it_is_told(#[case] argv: &[&str], #[case] says: &str) {
        let told = told(argv, LONG).await.err().unwrap_or_default();
        assert!(told.contains(says) && told.is_empty() == says.is_empty(), "{told:?}");
    }

    #[tokio::test]
    async fn endless_output_is_bounded_and_endless_work_ends_with_all_that_it_started() {
        let why = told(&["sh", "-c", "yes hello & yes hello"], Duration::from_millis(200)).await.unwrap_err();
        assert!(why.contains("did not end within 0 s") && why.len() < KEPT + 200, "{}", why.len());
    }

    #[tokio::test]
    async fn something_left_behind_does_not_hold_us_up() {
        assert_eq!(told(&["sh", "-c", "sleep 3 & exit 0"], LONG).await, Ok(()));
    }
}

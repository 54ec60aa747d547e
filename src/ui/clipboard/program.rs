//! Copying by a program that takes the text on its standard input.

use std::fmt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How what is copied gets to the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a program, as an argument vector.
    Program(Vec<String>),
    /// Through the terminal (OSC 52).
    Terminal,
}

/// Programs, the variable that has to be set for them, and their arguments.
const KNOWN: [(Option<&str>, &[&str]); 5] = [
    (Some("WAYLAND_DISPLAY"), &["wl-copy"]),
    (Some("DISPLAY"), &["xclip", "-selection", "clipboard", "-in"]),
    (Some("DISPLAY"), &["xsel", "--clipboard", "--input"]),
    (Some("WSL_DISTRO_NAME"), &["clip.exe"]),
    (None, &["pbcopy"]),
];

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(2);

impl Way {
    /// What is configured; over SSH the terminal, because only that is where the person is; else a program that is here
    /// and has a display, else the terminal. `variable` looks one up, `installed` tells whether a program is found.
    pub fn of(
        configured: &[String],
        variable: impl Fn(&str) -> Option<String>,
        installed: impl Fn(&str) -> bool,
    ) -> Self {
        if !configured.is_empty() {
            return Self::Program(configured.to_vec());
        }
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(set) {
            return Self::Terminal;
        }
        let fits = |(needs, program): &&(Option<&str>, &[&str])| {
            needs.is_none_or(set) && program.first().is_some_and(|name| installed(name))
        };
        match KNOWN.iter().find(fits) {
            Some((_, program)) => Self::Program(program.iter().map(|&part| part.to_owned()).collect()),
            None => Self::Terminal,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(program) => f.write_str(&program.join(" ")),
            Self::Terminal => f.write_str("the terminal (OSC 52)"),
        }
    }
}

/// Whether a program of that name is found where programs are.
pub fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| is_program(&directory.join(name)))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Hands text to a program, which gets nothing else of ours and two seconds.
///
/// # Errors
/// When it is not there, fails, or does not end, in words.
pub async fn hand_over(program: &[String], text: &str) -> Result<(), String> {
    let Some((name, arguments)) = program.split_first() else { return Err("no program is named".to_owned()) };
    let fails = |why: &dyn fmt::Display| format!("{name} did not copy: {why}");
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| fails(&error))?;
    let stdin = child.stdin.take();
    let handed = async {
        if let Some(mut stdin) = stdin {
            stdin.write_all(text.as_bytes()).await?;
            stdin.shutdown().await?;
        }
        child.wait().await
    };
    match tokio::time::timeout(PATIENCE, handed).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(fails(&status)),
        Ok(Err(error)) => Err(fails(&error)),
        Err(_) => Err(fails(&format!("it takes more than {} s", PATIENCE.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[], &[], &[], "the terminal (OSC 52)")]
    #[case(&[], &[("WAYLAND_DISPLAY", "wayland-0"), ("DISPLAY", ":0")], &["wl-copy", "xclip"], "wl-copy")]
    #[case(&[], &[("DISPLAY", ":0")], &["wl-copy", "xsel"], "xsel --clipboard --input")]
    #[case(&[], &[("DISPLAY", ":0")], &["xclip", "xsel"], "xclip -selection clipboard -in")]
    #[case(&[], &[], &["xclip"], "the terminal (OSC 52)")]
    #[case(&[], &[], &["pbcopy"], "pbcopy")]
    #[case(&[], &[("SSH_TTY", "/dev/pts/1")], &["pbcopy"], "the terminal (OSC 52)")]
    #[case(&["my-copy", "-x"], &[("SSH_TTY", "/dev/pts/1")], &[], "my-copy -x")]
    fn the_way_is_the_configured_then_the_near_one(
        #[case] configured: &[&str],
        #[case] set: &[(&str, &str)],
        #[case] installed: &[&str],
        #[case] way: &str,
    ) {
        let configured: Vec<String> = configured.iter().map(|&part| part.to_owned()).collect();
        let variable = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(Way::of(&configured, variable, |name| installed.contains(&name)).to_string(), way);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_gets_the_text_and_its_failure_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("copied");
        let tee = ["tee", file.to_str().unwrap()].map(str::to_owned);
        assert_eq!(hand_over(&tee, "1.4.2 → ✓").await, Ok(()));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "1.4.2 → ✓");
        let told = hand_over(&["false".to_owned()], "x").await.unwrap_err();
        assert!(told.starts_with("false did not copy: "), "{told}");
        assert!(hand_over(&["no-such-program".to_owned()], "x").await.is_err());
        assert!(is_installed("tee") && !is_installed("no-such-program"));
    }
}

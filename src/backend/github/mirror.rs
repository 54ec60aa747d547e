//! One bare mirror of a repository: what is an ancestor of what is answered here and not by the API.
//!
//! The `git` program fetches, because it knows proxies, helpers and protocols; the token is handed to it in its
//! environment, never in its arguments. Objects of a clone that the configuration lies in are borrowed, so that nothing is
//! fetched twice and what only lies there is known too.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::connection::Repository;
use crate::backend::{BackendError, ErrorKind, Result, repository};
use crate::model::{CommitId, SourceId};

/// How long the first fetch of a large repository may take.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// How long a reading waits for a fetch: a small one ends in that time, of a large one the next readings tell.
const MOMENT: Duration = Duration::from_secs(10);
/// The file that says that something was fetched.
const FETCHED: &str = "flightdeck-fetched";
/// How much of what git says is told.
const SAID: usize = 300;

/// A mirror.
#[derive(Clone)]
pub struct Mirror {
    /// The source, for errors.
    pub source: SourceId,
    /// Of what.
    pub repository: Repository,
    /// Where it lies.
    pub path: PathBuf,
    /// Where it is fetched from.
    pub url: String,
    /// The address of its GitHub: the token is for that one and for no other.
    pub web: String,
    /// The directory of the configuration: a clone there lends its objects.
    pub beside: PathBuf,
}

/// A fetch that goes on beside the readings; it is given up with who waits for it.
pub struct Fetch(JoinHandle<Result<()>>);

impl Fetch {
    /// Begins one; `over` is told when it has ended.
    pub fn begin(mirror: Mirror, token: Option<SecretString>, default_branch: String, over: Arc<Notify>) -> Self {
        Self(tokio::spawn(async move {
            let done = mirror.fetch(token.as_ref(), &default_branch).await;
            over.notify_one();
            done
        }))
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.0.is_finished()
    }

    /// How it ended, if it does in a moment; none where it goes on.
    pub async fn ended(&mut self, source: &SourceId) -> Option<Result<()>> {
        match tokio::time::timeout(MOMENT, &mut self.0).await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(died)) => Some(Err(BackendError::died(source, &died).await)),
            Err(_) => None,
        }
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Mirror {
    /// Whether something was fetched already.
    pub fn is_there(&self) -> bool {
        self.path.join(FETCHED).is_file()
    }

    /// Whether it holds all of these commits.
    pub fn holds(&self, commits: &[CommitId]) -> bool {
        self.is_there() && repository::holds(&self.source, &self.path, commits)
    }

    /// Fetches what is new: branches as those of `origin`, and tags. What is gone there goes here.
    ///
    /// # Errors
    /// When git is not there, may not, or cannot reach it.
    pub async fn fetch(&self, token: Option<&SecretString>, default_branch: &str) -> Result<()> {
        if !self.is_there() {
            self.make().await?;
        }
        self.borrow_objects();
        let fetched = self.fetch_once(token).await;
        if let Err(error) = &fetched
            && is_broken(error)
        {
            // Borrowed objects may be gone: all of it is fetched anew.
            std::fs::remove_dir_all(&self.path).map_err(|error| BackendError::io(&self.source, &self.path, &error))?;
            self.make().await?;
            self.fetch_once(token).await?;
        } else {
            fetched?;
        }
        // What a clone has too: without it nobody knows which branch is meant where none is named.
        if is_branch(default_branch) {
            let target = format!("refs/remotes/origin/{default_branch}");
            self.git(&["symbolic-ref", "HEAD", &target], None).await?;
        }
        std::fs::write(self.path.join(FETCHED), "").map_err(|error| BackendError::io(&self.source, &self.path, &error))
    }

    async fn make(&self) -> Result<()> {
        std::fs::create_dir_all(&self.path).map_err(|error| BackendError::io(&self.source, &self.path, &error))?;
        self.git(&["init", "--quiet", "--bare", "."], None).await
    }

    async fn fetch_once(&self, token: Option<&SecretString>) -> Result<()> {
        let arguments = [
            "-c",
            "gc.auto=0",
            "-c",
            "fetch.fsckObjects=false",
            "fetch",
            "--quiet",
            "--prune",
            "--force",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--",
            &self.url,
            "+refs/heads/*:refs/remotes/origin/*",
            "+refs/tags/*:refs/tags/*",
        ];
        self.git(&arguments, token).await
    }

    /// A whole clone beside the configuration lends its objects.
    fn borrow_objects(&self) {
        let Some(objects) = repository::objects_of(&self.beside) else { return };
        let list = self.path.join("objects/info/alternates");
        let line = format!("{}\n", objects.display());
        if !line.trim_end().contains('\n') && std::fs::read_to_string(&list).ok().as_deref() != Some(&line) {
            // Without it more is fetched, that is all.
            let _ = std::fs::write(list, line);
        }
    }

    async fn git(&self, arguments: &[&str], token: Option<&SecretString>) -> Result<()> {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(&self.path)
            .env("GIT_DIR", &self.path)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_TRACE")
            .env_remove("GIT_TRACE_CURL")
            .env_remove("GIT_CURL_VERBOSE")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let own = origin(&self.url).filter(|it| Some(it) == origin(&self.web).as_ref());
        if let (Some(token), Some(origin)) = (token, own) {
            let word = STANDARD.encode(format!("x-access-token:{}", token.expose_secret()));
            command
                .env("GIT_CONFIG_COUNT", "2")
                .env("GIT_CONFIG_KEY_0", format!("http.{origin}/.extraHeader"))
                .env("GIT_CONFIG_VALUE_0", format!("Authorization: Basic {word}"))
                .env("GIT_CONFIG_KEY_1", "credential.helper")
                .env("GIT_CONFIG_VALUE_1", "");
        }
        let output = tokio::time::timeout(PATIENCE, command.output()).await;
        let called = &self.repository.slug;
        let output = match output {
            Ok(Ok(output)) => output,
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                let what = format!("{called}: commits cannot be fetched: there is no git program");
                return Err(BackendError::new(&self.source, ErrorKind::NotFound, what));
            }
            Ok(Err(error)) => return Err(BackendError::io(&self.source, &self.path, &error)),
            Err(_) => {
                let what = format!("{called}: fetching commits does not end");
                return Err(BackendError::new(&self.source, ErrorKind::Timeout, what));
            }
        };
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().rev().find(|it| it.contains("fatal:") || it.contains("error:")).unwrap_or_default();
        let line: String = line.trim_start_matches("fatal: ").chars().take(SAID).collect();
        let denied = ["Authentication failed", "could not read Username", "403", "401", "not found"];
        let kind = if denied.iter().any(|it| line.contains(it)) { ErrorKind::Forbidden } else { ErrorKind::Network };
        let what = format!("{called}: commits cannot be fetched: {line}");
        Err(BackendError::new(&self.source, kind, what).hint("the token needs to read the repository's contents"))
    }
}

/// Whether the mirror itself is damaged.
fn is_broken(error: &BackendError) -> bool {
    let what = error.what.as_str();
    ["bad object", "missing blob", "unable to read", "did not send all necessary objects", "corrupt"]
        .iter()
        .any(|it| what.contains(it))
}

/// Whether a name can be that of a branch in a reference of ours.
fn is_branch(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '/', '.'])
        && !name.contains("..")
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'/'))
}

/// Scheme, host and port of an address: the token goes there and nowhere else. None for other protocols, and for an
/// address over which it would go in the clear.
fn origin(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    (url.scheme() == "https" || url.scheme() == "http" && local).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_its_own_server_only() {
        assert_eq!(origin("https://github.com/acme/shop.git").as_deref(), Some("https://github.com"));
        assert_eq!(origin("http://127.0.0.1:8080/acme/shop.git").as_deref(), Some("http://127.0.0.1:8080"));
        for none in
            ["http://github.com/acme/shop.git", "git@github.com:acme/shop.git", "/srv/shop.git", "file:///srv/shop"]
        {
            assert_eq!(origin(none), None, "{none}");
        }
    }

    #[test]
    fn a_branch_is_no_way_out() {
        assert!(is_branch("release/1.x") && is_branch("main"));
        for wrong in ["", "-x", "../x", "a..b", "a b", "a\nb", "/x"] {
            assert!(!is_branch(wrong), "{wrong:?}");
        }
    }
}

//! The commits of a big repository are real: git fetches them.

use std::path::Path;
use std::process::Command;

use crate::forge::big::{NAME, Size};
use crate::forge::{Forge, TOKEN};

fn fetch(from: &str, into: &Path) -> bool {
    let mut git = Command::new("git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
    let fetched = git.args(["clone", "--quiet", "--bare", from]).arg(into).output().unwrap();
    fetched.status.success()
}

#[test]
fn commits_come_over_http_and_from_a_path() {
    let directory = tempfile::tempdir().unwrap();
    let forge = Forge::big(Size::SMALL, directory.path());
    let (newest, path) = forge.at(NAME, |it| (it.branches["main"].clone(), it.git.clone().unwrap()));
    let url = forge.git_url(NAME);
    let with_token = url.replace("http://", &format!("http://x-access-token:{TOKEN}@"));
    for (place, from) in [with_token, format!("file://{}", path.display())].iter().enumerate() {
        let into = directory.path().join(format!("clone-{place}.git"));
        assert!(fetch(from, &into), "{place}");
        let main = std::fs::read_to_string(into.join("packed-refs")).unwrap();
        assert!(main.contains(&format!("{newest} refs/heads/main")), "{main}");
    }
    assert!(!fetch(&url, &directory.path().join("without.git")));
}

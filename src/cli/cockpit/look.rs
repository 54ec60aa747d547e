//! What lies where the cockpit was opened, for somebody who has configured nothing: said, and made into a first file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::app::{Failure, Lying};
use crate::config::{self, Finds};
use crate::model::Text;

/// Forges by what their hosts are called, and where their tokens lie.
const FORGES: &[(&str, &[&str])] = &[
    ("github", &["GH_TOKEN", "GITHUB_TOKEN"]),
    ("gitlab", &["GITLAB_TOKEN"]),
    ("gitea", &["GITEA_TOKEN"]),
    ("codeberg", &["CODEBERG_TOKEN"]),
    ("bitbucket", &["BITBUCKET_TOKEN"]),
];

/// What lies in a directory and some levels below. `variable` reads the environment.
pub fn at(directory: &Path, variable: impl Fn(&str) -> Option<String>) -> Lying {
    let finds = config::finds(directory);
    let mut found = of_repository(directory);
    found.extend(of_forge(directory, variable));
    found.extend(of_delivery(&finds));
    let path = file(directory);
    Lying {
        found: found.into_iter().map(|(what, says)| (Text::from(what), Text::from(says))).collect(),
        draft: config::starting_file(directory),
        exists: path.exists(),
        path: Text::from(&*path.to_string_lossy()),
    }
}

/// Writes a first configuration; where.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn begin(directory: &Path, text: &str) -> Result<Text, Failure> {
    let path = file(directory);
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(format!("{} is there already", path.display()))
            .hint("`flightdeck config check` says what is wrong with it"),
        _ => Failure::new(format!("cannot write {}: {error}", path.display()))
            .hint("`flightdeck init` in another directory"),
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| failed(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
    Ok(Text::from(&*path.to_string_lossy()))
}

fn file(directory: &Path) -> PathBuf {
    directory.join(config::FILE_NAME)
}

fn of_repository(directory: &Path) -> Vec<(&'static str, String)> {
    let Ok(repository) = gix::discover(directory) else {
        return vec![("repository", format!("none: {} lies in no git repository", directory.display()))];
    };
    let tags = repository.references().ok().and_then(|it| Some(it.tags().ok()?.flatten().count())).unwrap_or(0);
    let place = repository.workdir().unwrap_or(repository.path()).display().to_string();
    let releases = match tags {
        0 => "no tag yet: with release tags a repository alone shows its releases".to_owned(),
        1 => "1 tag: what is a release is seen on the board".to_owned(),
        tags => format!("{tags} tags: what is a release is seen on the board"),
    };
    vec![("repository", place), ("tags", releases)]
}

fn of_forge(directory: &Path, variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    let repository = gix::discover(directory).ok()?;
    let url = repository.config_snapshot().string("remote.origin.url")?;
    let url = gix::url::parse(gix::bstr::BStr::new(&**url)).ok()?;
    let host = url.host()?.to_owned();
    let (_, tokens) = FORGES.iter().find(|(name, _)| host.contains(name)).unwrap_or(&("", &[]));
    let held = tokens.iter().find(|name| variable(name).is_some_and(|value| !value.is_empty()));
    let token = match (held, tokens) {
        (Some(name), _) => format!("a token is at hand in {name}"),
        (None, []) => "its runs and pull requests can be handed over as files".to_owned(),
        (None, names) => format!("no token is at hand in {}", names.join(" or ")),
    };
    Some(("remote", format!("{} on {host}: {token}", url.path.to_string().trim_matches('/').trim_end_matches(".git"))))
}

fn of_delivery(finds: &Finds) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if finds.repositories.len() > 1 || finds.repositories.iter().any(|path| path.contains('{')) {
        found.push(("repositories", finds.repositories.join(", ")));
    }
    for it in &finds.stages {
        found.push(("stages", format!("{}: {}", it.path, it.stages.join(", "))));
    }
    for it in &finds.releases {
        found.push(("releases", format!("{}: {}", it.path, it.environments.join(", "))));
    }
    if found.is_empty() && finds.stages.is_empty() && finds.releases.is_empty() && !finds.repositories.is_empty() {
        found.push(("delivery", "no stage or release directory: the release tags stand for an environment".to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn says(lying: &Lying, what: &str) -> String {
        let found = lying.found.iter().find(|(it, _)| it.as_str() == what);
        found.map(|(_, says)| says.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_empty_directory_says_so_and_its_file_is_valid() {
        let dir = tempfile::tempdir().unwrap();
        let lying = at(dir.path(), |_| None);
        assert!(says(&lying, "repository").starts_with("none: "));
        assert!(!lying.exists);
        begin(dir.path(), &lying.draft).unwrap();
        assert!(begin(dir.path(), &lying.draft).is_err(), "nothing is written over");
        assert!(at(dir.path(), |_| None).exists);
    }

    #[test]
    fn a_repository_with_a_remote_says_what_can_be_had_and_no_token_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            let who = ["-c", "user.name=Ines", "-c", "user.email=ines@example.org"];
            let done = git.arg("-C").arg(dir.path()).args(who).args(arguments).output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["commit", "--quiet", "--allow-empty", "-m", "one"]);
        git(&["tag", "v1.0.0"]);
        git(&["tag", "v1.1.0"]);
        git(&["remote", "add", "origin", "https://somebody:hunter2@github.example.com/acme/shop.git"]);
        let lying = at(dir.path(), |name| (name == "GH_TOKEN").then(|| "s3cret".to_owned()));
        assert_eq!(says(&lying, "tags"), "2 tags: what is a release is seen on the board");
        assert_eq!(says(&lying, "remote"), "acme/shop on github.example.com: a token is at hand in GH_TOKEN");
        let lying = at(dir.path(), |_| None);
        assert_eq!(
            says(&lying, "remote"),
            "acme/shop on github.example.com: no token is at hand in GH_TOKEN or GITHUB_TOKEN"
        );
    }
}

//! Where git remotes lead.

use std::path::Path;

use crate::backend::repository;

/// A repository that a git remote leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The host, as people reach it.
    pub host: String,
    /// `owner/name`.
    pub slug: String,
}

/// Whether a text is `owner/name`: nothing else may become part of an address.
pub fn is_slug(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && part.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
            && !matches!(part, "." | "..")
    };
    text.split_once('/').is_some_and(|(owner, name)| fits(owner) && fits(name))
}

/// The remotes of the repository that `directory` lies in, `upstream` and `origin` first: of a fork, the original is what
/// is deployed.
pub fn of(directory: &Path) -> Vec<Remote> {
    let mut remotes = repository::remotes(directory);
    let rank = |name: &str| match name {
        "upstream" => 0,
        "origin" => 1,
        _ => 2,
    };
    remotes.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    remotes.iter().filter_map(|(_, url)| parse(url)).collect()
}

/// The first remote on `host`; without one, the first on github.com, else on any host that is called like a GitHub.
pub fn choose(remotes: Vec<Remote>, host: Option<&str>) -> Option<Remote> {
    let is = |it: &Remote| match host {
        Some(host) => it.host == host,
        None => it.host == "github.com" || it.host.contains("github") || it.host.ends_with(".ghe.com"),
    };
    let plain = remotes.iter().find(|it| host.is_none() && it.host == "github.com").cloned();
    plain.or_else(|| remotes.into_iter().find(is))
}

/// `https://host/owner/name.git`, `git@host:owner/name`, `ssh://git@host:22/owner/name`.
fn parse(url: &str) -> Option<Remote> {
    let (host, path) = match url.split_once("://") {
        Some(("https" | "http" | "ssh" | "git" | "git+ssh", rest)) => {
            let (authority, path) = rest.split_once('/')?;
            (authority, path)
        }
        Some(_) => return None,
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?.to_lowercase();
    // What GitHub calls its door for ssh over the port of https.
    let host = if host == "ssh.github.com" { "github.com".to_owned() } else { host };
    let path = path.trim_start_matches('/').trim_end_matches('/');
    let slug = path.strip_suffix(".git").unwrap_or(path).to_owned();
    (!host.is_empty() && is_slug(&slug)).then_some(Remote { host, slug })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_remote_leads_to_the_same() {
        let same = Remote { host: "github.com".into(), slug: "acme/shop".into() };
        for url in [
            "https://github.com/acme/shop.git",
            "https://github.com/acme/shop",
            "https://x-access-token:secret@github.com/acme/shop.git/",
            "git@github.com:acme/shop.git",
            "ssh://git@github.com/acme/shop.git",
            "ssh://git@ssh.github.com:443/acme/shop.git",
        ] {
            assert_eq!(parse(url), Some(same.clone()), "{url}");
        }
        for url in
            ["/srv/shop.git", "../shop", "file:///srv/acme/shop", "https://github.com/acme", "git@github.com:a/b/c", ""]
        {
            assert_eq!(parse(url), None, "{url}");
        }
    }

    #[test]
    fn a_name_is_no_way_out_of_an_address() {
        for wrong in ["", "a", "a/b/c", "a/..", "../b", "a/b?x", "a/b#x", "a b/c", "a/%2e%2e"] {
            assert!(!is_slug(wrong), "{wrong}");
        }
        assert!(is_slug("acme/shop.web_2-x"));
    }

    #[test]
    fn github_goes_before_what_is_only_called_like_it() {
        let remote = |host: &str| Remote { host: host.into(), slug: "a/b".into() };
        let all = vec![remote("gitlab.com"), remote("github.example.test"), remote("github.com")];
        assert_eq!(choose(all.clone(), None), Some(remote("github.com")));
        assert_eq!(choose(all.clone(), Some("github.example.test")), Some(remote("github.example.test")));
        assert_eq!(choose(vec![remote("gitlab.com")], None), None);
    }
}

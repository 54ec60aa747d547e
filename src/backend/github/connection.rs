//! Which repositories on which GitHub: what the settings say, else where the git remote leads.

use crate::backend::{BackendError, ErrorKind, Result, SettingsProblem};
use crate::model::{Clock, RepositoryId, SourceId};

use super::client::Api;
use super::host::Host;
use super::login::Login;
use super::remote::{self, Remote};
use super::settings::{OneOrMany, Settings};

/// A GitHub that is spoken to, and the repositories there.
pub struct Connection {
    /// By which it is spoken to.
    pub api: Api,
    /// The repositories, at least one.
    pub repositories: Vec<Repository>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// `owner/name`.
    pub slug: String,
    /// What the project calls it.
    pub called: RepositoryId,
}

impl Repository {
    /// A path of the API below it: `of("/deployments")`.
    pub fn path(&self, below: &str) -> String {
        format!("/repos/{}{below}", self.slug)
    }
}

/// The repositories that the settings name; none where the git remote decides.
///
/// # Errors
/// When a name is none.
pub fn named(settings: &Settings) -> std::result::Result<Vec<Repository>, SettingsProblem> {
    let problem = |key: &str, what: String| SettingsProblem { key: key.to_owned(), what: what.into() };
    let names = match &settings.repository {
        None => Vec::new(),
        Some(OneOrMany::One(name)) => vec![name.clone()],
        Some(OneOrMany::Many(names)) => names.clone(),
    };
    if settings.called.is_some() && names.len() > 1 {
        return Err(problem("called", "is one name for several repositories".to_owned()));
    }
    let one = |slug: String| {
        if !remote::is_slug(&slug) {
            return Err(problem("repository", format!("{slug:?} is not OWNER/NAME")));
        }
        Ok(Repository { called: called(&slug, settings), slug })
    };
    names.into_iter().map(one).collect()
}

fn called(slug: &str, settings: &Settings) -> RepositoryId {
    let name = slug.rsplit('/').next().unwrap_or(slug);
    settings.called.as_deref().unwrap_or(name).into()
}

/// The connection that the settings mean. Looks at the git remotes of `base`, and asks nobody.
///
/// # Errors
/// When no repository is named and no remote leads to a GitHub.
pub fn open(source: &SourceId, settings: &Settings, base: &std::path::Path, clock: Clock) -> Result<Connection> {
    let wrong = |problem: SettingsProblem| {
        BackendError::new(source, ErrorKind::NotFound, format!("{} {}", problem.key, problem.what))
    };
    let host = settings.api.as_deref().map(Host::at).transpose().map_err(wrong)?;
    let mut repositories = named(settings).map_err(wrong)?;
    let mut host = host;
    if repositories.is_empty() {
        let remotes = remote::of(base);
        let name = host.as_ref().map(|it| it.name.clone());
        let Some(Remote { host: found, slug }) = remote::choose(remotes, name.as_deref()) else {
            let what = format!("{}: no git remote here leads to a repository on GitHub", base.display());
            return Err(BackendError::new(source, ErrorKind::NotFound, what)
                .hint("name it: `repository = \"OWNER/NAME\"`, and `api` for an Enterprise server"));
        };
        host.get_or_insert_with(|| Host::named(&found));
        repositories.push(Repository { called: called(&slug, settings), slug });
    }
    let host = host.unwrap_or_else(|| Host::named("github.com"));
    let api = Api::new(source, host, Login::of(settings, base), clock);
    if let Some(first) = repositories.first() {
        api.speak_for(&first.slug);
    }
    Ok(Connection { api, repositories })
}

//! Repositories on GitHub: pull requests, workflow runs, deployments, environments, releases, incidents.
//!
//! ```toml
//! [[backend]]
//! name = "github"
//! kind = "github"                               # finds the repository by the git remote
//! repository = "acme/shop"                      # or is told it
//! environment = "{environment}"                 # how environments are called there
//! promote = { by = "workflow", workflow = "deploy.yml", inputs = { version = "{version}", environment = "{environment}" } }
//! ```
//!
//! **Reading** asks with a condition, so that what has not changed costs nothing, and as often as it is worth it: what is
//! on its way every few seconds, what people look at a few times a minute, the rest every few minutes ([`schedule`]). What
//! is kept between readings is [`memory`]; history is filled backwards within a budget ([`reading::history`]). One bare
//! mirror of each repository answers what is an ancestor of what.
//!
//! **What is live** is the newest deployment of an environment that succeeded ([`deployments`]).

mod app;
mod changes;
mod client;
mod commits;
mod connection;
mod deployments;
mod error;
mod graphql;
mod host;
mod limits;
mod link;
mod login;
mod memory;
mod mirror;
mod operate;
mod reading;
mod remote;
mod rules;
mod runs;
mod schedule;
mod session;
mod settings;
mod state;
mod survey;
mod wire;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::Notify;

use self::connection::{Connection, Repository};
use self::rules::Rules;
use self::schedule::Look;
pub use self::settings::Settings;
pub use self::survey::{Survey, found, survey};
use super::approver::Approver;
use super::{Backend, Changes, Logs, Notices, Opening, Operator, Reader, Recorder, Result, Runner, SettingsProblem};
use crate::fact::FactKind;
use crate::model::{Attention, Clock, EnvironmentId, Requests, Sight, SourceId, Text, TrackId};

/// The JSON schema of the settings.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

/// Makes the backend from its settings. Looks at no remote and asks nobody yet.
///
/// # Errors
/// When a setting makes no sense.
pub fn open(opening: &Opening<'_>) -> std::result::Result<Arc<dyn Backend>, SettingsProblem> {
    let settings: Settings = opening.settings()?;
    connection::named(&settings)?;
    if let Some(api) = &settings.api {
        host::Host::at(api)?;
    }
    let rules = Rules::new(&settings, opening.environments)?;
    let inner = Inner {
        id: opening.id.clone(),
        clock: opening.clock.clone(),
        rules,
        settings,
        base: opening.base.to_owned(),
        cache: opening.cache.join("github").join(directory(&opening.id)),
        order: opening.environments.to_vec(),
        connection: OnceLock::new(),
        state: tokio::sync::Mutex::default(),
        attention: Mutex::default(),
        attended: Arc::default(),
        lost: operate::Lost::default(),
        known: operate::Known::default(),
    };
    Ok(Arc::new(Github { inner: Arc::new(inner) }))
}

/// The name of a directory for what is kept of a source.
fn directory(id: &SourceId) -> String {
    let safe = |it: char| if it.is_ascii_alphanumeric() || matches!(it, '-' | '_') { it } else { '_' };
    id.as_str().chars().map(safe).take(100).collect()
}

/// A backend over repositories on GitHub.
pub struct Github {
    inner: Arc<Inner>,
}

/// What readings and operations share.
struct Inner {
    id: SourceId,
    clock: Clock,
    settings: Settings,
    /// What relative paths are relative to, and where the git remote is looked for.
    base: PathBuf,
    /// Where answers and mirrors are kept.
    cache: PathBuf,
    rules: Rules,
    /// The environments in the order of promotion.
    order: Vec<EnvironmentId>,
    connection: OnceLock<Connection>,
    state: tokio::sync::Mutex<reading::State>,
    /// What people look at; none until somebody says so.
    attention: Mutex<Option<Attention>>,
    /// That they look at something else now.
    attended: Arc<Notify>,
    /// When answers to writes were lost.
    lost: operate::Lost,
    /// What was said last to the questions of operations.
    known: operate::Known,
}

impl Inner {
    /// The connection, once the git remote is known.
    fn connection(&self) -> Result<&Connection> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let opened = connection::open(&self.id, &self.settings, &self.base, self.clock.clone())?;
        Ok(self.connection.get_or_init(|| opened))
    }

    /// How closely somebody looks at what is here.
    fn look(&self) -> Look {
        let attention = self.attention.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(attention) = attention.as_ref() else { return Look::Here };
        let is_ours = |service: Option<&crate::model::ServiceId>| {
            let Some(connection) = self.connection.get() else { return true };
            let one =
                |it: &Repository| self.rules.only_service(it.called.as_str(), self.settings.environment.as_deref());
            service.is_none_or(|service| {
                connection.repositories.iter().any(|it| one(it).is_none_or(|own| own == *service))
            })
        };
        let sees = attention.sights().any(|sight| match sight {
            Sight::Tracks(scope) => is_ours(scope.service.as_ref()),
            Sight::Changes(service) => is_ours(Some(service)),
            Sight::Runs(service) => is_ours(service.as_ref()),
            Sight::Run(_) => true,
        });
        match (attention.is_away(), sees) {
            (true, _) => Look::Away,
            (_, true) => Look::Here,
            (_, false) => Look::Elsewhere,
        }
    }

    /// Where what is known between readings is kept.
    fn kept_path(&self) -> PathBuf {
        self.cache.join("kept.json")
    }

    /// The repository that a track is deployed from, where it is one of these: the one that is called like its service,
    /// else the only one.
    fn repository_of<'a>(&self, connection: &'a Connection, track: &TrackId) -> Option<&'a Repository> {
        let all = &connection.repositories;
        let called = all.iter().find(|it| it.called.as_str() == track.service.as_str());
        called.or_else(|| all.first().filter(|_| all.len() == 1))
    }
}

impl Backend for Github {
    fn id(&self) -> &SourceId {
        &self.inner.id
    }

    fn kind(&self) -> &'static str {
        "github"
    }

    fn reports(&self) -> &'static [FactKind] {
        &[
            FactKind::Reference,
            FactKind::PullRequest,
            FactKind::Run,
            FactKind::Artifact,
            FactKind::Deployment,
            FactKind::State,
            FactKind::Incident,
        ]
    }

    fn credentials(&self) -> Option<Text> {
        let known = self.inner.connection.get().map(|it| it.api.credentials());
        Some(Text::from(known.unwrap_or_else(|| login::Login::of(&self.inner.settings, &self.inner.base).in_words())))
    }

    fn requests(&self) -> Option<Requests> {
        let Some(connection) = self.inner.connection.get() else { return Some(Requests::default()) };
        Some(connection.api.limits().requests(connection.api.now()))
    }

    fn attend(&self, attention: &Attention) {
        *self.inner.attention.lock().unwrap_or_else(PoisonError::into_inner) = Some(attention.clone());
        self.inner.attended.notify_one();
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.inner.mirrors().then_some(self)
    }

    fn operator(&self) -> Option<&dyn Operator> {
        Some(self)
    }

    fn approver(&self) -> Option<&dyn Approver> {
        Some(self)
    }

    fn runner(&self) -> Option<&dyn Runner> {
        Some(self)
    }

    fn recorder(&self) -> Option<&dyn Recorder> {
        Some(self)
    }

    fn logs(&self) -> Option<&dyn Logs> {
        Some(self)
    }
}

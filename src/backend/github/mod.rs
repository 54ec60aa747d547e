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
mod connection;
mod deployments;
mod error;
mod graphql;
mod host;
mod limits;
mod link;
mod login;
mod memory;
mod remote;
mod rules;
mod runs;
mod schedule;
mod session;
mod settings;
mod state;
mod wire;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use self::connection::{Connection, Repository};
use self::rules::Rules;
pub use self::settings::Settings;
use super::Result;
use crate::model::{Clock, EnvironmentId, SourceId, TrackId};

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

    /// The repository that a track is deployed from, where it is one of these: the one that is called like its service,
    /// else the only one.
    fn repository_of<'a>(&self, connection: &'a Connection, track: &TrackId) -> Option<&'a Repository> {
        let all = &connection.repositories;
        let called = all.iter().find(|it| it.called.as_str() == track.service.as_str());
        called.or_else(|| all.first().filter(|_| all.len() == 1))
    }
}

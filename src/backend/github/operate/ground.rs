//! Where an order is carried out: a track's repository, and what its environment is called there.

use super::place::Place;
use crate::backend::github::Inner;
use crate::backend::github::settings::Settings;
use crate::backend::{ErrorKind, Result};
use crate::model::{EnvironmentId, OperationId, Text, Time, TrackId};

/// What stands for anything in a name.
const MANY: char = '*';

/// A track on GitHub.
pub struct Ground<'a> {
    /// The backend.
    pub inner: &'a Inner,
    /// Its repository.
    pub place: Place<'a>,
    /// It.
    pub track: &'a TrackId,
    /// What its environment is called there.
    pub environment: String,
    /// What a deployment to it does there.
    pub task: String,
    /// Whether deployments that do something else are never its own.
    pub one_task: bool,
}

impl<'a> Ground<'a> {
    /// Finds a track.
    ///
    /// # Errors
    /// When it is not here.
    pub fn of(inner: &'a Inner, track: &'a TrackId) -> Result<Self> {
        let elsewhere = |why: String| crate::backend::BackendError::new(&inner.id, ErrorKind::NotFound, why);
        let connection = inner.connection()?;
        let repository = inner
            .repository_of(connection, track)
            .ok_or_else(|| elsewhere(format!("none of the repositories is called {}", track.service)))?;
        let (environment, task) = inner
            .rules
            .names(track, inner.settings.environment.as_deref())
            .ok_or_else(|| elsewhere(format!("{} is not on {}", track.environment, connection.api.host.name)))?;
        if environment.contains(MANY) {
            let why = format!("`environment` does not say which environment {track} is: {environment} fits many");
            return Err(elsewhere(why));
        }
        let place = Place { source: &inner.id, api: &connection.api, known: &inner.known, repository };
        let one_task = !task.contains(MANY);
        let ground = Self { inner, place, track, environment, task: task.replace(MANY, ""), one_task };
        match ground.is_ours(&ground.environment, &task) {
            true => Ok(ground),
            false => Err(elsewhere(format!("{} is not deployed from {}", track.service, repository.slug))),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &'a Settings {
        &self.inner.settings
    }

    /// Whether a deployment there is one of the track.
    pub fn is_ours(&self, environment: &str, task: &str) -> bool {
        let called = self.place.repository.called.as_str();
        self.inner.rules.track(environment, task, called).as_ref() == Some(self.track)
    }

    /// Where its deployments are listed, newest first.
    pub fn deployments(&self) -> String {
        self.place.deployments(&self.environment, Some(self.task.as_str()).filter(|_| self.one_task))
    }

    /// Whether nothing comes after its environment.
    pub fn is_last(&self) -> bool {
        self.inner.order.last() == Some(&self.track.environment)
    }

    /// The environments before its own, the nearest first.
    pub fn before(&self) -> Vec<EnvironmentId> {
        let order = &self.inner.order;
        let at = order.iter().position(|it| *it == self.track.environment).unwrap_or(0);
        order.iter().take(at).rev().cloned().collect()
    }
}

/// When an operation was planned, by its id; none where that does not tell.
pub fn planned_at(operation: &OperationId) -> Option<Time> {
    let stamp = operation.as_str().get(..15)?;
    Some(chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%d-%H%M%S").ok()?.and_utc())
}

/// Text that is at most so many characters long.
pub fn at_most(text: &Text, characters: usize) -> String {
    let text = text.as_str();
    match text.chars().count() > characters {
        true => text.chars().take(characters.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        let at = planned_at(&"20261121-032653-7f3a9c12d0".into()).map(|it| it.to_rfc3339());
        assert_eq!(at.as_deref(), Some("2026-11-21T03:26:53+00:00"));
        for other in ["", "demo-1", "ääääääääääääääää", "20261321-032653-x"] {
            assert_eq!(planned_at(&other.into()), None, "{other}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character() {
        assert_eq!(at_most(&"äöü".into(), 3), "äöü");
        assert_eq!(at_most(&"äöüß".into(), 3), "äö…");
    }
}

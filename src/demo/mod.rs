//! The playground: a small company in a directory, with real repositories, packages, releases and records.

mod archive;
mod arrival;
mod build;
mod calendar;
mod company;
mod delivery;
mod history;
mod import;
mod live;
mod names;
mod output;
mod pipeline;
mod plot;
mod random;
mod records;
mod servers;
mod settings;
mod stages;
mod story;
mod work;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use live::live;

use crate::model::Time;

/// What the playground is to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// The same seed and the same present give the same company, commit ids included.
    pub seed: u64,
    /// How many services it has; fewer than six are six, because the story needs them.
    pub services: usize,
    /// The present, at which everything ends.
    pub now: Time,
    /// How many months of thirty days it looks back on.
    pub months: u32,
}

impl DemoOptions {
    /// Eight services and four months of history.
    pub fn new(now: Time) -> Self {
        Self { seed: 1, services: 8, now, months: 4 }
    }
}

/// A playground that was built.
pub struct DemoWorld {
    /// Its configuration; everything else lies beside it.
    pub config: PathBuf,
    /// The present at which it was built: the clock of a frozen playground.
    pub now: Time,
    company: Vec<build::Grown>,
    places: build::Places,
}

/// Builds a company in `dir`, which must be empty or not there yet.
///
/// # Errors
/// When there is no `git` program, the directory is in use, or something cannot be written.
pub fn build(dir: &Path, options: &DemoOptions) -> Result<DemoWorld, DemoError> {
    // Git and facts know whole seconds.
    let now = Time::from_timestamp(options.now.timestamp(), 0).unwrap_or(options.now);
    let (places, company) = build::build(dir, &DemoOptions { now, ..options.clone() })?;
    Ok(DemoWorld { config: places.config(), now, company, places })
}

/// What kept the playground from being built.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There is no `git` program, or it cannot be started.
    #[error("git cannot be started: {0}")]
    NoGit(#[source] std::io::Error),
    /// `git` did not do what it was asked for.
    #[error("cannot write the repository {}: {what}", repository.display())]
    Git {
        /// Which repository.
        repository: PathBuf,
        /// What happened.
        what: String,
    },
    /// The directory holds something.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The story does not hold together.
    #[error("the demo's story is broken: {0}")]
    Story(String),
    /// A file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl DemoError {
    fn write(path: &Path, error: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), error }
    }
}

//! Building the playground: one repository after the other, as many at once as there are processors.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::company::{self, RepositorySpec};
use super::plot::{self, Plot};
use super::random::Random;
use super::records::Records;
use super::{DemoError, DemoOptions, import, servers, settings, stages};
use crate::model::CommitId;

/// Where things lie in the playground.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The playground.
    pub root: PathBuf,
}

impl Places {
    /// Bare repositories.
    pub fn repository(&self, name: &str) -> PathBuf {
        self.root.join("repos").join(format!("{name}.git"))
    }

    /// Stages of packages.
    pub fn packages(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// Release directories.
    pub fn servers(&self) -> PathBuf {
        self.root.join("servers").join(super::records::PRODUCTION)
    }

    /// What other systems have written down.
    pub fn facts(&self) -> PathBuf {
        self.root.join("facts")
    }

    /// The configuration.
    pub fn config(&self) -> PathBuf {
        self.root.join("flightdeck.toml")
    }
}

/// A repository with everything that was built from it, ready to go on living.
pub(super) struct Grown {
    /// The story so far.
    pub plot: Plot,
    /// What the marks became.
    pub ids: Vec<CommitId>,
}

/// Builds everything below `root`, which must be empty or not there yet.
pub(super) fn build(root: &Path, options: &DemoOptions) -> Result<(Places, Vec<Grown>), DemoError> {
    let places = Places { root: root.to_owned() };
    prepare(&places)?;
    let specs = company::repositories(options.services);
    let text = settings::text(&specs, options.now);
    let mut records = Records::default();
    let mut company = Vec::with_capacity(specs.len());
    for (grown, told) in grow_all(&places, &specs, options)? {
        records.join(told);
        company.push(grown);
    }
    for (name, lines) in records.files() {
        write(&places.facts().join(name), &lines)?;
    }
    // Last, so that a playground with a configuration is a whole one.
    write(&places.config(), &text)?;
    Ok((places, company))
}

fn prepare(places: &Places) -> Result<(), DemoError> {
    let root = &places.root;
    fs::create_dir_all(root).map_err(|error| DemoError::write(root, error))?;
    let mut there = fs::read_dir(root).map_err(|error| DemoError::write(root, error))?;
    if there.next().is_some() {
        return Err(DemoError::NotEmpty(root.clone()));
    }
    for directory in [places.root.join("repos"), places.packages(), places.servers(), places.facts()] {
        fs::create_dir_all(&directory).map_err(|error| DemoError::write(&directory, error))?;
    }
    Ok(())
}

/// Grows every repository. What each draws depends on its name alone, so the order of work changes nothing.
fn grow_all(
    places: &Places,
    specs: &[RepositorySpec],
    options: &DemoOptions,
) -> Result<Vec<(Grown, Records)>, DemoError> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(specs.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, spec)) = claim(specs, &next) {
                    let grown = grow(places, spec, options);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((number, grown));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, grown)| grown).collect()
}

fn claim<'a>(specs: &'a [RepositorySpec], next: &AtomicUsize) -> Option<(usize, &'a RepositorySpec)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    specs.get(number).map(|spec| (number, spec))
}

fn grow(places: &Places, spec: &RepositorySpec, options: &DemoOptions) -> Result<(Grown, Records), DemoError> {
    let random = Random::new(options.seed).fork(&spec.name);
    let plot = plot::tell(spec.clone(), random, options.now, options.months);
    let ids = import::create(&places.repository(&spec.name), &plot.story.history)?;
    for service in &plot.story.services {
        stages::write(&places.packages(), service, &ids)?;
        servers::write(&places.servers(), service, &ids)?;
    }
    let records = Records::of(&plot.story, &ids, options.now, &places.facts())?;
    Ok((Grown { plot, ids }, records))
}

fn write(path: &Path, text: &str) -> Result<(), DemoError> {
    fs::write(path, text).map_err(|error| DemoError::write(path, error))
}

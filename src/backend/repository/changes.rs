//! Commits of a repository: what is new, and which paths they touch.

use super::open::Opened;
use super::patches::Patches;
use super::paths::Filters;
use super::references;
use super::trees::Comparison;
use super::walk::{self, Limits};
use crate::backend::{CommitBatch, ErrorKind, Result};
use crate::graph::CommitGraph;
use crate::model::CommitId;

/// The commits that any reference leads to and `known` does not hold.
///
/// # Errors
/// When references cannot be listed or a commit that another one names cannot be read.
pub fn commits(opened: &Opened, known: &CommitGraph) -> Result<CommitBatch> {
    let shallow = opened.shallow()?;
    // A boundary that is none any more has parents now, and they would have to stand before it.
    let restart = known.boundary().any(|pos| shallow.binary_search(&known.id(pos)).is_err());
    let nothing = CommitGraph::default();
    let known = if restart { &nothing } else { known };
    let tips = references::tips(opened, known)?;
    let commits = walk::gather(opened, &tips, &Limits { known, shallow: &shallow })?;
    let is_new: std::collections::HashSet<CommitId> =
        if shallow.is_empty() { Default::default() } else { commits.iter().map(|it| it.id).collect() };
    let mut boundary = shallow;
    boundary.retain(|id| {
        // What was read when the clone was deeper is still known.
        is_new.contains(id) || known.position(id).is_some_and(|pos| known.parents(pos).is_empty())
    });
    Ok(CommitBatch { commits, boundary, restart })
}

/// Those of `wanted` that the repository holds though no reference may lead to them, with their ancestors.
///
/// # Errors
/// When a commit that another one names cannot be read.
pub fn beyond(opened: &Opened, known: &CommitGraph, wanted: &[CommitId]) -> Result<CommitBatch> {
    let shallow = opened.shallow()?;
    let commits = walk::gather(opened, wanted, &Limits { known, shallow: &shallow })?;
    let mut boundary = shallow;
    boundary.retain(|id| commits.iter().any(|it| it.id == *id));
    Ok(CommitBatch { commits, boundary, restart: false })
}

/// Those of `pairs` that make the same patch.
///
/// # Errors
/// When an object is there and cannot be read.
pub fn same_patches(opened: &Opened, pairs: &[(CommitId, CommitId)]) -> Result<Vec<(CommitId, CommitId)>> {
    let mut patches = Patches::new(opened.handle());
    let mut same = Vec::new();
    for (a, b) in pairs {
        if patches.are_same(a, b)? {
            same.push((*a, *b));
        }
    }
    Ok(same)
}

/// Which of `filters` each of `commits` touches.
///
/// # Errors
/// When a filter is no glob, or a commit or tree cannot be read.
pub fn touched(opened: &Opened, commits: &[CommitId], filters: &[Vec<String>]) -> Result<Vec<u64>> {
    let filters = Filters::new(filters).map_err(|error| opened.error(ErrorKind::Protocol, error))?;
    if filters.only_always() {
        return Ok(vec![filters.always; commits.len()]);
    }
    let shallow = opened.shallow()?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    // Neighbours share trees, so each thread takes a stretch.
    let stretch = commits.len().div_ceil(workers).max(256);
    std::thread::scope(|scope| {
        let started: Vec<_> = commits
            .chunks(stretch)
            .map(|commits| {
                let (objects, filters, shallow) = (opened.handle(), &filters, &shallow);
                scope.spawn(move || {
                    let mut comparison = Comparison::new(objects, filters, shallow);
                    commits.iter().map(|commit| comparison.touched(commit)).collect::<Result<Vec<u64>>>()
                })
            })
            .collect();
        let mut rows = Vec::with_capacity(commits.len());
        for worker in started {
            let failed = |_| opened.error(ErrorKind::Protocol, "comparing trees failed in the middle");
            rows.extend(worker.join().map_err(failed)??);
        }
        Ok(rows)
    })
}

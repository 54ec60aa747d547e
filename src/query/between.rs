//! What changed between two versions, tags, branches, commits or environments.

use serde::{Deserialize, Serialize};

use super::error::QueryError;
use super::resolve::{self, As, Matches, Meaning};
use super::set;
use crate::graph::{Change, Pos};
use crate::model::{Changes, CommitId, Digest, EnvironmentId, Kind, RepositoryId, ServiceId, Text, Time, Version};
use crate::picture::{Repository, ServicePicture, Snapshot};

/// What changed between two points of a service's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesAnswer {
    /// The service.
    pub service: ServiceId,
    /// The repository that holds its code.
    pub repository: RepositoryId,
    /// Where it began.
    pub from: Point,
    /// Where it ended.
    pub to: Point,
    /// The kind of deployment that going from one to the other would be, had nothing else ever been deployed.
    pub kind: Kind,
    /// Changes that the second holds and the first does not.
    pub added: Changes,
    /// Changes that the first holds and the second does not.
    pub removed: Changes,
}

/// A point of history, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The words.
    pub asked: Text,
    /// What they mean.
    #[serde(rename = "as")]
    pub is_asked_as: As,
    /// The commit.
    pub commit: CommitId,
    /// The version, where it is one or an environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its content address; absent where none is known, or where the version was seen with several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// In an environment since when it is live there, of a version when it was built, of anything else when it was
    /// committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

impl ChangesAnswer {
    /// Whether both points are the same bytes; absent where a digest is not known.
    pub fn same_bytes(&self) -> Option<bool> {
        Some(self.from.digest.as_ref()? == self.to.digest.as_ref()?)
    }
}

/// What changed for `service` from `from` to `to`, each the name of an environment (what is live there), a version, a
/// tag, a branch or a commit; where a name is several of these, the first in this order holds. The first `most` changes
/// of each set are told line by line.
///
/// # Errors
/// When the service, its repository or one of the two points is not known, or a point can mean several commits.
pub fn changes_between(
    snapshot: &Snapshot,
    service: &ServiceId,
    from: &str,
    to: &str,
    most: usize,
) -> Result<ChangesAnswer, QueryError> {
    let picture = snapshot.service(service).ok_or_else(|| QueryError::NoService(service.clone()))?;
    let repository = snapshot.repository_of(service).ok_or_else(|| QueryError::NoRepository(service.clone()))?;
    let asked = |words| point(picture, repository, words);
    let ((from_pos, from), (to_pos, to)) = (asked(from)?, asked(to)?);
    let difference = repository.graph.difference(from_pos, to_pos);
    let (gained, lost) = (!difference.added.is_empty(), !difference.removed.is_empty());
    Ok(ChangesAnswer {
        service: service.clone(),
        repository: repository.id.clone(),
        from,
        to,
        kind: Change { new: gained, added: gained, removed: lost }.kind(),
        added: set::changes(repository, service, &difference.added, most),
        removed: set::changes(repository, service, &difference.removed, most),
    })
}

/// The commit that words mean to a service.
fn point(service: &ServicePicture, repository: &Repository, asked: &str) -> Result<(Pos, Point), QueryError> {
    let words = Text::from(asked);
    let no_commit = || QueryError::NoCommit { asked: words.clone() };
    let graph = &repository.graph;
    if let Some(track) = service.track(&EnvironmentId::from(asked)) {
        let live = track.live.as_ref().ok_or_else(no_commit)?;
        let commit = live.installed.commit.or_else(|| service.commit_of(live.version())).ok_or_else(no_commit)?;
        let pos = graph.position(&commit).ok_or_else(no_commit)?;
        let name = Text::from(format!("{asked}, which runs {}", live.version()));
        let point = Point {
            asked: words,
            is_asked_as: As { kind: Meaning::Environment, name },
            commit,
            version: Some(live.version().clone()),
            digest: live.digest().cloned(),
            at: live.installed.since,
        };
        return Ok((pos, point));
    }
    let ways: [&dyn Fn(&mut Matches); 3] = [
        &|found| resolve::by_version(repository, service, asked, found),
        &|found| resolve::by_reference(repository, asked, found),
        &|found| resolve::by_id(repository, asked, found),
    ];
    for look in ways {
        let mut found = Matches::default();
        look(&mut found);
        if let Some((pos, meaning)) = chosen(found, &words)? {
            let version = (meaning.kind == Meaning::Version).then(|| Version::from(asked));
            let built = version.as_ref().and_then(|version| built_at(service, version));
            let point = Point {
                asked: words,
                is_asked_as: meaning,
                commit: graph.id(pos),
                digest: version.as_ref().and_then(|version| only_digest(service, version)),
                at: built.or_else(|| Some(set::time(graph.committed(pos)))),
                version,
            };
            return Ok((pos, point));
        }
    }
    if service.artifacts.iter().any(|it| it.version.as_str() == asked) {
        return Err(no_commit());
    }
    Err(QueryError::NotFound { asked: words, repository: repository.id.clone() })
}

fn built_at(service: &ServicePicture, version: &Version) -> Option<Time> {
    service.artifacts.iter().filter(|it| it.version == *version).filter_map(|it| it.built_at.or(it.arrived_at)).min()
}

/// The digest of a version: one of two that were seen under the same name would be a guess.
fn only_digest(service: &ServicePicture, version: &Version) -> Option<Digest> {
    let of_artifacts = service.artifacts.iter().filter(|it| it.version == *version).filter_map(|it| it.digest.as_ref());
    let live = service.tracks.iter().filter_map(|track| track.live.as_ref());
    let of_live = live.filter(|live| live.version() == version).filter_map(|live| live.digest());
    let mut all = of_artifacts.chain(of_live);
    let first = all.next()?;
    all.all(|other| other == first).then(|| first.clone())
}

/// The commit that was found. A tag goes before a branch of the same name, as in git; several commits whose id begins
/// so are an error.
fn chosen(found: Matches, words: &Text) -> Result<Option<(Pos, As)>, QueryError> {
    let mut all: Vec<(Pos, As)> =
        found.all.into_iter().filter_map(|it| Some((it.pos, it.meanings.into_iter().min_by_key(order)?))).collect();
    all.sort_by_key(|(_, meaning)| order(meaning));
    let mut names = all.iter().map(|(_, meaning)| meaning);
    match (names.next(), names.next()) {
        (Some(first), Some(second)) if order(first) == order(second) => {
            let can_mean =
                all.iter().map(|(_, meaning)| Text::from(format!("{} {}", meaning.kind.word(), meaning.name)));
            Err(QueryError::Ambiguous { asked: words.clone(), can_mean: can_mean.collect() })
        }
        _ => Ok(all.into_iter().next()),
    }
}

fn order(meaning: &As) -> u8 {
    match meaning.kind {
        Meaning::Tag => 0,
        Meaning::Branch => 1,
        _ => 2,
    }
}

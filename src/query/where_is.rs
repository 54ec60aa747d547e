//! Where is my commit, branch, tag, version, pull request, ticket, or the change whose subject holds some words.

use super::answer::{Answer, CommitFacts, Found, Names, RunFacts, ServiceFacts, Unplaced};
use super::reach::Reach;
use super::resolve::{self, Match};
use super::set;
use super::standing::Asked;
use crate::graph::{CommitGraph, Pos};
use crate::model::{CommitId, Text, Time, Version};
use crate::picture::{Repository, ServicePicture, Snapshot};

/// The most commits that are told of. Who meant another one asks with more words.
const MOST: usize = 20;
/// The most runs on one commit that are listed.
const RUNS: usize = 10;

/// Where `asked` is: everything that it can mean, and where each is.
pub fn where_is(snapshot: &Snapshot, asked: &str, now: Time) -> Answer {
    let asked = asked.trim();
    let mut answer =
        Answer { asked: Text::from(asked), found: Vec::new(), more: false, unplaced: unplaced(snapshot, asked) };
    for repository in snapshot.repositories.values() {
        let matches = resolve::resolve(snapshot, repository, asked, MOST);
        let room = MOST - answer.found.len();
        answer.more |= matches.more || matches.all.len() > room;
        answer.found.extend(matches.all.into_iter().take(room).map(|it| found(snapshot, repository, it, now)));
    }
    // A name is meant before words are: only what is no name is searched for in subjects.
    if answer.found.is_empty() && answer.unplaced.is_empty() {
        by_words(snapshot, asked, now, &mut answer);
    }
    answer
}

/// The newest changes whose subject holds all the words.
fn by_words(snapshot: &Snapshot, asked: &str, now: Time, answer: &mut Answer) {
    let mut all: Vec<(&Repository, Match)> = Vec::new();
    for repository in snapshot.repositories.values() {
        let matches = resolve::by_words(repository, asked, MOST);
        answer.more |= matches.more;
        all.extend(matches.all.into_iter().map(|it| (&**repository, it)));
    }
    all.sort_by_key(|(repository, it)| std::cmp::Reverse(repository.graph.committed(it.pos)));
    answer.more |= all.len() > MOST;
    answer.found.extend(all.into_iter().take(MOST).map(|(repository, it)| found(snapshot, repository, it, now)));
}

fn found(snapshot: &Snapshot, repository: &Repository, matched: Match, now: Time) -> Found {
    let Match { pos, meanings } = matched;
    let reach = Reach { repository, commits: repository.graph.descendants(pos) };
    let (first_tag, tags) = reach.tags();
    let service = |service: &ServicePicture| facts(&Asked { snapshot, service, reach: &reach, pos, now });
    let touching: Vec<ServiceFacts> = resolve::services_of(snapshot, repository)
        .filter(|it| repository.touches(&it.service.id, pos))
        .map(service)
        .collect();
    let services = match touching.is_empty() {
        true => resolve::services_of(snapshot, repository).map(service).collect(),
        false => touching,
    };
    Found {
        repository: repository.id.clone(),
        is_asked_as: meanings,
        commit: commit(repository, pos),
        first_tag,
        tags,
        branches: reach.branches(),
        services,
    }
}

fn commit(repository: &Repository, pos: Pos) -> CommitFacts {
    let graph = &repository.graph;
    let (id, text) = (graph.id(pos), repository.texts.text(pos));
    CommitFacts {
        id,
        subject: text.subject,
        author: text.author,
        authored_at: set::time(graph.authored(pos)),
        committed_at: set::time(graph.committed(pos)),
        merge: graph.is_merge(pos),
        pull_request: set::pull_request(repository, &id),
        reverted_by: naming(graph, graph.all_reverts(), &id),
        picked_as: naming(graph, graph.all_picked_from(), &id),
    }
}

/// The commits that name `id`.
fn naming(graph: &CommitGraph, all: &[(Pos, CommitId)], id: &CommitId) -> Vec<CommitId> {
    all.iter().filter(|(_, named)| named == id).map(|(pos, _)| graph.id(*pos)).collect()
}

fn facts(asked: &Asked<'_>) -> ServiceFacts {
    let service = asked.service;
    let id = asked.reach.repository.graph.id(asked.pos);
    let runs = service.runs.iter().filter(|run| run.commit == Some(id)).take(RUNS);
    ServiceFacts {
        service: service.service.id.clone(),
        touches: asked.reach.repository.touches(&service.service.id, asked.pos),
        landed: asked.landed(),
        versions: Names::of(
            asked.artifacts().iter().map(|it| Text::from(format!("{} in {}", it.version, it.location))),
        ),
        runs: runs
            .map(|run| RunFacts {
                id: run.id.clone(),
                pipeline: run.pipeline.clone(),
                status: run.status,
                finished_at: run.finished_at,
            })
            .collect(),
        environments: asked.environments(),
    }
}

/// Versions of that name whose commit nobody told, or that no repository holds.
fn unplaced(snapshot: &Snapshot, asked: &str) -> Vec<Unplaced> {
    let version = Version::from(asked);
    let known = |service: &ServicePicture| {
        service.artifacts.iter().any(|it| it.version == version)
            || service.tracks.iter().any(|track| {
                let deployed = track.history.iter().any(|it| it.deployment.version.as_ref() == Some(&version));
                deployed || track.live.as_ref().is_some_and(|live| *live.version() == version)
            })
    };
    let placed = |service: &ServicePicture| {
        let repository = snapshot.repository_of(&service.service.id);
        service
            .commit_of(&version)
            .is_some_and(|it| repository.is_some_and(|repository| repository.graph.position(&it).is_some()))
    };
    let services = snapshot.services.values().filter(|service| known(service) && !placed(service));
    let live_in = |service: &ServicePicture| {
        let live = service.tracks.iter().filter(|it| it.live.as_ref().is_some_and(|live| *live.version() == version));
        live.map(|track| track.id.environment.clone()).collect()
    };
    services
        .map(|service| Unplaced {
            service: service.service.id.clone(),
            version: version.clone(),
            live_in: live_in(service),
        })
        .collect()
}

//! A set of commits as changes of a service: counted, and told line by line.

use std::collections::HashMap;

use crate::graph::Pos;
use crate::model::{ChangeLine, Changes, CommitId, ServiceId, Text, Time};
use crate::picture::Repository;

/// The changes of `service` among `commits`, newest first; the first `most` are told line by line. Merges are counted
/// apart, and what lies outside the service's paths is left out.
pub fn changes(repository: &Repository, service: &ServiceId, commits: &[Pos], most: usize) -> Changes {
    let touching: Vec<Pos> = commits.iter().copied().filter(|pos| repository.touches(service, *pos)).collect();
    let (merges, changes): (Vec<Pos>, Vec<Pos>) = touching.into_iter().partition(|pos| repository.graph.is_merge(*pos));
    Changes {
        count: number(changes.len()),
        merges: number(merges.len()),
        authors: authors(repository, &changes),
        list: changes.iter().take(most).map(|pos| line(repository, *pos)).collect(),
    }
}

fn line(repository: &Repository, pos: Pos) -> ChangeLine {
    let commit = repository.graph.id(pos);
    let text = repository.texts.text(pos);
    ChangeLine {
        commit,
        subject: text.subject,
        author: text.author,
        authored_at: time(repository.graph.authored(pos)),
        pull_request: pull_request(repository, &commit),
        risks: Vec::new(),
    }
}

/// Who wrote them, most changes first.
fn authors(repository: &Repository, changes: &[Pos]) -> Vec<Text> {
    let mut counts: HashMap<Text, usize> = HashMap::new();
    for pos in changes {
        *counts.entry(repository.texts.text(*pos).author).or_default() += 1;
    }
    let mut all: Vec<(Text, usize)> = counts.into_iter().filter(|(author, _)| !author.is_empty()).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.into_iter().map(|(author, _)| author).collect()
}

/// The number of the pull request that carried a commit.
pub fn pull_request(repository: &Repository, commit: &CommitId) -> Option<Text> {
    let carried = |it: &&std::sync::Arc<crate::model::PullRequest>| {
        it.merge_commit.as_ref() == Some(commit) || it.commits.contains(commit)
    };
    repository.pull_requests.iter().find(carried).map(|it| it.number.clone())
}

/// An instant from git's seconds; those that no calendar has become 1970.
pub fn time(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap_or_default()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

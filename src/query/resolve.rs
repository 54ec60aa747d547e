//! What words mean: a commit, a branch, a tag, a version, a pull request, a ticket.

use serde::{Deserialize, Serialize};

use crate::graph::{Pos, Prefix};
use crate::model::{CommitId, Reference, ReferenceKind, Text};
use crate::picture::{Repository, ServicePicture, Snapshot};

/// What words are to a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct As {
    /// What sort of name.
    pub kind: Meaning,
    /// The whole name.
    pub name: Text,
}

/// A sort of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The commit's id, or the first digits of it.
    Commit,
    /// What is checked out.
    Head,
    /// A branch.
    Branch,
    /// A branch of a remote.
    RemoteBranch,
    /// A tag.
    Tag,
    /// A version of a service.
    Version,
    /// A pull request.
    PullRequest,
    /// A ticket that a pull request works on.
    Ticket,
    /// Words of the commit's subject.
    Subject,
    /// What is live in an environment.
    Environment,
}

impl Meaning {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Head => "checked out",
            Self::Branch => "branch",
            Self::RemoteBranch => "remote branch",
            Self::Tag => "tag",
            Self::Version => "version",
            Self::PullRequest => "pull request",
            Self::Ticket => "ticket",
            Self::Subject => "subject",
            Self::Environment => "environment",
        }
    }
}

/// A commit that words can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The commit.
    pub pos: Pos,
    /// What the words are to it.
    pub meanings: Vec<As>,
}

/// Commits that words can mean, each once.
#[derive(Debug, Default)]
pub struct Matches {
    /// The commits, in the order in which they were found.
    pub all: Vec<Match>,
    /// Whether some were left out.
    pub more: bool,
}

impl Matches {
    fn add(&mut self, pos: Pos, kind: Meaning, name: impl Into<Text>) {
        let meaning = As { kind, name: name.into() };
        match self.all.iter_mut().find(|it| it.pos == pos) {
            Some(known) if known.meanings.contains(&meaning) => {}
            Some(known) => known.meanings.push(meaning),
            None => self.all.push(Match { pos, meanings: vec![meaning] }),
        }
    }
}

/// The commits of `repository` that `asked` can mean, at most `most` of those found by search.
pub fn resolve(snapshot: &Snapshot, repository: &Repository, asked: &str, most: usize) -> Matches {
    let mut matches = Matches::default();
    by_reference(repository, asked, &mut matches);
    for service in services_of(snapshot, repository) {
        by_version(repository, service, asked, &mut matches);
    }
    by_id(repository, asked, &mut matches);
    if let Some(number) = number_of(asked) {
        by_request(repository, number, most, &mut matches);
    } else if is_ticket(asked) {
        by_ticket(repository, asked, most, &mut matches);
    }
    matches
}

/// The services whose code the repository holds.
pub fn services_of<'a>(snapshot: &'a Snapshot, repository: &Repository) -> impl Iterator<Item = &'a ServicePicture> {
    let id = repository.id.clone();
    snapshot.services.values().map(|it| &**it).filter(move |it| it.service.repository.as_ref() == Some(&id))
}

/// References of that short or full name.
pub fn by_reference(repository: &Repository, asked: &str, matches: &mut Matches) {
    let named = |it: &&std::sync::Arc<Reference>| it.name.as_str() == asked || it.name.short() == asked;
    for reference in repository.references.iter().filter(named) {
        if let Some(pos) = repository.graph.position(&reference.commit) {
            matches.add(pos, meaning_of(reference), Text::from(reference.name.short()));
        }
    }
}

/// The version of that name of a service.
pub fn by_version(repository: &Repository, service: &ServicePicture, asked: &str, matches: &mut Matches) {
    if let Some(pos) = service.commit_of(&asked.into()).and_then(|commit| repository.graph.position(&commit)) {
        matches.add(pos, Meaning::Version, format!("{asked} of {}", service.service.id));
    }
}

/// Commits whose id begins so.
pub fn by_id(repository: &Repository, asked: &str, matches: &mut Matches) {
    let all = match repository.graph.find_prefix(asked) {
        Prefix::None => Vec::new(),
        Prefix::One(pos) => vec![pos],
        Prefix::Many(all) => all,
    };
    for pos in all {
        matches.add(pos, Meaning::Commit, repository.graph.id(pos).to_string());
    }
}

/// The commit that brought a pull request in, else its last one that is here; else commits whose subject names it.
fn by_request(repository: &Repository, number: &str, most: usize, matches: &mut Matches) {
    let position = |commit: &CommitId| repository.graph.position(commit);
    let before = matches.all.len();
    for request in repository.pull_requests.iter().filter(|it| it.number.as_str() == number) {
        let merged = request.merge_commit.as_ref().and_then(position);
        if let Some(pos) = merged.or_else(|| request.commits.iter().rev().find_map(position)) {
            matches.add(pos, Meaning::PullRequest, format!("#{number} {}", request.title));
        }
    }
    if matches.all.len() == before {
        by_subject(repository, &format!("#{number}"), most, matches);
    }
}

fn by_ticket(repository: &Repository, asked: &str, most: usize, matches: &mut Matches) {
    let same = |ticket: &Text| ticket.as_str().eq_ignore_ascii_case(asked);
    for request in repository.pull_requests.iter().filter(|it| it.ticket.as_ref().is_some_and(same)) {
        let commits = request.merge_commit.iter().chain(&request.commits);
        for pos in commits.filter_map(|commit| repository.graph.position(commit)) {
            matches.add(pos, Meaning::Ticket, format!("{asked}, pull request #{}", request.number));
        }
    }
    by_subject(repository, asked, most, matches);
}

/// Commits whose subject holds the words as a whole: `#12` is not in `#123`.
fn by_subject(repository: &Repository, words: &str, most: usize, matches: &mut Matches) {
    // Some of those found hold the words only as a part of others.
    let found = repository.texts.find(words, most.saturating_mul(8).saturating_add(1));
    let mut left = most;
    for pos in found {
        let subject = repository.texts.text(pos).subject;
        if !holds_whole(subject.as_str(), words) {
            continue;
        }
        if left == 0 {
            matches.more = true;
            return;
        }
        left -= 1;
        matches.add(pos, Meaning::Subject, subject);
    }
}

/// How many commits that hold the longest of some words are looked at.
const LOOKED_AT: usize = 10_000;

/// The newest commits whose subject holds all the words, at most `most`.
pub fn by_words(repository: &Repository, asked: &str, most: usize) -> Matches {
    let words: Vec<String> = asked.split_whitespace().map(str::to_ascii_lowercase).collect();
    let mut matches = Matches::default();
    let Some(longest) = words.iter().max_by_key(|word| word.len()) else { return matches };
    for pos in repository.texts.find(longest, LOOKED_AT) {
        // A merge only says again what its changes say.
        if repository.graph.is_merge(pos) {
            continue;
        }
        let subject = repository.texts.text(pos).subject;
        let lower = subject.as_str().to_ascii_lowercase();
        if !words.iter().all(|word| lower.contains(word.as_str())) {
            continue;
        }
        if matches.all.len() == most {
            matches.more = true;
            break;
        }
        matches.add(pos, Meaning::Subject, subject);
    }
    matches
}

fn holds_whole(subject: &str, words: &str) -> bool {
    let (subject, words) = (subject.to_ascii_lowercase(), words.to_ascii_lowercase());
    subject.match_indices(&words).any(|(at, found)| {
        let before = subject[..at].chars().next_back();
        let after = subject[at + found.len()..].chars().next();
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        apart(before) && apart(after)
    })
}

/// The number of `#123` or `!123`.
fn number_of(asked: &str) -> Option<&str> {
    let number = asked.strip_prefix(['#', '!'])?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// Whether it looks like `ABC-123`.
fn is_ticket(asked: &str) -> bool {
    asked.rsplit_once('-').is_some_and(|(project, number)| {
        let letters = project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let begins = project.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        begins && letters && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn meaning_of(reference: &Reference) -> Meaning {
    match reference.kind {
        ReferenceKind::Head => Meaning::Head,
        ReferenceKind::Branch => Meaning::Branch,
        ReferenceKind::RemoteBranch => Meaning::RemoteBranch,
        ReferenceKind::Tag => Meaning::Tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_and_numbers_are_told_from_other_words() {
        for ticket in ["ABC-1", "abc-123", "A1_B-9"] {
            assert!(is_ticket(ticket), "{ticket}");
        }
        for other in ["ABC", "-1", "1-1", "ABC-", "ABC-1x", "a.b-1", ""] {
            assert!(!is_ticket(other), "{other}");
        }
        assert_eq!(
            (number_of("#12"), number_of("!7"), number_of("#"), number_of("#1a")),
            (Some("12"), Some("7"), None, None)
        );
    }

    #[test]
    fn a_number_is_not_found_in_a_longer_one() {
        assert!(holds_whole("Fix totals (#12)", "#12") && holds_whole("abc-7: x", "ABC-7"));
        assert!(!holds_whole("Fix totals (#123)", "#12") && !holds_whole("XABC-7", "ABC-7"));
        assert!(holds_whole("#123 and #12", "#12") && holds_whole("é ABC-1", "abc-1"));
    }
}

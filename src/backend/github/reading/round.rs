//! One round: every part that is due is asked for, and what it brought is taken in.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::github::Inner;
use crate::backend::github::client::{Api, Fresh, Page};
use crate::backend::github::connection::Repository;
use crate::backend::github::memory::Memory;
use crate::backend::github::rules;
use crate::backend::github::schedule::{Look, Part, Schedule};
use crate::backend::github::wire::{self, Items};
use crate::backend::{BackendError, ErrorKind, Result};
use crate::fact::Body;
use crate::model::{CommitId, Restricted, Scope, Text, Time};

/// How often a round looks whether what it found made more due: a new run has jobs.
const PASSES: usize = 3;

/// One round over one repository.
pub struct Round<'a> {
    /// The backend.
    pub inner: &'a Inner,
    /// By which it is asked.
    pub api: &'a Api,
    /// What is asked about.
    pub repository: &'a Repository,
    /// What is known of it.
    pub memory: &'a mut Memory,
    /// When its parts were asked for.
    pub schedule: &'a mut Schedule,
    /// What came of it.
    pub found: &'a mut Found,
    /// Now.
    pub now: Time,
    /// Whether there are other repositories beside it: one that is gone stops none of them.
    pub is_one_of_many: bool,
}

/// What rounds found.
#[derive(Default)]
pub struct Found {
    /// Facts that are new or different.
    pub facts: Vec<Body>,
    /// Why a part of a repository could not be read; nothing any more.
    pub problems: Vec<((String, Part), Option<Text>)>,
    /// What is odd about what a part of a repository was answered with; nothing any more.
    pub oddities: Vec<((String, Part), Option<Text>)>,
    /// By which the addresses of the part that is being read can be asked whether they changed. They hold when all of it
    /// was read: else what is still to be read would count as known.
    pub etags: Vec<(String, Option<String>)>,
    /// What may not be read.
    pub restricted: Vec<((String, Part), Option<Restricted>)>,
    /// Whether something is known that was not, though it is no fact.
    pub changed: bool,
    /// Whether what tracks run has to be told anew.
    pub states: bool,
    /// Lists of which more came than was read.
    pub gaps: Vec<(String, Part)>,
    /// Commits that were seen, by repository: the mirror should hold them.
    pub commits: BTreeMap<String, BTreeSet<CommitId>>,
}

impl Round<'_> {
    /// Asks for what is due.
    ///
    /// # Errors
    /// When nothing can be asked any more: no network, no credentials, the limit.
    pub async fn ask(&mut self, look: Look) -> Result<()> {
        for _ in 0..PASSES {
            let due = self.schedule.due(self.memory, look, self.now);
            if due.is_empty() {
                break;
            }
            for part in due {
                let asked = self.part(part).await;
                self.conclude(part, asked)?;
            }
        }
        Ok(())
    }

    async fn part(&mut self, part: Part) -> Result<()> {
        match part {
            Part::Repository => self.itself().await,
            Part::Deployments => self.deployments().await,
            Part::Statuses(id) => self.statuses(id).await,
            Part::Environments => self.environments().await,
            Part::Runs => self.runs().await,
            Part::Run(id) => self.run(id).await,
            Part::Jobs(id) => self.jobs(id).await,
            Part::Pending(id) => self.pending(id).await,
            Part::Pulls => self.pulls().await,
            Part::Releases => self.releases().await,
            Part::Issues => self.issues().await,
            // Slices of history read these.
            Part::EarlierDeployments | Part::EarlierPulls | Part::EarlierRuns => Ok(()),
        }
    }

    /// A part that fails alone is a problem of its own; what would fail for every part ends the round.
    fn conclude(&mut self, part: Part, asked: Result<()>) -> Result<()> {
        let at = (self.repository.slug.clone(), part);
        let error = match asked {
            Ok(()) => {
                for (path, etag) in self.found.etags.drain(..) {
                    match etag {
                        Some(etag) => drop(self.memory.etags.insert(path, etag)),
                        None => drop(self.memory.etags.remove(&path)),
                    }
                }
                self.schedule.asked(part, self.now);
                self.found.problems.push((at.clone(), None));
                self.found.restricted.push((at, None));
                return Ok(());
            }
            Err(error) => error,
        };
        self.found.etags.clear();
        match error.kind {
            ErrorKind::NotFound if part == Part::Issues && error.what.as_str().contains("it is gone") => {
                // Issues are switched off there: there are no incidents to read.
                self.schedule.refused(part, self.now);
                self.found.problems.push((at, None));
            }
            ErrorKind::Forbidden => {
                self.schedule.refused(part, self.now);
                let why = error.hint.iter().fold(error.what.to_string(), |what, hint| format!("{what}; {hint}"));
                let restricted = Restricted { scope: Scope::default(), why: Text::from(why) };
                self.found.restricted.push((at, Some(restricted)));
            }
            ErrorKind::NotFound if part != Part::Repository || self.is_one_of_many => {
                self.schedule.refused(part, self.now);
                self.found.problems.push((at, Some(error.what)));
            }
            ErrorKind::Protocol | ErrorKind::Check | ErrorKind::Conflict => {
                self.schedule.asked(part, self.now);
                self.found.problems.push((at, Some(error.what)));
            }
            _ => return Err(error),
        }
        Ok(())
    }

    /// What the repository is called now, and what we may do.
    async fn itself(&mut self) -> Result<()> {
        let what = format!("look at {}", self.repository.slug);
        let path = self.repository.path("");
        if let Some(page) = self.changed::<wire::Repository>(Part::Repository, &what, path).await? {
            self.memory.default_branch = page.it.default_branch;
            self.memory.may_push = page.it.permissions.map(|it| it.push);
            let name = Some(page.it.full_name).filter(|it| !it.is_empty() && *it != self.repository.slug);
            self.memory.renamed = name;
        }
        let text = self.memory.renamed.as_ref().map(|name| {
            Text::from(format!("{} is called {name} now: write that into the configuration", self.repository.slug))
        });
        if text.is_some() {
            tracing::warn!(repository = self.repository.slug, "the repository was renamed");
        }
        self.odd(Part::Repository, text);
        Ok(())
    }

    /// Protection of environments.
    async fn environments(&mut self) -> Result<()> {
        let what = format!("list environments of {}", self.repository.slug);
        let path = self.repository.path("/environments?per_page=100");
        let Some(page) = self.changed::<wire::EnvironmentsPage>(Part::Environments, &what, path).await? else {
            return Ok(());
        };
        let environments = self.items(Part::Environments, page.it.environments);
        self.found.states |= self.memory.environments != environments;
        self.memory.environments = environments;
        self.found.changed = true;
        Ok(())
    }

    /// A page of a part, if it is another one than was seen last.
    pub async fn changed<T: serde::de::DeserializeOwned>(
        &mut self,
        part: Part,
        what: &str,
        path: String,
    ) -> Result<Option<Page<T>>> {
        let etag = self.memory.etags.get(&path).map(String::as_str);
        match self.api.get::<T>(what, &path, etag).await? {
            Fresh::Unchanged => Ok(None),
            Fresh::Changed(page) => {
                self.found.etags.push((path, page.etag.clone()));
                self.found.changed = true;
                self.odd(part, None);
                Ok(Some(page))
            }
        }
    }

    /// More came than was read, since what is known.
    pub fn has_gap(&mut self, part: Part) {
        self.found.gaps.push((self.repository.slug.clone(), part));
    }

    /// A commit that the mirror should hold.
    pub fn saw(&mut self, sha: &str) {
        if let Some(commit) = rules::commit(sha) {
            self.found.commits.entry(self.repository.slug.clone()).or_default().insert(commit);
        }
    }

    /// The items that make sense; of the others it is told that there are some.
    pub fn items<T>(&mut self, part: Part, items: Items<T>) -> Vec<T> {
        if let Some(first) = items.wrong.first() {
            let count = items.wrong.len();
            let text = format!("{}: {count} answers make no sense, the first: {first}", self.repository.slug);
            tracing::warn!(repository = self.repository.slug, ?part, count, first, "answers that make no sense");
            self.odd(part, Some(text.into()));
        }
        items.all
    }

    /// What is odd about a part, until it is answered with something else.
    pub fn odd(&mut self, part: Part, text: Option<Text>) {
        self.found.oddities.push(((self.repository.slug.clone(), part), text));
    }

    /// The error for something of this repository.
    pub fn error(&self, kind: ErrorKind, what: impl std::fmt::Display) -> BackendError {
        BackendError::new(&self.inner.id, kind, format!("{}: {what}", self.repository.slug))
    }
}

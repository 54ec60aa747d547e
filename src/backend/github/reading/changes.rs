//! Reading pull requests, releases and incidents.

use super::round::Round;
use crate::backend::github::changes;
use crate::backend::github::graphql::{self, PullNode, RepositoryAnswer};
use crate::backend::github::schedule::Part;
use crate::backend::github::wire::{Issue, Items, Pull, Release};
use crate::backend::{ErrorKind, Result};

/// Pull requests that are looked at for what changed.
const NEWEST: u32 = 50;
/// How many pages of releases or incidents are read.
const PAGES: usize = 20;
/// The label of incidents, unless somebody says another.
const INCIDENT: &str = "incident";

impl Round<'_> {
    /// The pull requests that changed last.
    pub(super) async fn pulls(&mut self) -> Result<()> {
        let what = format!("list pull requests of {}", self.repository.slug);
        let path = self.repository.path(&format!("/pulls?state=all&sort=updated&direction=desc&per_page={NEWEST}"));
        let Some(page) = self.changed::<Items<Pull>>(Part::Pulls, &what, path).await? else { return Ok(()) };
        let pulls = self.items(Part::Pulls, page.it);
        let until = self.memory.pulls_until;
        let changed: Vec<Pull> =
            pulls.into_iter().filter(|it| until.is_none_or(|until| it.updated_at > Some(until))).collect();
        if changed.is_empty() {
            return Ok(());
        }
        if until.is_some() && changed.len() >= NEWEST as usize {
            self.has_gap(Part::EarlierPulls);
        }
        let newest = changed.iter().filter_map(|it| it.updated_at).max();
        let count = u32::try_from(changed.len()).unwrap_or(NEWEST).min(NEWEST);
        let query = graphql::pull_requests(&self.repository.slug, count, None);
        match self.api.query::<RepositoryAnswer<PullNode>>(&what, &query).await {
            Ok(answer) => {
                let nodes = answer.repository.map(|it| it.list.nodes).unwrap_or_default();
                self.take_pulls(nodes);
            }
            // Without reviews and first commits they are told all the same.
            Err(error) if error.kind == ErrorKind::Forbidden => {
                let called = &self.repository.called;
                self.found.facts.extend(changed.iter().map(|it| changes::listed(it, called).into()));
                let text = format!(
                    "{}: pull requests are told without reviews and commits: {}",
                    self.repository.slug, error.what
                );
                self.odd(Part::Pulls, Some(text.into()));
            }
            Err(error) => return Err(error),
        }
        self.memory.pulls_until = newest.or(until);
        Ok(())
    }

    /// Takes in pull requests.
    pub(super) fn take_pulls(&mut self, nodes: Items<PullNode>) {
        let nodes = self.items(Part::Pulls, nodes);
        let called = &self.repository.called;
        self.found.facts.extend(nodes.iter().map(|it| changes::pull_request(it, called).into()));
    }

    /// Releases: all of them, because they are few.
    pub(super) async fn releases(&mut self) -> Result<()> {
        let what = format!("list releases of {}", self.repository.slug);
        let path = self.repository.path("/releases?per_page=100");
        let first = self.memory.tags.is_empty();
        let Some(page) = self.changed::<Items<Release>>(Part::Releases, &what, path).await? else { return Ok(()) };
        let mut next = page.next;
        let mut all = self.items(Part::Releases, page.it);
        for _ in 1..PAGES {
            let Some(address) = next.filter(|_| first) else { break };
            let page = self.api.fetch::<Items<Release>>(&what, &address).await?;
            next = page.next;
            all.extend(self.items(Part::Releases, page.it));
        }
        let before = self.memory.tags.len();
        for release in all.iter().filter(|it| !it.draft) {
            self.memory.tags.insert(release.tag_name.clone());
            if release.target_commitish.len() == 40 {
                self.memory.released.insert(release.target_commitish.clone(), release.tag_name.clone());
            }
        }
        if let Some(service) = self.only_service() {
            self.found.facts.extend(all.iter().filter_map(|it| changes::artifact(it, &service)).map(Into::into));
        }
        if self.memory.tags.len() != before {
            // A reference that was taken for a branch may be a tag.
            self.retell_deployments();
        }
        Ok(())
    }

    /// Incidents, those first that changed last.
    pub(super) async fn issues(&mut self) -> Result<()> {
        let labels = self.inner.settings.incident_labels.clone();
        let labels = labels.unwrap_or_else(|| vec![INCIDENT.to_owned()]);
        for label in labels {
            self.labelled(&label).await?;
        }
        Ok(())
    }

    async fn labelled(&mut self, label: &str) -> Result<()> {
        let what = format!("list issues of {}", self.repository.slug);
        let label: String = reqwest::Url::parse_with_params("http://x/", [("labels", label)])
            .ok()
            .and_then(|it| it.query().map(str::to_owned))
            .unwrap_or_default();
        let path = self.repository.path(&format!("/issues?{label}&state=all&sort=updated&direction=desc&per_page=100"));
        let first = !self.memory.etags.contains_key(&path);
        let Some(page) = self.changed::<Items<Issue>>(Part::Issues, &what, path).await? else { return Ok(()) };
        let mut next = page.next;
        let mut all = self.items(Part::Issues, page.it);
        for _ in 1..PAGES {
            let Some(address) = next.filter(|_| first) else { break };
            let page = self.api.fetch::<Items<Issue>>(&what, &address).await?;
            next = page.next;
            all.extend(self.items(Part::Issues, page.it));
        }
        let service = self.only_service();
        let incidents = all.iter().filter_map(|it| changes::incident(it, service.clone()));
        self.found.facts.extend(incidents.map(Into::into));
        Ok(())
    }
}

//! Reading deployments: the newest page with a condition, the statuses of those that moved.

use super::round::Round;
use crate::backend::github::client::Page;
use crate::backend::github::graphql::{self, DeploymentNode, RepositoryAnswer};
use crate::backend::github::schedule::Part;
use crate::backend::github::wire::{Deployment, DeploymentStatus, Items};
use crate::backend::{ErrorKind, Result};

/// Deployments a page.
const PAGE: u32 = 100;
/// How many pages are gone back when more came than fit on one.
const PAGES: usize = 10;
/// How many of them are asked for one by one at most: without a token there are sixty questions an hour.
const ONE_BY_ONE: usize = 25;
/// From how many on their statuses are asked for together.
const TOGETHER: usize = 4;

impl Round<'_> {
    /// The newest deployments.
    pub(super) async fn deployments(&mut self) -> Result<()> {
        let what = format!("list deployments of {}", self.repository.slug);
        let path = self.repository.path(&format!("/deployments?per_page={PAGE}"));
        let first = self.memory.deployments.is_empty();
        let Some(page) = self.changed::<Items<Deployment>>(Part::Deployments, &what, path).await? else {
            return Ok(());
        };
        let listed = self.listed(&what, page, first).await?;
        let moved: Vec<Deployment> = listed.into_iter().filter(|it| !self.memory.knows(it)).collect();
        self.read_statuses(moved).await
    }

    /// The first page, and those after it as long as all of them are new.
    async fn listed(&mut self, what: &str, page: Page<Items<Deployment>>, first: bool) -> Result<Vec<Deployment>> {
        let mut next = page.next;
        let mut all = self.items(Part::Deployments, page.it);
        for _ in 1..PAGES {
            let is_known = |it: &Deployment| self.memory.deployments.contains_key(&it.id);
            let Some(address) = next.filter(|_| !first && !all.iter().any(is_known)) else { break };
            let page = self.api.fetch::<Items<Deployment>>(what, &address).await?;
            next = page.next;
            all.extend(self.items(Part::Deployments, page.it));
        }
        if !first && !all.is_empty() && !all.iter().any(|it| self.memory.deployments.contains_key(&it.id)) {
            self.has_gap(Part::EarlierDeployments);
        }
        Ok(all)
    }

    /// Statuses of deployments that moved: many with one question, few one by one.
    async fn read_statuses(&mut self, mut moved: Vec<Deployment>) -> Result<()> {
        if moved.len() >= TOGETHER {
            let page = u32::try_from(moved.len()).unwrap_or(PAGE).clamp(30, PAGE);
            let query = graphql::deployments(&self.repository.slug, page, None);
            let what = format!("list deployments of {} with statuses", self.repository.slug);
            match self.api.query::<RepositoryAnswer<DeploymentNode>>(&what, &query).await {
                Ok(answer) => {
                    let nodes = answer.repository.map(|it| it.list.nodes).unwrap_or_default();
                    for node in self.items(Part::Deployments, nodes) {
                        let (deployment, statuses) = node.plain();
                        let place = moved.iter().position(|it| it.id == deployment.id);
                        // The list says more of it than the question of many parts: payloads are objects there.
                        let deployment = place.map_or(deployment, |at| moved.swap_remove(at));
                        self.deployment(deployment, Some(statuses));
                    }
                }
                Err(error)
                    if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Protocol | ErrorKind::NotFound) =>
                {
                    tracing::warn!(why = %error.what, "statuses are asked for one by one");
                }
                Err(error) => return Err(error),
            }
        }
        moved.sort_by_key(|it| std::cmp::Reverse(it.id));
        // Those after them would be waiting by what is known of them: they are left for the next time.
        for deployment in moved.into_iter().take(ONE_BY_ONE) {
            let id = deployment.id;
            self.deployment(deployment, None);
            match self.statuses(id).await {
                // Somebody deleted it meanwhile.
                Err(error) if error.kind == ErrorKind::NotFound => {}
                read => read?,
            }
            self.schedule.asked(Part::Statuses(id), self.now);
        }
        Ok(())
    }

    /// The statuses of one deployment.
    pub(super) async fn statuses(&mut self, id: u64) -> Result<()> {
        let what = format!("list statuses of deployment {id} of {}", self.repository.slug);
        let path = self.repository.path(&format!("/deployments/{id}/statuses?per_page=100"));
        let Some(page) = self.changed::<Items<DeploymentStatus>>(Part::Statuses(id), &what, path).await? else {
            return Ok(());
        };
        let mut statuses = self.items(Part::Statuses(id), page.it);
        statuses.sort_by_key(|it| std::cmp::Reverse(it.created_at));
        if let Some(it) = self.memory.deployments.get(&id).map(|it| it.it.clone()) {
            self.deployment(it, Some(statuses));
        }
        Ok(())
    }

    /// Takes in a deployment; what is new of it is a fact.
    pub(super) fn deployment(&mut self, it: Deployment, statuses: Option<Vec<DeploymentStatus>>) {
        let id = it.id;
        let sha = it.sha.clone();
        if !self.memory.take_deployment(it, statuses) {
            return;
        }
        self.saw(&sha);
        self.found.changed = true;
        self.found.states = true;
        let fact = self.memory.deployments.get(&id).and_then(|it| self.deployment_fact(it));
        self.found.facts.extend(fact.map(Into::into));
    }
}

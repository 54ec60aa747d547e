//! What a track runs and what waits before it deploys there, read at one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use crate::backend::github::deployments::{Deployed, Situation, Standing};
use crate::backend::github::settings::Rollback;
use crate::backend::github::state::{self, Wait};
use crate::backend::github::wire::{Deployment, Pending, Run};
use crate::backend::{BackendError, ErrorKind, Result, Verb};
use crate::model::{Installed, TrackState, Version};

/// How many versions that ran before are looked up.
const EARLIER: usize = 10;
/// How many runs that wait are looked into.
const WAITING: usize = 20;
/// How many pages of deployments are read until what is live is found.
const PAGES: usize = 5;

/// How far back deployments are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// To what is live.
    Live,
    /// To versions that ran before.
    Earlier,
}

impl Depth {
    /// How far back it takes to carry a verb out: only what runs again has to be found among what ran before.
    pub fn of(ground: &Ground<'_>, verb: Verb) -> Self {
        let again = verb == Verb::RollBack && ground.settings().rollback == Some(Rollback::RerunJob);
        if again { Self::Earlier } else { Self::Live }
    }
}

/// A track at one moment.
pub struct Scene {
    /// The newest deployments, newest first.
    pub listed: Vec<Deployment>,
    /// Those of them that say what is live and what came after it, with their statuses.
    pub deployments: Vec<Deployed>,
    /// What waits before it deploys there.
    pub waits: Vec<(Run, Pending)>,
    tags: BTreeSet<String>,
    released: BTreeMap<String, String>,
}

impl Scene {
    /// Reads a track.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(ground: &Ground<'_>, depth: Depth) -> Result<Self> {
        let mut scene = Self {
            listed: Vec::new(),
            deployments: Vec::new(),
            waits: Vec::new(),
            tags: BTreeSet::new(),
            released: BTreeMap::new(),
        };
        let mut known = BTreeSet::new();
        let mut next = Some(ground.deployments());
        for _ in 0..PAGES {
            let Some(path) = next.filter(|_| scene.situation().live.is_none()) else { break };
            let (page, after) = ground.place.page(&path).await?;
            let ours = page.into_iter().filter(|it| ground.is_ours(&it.environment, &it.task)).collect();
            scene.look_into(ground, depth, ours, &mut known).await?;
            next = after;
        }
        if scene.situation().coming.is_some_and(|it| it.standing() == Standing::Waiting) {
            // Who may not read runs still sees that something waits.
            scene.waits = waits(ground).await.or_else(unless_forbidden)?;
        }
        Ok(scene)
    }

    /// Reads how deployments stand, as far as it matters. `known` are the versions that users had.
    async fn look_into(
        &mut self,
        ground: &Ground<'_>,
        depth: Depth,
        ours: Vec<Deployment>,
        known: &mut BTreeSet<Option<String>>,
    ) -> Result<()> {
        self.learn_tags(ground, &ours).await?;
        self.listed.extend_from_slice(&ours);
        for it in ours {
            let live = self.situation().live.is_some();
            let version = self.version(ground, &it).map(|it| it.to_string());
            let wanted = !live || (depth == Depth::Earlier && !known.contains(&version) && known.len() < EARLIER);
            if !wanted {
                continue;
            }
            let statuses = ground.place.statuses(it.id).await?;
            let deployed = Deployed { it, statuses };
            if deployed.standing() == Standing::Success {
                known.insert(version);
            }
            self.deployments.push(deployed);
        }
        Ok(())
    }

    /// The tags of releases, where a deployment may be called like one.
    async fn learn_tags(&mut self, ground: &Ground<'_>, deployments: &[Deployment]) -> Result<()> {
        if !self.tags.is_empty() || deployments.iter().all(|it| it.reference == it.sha) {
            return Ok(());
        }
        // What was read before is enough, where nobody reads right now.
        let kept = ground.inner.state.try_lock().ok();
        if let Some(memory) = kept.as_ref().and_then(|it| it.memories.get(&ground.place.repository.slug))
            && !memory.tags.is_empty()
        {
            self.tags.clone_from(&memory.tags);
            self.released.clone_from(&memory.released);
            return Ok(());
        }
        drop(kept);
        let releases = ground.place.releases().await.or_else(unless_forbidden)?;
        for release in releases.into_iter().filter(|it| !it.draft) {
            self.released.insert(release.target_commitish, release.tag_name.clone());
            self.tags.insert(release.tag_name);
        }
        Ok(())
    }

    /// What the version of a deployment is called.
    pub fn version(&self, ground: &Ground<'_>, it: &Deployment) -> Option<Version> {
        let is_tag = |name: &str| self.tags.contains(name) || it.reference.starts_with("refs/tags/");
        ground.inner.rules.version(it, is_tag, |sha| self.released.get(sha).cloned())
    }

    /// What is live and what is on its way.
    pub fn situation(&self) -> Situation<'_> {
        Situation::of(&self.deployments.iter().collect::<Vec<_>>())
    }

    /// The same as a state.
    pub fn state(&self, ground: &Ground<'_>) -> TrackState {
        let all: Vec<&Deployed> = self.deployments.iter().collect();
        let waits: Vec<Wait<'_>> = self.waits.iter().map(|(run, pending)| Wait { run, pending }).collect();
        state::state(ground.track, &all, |it| self.version(ground, it), &waits)
    }

    /// What is live, in words: `1.4.2 is live`.
    pub fn live_in_words(&self, ground: &Ground<'_>) -> String {
        match self.state(ground).live {
            Some(live) => format!("{} is live", live.version),
            None => "nothing is live".to_owned(),
        }
    }

    /// The newest deployment of a version that users had, with what it is as a version there.
    pub fn earlier(&self, ground: &Ground<'_>, version: &Version) -> Option<(&Deployed, Installed)> {
        let successes = self.deployments.iter().filter(|it| it.standing() == Standing::Success);
        let all = successes.filter_map(|it| Some((it, state::installed(it, |it| self.version(ground, it))?)));
        all.into_iter().find(|(_, installed)| installed.version == *version)
    }
}

/// Nothing, where it may not be read.
fn unless_forbidden<T>(error: BackendError) -> Result<Vec<T>> {
    if error.kind == ErrorKind::Forbidden { Ok(Vec::new()) } else { Err(error) }
}

/// The runs that wait before they deploy to a track, each with what it waits for.
///
/// # Errors
/// When they cannot be read.
pub async fn waits(ground: &Ground<'_>) -> Result<Vec<(Run, Pending)>> {
    let mut all = Vec::new();
    for run in ground.place.waiting().await?.into_iter().take(WAITING) {
        let pending = ground.place.pending(run.id).await?;
        let here = pending.into_iter().find(|it| it.environment.name == ground.environment);
        all.extend(here.map(|pending| (run, pending)));
    }
    Ok(all)
}

//! The versions that could be chosen, best first. One that cannot be chosen stays, with its reason.

use std::cmp::Reverse;

use crate::backend::{Available, Place, RollbackCode};
use crate::model::{
    CommitId, DeploymentId, Digest, Health, Incident, Installed, Kind, Outcome, Status, Text, Time, TrackState, Version,
};
use crate::operation::changes::Code;
use crate::operation::source::Source;
use crate::operation::{Candidate, Ran, VersionFacts};
use crate::picture::{Deployed, ServicePicture, Track};

/// For how many candidates changes are counted.
const COUNTED: usize = 50;

/// What candidates are chosen from.
pub struct Choice<'a> {
    /// The track as the snapshot has it.
    pub track: Option<&'a Track>,
    /// Its service.
    pub service: Option<&'a ServicePicture>,
    /// The track as it was just observed.
    pub state: &'a TrackState,
    /// What the backend could put there; absent where that could not be read.
    pub available: Option<&'a [Available]>,
    /// For counting changes.
    pub code: Code<'a>,
    /// What rolling back means here, where it is for a rollback: it decides from where a version can be taken.
    pub back: Option<RollbackCode>,
}

/// A stretch of time in which a version was live.
struct Stretch<'a> {
    version: &'a Version,
    newest: &'a Deployed,
    ran: Ran,
    deployments: Vec<&'a DeploymentId>,
    /// Whether nobody watched how any of its deployments ended.
    assumed: bool,
    /// Whether it ended by going back to something older.
    rolled_away: bool,
}

impl Choice<'_> {
    /// The versions that were in the track before, the most recent first. The default is the first that was healthy,
    /// is not marked bad and is there still.
    pub fn for_rollback(&self) -> Vec<Candidate> {
        let live = self.state.live.as_ref().map(|live| &live.version);
        let stretches = stretches(self.track);
        let mut all: Vec<Candidate> = Vec::new();
        for stretch in stretches.iter().rev().filter(|stretch| Some(stretch.version) != live) {
            match all.iter_mut().find(|candidate| candidate.version.version == *stretch.version) {
                Some(known) => {
                    known.ran.push(stretch.ran.clone());
                    known.assumed &= stretch.assumed;
                }
                None => all.push(self.candidate_that_ran(stretch)),
            }
        }
        all.extend(self.never_live(&all, live));
        for installed in self.state.installed.iter().filter(|installed| Some(&installed.version) != live) {
            if !all.iter().any(|candidate| candidate.version.version == installed.version) {
                all.push(self.candidate(&installed.version, installed.digest.clone(), installed.commit));
            }
        }
        let default = all.iter().position(|it| it.health == Status::Ok && it.bad.is_none() && it.refused.is_none());
        self.finish(all, default)
    }

    /// The versions that could be promoted: what the environment before runs first, then the newest.
    pub fn for_promotion(&self, source: Option<&Source>) -> Vec<Candidate> {
        let wanted = source.and_then(|source| source.live.as_ref()).map(|live| &live.version);
        let here = self.state.live.as_ref().map(|live| &live.version);
        let mut all: Vec<Candidate> = Vec::new();
        let offered = self.available.unwrap_or_default().iter().filter(|it| it.place != Place::Installed);
        for (version, digest) in offered.map(|it| (&it.version, it.digest.clone())) {
            if !all.iter().any(|candidate| candidate.version.version == *version) {
                all.push(self.candidate(version, digest, None));
            }
        }
        if let Some(live) = source.and_then(|source| source.live.as_ref())
            && !all.iter().any(|candidate| candidate.version.version == live.version)
        {
            all.push(self.candidate(&live.version, live.digest.clone(), live.commit));
        }
        for candidate in all.iter_mut().filter(|candidate| Some(&candidate.version.version) == here) {
            candidate.refused.get_or_insert_with(|| Text::from("live here already"));
        }
        all.sort_by(|a, b| {
            let key = |it: &Candidate| (Some(&it.version.version) == wanted, it.version.built_at);
            key(b).cmp(&key(a)).then_with(|| b.version.version.natural_cmp(&a.version.version))
        });
        let fit = |it: &Candidate| it.bad.is_none() && it.refused.is_none();
        let default = match source {
            Some(_) => all.iter().position(|it| Some(&it.version.version) == wanted && fit(it)),
            None => all.iter().position(fit),
        };
        self.finish(all, default)
    }

    /// What a version did here before, where it was chosen for something else than that.
    fn remember(&self, all: &mut [Candidate]) {
        let stretches = stretches(self.track);
        for candidate in all.iter_mut().filter(|it| it.ran.is_empty()) {
            let its = stretches.iter().rev().filter(|it| *it.version == candidate.version.version);
            let before: Vec<Candidate> = its.map(|stretch| self.candidate_that_ran(stretch)).collect();
            candidate.ran = before.iter().flat_map(|it| it.ran.iter().cloned()).collect();
            candidate.assumed = !before.is_empty() && before.iter().all(|it| it.assumed);
            if let Some(last) = before.into_iter().next() {
                (candidate.health, candidate.incidents) = (last.health, last.incidents);
            } else if let Some(at) = self.failed_at(&candidate.version.version) {
                (candidate.health, candidate.failed_at) = (Status::Failed, Some(at));
            }
        }
    }

    /// When its deployment here failed last, where it did.
    fn failed_at(&self, version: &Version) -> Option<Time> {
        let history = self.track.map(|track| track.history.as_slice()).unwrap_or_default();
        let its = history.iter().map(|it| &it.deployment).filter(|it| it.version.as_ref() == Some(version));
        its.filter(|it| it.outcome == Outcome::Failed).filter_map(|it| it.at()).max()
    }

    fn finish(&self, mut all: Vec<Candidate>, default: Option<usize>) -> Vec<Candidate> {
        self.remember(&mut all);
        let live = self.state.live.as_ref().and_then(|live| live.commit).or_else(|| {
            let version = &self.state.live.as_ref()?.version;
            self.service?.commit_of(version)
        });
        for candidate in all.iter_mut().take(COUNTED) {
            candidate.changes = self.code.count(live.as_ref(), candidate.version.commit.as_ref());
        }
        if let Some(default) = default.and_then(|default| all.get_mut(default)) {
            default.default = true;
        }
        all
    }

    fn candidate_that_ran(&self, stretch: &Stretch<'_>) -> Candidate {
        let deployment = &stretch.newest.deployment;
        let blamed = |it: &Incident| it.caused_by.as_ref().is_some_and(|id| stretch.deployments.contains(&id));
        let meanwhile = |it: &Incident| {
            it.opened_at >= stretch.ran.from
                && stretch.ran.until.is_none_or(|until| it.opened_at < until)
                && it.environment.as_ref().is_none_or(|environment| *environment == deployment.environment)
        };
        let incidents = self.service.map(|service| service.incidents.as_slice()).unwrap_or_default();
        let hurt: Vec<&Incident> = incidents.iter().map(|it| &**it).filter(|it| blamed(it) || meanwhile(it)).collect();
        let health = if stretch.rolled_away || hurt.iter().any(|it| blamed(it)) {
            Status::Failed
        } else if hurt.iter().any(|it| it.caused_by.is_none()) {
            Status::Unknown
        } else {
            Status::Ok
        };
        let mut candidate = self.candidate(stretch.version, deployment.digest.clone(), deployment.commit);
        candidate.version.since = Some(stretch.ran.from);
        candidate.version.by = stretch.ran.by.clone();
        Candidate {
            ran: vec![stretch.ran.clone()],
            health,
            assumed: stretch.assumed,
            incidents: hurt.into_iter().map(|it| it.title.clone()).collect(),
            ..candidate
        }
    }

    fn candidate(&self, version: &Version, digest: Option<Digest>, commit: Option<CommitId>) -> Candidate {
        let offered: Vec<&Available> =
            self.available.unwrap_or_default().iter().filter(|it| it.version == *version).collect();
        let refused = self.available.and_then(|_| self.why_not(&offered));
        let digest = digest.or_else(|| offered.iter().find_map(|it| it.digest.clone()));
        Candidate {
            version: facts(self.service, version, digest, commit),
            ran: Vec::new(),
            health: Status::Unknown,
            assumed: false,
            incidents: Vec::new(),
            bad: self.service.and_then(|service| service.bad_mark(version)).map(|mark| mark.why.clone()),
            changes: None,
            failed_at: None,
            refused,
            default: false,
        }
    }

    /// Why a version cannot be taken from anywhere, where it cannot.
    fn why_not(&self, offered: &[&Available]) -> Option<Text> {
        let within_reach = |it: &&&Available| match (self.back, &it.place) {
            (None, _) | (Some(_), Place::Installed) => true,
            // A pointer can only be switched to what lies there.
            (Some(code), Place::Store(_)) => code != RollbackCode::Pointer,
            (Some(_), Place::Environment(_)) => false,
        };
        if offered.iter().filter(within_reach).any(|it| it.refused.is_none()) {
            return None;
        }
        let told = offered.iter().filter(within_reach).find_map(|it| it.refused.clone());
        let elsewhere = offered.iter().filter(|it| !within_reach(it)).find_map(|it| match &it.place {
            Place::Environment(environment) => Some(format!("promote it from {environment} instead")),
            Place::Store(store) => Some(format!("promote it from {store} instead")),
            Place::Installed => None,
        });
        let elsewhere = elsewhere.map(|way| Text::from(format!("it does not lie here any more; {way}")));
        told.or(elsewhere).or_else(|| Some(Text::from("its artifact is not there any more")))
    }

    /// Versions that somebody tried to deploy and that never were live here.
    fn never_live(&self, known: &[Candidate], live: Option<&Version>) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = Vec::new();
        let history = self.track.map(|track| track.history.as_slice()).unwrap_or_default();
        for deployed in history.iter().filter(|it| it.deployment.outcome == Outcome::Failed) {
            let deployment = &deployed.deployment;
            let Some(version) = deployment.version.as_ref().filter(|&version| Some(version) != live) else { continue };
            if known.iter().chain(&all).any(|candidate| candidate.version.version == *version) {
                continue;
            }
            let mut candidate = self.candidate(version, deployment.digest.clone(), deployment.commit);
            candidate.health = Status::Failed;
            candidate.refused = Some(Text::from("its deployment failed: it never was live here"));
            all.push(candidate);
        }
        all
    }
}

/// What is known of a version.
pub fn facts(
    service: Option<&ServicePicture>,
    version: &Version,
    digest: Option<Digest>,
    commit: Option<CommitId>,
) -> VersionFacts {
    let artifacts = service.map(|service| service.artifacts.as_slice()).unwrap_or_default();
    VersionFacts {
        version: version.clone(),
        digest,
        commit: commit.or_else(|| service?.commit_of(version)),
        built_at: artifacts.iter().filter(|it| it.version == *version).find_map(|it| it.built_at),
        since: None,
        by: None,
    }
}

/// What is known of what is live.
pub fn facts_of_live(service: Option<&ServicePicture>, track: Option<&Track>, live: &Installed) -> VersionFacts {
    let stretches = stretches(track);
    let last = stretches.last().filter(|stretch| *stretch.version == live.version);
    let mut facts = facts(service, &live.version, live.digest.clone(), live.commit);
    facts.since = live.since.or_else(|| last.map(|stretch| stretch.ran.from));
    facts.by = last.and_then(|stretch| stretch.ran.by.clone());
    facts
}

/// What is known of what is on its way.
pub fn facts_of_coming(service: Option<&ServicePicture>, coming: &Installed) -> VersionFacts {
    let mut facts = facts(service, &coming.version, coming.digest.clone(), coming.commit);
    facts.since = coming.since;
    facts
}

/// The last time that `version` came into the track, and who brought it.
pub fn last_stretch(track: Option<&Track>, version: &Version) -> Option<Ran> {
    stretches(track).into_iter().rev().find(|stretch| stretch.version == version).map(|stretch| stretch.ran)
}

/// How the version that is live in a track fares there, in one fragment.
pub fn health_in_words(health: &Health) -> String {
    match health {
        Health::Healthy => "healthy".to_owned(),
        Health::Progressing => "still on its way".to_owned(),
        Health::Degraded(why) => format!("degraded: {why}"),
        Health::Unknown => "of unknown health".to_owned(),
    }
}

/// The stretches of a track, oldest first: successes in the order of completion, redeploys joined.
fn stretches(track: Option<&Track>) -> Vec<Stretch<'_>> {
    let history = track.map(|track| track.history.as_slice()).unwrap_or_default();
    let mut done: Vec<(Time, &Deployed)> = history
        .iter()
        .filter(|it| it.deployment.outcome == Outcome::Success)
        .filter_map(|it| Some((it.deployment.at()?, it)))
        .collect();
    // History is newest first: a stable sort by reversed time and a reversal keep its order among equals.
    done.sort_by_key(|(at, _)| Reverse(*at));
    done.reverse();
    let mut all: Vec<Stretch<'_>> = Vec::new();
    for (at, deployed) in done {
        let open = all.last_mut().filter(|last| last.ran.until.is_none());
        let version = deployed.deployment.version.as_ref();
        if let Some(last) = open {
            if Some(last.version) == version {
                last.deployments.push(&deployed.deployment.id);
                last.assumed &= deployed.deployment.is_assumed();
                continue;
            }
            last.ran.until = Some(at);
            last.rolled_away = match deployed.kind {
                Kind::Rollback | Kind::Switch => true,
                Kind::Unknown => version.is_some_and(|version| version.natural_cmp(last.version).is_lt()),
                _ => false,
            };
        }
        if let Some(version) = version {
            all.push(Stretch {
                version,
                newest: deployed,
                ran: Ran { from: at, until: None, by: deployed.deployment.actor.clone() },
                deployments: vec![&deployed.deployment.id],
                assumed: deployed.deployment.is_assumed(),
                rolled_away: false,
            });
        }
    }
    all
}

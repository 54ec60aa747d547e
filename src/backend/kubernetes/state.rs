//! From a workload to the state of a track.

use super::reason;
use super::rollout::{Rollout, Step};
use super::view::{Side, View};
use crate::model::{Health, Installed, Progress, Replicas, Text, TrackId, TrackState, Version};

/// The annotation of a template that was started anew.
pub const RESTARTED: &str = "kubectl.kubernetes.io/restartedAt";

/// How many warnings of a cluster are told of one track.
const WARNINGS: usize = 5;

impl View<'_> {
    /// The state of the track that the workload is.
    pub fn state(&self, track: TrackId) -> TrackState {
        let serving = self.serving();
        let live = serving.and_then(|side| Some(side.carried.as_ref()?.installed(self.since(side))));
        // A workload that is whole before its revision is seen runs what its template says.
        let live = live.or_else(|| {
            let whole = self.rollout == Rollout::Complete && self.newest().is_none();
            self.desired().filter(|_| whole).map(|it| it.installed(None))
        });
        let desired = self.desired().map(|it| it.installed(None));
        let differs = |wanted: &Installed| live.as_ref().is_none_or(|live| live.version != wanted.version);
        TrackState {
            replicas: Some(self.replicas()),
            paused: self.workload.paused,
            warnings: self.told(),
            health: self.health(),
            progress: self.progress(),
            desired: desired.filter(|wanted| self.is_rolling() && differs(wanted)),
            installed: self.installed(),
            token: Some(self.workload.token.clone()),
            gates: Vec::new(),
            problems: Vec::new(),
            track,
            live,
        }
    }

    fn replicas(&self) -> Replicas {
        let count = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let status = &self.workload.status;
        Replicas {
            wanted: count(self.workload.wanted()),
            updated: count(status.updated_replicas),
            ready: count(status.ready_replicas),
            available: count(status.available_replicas),
            restarts: self.pods().fold(0, |all, (_, pod)| all.saturating_add(pod.restarts())),
        }
    }

    /// What is to be known beside health: who scales it, that nothing runs, what the cluster warned of.
    fn told(&self) -> Vec<Text> {
        let mut all: Vec<Text> = Vec::new();
        if self.workload.wanted() == 0 {
            all.push("scaled to 0: nothing of it runs".into());
        }
        if let Some((item, scaler)) = self.autoscaler() {
            let words = format!("{} keeps between {} and {} replicas", item.name, scaler.least, scaler.most);
            all.push(words.into());
        }
        all.extend(self.warnings(WARNINGS).into_iter().map(|event| {
            let times = if event.count > 1 { format!(" ({} times)", event.count) } else { String::new() };
            Text::from(format!("{}: {}{times}", event.reason, reason::bounded(&event.message)))
        }));
        all
    }

    /// Since when a revision has served: when the rollout that brought it ended, where that is told.
    fn since(&self, side: &super::view::Side<'_>) -> Option<crate::model::Time> {
        let newest = self.newest().is_some_and(|it| it.item.uid == side.item.uid);
        let ended = self.workload.progressing().filter(|it| newest && it.reason == "NewReplicaSetAvailable");
        ended.and_then(|it| it.last_update_time).or(side.item.created)
    }

    /// Every version that could be put back without building anything, newest first.
    fn installed(&self) -> Vec<Installed> {
        let one = |side: &Side<'_>| {
            let version = self.called(side)?;
            Some(Installed { version, ..side.carried.as_ref()?.installed(side.item.created) })
        };
        self.revisions.iter().filter_map(one).collect()
    }

    /// What a revision is called where one is asked for: by its version, and where a newer one has the same version with
    /// other settings, with its number: `1.4.2#3`. One that was only started anew since has no name of its own.
    pub fn called(&self, side: &Side<'_>) -> Option<Version> {
        let version = &side.carried.as_ref()?.version;
        let newer = self.revisions.iter().take_while(|it| it.item.uid != side.item.uid);
        let alike = newer.filter(|it| it.carried.as_ref().is_some_and(|it| it.version == *version)).last();
        let started = |it: &Side<'_>| it.revision.template.annotations.get(RESTARTED).cloned();
        match alike {
            None => Some(version.clone()),
            Some(newer) if started(newer) != started(side) => None,
            Some(_) => Some(Version::from(format!("{version}#{}", side.revision.number))),
        }
    }

    /// How the track fares.
    pub fn health(&self) -> Health {
        if self.workload.wanted() == 0 {
            return Health::Unknown;
        }
        let trouble = self.trouble();
        match &self.rollout {
            Rollout::Complete => Health::Healthy,
            Rollout::Failed(why) => {
                let because = trouble.map(|it| format!("; {}", it.words)).unwrap_or_default();
                Health::Degraded(Text::from(format!("{why}{because}")))
            }
            Rollout::Progressing(step) => match trouble {
                Some(reason) if reason.grave => Health::Degraded(Text::from(self.with_version(&reason.words))),
                Some(reason) if !self.is_rolling() => {
                    Health::Degraded(Text::from(format!("{}: {}", step.what, reason.words)))
                }
                _ => Health::Progressing,
            },
            Rollout::Manual(_) => Health::Progressing,
        }
    }

    /// Words with the version that they are about, where another one serves.
    fn with_version(&self, words: &str) -> String {
        match self.desired().filter(|_| self.is_rolling()) {
            Some(desired) => format!("{} does not start: {words}", desired.version),
            None => words.to_owned(),
        }
    }

    fn progress(&self) -> Option<Progress> {
        let told = |step: &Step, what: String| Progress {
            what: what.into(),
            done: step.done.unsigned_abs(),
            total: step.total.unsigned_abs(),
        };
        match &self.rollout {
            Rollout::Progressing(step) | Rollout::Manual(step) if !self.is_rolling() && step.total == 0 => None,
            Rollout::Progressing(step) if self.workload.paused => Some(told(step, format!("paused, {}", step.what))),
            Rollout::Progressing(step) => Some(told(step, step.what.clone())),
            Rollout::Manual(step) => Some(told(step, format!("{}; the others when somebody deletes them", step.what))),
            Rollout::Complete | Rollout::Failed(_) => None,
        }
    }
}

//! What is asked when: what is on its way every few seconds, what people look at a few times a minute, the rest every few
//! minutes, and nothing while nobody looks.

use std::collections::HashMap;

use chrono::Duration;

use super::deployments::Deployed;
use super::memory::{Held, Memory};
use crate::model::Time;

/// A part of a repository that is asked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The repository itself: what it is called, what we may do.
    Repository,
    /// The newest deployments.
    Deployments,
    /// The statuses of a deployment.
    Statuses(u64),
    /// Environments and their protection.
    Environments,
    /// The newest runs.
    Runs,
    /// One run that is not among the newest.
    Run(u64),
    /// The jobs of a run.
    Jobs(u64),
    /// What of a run waits for an answer.
    Pending(u64),
    /// The pull requests that changed last.
    Pulls,
    /// Releases.
    Releases,
    /// Incidents.
    Issues,
    /// Deployments of history.
    EarlierDeployments,
    /// Pull requests of history.
    EarlierPulls,
    /// Runs of history.
    EarlierRuns,
}

/// How closely somebody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Nobody does.
    Away,
    /// Somebody does, at something else.
    Elsewhere,
    /// Somebody looks at it.
    #[default]
    Here,
}

/// How long something counts as on its way, by when it last moved.
const MOVING: Duration = Duration::hours(1);
/// How long something that waits is asked for at all: GitHub gives up a run after so long.
const GIVEN_UP: Duration = Duration::days(35);

/// How many runs one question tells of, the newest ones.
pub const NEWEST_RUNS: usize = 50;

const ROLLING: Duration = Duration::seconds(7);
const LOOKED_AT: Duration = Duration::seconds(20);
const NEAR: Duration = Duration::seconds(60);
const REST: Duration = Duration::minutes(5);
const SELDOM: Duration = Duration::hours(1);

/// When each part was last asked for.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    last: HashMap<Part, Time>,
    /// Parts that may not be read: they are asked for seldom, because the answer will be the same.
    refused: HashMap<Part, Time>,
}

impl Schedule {
    /// The parts that are due, those first on which others build.
    pub fn due(&self, memory: &Memory, look: Look, now: Time) -> Vec<Part> {
        let mut due: Vec<Part> = parts(memory, look, now)
            .into_iter()
            .filter(|(part, interval)| self.at(*part, *interval, now) <= now)
            .map(|(part, _)| part)
            .collect();
        due.sort_unstable();
        due
    }

    /// When something is due next; none while nobody looks.
    pub fn next(&self, memory: &Memory, look: Look, now: Time) -> Option<Time> {
        parts(memory, look, now).into_iter().map(|(part, interval)| self.at(part, interval, now)).min()
    }

    /// When a part is to be asked for. What was asked for in the future was before the clock was set back.
    fn at(&self, part: Part, interval: Duration, now: Time) -> Time {
        let interval = if self.refused.contains_key(&part) { interval.max(SELDOM) } else { interval };
        self.last.get(&part).filter(|last| **last <= now).map_or(now, |last| *last + interval)
    }

    /// A part was asked for.
    pub fn asked(&mut self, part: Part, now: Time) {
        self.refused.remove(&part);
        self.last.insert(part, now);
    }

    /// A part may not be read.
    pub fn refused(&mut self, part: Part, now: Time) {
        self.last.insert(part, now);
        self.refused.insert(part, now);
    }

    /// A part is asked for at once: something was written there.
    pub fn hurry(&mut self, part: Part) {
        self.last.remove(&part);
    }

    /// Forgets parts that are not asked for any more.
    pub fn prune(&mut self, memory: &Memory) {
        let known = |part: &Part| match part {
            Part::Statuses(id) => memory.deployments.contains_key(id),
            Part::Run(id) | Part::Jobs(id) | Part::Pending(id) => memory.runs.contains_key(id),
            _ => true,
        };
        self.last.retain(|part, _| known(part));
        self.refused.retain(|part, _| known(part));
    }
}

/// What there is to ask for, each with how often.
fn parts(memory: &Memory, look: Look, now: Time) -> Vec<(Part, Duration)> {
    let (near, lists) = match look {
        Look::Away => return Vec::new(),
        Look::Elsewhere => (REST, Duration::minutes(3)),
        Look::Here => (NEAR, LOOKED_AT),
    };
    let mut parts = vec![
        (Part::Repository, SELDOM),
        (Part::Deployments, lists),
        (Part::Environments, REST),
        (Part::Runs, lists),
        (Part::Pulls, near),
        (Part::Releases, REST),
        (Part::Issues, near),
    ];
    let moving = |moved: Option<Time>| match moved.map(|at| now - at) {
        Some(still) if still <= MOVING => Some(if look == Look::Here { ROLLING } else { LOOKED_AT }),
        Some(still) if still <= GIVEN_UP => Some(near),
        _ => None,
    };
    let open = memory.newest_deployments().filter(|it| it.is_open());
    for deployed in open {
        let Some(interval) = moving(moved(deployed)) else { continue };
        parts.push((Part::Statuses(deployed.it.id), interval));
        // An old run that was begun again keeps its place in the list: it is asked for by itself.
        let run = deployed.run().filter(|id| memory.runs.get(id).is_some_and(|held| held.run.is_over()));
        parts.extend(run.map(|id| (Part::Run(id), interval)));
    }
    let newest: Vec<u64> = memory.runs.keys().rev().take(NEWEST_RUNS).copied().collect();
    for (id, held) in memory.runs.iter().filter(|(_, held)| !held.run.is_over()) {
        let Some(interval) = moving(held.run.updated_at.or(held.run.created_at)) else { continue };
        if !newest.contains(id) {
            parts.push((Part::Run(*id), interval));
        }
        parts.extend(of_run(*id, held, interval));
    }
    parts
}

/// When a deployment last moved.
fn moved(deployed: &Deployed) -> Option<Time> {
    deployed.statuses.first().and_then(|it| it.created_at).or(deployed.it.created_at)
}

fn of_run(id: u64, held: &Held, interval: Duration) -> impl Iterator<Item = (Part, Duration)> {
    let jobs = matches!(held.run.status.as_str(), "in_progress" | "waiting").then_some((Part::Jobs(id), interval));
    let waits = held.run.status == "waiting" || !held.pending.is_empty();
    jobs.into_iter().chain(waits.then_some((Part::Pending(id), interval.max(LOOKED_AT))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::github::wire::{Deployment, DeploymentStatus, Run};

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_700_000_000 + seconds, 0).unwrap_or_default()
    }

    fn open_deployment(moved: i64) -> Memory {
        let mut memory = Memory::default();
        let status = DeploymentStatus {
            state: "in_progress".into(),
            created_at: Some(at(moved)),
            ..DeploymentStatus::default()
        };
        memory.take_deployment(Deployment { id: 1, ..Deployment::default() }, Some(vec![status]));
        memory
    }

    #[test]
    fn what_moves_is_asked_often_what_stands_less_and_what_was_left_never() {
        let interval = |age: i64, look| {
            let memory = open_deployment(-age);
            parts(&memory, look, at(0)).into_iter().find(|it| it.0 == Part::Statuses(1)).map(|it| it.1.num_seconds())
        };
        assert_eq!(interval(10, Look::Here), Some(7));
        assert_eq!(interval(10, Look::Elsewhere), Some(20));
        assert_eq!(interval(7_200, Look::Here), Some(60));
        assert_eq!(interval(60 * 86_400, Look::Here), None);
        assert_eq!(interval(10, Look::Away), None);
    }

    #[test]
    fn nothing_is_due_again_before_its_time_and_nothing_at_all_while_nobody_looks() {
        let memory = Memory::default();
        let mut schedule = Schedule::default();
        let first = schedule.due(&memory, Look::Here, at(0));
        assert_eq!(first.first(), Some(&Part::Repository));
        assert_eq!(first.len(), 7);
        first.into_iter().for_each(|part| schedule.asked(part, at(0)));
        assert_eq!(schedule.due(&memory, Look::Here, at(19)), []);
        assert_eq!(schedule.next(&memory, Look::Here, at(1)), Some(at(20)));
        assert_eq!(schedule.due(&memory, Look::Here, at(20)), [Part::Deployments, Part::Runs]);
        assert_eq!(schedule.next(&memory, Look::Away, at(1)), None);
        schedule.refused(Part::Runs, at(20));
        assert_eq!(schedule.due(&memory, Look::Here, at(40)), [Part::Deployments]);
    }

    #[test]
    fn an_old_run_that_waits_is_asked_for_by_itself() {
        let mut memory = Memory::default();
        let run = |id, status: &str| Run { id, status: status.into(), updated_at: Some(at(0)), ..Run::default() };
        memory.take_run(run(1, "waiting"));
        for id in 2..100 {
            memory.take_run(run(id, "completed"));
        }
        let all: Vec<Part> = parts(&memory, Look::Here, at(0)).into_iter().map(|it| it.0).collect();
        assert!([Part::Run(1), Part::Jobs(1), Part::Pending(1)].iter().all(|it| all.contains(it)));
    }
}

//! How builds travel: from a run into dev, from there into testing and into production, and back.

use chrono::Duration;

use super::company::Twist;
use super::history::{Mark, Tag};
use super::names::{PEOPLE, PIPELINE, REASONS};
use super::pipeline::{self, Fate};
use super::plot::{Ending, Event, Plot};
use super::story::{Arrival, Attempt, Built, Stage, Trouble};
use crate::model::{Outcome, Time, Version};

impl Plot {
    /// Runs the pipeline for a commit and says which build came of it; none if it failed or is not over yet.
    pub(super) fn build(&mut self, service: usize, mark: Mark, landed: Time, branch: &str) -> Option<usize> {
        let fate = match self.random.between(0, 99) {
            // A hotfix and a pick are looked at closely before they land.
            _ if branch != "main" => Fate::Good,
            0..=5 => Fate::Broken,
            6..=7 => Fate::Stopped,
            _ => Fate::Good,
        };
        let queued = landed + Duration::seconds(self.random.between(3, 25));
        let first = self.run(service, mark, queued, fate, branch);
        if fate != Fate::Broken || !self.random.chance(60) {
            return first;
        }
        let again = queued + Duration::minutes(self.random.between(12, 40));
        if again > self.now { first } else { self.run(service, mark, again, Fate::Good, branch) }
    }

    /// Runs the pipeline for a branch that nobody has merged.
    pub(super) fn check(&mut self, service: usize, mark: Mark, queued: Time, fate: Fate, branch: &str) {
        self.run(service, mark, queued, fate, branch);
    }

    fn run(&mut self, service: usize, mark: Mark, queued: Time, fate: Fate, branch: &str) -> Option<usize> {
        let story = self.story.services.get_mut(service)?;
        let thread = self.threads.get_mut(service)?;
        thread.runs += 1;
        let id = format!("{}-{}", story.name, thread.runs);
        let mut run = pipeline::run(&mut self.random, id, &story.name, branch, queued, fate);
        pipeline::quicken(&mut run, self.pace);
        let finished = run.finished_at?;
        if fate == Fate::Good {
            let version = if branch == "main" {
                next(&mut thread.version)
            } else if branch.starts_with("maint") {
                next(&mut thread.maintenance)
            } else {
                // A hotfix is the live version and one more number.
                let live = story.live().and_then(|(_, built)| story.built.get(built));
                live.map_or_else(|| next(&mut thread.version), |built| format!("{}.1", built.version.as_str()))
            };
            run.version = Some(Version::from(version));
        }
        let built = run.version.clone().filter(|_| finished <= self.now).map(|version| {
            // What finishes earlier than its predecessor waits for it: dev never goes back.
            let at = story.built.last().map_or(finished, |before| finished.max(before.at + Duration::seconds(1)));
            Built { version, mark, run: run.id.clone(), at: at.min(self.now) }
        });
        story.runs.push((mark, run));
        let built = built?;
        if branch == "main" {
            story.arrivals.push(Arrival { stage: Stage::Dev, built: story.built.len(), at: built.at, actor: PIPELINE });
        }
        story.built.push(built);
        Some(story.built.len() - 1)
    }

    pub(super) fn test(&mut self, service: usize, at: Time) {
        let Some(story) = self.story.services.get(service) else { return };
        let Some(built) = story.newest_in(Stage::Dev, at) else { return };
        if !story.arrivals.iter().any(|it| it.stage == Stage::Testing && it.built == built) {
            self.arrive_in_testing(service, built, at);
        }
    }

    /// Puts a build into testing at `at`, but not before it is built; says when it is there.
    pub(super) fn arrive_in_testing(&mut self, service: usize, built: usize, at: Time) -> Time {
        let Some(story) = self.story.services.get_mut(service) else { return at };
        let at = story.built.get(built).map_or(at, |it| at.max(it.at)).min(self.now);
        story.arrivals.push(Arrival { stage: Stage::Testing, built, at, actor: PIPELINE });
        at
    }

    pub(super) fn release(&mut self, service: usize, ending: Ending, at: Time) {
        let (Some(story), Some(thread)) = (self.story.services.get(service), self.threads.get(service)) else { return };
        let soaked = story.newest_in(Stage::Testing, at - Duration::minutes(50));
        let newer = |built: &usize| story.live().is_none_or(|(_, live)| *built > live) && *built >= thread.hold_before;
        let Some(built) = soaked.filter(newer).filter(|_| !thread.split) else {
            // A twist waits for something to release; routine does not.
            if ending != Ending::Well {
                self.call(at + Duration::hours(7), Event::Release(service, ending));
            }
            return;
        };
        let reason = *self.random.pick(&REASONS);
        match ending {
            Ending::Well => self.release_this(service, built, None, reason, at),
            Ending::FailsSmoke => self.attempt(service, built, at, Outcome::Failed, false, None, reason),
            Ending::Hurts => {
                self.release_this(service, built, None, reason, at);
                self.hurt(service, built, at);
            }
        }
    }

    pub(super) fn release_this(
        &mut self,
        service: usize,
        built: usize,
        label: Option<&'static str>,
        reason: &'static str,
        at: Time,
    ) {
        self.attempt(service, built, at, Outcome::Success, false, label, reason);
        self.tag(service, built, at);
    }

    fn hurt(&mut self, service: usize, built: usize, at: Time) {
        let recent = self.now - at < Duration::days(30);
        // They have become no better at it, and no worse: it takes as long as it takes.
        let back = Duration::minutes(if recent { 48 } else { self.random.between(25, 270) });
        let Some(story) = self.story.services.get_mut(service) else { return };
        story.troubles.push(Trouble {
            title: "Product pages answer with errors",
            opened: at + Duration::minutes(14),
            detected: at + Duration::minutes(21),
            resolved: Some(at + back + Duration::minutes(1)),
            caused_by: story.attempts.len().checked_sub(1),
        });
        let bad = story.built.get(built).map(|it| it.mark);
        story.bad.push((built, at + back + Duration::minutes(15), "Hana", "product pages answered with errors"));
        self.call(at + back, Event::RollBack(service));
        if let Some(thread) = self.threads.get_mut(service) {
            thread.hold_before = usize::MAX;
        }
        if let Some(mark) = bad {
            self.call(at + Duration::hours(5), Event::Revert(service, mark));
        }
    }

    pub(super) fn roll_back(&mut self, service: usize, at: Time) {
        let Some(story) = self.story.services.get(service) else { return };
        let Some((_, live)) = story.live() else { return };
        let before = story.attempts.iter().rev().find(|it| it.outcome == Outcome::Success && it.built != live);
        if let Some(built) = before.map(|it| it.built) {
            self.attempt(service, built, at, Outcome::Success, true, None, "product pages answer with errors");
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are the columns of one record")]
    fn attempt(
        &mut self,
        service: usize,
        built: usize,
        at: Time,
        outcome: Outcome,
        rollback: bool,
        label: Option<&'static str>,
        reason: &str,
    ) {
        let took = self.random.between(if rollback { 3 } else { 24 }, if rollback { 9 } else { 95 });
        let actor = self.random.pick(&PEOPLE).name;
        let now = self.now;
        let Some(story) = self.story.services.get_mut(service) else { return };
        story.attempts.push(Attempt {
            built,
            started: at,
            finished: (at + Duration::seconds(took)).min(now),
            outcome,
            rollback,
            actor,
            reason: reason.to_owned(),
            label,
        });
    }

    /// Tags a release: light tags in the first weeks, annotated ones since.
    fn tag(&mut self, service: usize, built: usize, at: Time) {
        let Some(story) = self.story.services.get(service) else { return };
        let Some(it) = story.built.get(built) else { return };
        let prefix = if story.folder.is_empty() { String::new() } else { format!("{}-", story.name) };
        let name = format!("{prefix}{}", it.version.as_str());
        let early = at < self.begin + (self.now - self.begin) / 4;
        let annotation = (!early).then(|| (at, format!("Release {name}\n")));
        let mark = it.mark;
        if !self.story.history.tags.iter().any(|tag| tag.name == name) {
            self.story.history.tags.push(Tag { name, mark, annotation });
        }
    }

    pub(super) fn tell_troubles(&mut self, service: usize) {
        let Some(twist) = self.spec.services.get(service).map(|it| it.twist) else { return };
        let opened = self.now - Duration::days(38) - Duration::minutes(self.random.between(0, 300));
        let locked = self.now - Duration::hours(43);
        let Some(story) = self.story.services.get_mut(service) else { return };
        match twist {
            Twist::Outage => story.troubles.push(Trouble {
                title: "Card provider does not answer",
                opened,
                detected: opened + Duration::minutes(4),
                resolved: Some(opened + Duration::minutes(83)),
                caused_by: None,
            }),
            Twist::Locked => story.lock = Some((locked, "Ines", "stocktaking in the warehouse")),
            _ => {}
        }
    }
}

/// The next version of a line. Every twenty-four builds are a minor version.
fn next(version: &mut (u32, u32, u32)) -> String {
    let (major, minor, patch) = *version;
    *version = if patch >= 23 { (major, minor + 1, 0) } else { (major, minor, patch + 1) };
    format!("{major}.{minor}.{patch}")
}

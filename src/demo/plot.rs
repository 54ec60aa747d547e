//! The plot: an agenda of events that is worked off in order, each event writing history and calling for others.

use std::collections::BTreeMap;

use chrono::Duration;

use super::calendar;
use super::company::{RepositorySpec, Twist};
use super::history::{Edit, History, Line, Mark, Step};
use super::names::{PEOPLE, Person};
use super::random::Random;
use super::story::{RepositoryStory, ServiceStory};
use crate::model::Time;

/// Something that is going to happen to one service, by its number in the repository.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// A change lands.
    Land(usize, Work),
    /// Testing takes the newest build.
    Test(usize),
    /// Production takes what testing has.
    Release(usize, Ending),
    /// Production takes this build, with a label and a reason.
    ReleaseThis(usize, usize, Option<&'static str>, &'static str),
    /// Production goes back.
    RollBack(usize),
    /// What landed with a commit is taken back.
    Revert(usize, Mark),
    /// The old major version gets a branch of its own.
    Split(usize),
    /// The newest repair is picked onto that branch.
    Maintain(usize),
    /// A repair goes past the queue.
    Hotfix(usize),
}

/// What sort of change lands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Something new, as a merged branch.
    Feature,
    /// A repair, as a merged branch.
    Repair,
    /// A newer library, as one commit of the bot.
    Bump,
}

/// How a release ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Well.
    Well,
    /// It hurts users and is rolled back.
    Hurts,
    /// Its smoke test fails; nobody notices but the pipeline.
    FailsSmoke,
}

/// The state of a story that is being told.
pub(super) struct Plot {
    pub spec: RepositorySpec,
    pub random: Random,
    pub now: Time,
    pub begin: Time,
    pub story: RepositoryStory,
    pub main: Line,
    pub maintenance: Option<Line>,
    pub threads: Vec<Thread>,
    pub ticket: i64,
    /// How many times faster than a real one a run is.
    pub pace: i32,
    agenda: BTreeMap<(Time, usize), Event>,
    called: usize,
}

/// What has to be remembered of a service while its story is told.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    /// Major, minor and the number of the next build.
    pub version: (u32, u32, u32),
    /// The same on the maintenance branch.
    pub maintenance: (u32, u32, u32),
    /// The first build that production may take.
    pub hold_before: usize,
    /// Whether production takes from the maintenance branch only.
    pub split: bool,
    /// The newest repair: its commit, subject and edits.
    pub repair: Option<(Mark, String, Vec<Edit>)>,
    /// How many runs there were.
    pub runs: u32,
    /// How many migrations there are.
    pub migrations: u32,
}

/// Tells the story of one repository: `months` of thirty days until `now`.
pub(super) fn tell(spec: RepositorySpec, random: Random, now: Time, months: u32) -> Plot {
    let days = i64::from(months.max(1)) * 30;
    let mut plot = Plot::open(spec, random, now, days);
    plot.schedule(days);
    while let Some((when, event)) = plot.agenda.pop_first() {
        if when.0 <= now {
            plot.happen(when.0, event);
        }
    }
    plot.leave_open_work();
    plot.story.history.branches.insert(0, ("main".to_owned(), plot.main.head()));
    if let Some(line) = &plot.maintenance {
        plot.story.history.branches.push((line.name.clone(), line.head()));
    }
    for service in &mut plot.story.services {
        service.arrivals.sort_by_key(|arrival| (arrival.at, arrival.built));
    }
    plot
}

impl Plot {
    fn open(spec: RepositorySpec, mut random: Random, now: Time, days: i64) -> Self {
        let begin = now - Duration::days(days);
        let root = begin - Duration::days(9);
        let author: &Person = random.pick(&PEOPLE);
        let mut edits = vec![Edit { path: "README.md".to_owned(), line: format!("# {}", spec.name) }];
        edits.extend(spec.services.iter().map(|service| Edit {
            path: format!("{}src/main.rs", service.folder),
            line: format!("//! {} of the demo shop.", service.name),
        }));
        let step = Step { author, authored: root, subject: format!("Begin {}", spec.name), trailer: None, edits };
        let mut history = History::default();
        let main = Line::begin(&mut history, "main", root, step);
        let thread = |version: (u32, u32)| Thread {
            version: (version.0, version.1, 0),
            maintenance: (version.0, version.1, 0),
            hold_before: 0,
            split: false,
            repair: None,
            runs: 0,
            migrations: 0,
        };
        Self {
            now,
            begin,
            story: RepositoryStory {
                name: spec.name.clone(),
                history,
                pulls: Vec::new(),
                services: spec.services.iter().map(|it| ServiceStory::new(&it.name, &it.folder)).collect(),
            },
            main,
            maintenance: None,
            threads: spec.services.iter().map(|it| thread(it.version)).collect(),
            ticket: random.between(200, 900),
            spec,
            random,
            pace: 1,
            agenda: BTreeMap::new(),
            called: 0,
        }
    }

    /// Puts an event on the agenda. What lies after now never happens.
    pub fn call(&mut self, at: Time, event: Event) {
        self.called += 1;
        self.agenda.insert((at, self.called), event);
    }

    fn schedule(&mut self, days: i64) {
        for service in 0..self.spec.services.len() {
            self.schedule_routine(service, days);
            self.schedule_twist(service);
            self.schedule_last_day(service);
        }
    }

    fn twist(&self, service: usize) -> Twist {
        self.spec.services.get(service).map_or(Twist::Plain, |it| it.twist)
    }

    /// Before which moment changes land as a matter of routine, and releases happen.
    fn horizon(&mut self, service: usize) -> (Time, Time) {
        match self.twist(service) {
            Twist::Quiet => (self.now - Duration::days(12), self.now - Duration::days(8)),
            _ => (self.now - Duration::hours(20), self.now - Duration::hours(self.random.between(26, 80))),
        }
    }

    fn schedule_routine(&mut self, service: usize, days: i64) {
        let tempo = self.spec.services.get(service).map_or(0, |it| it.tempo);
        let (last_change, last_release) = self.horizon(service);
        for day in calendar::working_days(self.now, days) {
            let changes = tempo / 100 + i64::from(self.random.between(0, 99) < tempo % 100);
            for _ in 0..changes {
                let at = calendar::working_moment(day, &mut self.random);
                let work = self.any_work();
                if at < last_change {
                    self.call(at, Event::Land(service, work));
                }
            }
            for hour in [10, 15] {
                let at = day + Duration::minutes(hour * 60 + self.random.between(0, 50));
                if self.random.chance(60) && at < last_release + Duration::hours(18) {
                    self.call(at, Event::Test(service));
                }
            }
            let at = day + Duration::minutes(self.random.between(11 * 60, 15 * 60));
            let releases = self.random.chance(if tempo < 50 { 70 } else { 45 });
            if releases && at < last_release && !calendar::is_late_in_the_week(at) {
                self.call(at, Event::Release(service, Ending::Well));
            }
        }
    }

    fn schedule_twist(&mut self, service: usize) {
        let ago = |days: i64, hours: i64| self.now - Duration::days(days) - Duration::hours(hours);
        let events: &[(Time, Event)] = match self.twist(service) {
            Twist::BadRelease => &[
                (ago(97, 5), Event::Release(service, Ending::Hurts)),
                (ago(83, 6), Event::Hotfix(service)),
                (ago(74, 2), Event::Release(service, Ending::Hurts)),
                (ago(61, 6), Event::Release(service, Ending::Hurts)),
                (ago(52, 3), Event::Hotfix(service)),
                (ago(45, 4), Event::Release(service, Ending::Hurts)),
                (ago(24, 3), Event::Release(service, Ending::Hurts)),
            ],
            Twist::FailedRelease => &[
                (ago(19, 2), Event::Release(service, Ending::FailsSmoke)),
                (ago(0, 4), Event::Release(service, Ending::FailsSmoke)),
            ],
            Twist::Maintenance => &[
                (ago(55, 0), Event::Split(service)),
                (ago(48, 1), Event::Maintain(service)),
                (ago(36, 2), Event::Maintain(service)),
                (ago(23, 4), Event::Maintain(service)),
                (ago(9, 5), Event::Maintain(service)),
            ],
            Twist::Hotfix => &[(ago(11, 7), Event::Hotfix(service))],
            Twist::Quiet => &[(ago(9, 0), Event::Test(service)), (ago(8, 1), Event::Release(service, Ending::Well))],
            Twist::Plain | Twist::Outage | Twist::Locked => &[],
        };
        for (at, event) in events {
            self.call(*at, *event);
        }
        self.tell_troubles(service);
    }

    /// The last hours belong to now and not to the calendar, so that there is something to see whenever the demo opens.
    fn schedule_last_day(&mut self, service: usize) {
        if self.twist(service) == Twist::Quiet {
            return;
        }
        let tempo = self.spec.services.get(service).map_or(0, |it| it.tempo);
        for (minutes, percent) in [(19 * 60, 90), (13 * 60, 60), (7 * 60, 90), (200, 70), (75, 60), (28, 50), (3, 60)] {
            let at = self.now - Duration::seconds(minutes * 60 + self.random.between(0, 200) - 100);
            let work = self.any_work();
            // Teams with a slow tempo have a slow last day too.
            if self.random.chance(percent * u64::try_from(tempo.clamp(20, 100)).unwrap_or(100) / 100) {
                self.call(at, Event::Land(service, work));
            }
        }
        let tested = self.now - Duration::minutes(self.random.between(300, 350));
        self.call(tested, Event::Test(service));
    }

    /// Lands a change of any sort.
    pub fn land_anything(&mut self, service: usize, at: Time) {
        let work = self.any_work();
        self.land(service, work, at);
    }

    fn any_work(&mut self) -> Work {
        match self.random.between(0, 99) {
            0..=13 => Work::Bump,
            14..=38 => Work::Repair,
            _ => Work::Feature,
        }
    }

    fn happen(&mut self, at: Time, event: Event) {
        match event {
            Event::Land(service, work) => self.land(service, work, at),
            Event::Test(service) => self.test(service, at),
            Event::Release(service, ending) => self.release(service, ending, at),
            Event::ReleaseThis(service, built, label, reason) => self.release_this(service, built, label, reason, at),
            Event::RollBack(service) => self.roll_back(service, at),
            Event::Revert(service, mark) => self.revert(service, mark, at),
            Event::Split(service) => self.split(service),
            Event::Maintain(service) => self.maintain(service, at),
            Event::Hotfix(service) => self.hotfix(service, at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::company::repositories;
    use crate::demo::story::Stage;
    use crate::model::Outcome;

    fn told() -> Vec<RepositoryStory> {
        let now: Time = "2026-11-18T10:30:00Z".parse().unwrap();
        let random = Random::new(1);
        let tell = |spec: RepositorySpec| {
            let random = random.fork(&spec.name);
            tell(spec, random, now, 4).story
        };
        repositories(8).into_iter().map(tell).collect()
    }

    fn services(told: &[RepositoryStory]) -> impl Iterator<Item = &ServiceStory> {
        told.iter().flat_map(|story| &story.services)
    }

    #[test]
    fn every_service_was_delivered_and_most_wait_for_the_next_promotion() {
        let told = told();
        let mut promotable = 0;
        for service in services(&told) {
            let (_, live) = service.live().unwrap_or_else(|| panic!("{} has never been released", service.name));
            let testing = service.newest_in(Stage::Testing, Time::MAX_UTC).unwrap();
            promotable += usize::from(testing > live);
            assert!(service.built.len() >= 10, "{} has {} builds", service.name, service.built.len());
        }
        assert!(promotable >= 6, "{promotable} services can be promoted");
    }

    #[test]
    fn the_story_has_all_its_turns() {
        let told = told();
        let attempts = || services(&told).flat_map(|service| &service.attempts);
        assert!(attempts().any(|it| it.rollback && it.outcome == Outcome::Success));
        assert!(attempts().any(|it| it.outcome == Outcome::Failed));
        assert!(attempts().any(|it| it.label == Some("hotfix")));
        assert!(services(&told).any(|it| it.troubles.iter().any(|trouble| trouble.caused_by.is_some())));
        assert!(services(&told).any(|it| it.lock.is_some()));
        assert!(services(&told).any(|it| !it.bad.is_empty()));
        let commits = || told.iter().flat_map(|story| &story.history.commits);
        use crate::demo::history::Trailer;
        assert!(commits().any(|it| matches!(it.trailer, Some(Trailer::Reverts(_)))));
        assert!(commits().any(|it| matches!(it.trailer, Some(Trailer::PickedFrom(_)))));
        assert!(commits().any(|it| it.files.iter().any(|(path, _)| path.contains("migrations/"))));
        let tags = || told.iter().flat_map(|story| &story.history.tags);
        assert!(tags().any(|it| it.annotation.is_none()) && tags().any(|it| it.annotation.is_some()));
    }

    #[test]
    fn nothing_happens_after_now_and_parents_come_first() {
        let now: Time = "2026-11-18T10:30:00Z".parse().unwrap();
        for story in told() {
            for (mark, commit) in story.history.commits.iter().enumerate() {
                assert!(commit.committed <= now);
                assert!(commit.parents.iter().all(|parent| *parent < mark));
            }
            for service in &story.services {
                assert!(service.arrivals.iter().all(|it| it.at <= now));
                assert!(service.attempts.iter().all(|it| it.finished <= now));
            }
        }
    }
}

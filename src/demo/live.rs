//! The playground alive: changes land, runs go on and finish, versions arrive. Everything is written as it would be by
//! a forge, a pipeline and a colleague: commits into the repositories, lines into the facts, packages into the stages.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::arrival::{self, Arriving};
use super::build::{Grown, Places};
use super::import::{Importer, Keep};
use super::plot::Plot;
use super::random::Random;
use super::records::{self, PULL_REQUESTS, RUNS};
use super::story::{Arrival, Built, Stage};
use super::{DemoError, DemoWorld, output, pipeline, stages};
use crate::model::{Clock, Status, Time};

/// How many times faster than a real one a run of the living playground is: nobody watches for six minutes.
const PACE: i32 = 5;

/// The longest that nothing happens.
const PAUSE: Duration = Duration::from_secs(5);

/// Lets the company live until `cancel`: seeded, but in the time that `clock` tells.
///
/// # Errors
/// When something cannot be written any more; what was written is whole.
pub async fn live(world: DemoWorld, seed: u64, clock: Clock, cancel: CancellationToken) -> Result<(), DemoError> {
    let mut life = Life::new(world, seed, clock());
    loop {
        let now = clock();
        let lived = tokio::task::spawn_blocking(move || {
            let next = life.live_until(now);
            (life, next)
        });
        // The work panics never; should the runtime stop, the company stops with it.
        let Ok((back, next)) = lived.await else { return Ok(()) };
        life = back;
        let pause = next?.map_or(PAUSE, |at| (at - clock()).to_std().unwrap_or_default());
        tokio::select! {
            () = cancel.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause.min(PAUSE)) => {}
        }
    }
}

/// Something that is going to happen, by the numbers of repository, service and run.
#[derive(Clone, Copy, Debug)]
enum Beat {
    /// A change lands somewhere.
    Land,
    /// A run has come further.
    Advance { repository: usize, service: usize, run: usize },
    /// Somebody puts the newest build of a service into testing.
    Test,
}

/// A company that goes on living.
pub(super) struct Life {
    places: Places,
    company: Vec<Grown>,
    random: Random,
    agenda: BTreeMap<(Time, u64), Beat>,
    called: u64,
}

impl Life {
    pub fn new(world: DemoWorld, seed: u64, now: Time) -> Self {
        let mut life = Self {
            places: world.places,
            company: world.company,
            random: Random::new(seed).fork("life"),
            agenda: BTreeMap::new(),
            called: 0,
        };
        for repository in 0..life.company.len() {
            life.go_on_with_runs(repository, 0, world.now);
        }
        let first = life.random.between(2, 6);
        life.call(now + chrono::Duration::seconds(first), Beat::Land);
        life.call(now + chrono::Duration::seconds(first + 20), Beat::Test);
        life
    }

    /// Does what is due at `now` and says when the next thing is.
    pub fn live_until(&mut self, now: Time) -> Result<Option<Time>, DemoError> {
        while let Some(entry) = self.agenda.first_entry() {
            if entry.key().0 > now {
                return Ok(Some(entry.key().0));
            }
            let ((due, _), beat) = entry.remove_entry();
            match beat {
                Beat::Land => self.land(now)?,
                Beat::Advance { repository, service, run } => self.advance(repository, service, run, due)?,
                Beat::Test => self.test(now)?,
            }
        }
        Ok(None)
    }

    fn call(&mut self, at: Time, beat: Beat) {
        self.called += 1;
        self.agenda.insert((at, self.called), beat);
    }

    fn call_within(&mut self, now: Time, low: i64, high: i64, beat: Beat) {
        let seconds = self.random.between(low, high);
        self.call(now + chrono::Duration::seconds(seconds), beat);
    }

    /// A number below `count`.
    fn any(&mut self, count: usize) -> usize {
        let last = i64::try_from(count).unwrap_or(i64::MAX) - 1;
        usize::try_from(self.random.between(0, last)).unwrap_or(0)
    }

    fn land(&mut self, now: Time) -> Result<(), DemoError> {
        self.call_within(now, 8, 22, Beat::Land);
        let repository = self.any(self.company.len());
        let services = self.company.get(repository).map_or(1, |grown| grown.plot.spec.services.len());
        let service = self.any(services);
        let Some(grown) = self.company.get_mut(repository) else { return Ok(()) };
        let Grown { plot, ids } = grown;
        let (pulls, runs) = (plot.story.pulls.len(), run_counts(plot));
        plot.pace = PACE;
        plot.now = now;
        plot.land_anything(service, now);
        let path = self.places.repository(&plot.story.name);
        let mut importer = Importer::start(&path, Keep::Loose, ids.len())?;
        for (mark, commit) in plot.story.history.commits.iter().enumerate().skip(ids.len()) {
            ids.push(importer.commit(mark, commit, ids)?);
        }
        importer.reset("refs/heads/main", plot.main.head())?;
        importer.finish()?;
        let mut told = String::new();
        for pull in plot.story.pulls.iter().skip(pulls) {
            told.push_str(&records::pull_request_line(&records::pull_request(pull, ids))?.text);
        }
        stages::append(&self.places.facts().join(PULL_REQUESTS), &told)?;
        for (service, first) in runs.into_iter().enumerate() {
            self.follow_runs(repository, service, first, now)?;
        }
        Ok(())
    }

    /// Puts what will become of new runs on the agenda, and writes down that they are there.
    fn follow_runs(&mut self, repository: usize, service: usize, first: usize, now: Time) -> Result<(), DemoError> {
        let story = self.company.get(repository).and_then(|grown| grown.plot.story.services.get(service));
        let count = story.map_or(0, |story| story.runs.len());
        for run in first..count {
            self.write_run(repository, service, run, now)?;
            self.put_on_agenda(repository, service, run, now);
        }
        Ok(())
    }

    fn put_on_agenda(&mut self, repository: usize, service: usize, run: usize, now: Time) {
        let story = self.company.get(repository).and_then(|grown| grown.plot.story.services.get(service));
        let moments = story.and_then(|story| story.runs.get(run)).map(|(_, run)| pipeline::moments(run));
        for moment in moments.into_iter().flatten().filter(|moment| *moment > now) {
            self.call(moment, Beat::Advance { repository, service, run });
        }
    }

    /// Runs that were under way when the playground was built go on.
    fn go_on_with_runs(&mut self, repository: usize, first: usize, now: Time) {
        let counts = self.company.get(repository).map(|grown| run_counts(&grown.plot)).unwrap_or_default();
        for (service, count) in counts.into_iter().enumerate() {
            for run in first..count {
                self.put_on_agenda(repository, service, run, now);
            }
        }
    }

    fn write_run(&self, repository: usize, service: usize, run: usize, now: Time) -> Result<(), DemoError> {
        let Some(grown) = self.company.get(repository) else { return Ok(()) };
        let Some((mark, run)) = grown.plot.story.services.get(service).and_then(|it| it.runs.get(run)) else {
            return Ok(());
        };
        let facts = self.places.facts();
        output::write(&facts, run, now)?;
        let line = records::run_line(&records::run(*mark, run, &grown.ids, now), now, true)?;
        stages::append(&facts.join(RUNS), &line.text)
    }

    fn advance(&mut self, repository: usize, service: usize, run: usize, now: Time) -> Result<(), DemoError> {
        self.write_run(repository, service, run, now)?;
        let Some(grown) = self.company.get_mut(repository) else { return Ok(()) };
        let Some(story) = grown.plot.story.services.get_mut(service) else { return Ok(()) };
        let Some((mark, run)) = story.runs.get(run) else { return Ok(()) };
        let over = run.status == Status::Ok && run.finished_at.is_some_and(|end| end <= now);
        let Some(version) = run.version.clone().filter(|_| over) else { return Ok(()) };
        let built = Built { version, mark: *mark, run: run.id.clone(), at: now };
        // Only what is built from the main branch goes to dev by itself.
        story.built.push(built);
        let arriving = Arriving { stage: Stage::Dev, built: story.built.len() - 1, at: now };
        arrive(&self.places, grown, service, arriving)
    }

    fn test(&mut self, now: Time) -> Result<(), DemoError> {
        self.call_within(now, 25, 70, Beat::Test);
        let repository = self.any(self.company.len());
        let Some(grown) = self.company.get(repository) else { return Ok(()) };
        let untested = grown.plot.story.services.iter().enumerate().find_map(|(service, story)| {
            let newest = story.newest_in(Stage::Dev, now)?;
            let known = story.arrivals.iter().any(|it| it.stage == Stage::Testing && it.built == newest);
            (!known).then_some((service, newest))
        });
        let (Some((service, built)), Some(grown)) = (untested, self.company.get_mut(repository)) else {
            return Ok(());
        };
        arrive(&self.places, grown, service, Arriving { stage: Stage::Testing, built, at: now })
    }
}

/// Brings a build into a stage, on disk and in the story. Somebody who works there goes first: then it stays away.
fn arrive(places: &Places, grown: &mut Grown, service: usize, arriving: Arriving) -> Result<(), DemoError> {
    let Some(story) = grown.plot.story.services.get_mut(service) else { return Ok(()) };
    if arrival::bring(&places.packages(), story, &grown.ids, arriving)? {
        let Arriving { stage, built, at } = arriving;
        story.arrivals.push(Arrival { stage, built, at, actor: super::names::PIPELINE });
    }
    Ok(())
}

fn run_counts(plot: &Plot) -> Vec<usize> {
    plot.story.services.iter().map(|service| service.runs.len()).collect()
}

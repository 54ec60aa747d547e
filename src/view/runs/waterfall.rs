//! Where a run's time went: one bar for each job, with queueing, provisioning and work told apart by shape and by series.

use crate::model::{Job, PhaseKind, Run, Status, Time};
use crate::view::{Line, Role, format};

/// What a stretch of a bar means. The index is that of [`Role::Series`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// It waited for a machine.
    Queued,
    /// A machine was made ready.
    Provisioning,
    /// Real work.
    Work,
    /// Work that a cache answered.
    Cached,
}

impl Stretch {
    /// All of them, in the order of their series.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Provisioning, Self::Work, Self::Cached];

    /// The series by which it is coloured.
    pub fn series(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Provisioning => 1,
            Self::Work => 2,
            Self::Cached => 3,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Provisioning => "provisioning",
            Self::Work => "work",
            Self::Cached => "from cache",
        }
    }

    /// How one cell of it looks, without colour too.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Queued => "·",
            Self::Provisioning => "░",
            Self::Work => "█",
            Self::Cached => "▒",
        }
    }
}

/// A stretch of a job's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: Time,
    until: Time,
    is: Stretch,
}

/// The time that a run takes up on the screen: from its first request to its end, or to `now` while it goes on.
pub fn extent(run: &Run, now: Time) -> Option<(Time, Time)> {
    let starts = run.jobs.iter().flat_map(|job| [job.queued_at, job.started_at]).chain([run.queued_at, run.started_at]);
    let start = starts.flatten().min()?;
    let ends = run.jobs.iter().map(|job| job.finished_at).chain([run.finished_at]).flatten().max();
    let goes_on = matches!(run.status, Status::Running | Status::Waiting);
    let end = if goes_on { now } else { ends.unwrap_or(now) };
    Some((start, end.max(start)))
}

/// The bar of a job in exactly `cells` cells, in a run that took up `extent`.
pub fn bar(job: &Job, extent: (Time, Time), now: Time, cells: usize) -> Line {
    let mut shown: Vec<Option<Stretch>> = vec![None; cells];
    for span in spans(job, now) {
        let (first, end) = (cell_of(span.from, extent, cells), cell_of(span.until, extent, cells));
        // However short it was, it was: it shows as one cell where nothing else is.
        for at in first..end.max(first + 1) {
            if let Some(cell) = shown.get_mut(at)
                && (cell.is_none() || end > first)
            {
                *cell = Some(span.is);
            }
        }
    }
    let mut line = Line::default();
    for run_of_cells in shown.chunk_by(PartialEq::eq) {
        let count = run_of_cells.len();
        line = match run_of_cells.first().copied().flatten() {
            Some(is) => line.with(Role::Series(is.series()), is.shape().repeat(count)),
            None => line.with(Role::Text, " ".repeat(count)),
        };
    }
    line
}

/// The same in words: `queued 1 m 00 s, provisioning 1 m 00 s, work 3 m 00 s, from cache 1 m 00 s`.
pub fn words(job: &Job, now: Time) -> String {
    let spans = spans(job, now);
    let total = |is: Stretch| -> i64 {
        spans.iter().filter(|span| span.is == is).map(|span| (span.until - span.from).num_seconds()).sum()
    };
    let parts = Stretch::ALL.map(|is| (is, total(is))).into_iter().filter(|(_, seconds)| *seconds > 0);
    let parts: Vec<String> =
        parts.map(|(is, seconds)| format!("{} {}", is.word(), format::duration(seconds))).collect();
    if parts.is_empty() { "no time yet".to_owned() } else { parts.join(", ") }
}

/// What the shapes mean.
pub fn legend() -> Line {
    let mut line = Line::default();
    for is in Stretch::ALL {
        if !line.0.is_empty() {
            line = line.with(Role::Text, "  ");
        }
        line = line.with(Role::Series(is.series()), is.shape()).with(Role::Muted, format!(" {}", is.word()));
    }
    line
}

fn cell_of(at: Time, (start, end): (Time, Time), cells: usize) -> usize {
    let whole = (end - start).num_milliseconds().max(1);
    let part = (at - start).num_milliseconds().clamp(0, whole);
    let cells = i128::try_from(cells).unwrap_or_default();
    usize::try_from(i128::from(part) * cells / i128::from(whole)).unwrap_or_default()
}

/// The stretches of a job in order: waiting, then its phases, with work wherever no phase says otherwise.
fn spans(job: &Job, now: Time) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut push = |from: Time, until: Time, is: Stretch| {
        if until > from {
            spans.push(Span { from, until, is });
        }
    };
    let Some(started) = job.started_at else {
        let waits = matches!(job.status, Status::Waiting | Status::Held);
        if let Some(queued) = job.queued_at.filter(|_| waits) {
            push(queued, now, Stretch::Queued);
        }
        return spans;
    };
    push(job.queued_at.unwrap_or(started), started, Stretch::Queued);
    let end = match (job.finished_at, job.status) {
        (Some(finished), _) => finished,
        (None, Status::Running) => now,
        (None, _) => return spans,
    };
    let mut at = started;
    for phase in &job.phases {
        let (from, until) = (phase.started_at.clamp(at, end.max(at)), phase.finished_at.unwrap_or(end).min(end));
        push(at, from, Stretch::Work);
        let is = match phase.kind {
            _ if phase.cached => Stretch::Cached,
            PhaseKind::Provisioning => Stretch::Provisioning,
            _ => Stretch::Work,
        };
        push(from, until, is);
        at = at.max(until);
    }
    push(at, end, Stretch::Work);
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Phase;
    use crate::view::fit;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).expect("a time")
    }

    fn job(queued: i64, started: i64, finished: Option<i64>, phases: Vec<Phase>) -> Job {
        Job {
            name: "build".into(),
            status: if finished.is_some() { Status::Ok } else { Status::Running },
            queued_at: Some(at(queued)),
            started_at: Some(at(started)),
            finished_at: finished.map(at),
            phases,
            steps: Vec::new(),
            url: None,
            log_tail: Vec::new(),
        }
    }

    fn phase(kind: PhaseKind, from: i64, until: Option<i64>, cached: bool) -> Phase {
        Phase { kind, started_at: at(from), finished_at: until.map(at), cached }
    }

    #[test]
    fn a_bar_shows_where_the_time_went() {
        let phases = vec![
            phase(PhaseKind::Provisioning, 20, Some(40), false),
            phase(PhaseKind::Download, 40, Some(50), true),
            phase(PhaseKind::Build, 50, Some(90), false),
        ];
        let job = job(0, 20, Some(100), phases);
        assert_eq!(bar(&job, (at(0), at(200)), at(500), 20).plain(), "··░░▒█████          ");
        assert_eq!(words(&job, at(500)), "queued 20 s, provisioning 20 s, work 50 s, from cache 10 s");
    }

    #[test]
    fn a_job_that_goes_on_reaches_to_the_present() {
        assert_eq!(bar(&job(0, 50, None, Vec::new()), (at(0), at(100)), at(100), 10).plain(), "·····█████");
        assert_eq!(bar(&job(0, 0, Some(0), Vec::new()), (at(0), at(100)), at(100), 4).plain(), "    ");
    }

    proptest! {
        #[test]
        fn a_bar_has_exactly_its_cells_whatever_the_clocks_say(
            times in prop::array::uniform4(-50_i64..200), running in any::<bool>(), cells in 0_usize..60,
            phases in prop::collection::vec((-50_i64..200, prop::option::of(-50_i64..200), any::<bool>()), 0..4),
        ) {
            let [queued, started, finished, now] = times;
            let phases = phases.into_iter().map(|(from, until, cached)| phase(PhaseKind::Build, from, until, cached));
            let job = job(queued, started, (!running).then_some(finished), phases.collect());
            let line = bar(&job, (at(0), at(100)), at(now), cells);
            prop_assert_eq!(fit::width(&line.plain()), cells);
            let _ = words(&job, at(now));
        }
    }
}

//! The measures of one track. Durations are seconds; undefined is `None`, never 0.

use super::calendar::PerDay;
use super::survival::Survival;
use super::verdict::{Episode, Evidence, Remedy};
use super::weeks::Weeks;
use crate::graph::Pos;
use crate::model::{Kind, Time};

/// A stretch of time: from an instant, to before another. Without an end it reaches to now, now included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first instant; absent means from the beginning.
    pub from: Option<Time>,
    /// The first instant after it; absent means to now.
    pub until: Option<Time>,
}

impl Window {
    /// Whether an instant lies in it. What is dated after now lies in no window.
    pub fn holds(&self, at: Time, now: Time) -> bool {
        at <= now && self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Where it ends, seen from now.
    pub fn end(&self, now: Time) -> Time {
        self.until.map_or(now, |until| until.min(now))
    }
}

/// Everything that is measured of a track.
#[derive(Clone, Debug)]
pub struct TrackMetrics {
    /// The window.
    pub window: Window,
    /// The present.
    pub now: Time,
    /// How long changes took to users.
    pub lead_time: LeadTime,
    /// Landed changes that are not here; absent where nothing is known of the branch.
    pub waiting: Option<Waiting>,
    /// How often something new came.
    pub frequency: Frequency,
    /// How many deployments failed their users.
    pub change_fail: Share,
    /// Deployments too young for a verdict.
    pub provisional: usize,
    /// How long users were hurt.
    pub recovery: Recovery,
    /// How many deployments were unplanned repair.
    pub rework: Share,
    /// How much of it all is known.
    pub coverage: Coverage,
    /// The year of the bands to name beside the numbers.
    pub bands: Option<u16>,
    /// The deployments of the window, oldest first; then those without a time and those that are dated after now.
    pub deployments: Vec<Measured>,
}

/// Change lead time: all changes that came in the window, pooled.
#[derive(Clone, Debug, Default)]
pub struct LeadTime {
    /// How long each took, shortest first.
    pub seconds: Vec<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// Three quarters took no longer.
    pub p75: Option<f64>,
    /// Nine in ten took no longer; undefined below [`LeadTime::ENOUGH_FOR_P90`] changes.
    pub p90: Option<f64>,
    /// The 95 % interval of the median, by resampling deployments; undefined below eight.
    pub interval: Option<(f64, f64)>,
    /// Deployments that brought them.
    pub deployments: usize,
    /// Changes whose clock starts after users had them: counted as 0.
    pub skewed: usize,
    /// Changes whose author time is more than a year before their committer time.
    pub imported: usize,
    /// The pooled median of each complete or begun week: its Monday, its changes, its median.
    pub weekly: Vec<WeekPoint>,
    /// Changes whose clock started in the window, whether they came or wait.
    pub landed: Cohort,
}

impl LeadTime {
    /// Below this no P90 is told (metrics documentation, "Statistics").
    pub const ENOUGH_FOR_P90: usize = 20;
    /// Below this the changes themselves say more than any quantile.
    pub const ENOUGH_FOR_QUANTILES: usize = 5;
    /// Below this many deployments there is no interval.
    pub const ENOUGH_FOR_INTERVAL: usize = 8;

    /// How many changes.
    pub fn n(&self) -> usize {
        self.seconds.len()
    }
}

/// A week of lead times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeekPoint {
    /// Its Monday, in the time zone of the environment.
    pub monday: chrono::NaiveDate,
    /// Changes that came in it.
    pub n: usize,
    /// Their median lead time.
    pub p50: f64,
}

/// Changes by when their clock started: those that came are events, those that wait are censored.
#[derive(Clone, Debug, Default)]
pub struct Cohort {
    /// All of them.
    pub n: usize,
    /// Those that wait.
    pub waiting: usize,
    /// The median of those that came: what is told where those that wait are forgotten.
    pub delivered_p50: Option<f64>,
    /// The Kaplan-Meier estimate.
    pub survival: Survival,
    /// Its median; undefined where not reached.
    pub p50: Option<f64>,
    /// The time by which nine in ten have come.
    pub p90: Option<f64>,
}

/// Landed changes that wait.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// The repository's place in the ledger and the commit, newest first.
    pub changes: Vec<(usize, Pos)>,
    /// How long the oldest has waited.
    pub oldest: Option<f64>,
}

/// Deployment frequency.
#[derive(Clone, Debug, Default)]
pub struct Frequency {
    /// Counted deployments.
    pub deployments: usize,
    /// Local days with at least one.
    pub deploy_days: usize,
    /// Complete weeks with their days and deployments.
    pub weeks: Weeks,
    /// The median of deploy days over complete weeks; undefined without one.
    pub median_days_per_week: Option<f64>,
    /// Deployments a complete week, on average.
    pub per_week: Option<f64>,
    /// The median time between two.
    pub gap_p50: Option<f64>,
    /// Nine in ten gaps are no longer.
    pub gap_p90: Option<f64>,
    /// Since the last.
    pub since_last: Option<f64>,
    /// Deployments on each local day.
    pub per_day: PerDay,
}

/// Some of some deployments.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    /// How many.
    pub some: usize,
    /// Of how many.
    pub of: usize,
    /// The share; undefined of none.
    pub rate: Option<f64>,
    /// Wilson's 95 % interval.
    pub interval: Option<(f64, f64)>,
}

/// Failed deployment recovery time.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// The episodes that began in the window, oldest first.
    pub episodes: Vec<Episode>,
    /// How many of them are not over.
    pub open: usize,
    /// The Kaplan-Meier median; undefined where not reached.
    pub p50: Option<f64>,
}

impl Recovery {
    /// Below this the episodes themselves say more than a median.
    pub const ENOUGH_FOR_MEDIAN: usize = 5;
}

/// How much is known of the successful deployments of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Successful deployments.
    pub deployments: usize,
    /// Those whose commit is known.
    pub commit: usize,
    /// Those with a run that built what they deployed.
    pub run: usize,
    /// Those with an artifact.
    pub artifact: usize,
}

/// A deployment with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its number in the ledger.
    pub entry: usize,
    /// What it did.
    pub kind: Kind,
    /// Commits that came with it for the first time.
    pub new_commits: Option<usize>,
    /// Those that count.
    pub changes: Option<usize>,
    /// Those that programs wrote.
    pub bots: usize,
    /// Merges.
    pub merges: usize,
    /// How long its changes took; absent where that is undefined for the whole deployment.
    pub lead_time: Option<Batch>,
    /// Whether it is in the headline.
    pub counted: bool,
    /// Whether it is too young for a verdict.
    pub provisional: bool,
    /// Why it counts as failed.
    pub failed_by: Vec<Evidence>,
    /// What might be held against it.
    pub possible: Vec<Evidence>,
    /// Why it counts as unplanned repair.
    pub remedy: Option<Remedy>,
    /// What has to be known before its numbers are believed.
    pub flags: Vec<Flag>,
}

/// The lead times of one deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    /// Changes.
    pub n: usize,
    /// Their median.
    pub p50: Option<f64>,
    /// The oldest change.
    pub max: Option<f64>,
}

/// What has to be known before a deployment's numbers are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// The baseline: what it holds was delivered before anything is counted.
    Baseline,
    /// History is cut off below it.
    Truncated,
    /// A deployment of an unknown commit stands before it.
    MayOvercount,
    /// Some changes were written after it finished.
    Skewed,
    /// Some changes were written more than a year before they were committed.
    Imported,
    /// Nothing of the service was in it.
    Noop,
    /// The same code with other configuration or another build.
    Config,
    /// Older code overwrote newer: it began before what it took away had finished.
    OverwroteNewer,
    /// Too young for a verdict.
    Provisional,
    /// It has no time of its own.
    Undated,
    /// It is dated after now.
    Future,
}

impl Flag {
    /// What it means for the numbers, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Baseline => "what it holds counts as delivered before",
            Self::Truncated => "history is cut off below it, so it has no lead times",
            Self::MayOvercount => {
                "a deployment of an unknown commit stands before it: some changes may have come earlier"
            }
            Self::Skewed => "some changes were written after it finished: counted as 0",
            Self::Imported => "some changes were written more than a year before they were committed",
            Self::Noop => "nothing of the service was in it",
            Self::Config => "the same code with other configuration or another build",
            Self::OverwroteNewer => "older code overwrote newer: it began before what it took away had finished",
            Self::Provisional => "too young for a verdict",
            Self::Undated => "it has no time of its own",
            Self::Future => "it is dated after now",
        }
    }

    /// The word by which scripts name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Truncated => "truncated",
            Self::MayOvercount => "may_overcount",
            Self::Skewed => "skewed",
            Self::Imported => "imported",
            Self::Noop => "noop",
            Self::Config => "config",
            Self::OverwroteNewer => "overwrote_newer",
            Self::Provisional => "provisional",
            Self::Undated => "undated",
            Self::Future => "future",
        }
    }
}

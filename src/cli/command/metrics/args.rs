//! The arguments of `flightdeck metrics`, and what they make of the policy in force.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use regex::Regex;

use crate::cli::failure::Failure;
use crate::cli::when::{self, Beginning, Since};
use crate::graph::Prefix;
use crate::metrics::policy::{Baseline, Start};
use crate::metrics::{Metric, Policy, Window};
use crate::model::{CommitId, Time, text};
use crate::picture::{ReleaseTags, Repository};

/// Arguments of `metrics`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Without --repo, --tags or --deployments it measures what the configured backends report: production, or the environment
that is named. TIME is a date (2026-12-24), a time (2026-12-24T18:00:00Z) or how long ago (90d).

Examples:
  flightdeck metrics                                              what is here, over the policy's window
  flightdeck metrics --since 30d --format html > report.html      a page to send round
  flightdeck metrics --repo . --tags 'v\\d+\\.\\d+\\.\\d+'           each release tag as a deployment
  flightdeck metrics --repo . --deployments deployments.jsonl     deployments from a file of JSON lines
  flightdeck metrics --explain lead-time                          what the number means, with the policy in force")]
pub struct Args {
    /// Measure the git repository at this directory, whatever backends are configured.
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Count each tag whose whole name matches as a deployment to `release`, at its creation date.
    #[arg(long, value_name = "REGEX", value_parser = tags)]
    pub tags: Option<Arc<ReleaseTags>>,
    /// Count the deployments in this file of JSON lines.
    #[arg(long, value_name = "FILE")]
    pub deployments: Option<PathBuf>,
    /// Take in the incidents in this file of JSON lines.
    #[arg(long, value_name = "FILE")]
    pub incidents: Option<PathBuf>,
    /// Measure only this service.
    #[arg(long, short, value_name = "SERVICE")]
    pub service: Option<String>,
    /// Measure only this environment.
    #[arg(long, short, value_name = "ENVIRONMENT")]
    pub environment: Option<String>,
    /// Begin the window here, or `all` for everything there is.
    #[arg(long, value_name = "TIME", value_parser = when::beginning)]
    since: Option<Beginning>,
    /// End the window before this.
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    until: Option<Since>,
    /// Measure as if it were this moment.
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    pub now: Option<Since>,
    /// When the clock of a change starts.
    #[arg(long, value_enum, value_name = "MOMENT")]
    start: Option<StartAt>,
    /// What this commit holds had been delivered before anything is counted; may be given several times.
    #[arg(long, value_name = "SHA")]
    pub baseline: Vec<String>,
    /// Leave commits out whose `name <address>` matches; `none` counts everybody.
    #[arg(long, value_name = "PATTERN", value_parser = bots)]
    bots: Option<Bots>,
    /// Count merges as changes.
    #[arg(long)]
    count_merges: bool,
    /// Count days and weeks of --tags and --deployments in this zone.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    pub time_zone: Tz,
    /// Say in words what a metric means, with the policy in force, and measure nothing.
    #[arg(long, value_name = "METRIC", value_parser = explain)]
    pub explain: Option<Explain>,
}

/// When the clock of a change starts, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum StartAt {
    /// When it was written.
    Author,
    /// When it was committed.
    Commit,
    /// When it reached the deployable branch.
    Landed,
    /// When the first commit was written that landed together with it.
    FirstCommit,
}

/// Whom not to count; nobody is left out where there is no expression.
#[derive(Clone, Debug)]
struct Bots(Option<Regex>);

/// The metrics to explain.
#[derive(Clone, Debug)]
pub struct Explain(pub Vec<Metric>);

/// Reads the name of a metric, or `all`.
fn explain(name: &str) -> Result<Explain, String> {
    let metrics: Vec<Metric> = Metric::ALL.into_iter().filter(|it| name == "all" || it.name() == name).collect();
    let known = || Metric::ALL.map(Metric::name).join(", ");
    if metrics.is_empty() { Err(format!("expected one of {}, or all", known())) } else { Ok(Explain(metrics)) }
}

fn tags(expression: &str) -> Result<Arc<ReleaseTags>, String> {
    ReleaseTags::matching(expression).map(Arc::new).map_err(|error| error.to_string())
}

fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| "expected the name of a time zone like UTC or Europe/Berlin".to_owned())
}

fn bots(pattern: &str) -> Result<Bots, String> {
    if pattern == "none" {
        return Ok(Bots(None));
    }
    Regex::new(pattern).map(|it| Bots(Some(it))).map_err(|error| error.to_string())
}

impl Args {
    /// Whether something is handed over instead of what backends report.
    pub fn is_handed_over(&self) -> bool {
        self.repo.is_some() || self.tags.is_some() || self.deployments.is_some()
    }

    /// Where the repository or the configuration is looked for.
    pub fn directory(&self) -> &Path {
        self.repo.as_deref().unwrap_or(Path::new("."))
    }

    /// The policy in force with what the command line says instead.
    pub fn policy(&self, in_force: &Policy, repository: Option<&Repository>) -> Result<Policy, Failure> {
        let mut policy = in_force.clone();
        if let Some(start) = self.start {
            policy.start = match start {
                StartAt::Author => Start::Author,
                StartAt::Commit => Start::Commit,
                StartAt::Landed => Start::Landed,
                StartAt::FirstCommit => Start::FirstCommit,
            };
        }
        if let Some(Bots(bots)) = &self.bots {
            policy.bots.clone_from(bots);
        }
        policy.count_merges |= self.count_merges;
        if !self.baseline.is_empty() {
            let commits = self.baseline.iter().map(|sha| commit(sha, repository)).collect::<Result<_, _>>()?;
            policy.baseline = Baseline::Commits(commits);
        }
        Ok(policy)
    }

    /// The window; `default` is where it begins when nothing is said.
    ///
    /// # Errors
    /// When it ends before it begins.
    pub fn window(&self, default: Option<Since>, now: Time) -> Result<Window, Failure> {
        let from = self.since.map_or(default, |Beginning(from)| from);
        let window = Window { from: from.map(|it| it.at(now)), until: self.until.map(|it| it.at(now)) };
        match window.from.zip(window.until) {
            Some((from, until)) if until < from => Err(Failure::usage("the window ends before it begins")
                .hint("`--since` says where it begins, `--until` where it ends")),
            _ => Ok(window),
        }
    }
}

/// The commit that a person names for a baseline.
fn commit(sha: &str, repository: Option<&Repository>) -> Result<CommitId, Failure> {
    let shown = text::clean(sha);
    let Some(repository) = repository else {
        return Err(Failure::usage("a baseline needs one repository").hint("name it with `--repo`"));
    };
    match repository.graph.find_prefix(sha) {
        Prefix::One(pos) => Ok(repository.graph.id(pos)),
        Prefix::None => Err(Failure::error(format!("{} has no commit `{shown}`", repository.id))),
        Prefix::Many(_) => Err(Failure::error(format!("`{shown}` can mean several commits")).hint("write more digits")),
    }
}

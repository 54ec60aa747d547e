//! The answer of `metrics`.

use serde::Serialize;

use crate::metrics::report::{Batch, Cohort, Coverage, Flag, Share};
use crate::metrics::verdict::{Evidence, Remedy, Witness};
use crate::metrics::{Definition, Entry, Policy, TrackMetrics, Window};
use crate::model::{CommitId, DeploymentId, EnvironmentId, IncidentId, Kind, Outcome, ServiceId, Text, Time, Version};
use crate::query::TrackReport;

/// The measures of some tracks. Undefined is null, never 0; durations are seconds.
#[derive(Debug, Serialize)]
pub struct Metrics<'a> {
    now: Time,
    window: Span,
    warnings: &'a [String],
    tracks: Vec<TrackAnswer<'a>>,
}

#[derive(Debug, Serialize)]
struct Span {
    from: Option<Time>,
    until: Option<Time>,
}

#[derive(Debug, Serialize)]
struct TrackAnswer<'a> {
    service: &'a ServiceId,
    environment: &'a EnvironmentId,
    definition: String,
    lead_time: LeadTime,
    waiting: Option<Waiting>,
    deployment_frequency: Frequency,
    change_fail_rate: FailRate,
    recovery_time: Recovery<'a>,
    rework_rate: Rework,
    coverage: Covered,
    deployments: Vec<Deployed<'a>>,
}

#[derive(Debug, Serialize)]
struct LeadTime {
    n: usize,
    p50_s: Option<f64>,
    p75_s: Option<f64>,
    p90_s: Option<f64>,
    interval_s: Option<(f64, f64)>,
    deployments: usize,
    skewed: usize,
    imported: usize,
    landed: Landed,
}

#[derive(Debug, Serialize)]
struct Landed {
    n: usize,
    delivered: usize,
    waiting: usize,
    delivered_p50_s: Option<f64>,
    p50_s: Option<f64>,
    p90_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Waiting {
    changes: usize,
    oldest_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Frequency {
    deployments: usize,
    deploy_days: usize,
    complete_weeks: usize,
    median_days_per_week: Option<f64>,
    per_week: Option<f64>,
    gap_p50_s: Option<f64>,
    gap_p90_s: Option<f64>,
    since_last_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct FailRate {
    failed: usize,
    counted: usize,
    provisional: usize,
    rate: Option<f64>,
    interval: Option<(f64, f64)>,
}

#[derive(Debug, Serialize)]
struct Recovery<'a> {
    episodes: usize,
    open: usize,
    p50_s: Option<f64>,
    list: Vec<Episode<'a>>,
}

#[derive(Debug, Serialize)]
struct Episode<'a> {
    from: Time,
    until: Option<Time>,
    deployments: Vec<&'a DeploymentId>,
}

#[derive(Debug, Serialize)]
struct Rework {
    rework: usize,
    deployments: usize,
    rate: Option<f64>,
    interval: Option<(f64, f64)>,
}

#[derive(Debug, Serialize)]
struct Covered {
    deployments: usize,
    with_commit: usize,
    with_run: usize,
    with_artifact: usize,
}

#[derive(Debug, Serialize)]
struct Deployed<'a> {
    id: &'a DeploymentId,
    version: Option<&'a Version>,
    commit: Option<CommitId>,
    finished_at: Option<Time>,
    outcome: Outcome,
    kind: Kind,
    new_commits: Option<usize>,
    changes: Option<usize>,
    bots: usize,
    merges: usize,
    lead_time: Option<Lead>,
    failed_by: Vec<Failure<'a>>,
    possible: Vec<Failure<'a>>,
    rework: Option<&'static str>,
    flags: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct Lead {
    n: usize,
    p50_s: Option<f64>,
    max_s: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Failure<'a> {
    signal: &'static str,
    evidence: Text,
    by: By<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum By<'a> {
    Incident(&'a IncidentId),
    Deployment(&'a DeploymentId),
    Mark(&'a Version),
    Itself,
}

/// The answer for `reports`.
pub fn metrics<'a>(
    reports: &'a [TrackReport],
    policy: &Policy,
    window: Window,
    now: Time,
    warnings: &'a [String],
) -> Metrics<'a> {
    let definition = Definition::of_all(policy);
    let tracks = reports.iter().map(|it| track(it, &definition)).collect();
    Metrics { now, window: Span { from: window.from, until: window.until }, warnings, tracks }
}

fn track<'a>(report: &'a TrackReport, definition: &str) -> TrackAnswer<'a> {
    let it = &report.metrics;
    let entries = report.ledger.entries();
    let id = |at: &usize| entries.get(*at).map(|entry| &entry.deployment.id);
    let episode = |it: &'a crate::metrics::verdict::Episode| Episode {
        from: it.from,
        until: it.until,
        deployments: it.deployments.iter().filter_map(id).collect(),
    };
    TrackAnswer {
        service: &report.track.service,
        environment: &report.track.environment,
        definition: definition.to_owned(),
        lead_time: lead_time(it),
        waiting: it.waiting.as_ref().map(|it| Waiting { changes: it.changes.len(), oldest_s: it.oldest }),
        deployment_frequency: frequency(it),
        change_fail_rate: fail_rate(it.change_fail, it.provisional),
        recovery_time: Recovery {
            episodes: it.recovery.episodes.len(),
            open: it.recovery.open,
            p50_s: it.recovery.p50,
            list: it.recovery.episodes.iter().map(episode).collect(),
        },
        rework_rate: rework(it.rework),
        coverage: covered(it.coverage),
        deployments: it
            .deployments
            .iter()
            .filter_map(|measured| Some(deployed(entries.get(measured.entry)?, measured)))
            .collect(),
    }
}

fn lead_time(it: &TrackMetrics) -> LeadTime {
    let lead = &it.lead_time;
    let Cohort { n, waiting, delivered_p50, p50, p90, .. } = lead.landed;
    LeadTime {
        n: lead.n(),
        p50_s: lead.p50,
        p75_s: lead.p75,
        p90_s: lead.p90,
        interval_s: lead.interval,
        deployments: lead.deployments,
        skewed: lead.skewed,
        imported: lead.imported,
        landed: Landed {
            n,
            delivered: n.saturating_sub(waiting),
            waiting,
            delivered_p50_s: delivered_p50,
            p50_s: p50,
            p90_s: p90,
        },
    }
}

fn frequency(it: &TrackMetrics) -> Frequency {
    let it = &it.frequency;
    Frequency {
        deployments: it.deployments,
        deploy_days: it.deploy_days,
        complete_weeks: it.weeks.count(),
        median_days_per_week: it.median_days_per_week,
        per_week: it.per_week,
        gap_p50_s: it.gap_p50,
        gap_p90_s: it.gap_p90,
        since_last_s: it.since_last,
    }
}

fn fail_rate(share: Share, provisional: usize) -> FailRate {
    let Share { some, of, rate, interval } = share;
    FailRate { failed: some, counted: of, provisional, rate, interval }
}

fn rework(share: Share) -> Rework {
    let Share { some, of, rate, interval } = share;
    Rework { rework: some, deployments: of, rate, interval }
}

fn covered(it: Coverage) -> Covered {
    let Coverage { deployments, commit, run, artifact } = it;
    Covered { deployments, with_commit: commit, with_run: run, with_artifact: artifact }
}

fn deployed<'a>(entry: &'a Entry, it: &'a crate::metrics::report::Measured) -> Deployed<'a> {
    let deployment = &entry.deployment;
    Deployed {
        id: &deployment.id,
        version: deployment.version.as_ref(),
        commit: deployment.commit,
        finished_at: deployment.at(),
        outcome: deployment.outcome,
        kind: it.kind,
        new_commits: it.new_commits,
        changes: it.changes,
        bots: it.bots,
        merges: it.merges,
        lead_time: it.lead_time.map(|Batch { n, p50, max }| Lead { n, p50_s: p50, max_s: max }),
        failed_by: it.failed_by.iter().map(failure).collect(),
        possible: it.possible.iter().map(failure).collect(),
        rework: it.remedy.as_ref().map(remedy),
        flags: it.flags.iter().map(|flag: &Flag| flag.word()).collect(),
    }
}

fn failure(evidence: &Evidence) -> Failure<'_> {
    let by = match &evidence.by {
        Witness::Incident(id) => By::Incident(id),
        Witness::Deployment(id) => By::Deployment(id),
        Witness::Mark(version) => By::Mark(version),
        Witness::Itself => By::Itself,
    };
    Failure { signal: evidence.signal.code(), evidence: evidence.words(), by }
}

fn remedy(remedy: &Remedy) -> &'static str {
    match remedy {
        Remedy::Rollback => "rollback",
        Remedy::Fixes(_) => "fixes",
        Remedy::Hotfix => "hotfix",
        Remedy::Reverts => "reverts",
        Remedy::Restart(_) => "restart",
    }
}

/// What metrics mean.
#[derive(Debug, Serialize)]
pub struct Explained<'a> {
    definitions: Vec<Words<'a>>,
}

#[derive(Debug, Serialize)]
struct Words<'a> {
    metric: &'static str,
    title: &'static str,
    definition: &'a str,
    words: &'a [String],
}

/// The answer of `metrics --explain`.
pub fn explained<'a>(definitions: &'a [Definition]) -> Explained<'a> {
    let words = |it: &'a Definition| Words {
        metric: it.metric.name(),
        title: it.metric.title(),
        definition: &it.id,
        words: &it.words,
    };
    Explained { definitions: definitions.iter().map(words).collect() }
}

//! From the `[metrics]` table to the policy of the measures.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use regex::Regex;

use crate::config::MetricsEntry;
use crate::metrics::Policy;
use crate::metrics::policy::{Baseline, Blame, Equivalence, GroupRule, Headline, RecoveryFrom, Start};

/// What a written-out choice means, where it is no expression.
const NONE: &str = "none";

/// The policy that the table means. What makes no sense, which the check reports, is as if it were not there.
pub fn policy(entry: &MetricsEntry) -> Policy {
    let plain = Policy::default();
    let same = |what: &str| entry.equivalence.iter().any(|it| it == what);
    Policy {
        start: match entry.start.as_str() {
            "commit" => Start::Commit,
            "landed" => Start::Landed,
            "first-commit" => Start::FirstCommit,
            _ => Start::Author,
        },
        baseline: baseline(entry),
        count_merges: entry.count_merges,
        bots: expression(entry.bots.as_deref(), plain.bots),
        equivalence: Equivalence { trailer: same("trailer"), forge: same("forge"), patch: same("patch") },
        headline: if entry.count == "all" { Headline::All } else { Headline::New },
        count_noop: entry.count_noop,
        blame: match entry.blame.as_str() {
            "latest" => Blame::Latest,
            "all" => Blame::All,
            _ => Blame::Earliest,
        },
        horizon: TimeDelta::days(entry.horizon_days.into()),
        infer_within: entry.infer_hours.map(|hours| TimeDelta::hours(hours.into())),
        recovery_from: match entry.recovery_from.as_str() {
            "detection" => RecoveryFrom::Detection,
            _ => RecoveryFrom::Deployment,
        },
        hotfix: expression(entry.hotfix.as_deref(), plain.hotfix),
        group: if entry.group == "any" { GroupRule::Any } else { GroupRule::All },
        window: TimeDelta::days(entry.window_days.into()),
        bands: entry.bands,
    }
}

fn baseline(entry: &MetricsEntry) -> Baseline {
    let commits: Vec<_> = entry.baseline.iter().filter_map(|it| it.parse().ok()).collect();
    let day = entry.baseline_date.as_deref().and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    match (commits.is_empty(), day) {
        (false, _) => Baseline::Commits(commits),
        (true, Some(day)) => Baseline::Since(day.and_time(NaiveTime::MIN).and_utc()),
        (true, None) => Baseline::First,
    }
}

fn expression(written: Option<&str>, otherwise: Option<Regex>) -> Option<Regex> {
    match written {
        None => otherwise,
        Some(NONE) => None,
        Some(written) => Regex::new(written).ok().or(otherwise),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Definition;

    #[test]
    fn an_empty_table_is_the_usual_policy() {
        let policy = policy(&MetricsEntry::default());
        assert_eq!(Definition::of_all(&policy), Definition::of_all(&Policy::default()));
        assert_eq!(policy.window, Policy::default().window);
    }

    #[test]
    fn choices_are_taken_over() {
        let written = r#"
            start = "landed"
            baseline_date = "2026-01-01"
            bots = "none"
            equivalence = ["patch"]
            blame = "all"
            horizon_days = 3
        "#;
        let entry: MetricsEntry = toml::from_str(written).expect("a table");
        let policy = policy(&entry);
        assert_eq!((policy.start, policy.blame, policy.horizon.num_days()), (Start::Landed, Blame::All, 3));
        assert!(policy.bots.is_none() && policy.hotfix.is_some());
        assert_eq!(policy.equivalence, Equivalence { trailer: false, forge: false, patch: true });
        assert!(matches!(policy.baseline, Baseline::Since(_)));
    }
}

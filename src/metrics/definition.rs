//! What each number means, in words, with the policy in force; and a short id of those words. Two numbers with the same id
//! were counted in the same way.

use std::fmt::Write;

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

use super::policy::{Baseline, Blame, Headline, Policy, RecoveryFrom, Start};
use super::report::LeadTime;

/// One of the five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Change lead time.
    LeadTime,
    /// Deployment frequency.
    DeploymentFrequency,
    /// Change fail rate.
    ChangeFailRate,
    /// Failed deployment recovery time.
    RecoveryTime,
    /// Deployment rework rate.
    ReworkRate,
}

impl Metric {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] =
        [Self::LeadTime, Self::DeploymentFrequency, Self::ChangeFailRate, Self::RecoveryTime, Self::ReworkRate];

    /// The name by which it is asked for: `lead-time`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeadTime => "lead-time",
            Self::DeploymentFrequency => "deployment-frequency",
            Self::ChangeFailRate => "change-fail-rate",
            Self::RecoveryTime => "recovery-time",
            Self::ReworkRate => "rework-rate",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::LeadTime => "Change lead time",
            Self::DeploymentFrequency => "Deployment frequency",
            Self::ChangeFailRate => "Change fail rate",
            Self::RecoveryTime => "Failed deployment recovery time",
            Self::ReworkRate => "Deployment rework rate",
        }
    }
}

/// What a number means under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Which number.
    pub metric: Metric,
    /// Eight hexadecimal digits of the words' SHA-256.
    pub id: String,
    /// The words, a sentence or two each.
    pub words: Vec<String>,
}

impl Definition {
    /// What `metric` means under `policy`.
    pub fn of(metric: Metric, policy: &Policy) -> Self {
        let words = match metric {
            Metric::LeadTime => lead_time(policy),
            Metric::DeploymentFrequency => frequency(policy),
            Metric::ChangeFailRate => fail_rate(policy),
            Metric::RecoveryTime => recovery(policy),
            Metric::ReworkRate => rework(policy),
        };
        Self { metric, id: short(words.iter().map(String::as_str)), words }
    }

    /// The id of everything that is counted of a track: of all five definitions.
    pub fn of_all(policy: &Policy) -> String {
        let all = Metric::ALL.map(|metric| Self::of(metric, policy).id);
        short(all.iter().map(String::as_str))
    }
}

fn short<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for words in words {
        hash.update(words.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().take(4).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// How deployments bring changes: what several definitions stand on.
fn deliveries(policy: &Policy) -> Vec<String> {
    let mut words = vec![
        "Successful deployments of one service into one environment are ordered by when they finished. Each brings the \
         commits that it holds and no deployment before it held."
            .to_owned(),
    ];
    words.push(match &policy.baseline {
        Baseline::First => "What the first deployment holds is the baseline and brings nothing.".to_owned(),
        Baseline::Commits(commits) => {
            let commits: Vec<String> = commits.iter().map(|it| it.short().to_string()).collect();
            format!("What {} holds is the baseline; the first deployment brings the rest.", commits.join(", "))
        }
        Baseline::Since(since) => {
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            format!("Commits written before {since} do not count; the first deployment brings the rest.")
        }
    });
    words
}

fn changes(policy: &Policy) -> String {
    let mut left_out = Vec::new();
    if !policy.count_merges {
        left_out.push("merges".to_owned());
    }
    if let Some(bots) = &policy.bots {
        left_out.push(format!("commits whose author fits `{}`", bots.as_str()));
    }
    left_out.push("commits outside the service's paths".to_owned());
    let same = &policy.equivalence;
    let same = [(same.trailer, "a pick trailer"), (same.forge, "the forge"), (same.patch, "equal patches")];
    let same: Vec<&str> = same.iter().filter(|(on, _)| *on).map(|(_, what)| *what).collect();
    if !same.is_empty() {
        left_out.push(format!("commits that {} show to be a change that came already", same.join(" or ")));
    }
    format!("A change is such a commit, without {}.", left_out.join(", "))
}

fn lead_time(policy: &Policy) -> Vec<String> {
    let mut words = deliveries(policy);
    words.push(changes(policy));
    let start = match policy.start {
        Start::Author => "was written (author date)",
        Start::Commit => "was committed (committer date)",
        Start::Landed => "landed on the deployable branch",
        Start::FirstCommit => "or the first commit that landed together with it was written",
    };
    words.push(format!(
        "The lead time of a change is the time from when it {start} to when the deployment that brought it finished, \
         never below 0. All changes that came in the window are pooled; quantiles are of type 7."
    ));
    words.push(format!(
        "There is no P90 below {} changes, and no interval below {} deployments; the interval is the 95 % interval of \
         the median by drawing deployments, not changes.",
        LeadTime::ENOUGH_FOR_P90,
        LeadTime::ENOUGH_FOR_INTERVAL
    ));
    words.push(
        "Beside it stands the Kaplan-Meier estimate over changes whose clock started in the window, in which changes \
         that wait count as not delivered yet."
            .to_owned(),
    );
    words
}

fn frequency(policy: &Policy) -> Vec<String> {
    let mut words = deliveries(policy);
    words.push(match policy.headline {
        Headline::New => {
            "A deployment counts that succeeded and brought something new: forward, divergent or initial. \
                          Rollbacks, rollforwards, switches and redeployments do not."
                .to_owned()
        }
        Headline::All => "Every deployment that succeeded counts, rollbacks and redeployments too.".to_owned(),
    });
    if !policy.count_noop {
        words.push("One that changed nothing within the service's paths does not.".to_owned());
    }
    words.push(
        "The frequency is the median of days with a counted deployment over the complete ISO weeks of the window, from \
         the track's first deployment on, weeks without one included, in the environment's time zone."
            .to_owned(),
    );
    words
}

fn fail_rate(policy: &Policy) -> Vec<String> {
    let horizon = days(policy);
    let blame = match policy.blame {
        Blame::Earliest => "the first of the deployments",
        Blame::Latest => "the last of the deployments",
        Blame::All => "each of the deployments",
    };
    let mut words = vec![
        format!(
            "The share of deployments that failed their users among those that brought something new or failed after \
             taking traffic. Deployments younger than {horizon} are provisional and left out."
        ),
        "S1: somebody said so: an incident names it as its cause, a deployment says that it fixes it, its version is \
         marked bad."
            .to_owned(),
        format!("S2: a rollback within {horizon} took its commits away; {blame} that brought them is blamed."),
        format!("S3: a deployment within {horizon} brought a commit that reverts one of its commits."),
    ];
    if let Some(hotfix) = &policy.hotfix {
        let hotfix = hotfix.as_str();
        words.push(format!("S4: the deployment after it is called a hotfix (`{hotfix}`) and names no other target."));
    }
    if let Some(within) = policy.infer_within {
        words.push(format!(
            "S5: an incident without a cause within {} hours is shown as possible and not counted.",
            within.num_hours()
        ));
    }
    words.push("S6: it failed after it had taken traffic.".to_owned());
    words.push("A deployment counts once. The interval is Wilson's at 95 %.".to_owned());
    words
}

fn recovery(policy: &Policy) -> Vec<String> {
    let from = match policy.recovery_from {
        RecoveryFrom::Deployment => "when the first failed deployment finished",
        RecoveryFrom::Detection => {
            "when the incident of the first failed deployment was detected, else when it finished"
        }
    };
    let mut words = vec![format!(
        "An episode begins {from} and takes in further failed deployments. It ends when its incident is resolved; \
         without an incident, with the first deployment that took the failure away or was made to repair it. Open \
         episodes count as not over yet; the median is of Kaplan and Meier."
    )];
    words.extend(fail_rate(policy));
    words
}

fn rework(policy: &Policy) -> Vec<String> {
    let hotfix = policy.hotfix.as_ref().map(|it| format!(", or is called a hotfix (`{}`)", it.as_str()));
    vec![format!(
        "The share of unplanned repair among all deployments that succeeded. Repair is a rollback, a switch that took a \
         failure away, a deployment that says what it fixes{}, one whose changes are all reverts, and a redeployment \
         during an incident. The interval is Wilson's at 95 %.",
        hotfix.unwrap_or_default()
    )]
}

fn days(policy: &Policy) -> String {
    match policy.horizon.num_days() {
        1 => "a day".to_owned(),
        days if policy.horizon == chrono::TimeDelta::days(days) => format!("{days} days"),
        _ => format!("{} hours", policy.horizon.num_hours()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_changes_the_ids_that_it_touches_and_no_other() {
        let ids = |policy: &Policy| Metric::ALL.map(|metric| Definition::of(metric, policy).id);
        let plain = ids(&Policy::default());
        assert_eq!(plain, ids(&Policy::default()));
        let cases: [(Policy, [bool; 5]); 5] = [
            (Policy { start: Start::Commit, ..Policy::default() }, [true, false, false, false, false]),
            (Policy { bots: None, ..Policy::default() }, [true, false, false, false, false]),
            (Policy { headline: Headline::All, ..Policy::default() }, [false, true, false, false, false]),
            (Policy { blame: Blame::All, ..Policy::default() }, [false, false, true, true, false]),
            (Policy { hotfix: None, ..Policy::default() }, [false, false, true, true, true]),
        ];
        for (policy, changed) in cases {
            let new = ids(&policy);
            assert_eq!(std::array::from_fn(|at| new[at] != plain[at]), changed, "{policy:?}");
            assert_ne!(Definition::of_all(&policy), Definition::of_all(&Policy::default()));
        }
    }

    #[test]
    fn every_metric_is_told_in_words() {
        for metric in Metric::ALL {
            let definition = Definition::of(metric, &Policy::default());
            assert_eq!(definition.id.len(), 8);
            assert!(definition.words.iter().all(|it| it.ends_with('.')), "{definition:?}");
        }
    }
}

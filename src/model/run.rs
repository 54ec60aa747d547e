//! Runs: executions of pipelines, with jobs, steps and phases, each with queued, started, finished.

use serde::{Deserialize, Serialize};

use super::{CommitId, Deployment, RunId, ServiceId, Status, Text, Time, Version};

/// One execution of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Unique within its source.
    pub id: RunId,
    /// What people call it, where that is not the id: counted for each pipeline from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Which attempt it is, from 1, where a run can be run again under the same number. An earlier attempt is a run of its
    /// own with an id of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The pipeline's name.
    pub pipeline: Text,
    /// The service it builds, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// The commit it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// The branch it runs for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Text>,
    /// What started it: push, schedule, a person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Text>,
    /// How it stands: waiting, running, ok, failed, cancelled or skipped.
    pub status: Status,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Time>,
    /// When its first job began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When its last job ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// The version it built, where it built one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its jobs, in the order in which they were queued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jobs: Vec<Job>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
}

impl Run {
    /// What people call it: `#12`, `#12.2` for its second attempt; its id where it has no number.
    pub fn name(&self) -> String {
        match (self.number, self.attempt.filter(|attempt| *attempt > 1)) {
            (Some(number), Some(attempt)) => format!("#{number}.{attempt}"),
            (Some(number), None) => format!("#{number}"),
            (None, _) => self.id.to_string(),
        }
    }

    /// Whether it carried a deployment out: the deployment leads a person to its page or to something on it, like the
    /// output of a job.
    pub fn carried_out(&self, deployment: &Deployment) -> bool {
        let (Some(run), Some(led)) = (&self.url, &deployment.url) else { return false };
        let page = page(run.as_str());
        !page.is_empty()
            && led.as_str().strip_prefix(page).is_some_and(|on| on.is_empty() || on.starts_with(['/', '?', '#']))
    }
}

/// Where all attempts of a run are: an earlier one lies below it.
fn page(url: &str) -> &str {
    let page = url.trim_end_matches('/');
    match page.rsplit_once("/attempts/") {
        Some((run, attempt)) if attempt.parse::<u32>().is_ok() => run,
        _ => page,
    }
}

/// A job of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Unique within the run.
    pub name: Text,
    /// How it stands.
    pub status: Status,
    /// When it could have begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Time>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// Where its time went, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// Its steps, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Where a person can look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
    /// The end of its output, where the source hands it over with the run: the last lines, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_tail: Vec<Text>,
}

/// A stretch of a job's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// What the time was spent on.
    pub kind: PhaseKind,
    /// When it began.
    pub started_at: Time,
    /// When it ended; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    /// Whether a cache answered.
    #[serde(default)]
    pub cached: bool,
}

/// What a phase's time was spent on. Queueing is the gap between a job's `queued_at` and `started_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseKind {
    /// A machine or container is made ready.
    Provisioning,
    /// Sources, dependencies or caches are fetched.
    Download,
    /// The build proper.
    Build,
    /// Tests.
    Test,
    /// Results are stored.
    Upload,
    /// A deployment.
    Deploy,
    /// Anything else.
    Other,
}

impl PhaseKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Download => "download",
            Self::Build => "build",
            Self::Test => "test",
            Self::Upload => "upload",
            Self::Deploy => "deploy",
            Self::Other => "other",
        }
    }
}

/// A step of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: Text,
    /// How it stands.
    pub status: Status,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_by_its_number_and_later_attempts_say_which_they_are() {
        let run = |more: &str| -> Run {
            let text = format!(r#"{{"id":"18231","pipeline":"build","status":"ok"{more}}}"#);
            serde_json::from_str(&text).expect("a run")
        };
        assert_eq!(run("").name(), "18231");
        assert_eq!(run(r#","attempt":2"#).name(), "18231");
        assert_eq!(run(r#","number":12,"attempt":1"#).name(), "#12");
        assert_eq!(run(r#","number":12,"attempt":2"#).name(), "#12.2");
    }

    #[test]
    fn a_run_carried_out_what_leads_to_its_page_or_to_something_on_it() {
        let page = "https://github.com/acme/shop/actions/runs/77";
        let run = |url: &str| -> Run {
            serde_json::from_str(&format!(r#"{{"id":"77","pipeline":"deploy","status":"ok","url":"{url}"}}"#))
                .expect("a run")
        };
        let deployment = |url: &str| -> Deployment {
            let text = r#"{"id":"1","service":"shop","environment":"production","outcome":"success""#;
            serde_json::from_str(&format!(r#"{text},"url":"{url}"}}"#)).expect("a deployment")
        };
        for url in [page.to_owned(), format!("{page}/"), format!("{page}/attempts/2"), format!("{page}/job/5")] {
            let carried = run(page).carried_out(&deployment(&url));
            assert!(carried, "{url}");
        }
        assert!(run(&format!("{page}/attempts/1")).carried_out(&deployment(&format!("{page}/job/5"))));
        assert!(run("https://ci.test/?run=7").carried_out(&deployment("https://ci.test/?run=7")));
        for (one, other) in [
            (page, "https://github.com/acme/shop/actions/runs/778/job/5"),
            (page, "https://github.com/acme/shop/actions/runs"),
            ("https://ci.test/?run=7", "https://ci.test/?run=8"),
            ("", "https://ci.test/"),
        ] {
            assert!(!run(one).carried_out(&deployment(other)), "{one} {other}");
        }
    }
}

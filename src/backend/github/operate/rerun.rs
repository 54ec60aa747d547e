//! Which job made a version live, so that it can run again.

use chrono::Duration;

use super::ground::Ground;
use super::scene::Scene;
use super::way::{Way, called};
use crate::backend::github::deployments::Deployed;
use crate::backend::github::wire::{Job, Run};
use crate::backend::{BackendError, ErrorKind, Order, Result};
use crate::model::{Text, Time};

/// For how long GitHub runs something again.
const AGE: Duration = Duration::days(30);

/// The job that made the version of an order live, or why it cannot run again.
///
/// # Errors
/// When it cannot be read.
pub async fn of(ground: &Ground<'_>, scene: &Scene, order: &Order) -> Result<std::result::Result<Way, Text>> {
    let version = &order.to.version;
    let Some((deployed, _)) = scene.earlier(ground, version) else {
        return Ok(Err(format!("none of the newest deployments made {version} live").into()));
    };
    let Some(run) = deployed.run() else {
        let why = format!(
            "deployment {} of {version} is of no run of GitHub's, so that no job can run again",
            deployed.it.id
        );
        return Ok(Err(why.into()));
    };
    let run = match ground.place.run(run).await {
        Err(error) if error.kind == ErrorKind::NotFound => {
            return Ok(Err(format!("the run that deployed {version} is not kept any more").into()));
        }
        other => other?,
    };
    if let Some(why) = too_old(&run, ground.place.api.now()) {
        return Ok(Err(why));
    }
    if !run.is_over() {
        return Ok(Err(format!("run {} goes on: what runs cannot run again", called(&run)).into()));
    }
    let jobs = ground.place.jobs(run.id, None).await?;
    match find(ground, deployed, jobs).await? {
        Some(job) => Ok(Ok(Way::Rerun { run, job })),
        None => Ok(Err(format!("the job of run {} that deployed {version} is not told", called(&run)).into())),
    }
}

/// The job of a deployment as the newest attempt has it: each attempt gives its jobs numbers of its own.
async fn find(ground: &Ground<'_>, deployed: &Deployed, jobs: Vec<Job>) -> Result<Option<Job>> {
    let Some(id) = job_of(deployed) else { return Ok(None) };
    if let Some(job) = jobs.iter().find(|it| it.id == id) {
        return Ok(Some(job.clone()));
    }
    let name = match ground.place.job(id).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        other => other?.name,
    };
    let mut named = jobs.into_iter().filter(|it| it.name == name);
    Ok(named.next().filter(|_| named.next().is_none()))
}

/// The job that carried a deployment out, by the address of its output.
fn job_of(deployed: &Deployed) -> Option<u64> {
    let (_, after) = deployed.url()?.split_once("/actions/runs/")?;
    let (_, job) = after.split_once("/job/")?;
    job.split(['/', '?', '#']).next()?.parse().ok()
}

/// Why a run cannot run again for its age, if so.
pub fn too_old(run: &Run, now: Time) -> Option<Text> {
    let created = run.created_at.filter(|it| now - *it > AGE)?;
    let days = (now - created).num_days();
    Some(format!("run {} is {days} days old, and GitHub runs nothing again after 30", called(run)).into())
}

/// Whether GitHub refuses to run something again, which it says as if it were a matter of rights.
pub fn is_refused(error: &BackendError) -> bool {
    let said = error.what.as_str().to_lowercase();
    let words = ["already running", "cannot be retried", "over a month"];
    error.kind == ErrorKind::Forbidden && words.iter().any(|it| said.contains(it))
}

/// What may be different when something runs again, however the same it looks.
pub async fn risks(ground: &super::place::Place<'_>, run: &Run) -> Vec<Text> {
    let commit = run.head_sha.get(..7).unwrap_or(&run.head_sha);
    let mut all = vec![
        Text::from("secrets and variables are those of today"),
        format!("the workflow file is that of {commit}, as it was then").into(),
    ];
    all.push(match ground.has_lost_artifacts(run.id).await {
        Some(true) => "artifacts of the run have expired: a job that downloads them fails".into(),
        Some(false) => "what it downloads from elsewhere may be gone or another".into(),
        None => "whether its artifacts are still kept is not known: they and its logs may have expired".into(),
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::github::wire::{Deployment, DeploymentStatus};

    #[test]
    fn the_job_is_known_by_the_address_of_its_output() {
        let of = |url: &str| {
            let status = DeploymentStatus { log_url: Some(url.into()), ..DeploymentStatus::default() };
            job_of(&Deployed { it: Deployment::default(), statuses: vec![status] })
        };
        assert_eq!(of("https://github.com/acme/shop/actions/runs/77/job/5"), Some(5));
        assert_eq!(of("https://github.com/acme/shop/actions/runs/77/job/5?pr=1#step:2:1"), Some(5));
        for other in ["https://github.com/acme/shop/actions/runs/77", "https://ci.test/job/5", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn nothing_runs_again_after_thirty_days() {
        let at = |days: i64| Time::from_timestamp(1_700_000_000 + days * 86_400, 0).unwrap_or_default();
        let run = Run { id: 1, run_number: Some(12), created_at: Some(at(0)), ..Run::default() };
        assert_eq!(too_old(&run, at(30)), None);
        assert!(too_old(&run, at(31)).is_some_and(|it| it.as_str().contains("31 days")));
        assert_eq!(too_old(&Run::default(), at(31)), None);
    }
}

//! Workflows, runs, jobs and logs, as they are read.

use serde_json::Value;

use super::super::render;
use super::super::world::{Attempt, Job, Repository, Run, World};
use super::{Call, Reply, filter};

pub fn runs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    shown(call, repo, &filter::runs(call, repo.runs.iter()))
}

pub fn workflow_runs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(workflow) = repo.workflow_of(call.name(2)) else { return Reply::not_found() };
    shown(call, repo, &filter::runs(call, repo.runs.iter().filter(|it| it.workflow == workflow.file)))
}

fn shown(call: &Call<'_>, repo: &Repository, runs: &[&Run]) -> Reply {
    let without_pulls = call.query("exclude_pull_requests") == Some("true");
    call.counted("workflow_runs", runs, |it| {
        let mut run = render::run(&call.at, repo, it, it.last());
        if without_pulls {
            run["pull_requests"] = Value::Array(Vec::new());
        }
        run
    })
}

pub fn run(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.run_of(call.number(2));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::run(&call.at, repo, it, it.last())))
}

pub fn attempt(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some((run, attempt)) = find_attempt(repo, call) else { return Reply::not_found() };
    Reply::json(200, render::run(&call.at, repo, run, attempt))
}

fn find_attempt<'r>(repo: &'r Repository, call: &Call<'_>) -> Option<(&'r Run, &'r Attempt)> {
    let run = repo.run_of(call.number(2))?;
    run.attempts.iter().find(|it| it.number == call.number(3)).map(|it| (run, it))
}

pub fn jobs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some(run) = repo.run_of(call.number(2)) else { return Reply::not_found() };
    let all = call.query("filter") == Some("all");
    let attempts = run.attempts.iter().filter(|it| all || it.number == run.last().number);
    show_jobs(call, repo, run, attempts)
}

pub fn attempt_jobs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some((run, attempt)) = find_attempt(repo, call) else { return Reply::not_found() };
    show_jobs(call, repo, run, [attempt].into_iter())
}

fn show_jobs<'r>(call: &Call<'_>, repo: &Repository, run: &Run, attempts: impl Iterator<Item = &'r Attempt>) -> Reply {
    let jobs: Vec<(&Attempt, &Job)> = attempts.flat_map(|it| it.jobs.iter().map(move |job| (it, job))).collect();
    call.counted("jobs", &jobs, |(attempt, job)| render::job(&call.at, repo, run, attempt, job))
}

pub fn job(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let Some((run, attempt, job)) = repo.job_of(call.number(2)) else { return Reply::not_found() };
    Reply::json(200, render::job(&call.at, repo, run, attempt, job))
}

pub fn logs(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let job = repo.job_of(call.number(2)).map(|(_, _, job)| job);
    let Some(job) = job.filter(|it| it.completed_at.is_some()) else { return Reply::not_found() };
    let expires = world.clock.now().timestamp() + super::super::signed::SECONDS;
    let location = super::super::signed::address(&world.root, call.repo, job.id, expires);
    Reply { location: Some(location), ..Reply::empty(302) }
}

pub fn workflows(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    call.counted("workflows", &repo.workflows, |it| render::workflow(&call.at, repo, it))
}

pub fn workflow(world: &mut World, call: &Call<'_>) -> Reply {
    let repo = &world.repositories[call.repo];
    let found = repo.workflow_of(call.name(2));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, render::workflow(&call.at, repo, it)))
}

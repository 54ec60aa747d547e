//! What can be asked: one line for each route, in the words of GitHub's own description.

mod actions;
mod app;
mod call;
mod code;
mod control;
mod deployments;
mod filter;
mod issues;
mod people;

pub use self::call::{Call, Reply};
use super::world::World;

/// What answers.
pub type Handler = fn(&mut World, &Call<'_>) -> Reply;

/// One route.
pub struct Route {
    pub method: &'static str,
    /// As in the description.
    pub template: &'static str,
    /// The permission that an app or a fine-grained token needs: `("deployments", "write")`.
    pub needs: (&'static str, &'static str),
    pub handler: Handler,
}

/// Names that may hold slashes.
const LONG: &[&str] = &["{ref}", "{branch}", "{basehead}", "{tag}"];

macro_rules! routes {
    ($($method:ident $template:literal $needs:ident $level:ident $handler:path;)*) => {
        &[$(Route {
            method: stringify!($method),
            template: $template,
            needs: (stringify!($needs), stringify!($level)),
            handler: $handler,
        }),*]
    };
}

/// All of them.
pub const ROUTES: &[Route] = routes! {
    GET "/user" user read people::user;
    GET "/rate_limit" none read people::rate_limit;
    GET "/app" app read app::app;
    POST "/app/installations/{installation_id}/access_tokens" app write app::access_token;
    GET "/repos/{owner}/{repo}/installation" app read app::installation;
    GET "/repos/{owner}/{repo}" metadata read people::repository;
    GET "/repos/{owner}/{repo}/deployments" deployments read deployments::list;
    POST "/repos/{owner}/{repo}/deployments" deployments write deployments::create;
    GET "/repos/{owner}/{repo}/deployments/{deployment_id}" deployments read deployments::one;
    GET "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses" deployments read deployments::statuses;
    POST "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses" deployments write deployments::say;
    GET "/repos/{owner}/{repo}/environments" actions read deployments::environments;
    GET "/repos/{owner}/{repo}/environments/{environment_name}" actions read deployments::environment;
    GET "/repos/{owner}/{repo}/actions/runs" actions read actions::runs;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}" actions read actions::run;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}" actions read actions::attempt;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs" actions read actions::jobs;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs" actions read actions::attempt_jobs;
    GET "/repos/{owner}/{repo}/actions/jobs/{job_id}" actions read actions::job;
    GET "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs" actions read actions::logs;
    GET "/repos/{owner}/{repo}/actions/workflows" actions read actions::workflows;
    GET "/repos/{owner}/{repo}/actions/workflows/{workflow_id}" actions read actions::workflow;
    GET "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs" actions read actions::workflow_runs;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments" actions read control::pending;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments" deployments write control::review;
    GET "/repos/{owner}/{repo}/actions/runs/{run_id}/approvals" actions read control::approvals;
    POST "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches" actions write control::dispatch;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel" actions write control::cancel;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel" actions write control::force_cancel;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun" actions write control::rerun;
    POST "/repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs" actions write control::rerun_failed;
    POST "/repos/{owner}/{repo}/actions/jobs/{job_id}/rerun" actions write control::rerun_job;
    GET "/repos/{owner}/{repo}/pulls" pull_requests read issues::pulls;
    GET "/repos/{owner}/{repo}/pulls/{pull_number}" pull_requests read issues::pull;
    GET "/repos/{owner}/{repo}/pulls/{pull_number}/reviews" pull_requests read issues::reviews;
    GET "/repos/{owner}/{repo}/pulls/{pull_number}/commits" pull_requests read issues::pull_commits;
    GET "/repos/{owner}/{repo}/commits/{commit_sha}/pulls" pull_requests read issues::commit_pulls;
    GET "/repos/{owner}/{repo}/issues" issues read issues::issues;
    GET "/repos/{owner}/{repo}/releases" contents read issues::releases;
    GET "/repos/{owner}/{repo}/releases/tags/{tag}" contents read issues::release;
    GET "/repos/{owner}/{repo}/commits" contents read code::commits;
    GET "/repos/{owner}/{repo}/commits/{ref}/check-runs" checks read code::check_runs;
    GET "/repos/{owner}/{repo}/commits/{ref}/status" statuses read code::status;
    GET "/repos/{owner}/{repo}/commits/{ref}" contents read code::commit;
    GET "/repos/{owner}/{repo}/compare/{basehead}" contents read code::compare;
    GET "/repos/{owner}/{repo}/git/ref/{ref}" contents read code::reference;
    GET "/repos/{owner}/{repo}/branches/{branch}" contents read code::branch;
};

/// The route of a request with what stands for its braces.
pub fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let path: Vec<&str> = path.trim_matches('/').split('/').collect();
    ROUTES.iter().filter(|it| it.method == method).find_map(|route| {
        let template: Vec<&str> = route.template.trim_matches('/').split('/').collect();
        names(&template, &path).map(|names| (route, names))
    })
}

fn names(template: &[&str], path: &[&str]) -> Option<Vec<String>> {
    let Some((first, rest)) = template.split_first() else { return path.is_empty().then(Vec::new) };
    if !first.starts_with('{') {
        return (path.first() == Some(first)).then(|| names(rest, &path[1..]))?;
    }
    let longest = if LONG.contains(first) { path.len() } else { path.len().min(1) };
    (1..=longest).find_map(|length| {
        let mut all = names(rest, &path[length..])?;
        all.insert(0, decoded(&path[..length].join("/")));
        Some(all)
    })
}

/// A part of a path without its percent signs.
fn decoded(text: &str) -> String {
    let pairs = super::scripted::request::parameters(&text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
    pairs.into_keys().next().unwrap_or_default()
}

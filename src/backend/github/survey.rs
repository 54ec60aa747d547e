//! What a repository on GitHub holds, for a first configuration.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::connection::{self, Connection};
use super::host::Host;
use super::remote;
use super::settings::Settings;
use super::wire::{EnvironmentsPage, Items};
use crate::backend::Result;
use crate::model::{Clock, SourceId};

/// Environments that GitHub makes for itself.
const ITS_OWN: [&str; 3] = ["github-pages", "copilot", "pypi"];
/// Words in the file names of workflows that deploy, the likeliest first.
const DEPLOYS: [&str; 3] = ["deploy", "release", "promote"];

/// What a repository holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// `owner/name`.
    pub repository: String,
    /// The address of the API, where it is not github.com.
    pub api: Option<String>,
    /// Its environments; empty where nobody asked.
    pub environments: Vec<String>,
    /// The file of a workflow that deploys, where one is called so.
    pub workflow: Option<String>,
}

#[derive(Deserialize)]
struct Workflows {
    #[serde(default)]
    workflows: Items<Workflow>,
}

#[derive(Deserialize)]
struct Workflow {
    #[serde(default)]
    path: String,
    #[serde(default)]
    state: String,
}

/// Where the git remote of a directory leads, if it is to GitHub. Asks nobody.
pub fn found(directory: &Path) -> Option<Survey> {
    let remote = remote::choose(remote::of(directory), None)?;
    let host = Host::named(&remote.host);
    Some(Survey { repository: remote.slug, api: api(&host), ..Survey::default() })
}

/// The same with what the repository holds.
///
/// # Errors
/// When no remote leads to GitHub, or it cannot be asked.
pub async fn survey(directory: &Path) -> Result<Survey> {
    let clock: Clock = Arc::new(chrono::Utc::now);
    let connection = connection::open(&SourceId::from("github"), &Settings::default(), directory, clock)?;
    ask(&connection).await
}

async fn ask(connection: &Connection) -> Result<Survey> {
    let mut survey = Survey { api: api(&connection.api.host), ..Survey::default() };
    let Some(repository) = connection.repositories.first() else { return Ok(survey) };
    survey.repository.clone_from(&repository.slug);
    let what = format!("list environments of {}", repository.slug);
    let page = connection.api.fetch::<EnvironmentsPage>(&what, &repository.path("/environments?per_page=100")).await?;
    let names = page.it.environments.all.into_iter().map(|it| it.name);
    survey.environments = names.filter(|it| !ITS_OWN.contains(&it.as_str())).collect();
    let what = format!("list workflows of {}", repository.slug);
    let page = connection.api.fetch::<Workflows>(&what, &repository.path("/actions/workflows?per_page=100")).await?;
    survey.workflow = deploying(page.it.workflows.all);
    Ok(survey)
}

/// The workflow whose file is called like one that deploys.
fn deploying(all: Vec<Workflow>) -> Option<String> {
    let active = all.into_iter().filter(|it| it.state == "active");
    let files: Vec<String> = active.filter_map(|it| it.path.rsplit('/').next().map(str::to_owned)).collect();
    DEPLOYS.iter().find_map(|word| files.iter().find(|it| it.to_lowercase().contains(word)).cloned())
}

fn api(host: &Host) -> Option<String> {
    (host.name != "github.com").then(|| host.api.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workflow_that_deploys_is_the_one_that_is_called_so() {
        let workflow =
            |path: &str, state: &str| Workflow { path: format!(".github/workflows/{path}"), state: state.into() };
        let all = vec![
            workflow("ci.yml", "active"),
            workflow("Release.yml", "active"),
            workflow("deploy-old.yml", "disabled_manually"),
            workflow("deploy.yml", "active"),
        ];
        assert_eq!(deploying(all).as_deref(), Some("deploy.yml"));
        assert_eq!(deploying(vec![workflow("ci.yml", "active")]), None);
    }
}

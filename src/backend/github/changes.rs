//! Pull requests, releases and incidents as facts.

use regex::Regex;

use super::graphql::PullNode;
use super::rules;
use super::wire::{Issue, Pull, Release};
use crate::model::{
    self, Artifact, DeploymentId, EnvironmentId, Incident, IncidentId, PullRequest, RepositoryId, ServiceId, Text, Time,
};

/// A pull request with its commits and reviews.
pub fn pull_request(node: &PullNode, repository: &RepositoryId) -> PullRequest {
    let commits = &node.commits.nodes.all;
    let author = node.author.as_ref().filter(|it| !it.login.is_empty());
    // What the author says to their own work is no review.
    let own = |login: Option<&str>| login.is_some() && login == author.map(|it| it.login.as_str());
    let reviews = node.reviews.nodes.all.iter();
    let reviews = reviews.filter(|it| !own(it.author.as_ref().map(|it| it.login.as_str())));
    let reviews: Vec<(&str, Time)> = reviews.filter_map(|it| Some((it.state.as_str(), it.submitted_at?))).collect();
    let first = |state: Option<&str>| {
        reviews.iter().filter(|(it, _)| state.is_none_or(|state| state == *it)).map(|(_, at)| *at).min()
    };
    PullRequest {
        repository: repository.clone(),
        number: node.number.to_string().into(),
        title: node.title.as_str().into(),
        author: author.map(|it| it.login.as_str().into()),
        first_commit_at: commits.iter().filter_map(|it| it.commit.authored_date).min(),
        opened_at: node.created_at,
        first_review_at: first(None),
        approved_at: first(Some("APPROVED")),
        merged_at: node.merged_at,
        closed_at: node.closed_at.filter(|_| node.merged_at.is_none()),
        merge_commit: node.merge_commit.as_ref().and_then(|it| rules::commit(&it.oid)),
        commits: commits.iter().filter_map(|it| rules::commit(&it.commit.oid)).collect(),
        ticket: ticket(&[&node.title, &node.head_ref_name]),
        labels: node.labels.nodes.all.iter().map(|it| it.name.as_str().into()).collect(),
        url: node.url.as_deref().map(Text::from),
    }
}

/// A pull request as the list tells it: without its commits and reviews.
pub fn listed(pull: &Pull, repository: &RepositoryId) -> PullRequest {
    let branch = pull.head.as_ref().map_or("", |it| it.reference.as_str());
    // Before it is merged this is the commit of a trial.
    let merge_commit = pull.merge_commit_sha.as_deref().filter(|_| pull.merged_at.is_some());
    PullRequest {
        repository: repository.clone(),
        number: pull.number.to_string().into(),
        title: pull.title.as_str().into(),
        author: pull.user.as_ref().map(|it| it.login.as_str().into()),
        first_commit_at: None,
        opened_at: pull.created_at,
        first_review_at: None,
        approved_at: None,
        merged_at: pull.merged_at,
        closed_at: pull.closed_at.filter(|_| pull.merged_at.is_none()),
        merge_commit: merge_commit.and_then(rules::commit),
        commits: Vec::new(),
        ticket: ticket(&[&pull.title, branch]),
        labels: pull.labels.iter().map(|it| it.name.as_str().into()).collect(),
        url: pull.html_url.as_deref().map(Text::from),
    }
}

/// A release as the artifact that it is.
pub fn artifact(release: &Release, service: &ServiceId) -> Option<Artifact> {
    if release.draft {
        return None;
    }
    Some(Artifact {
        service: service.clone(),
        version: release.tag_name.as_str().into(),
        location: "release".into(),
        digest: None,
        commit: rules::commit(&release.target_commitish),
        built_at: release.created_at,
        arrived_at: release.published_at,
        run: None,
        size: None,
        url: release.html_url.as_deref().map(Text::from),
    })
}

/// An issue as the incident that it is; none where it is a pull request. Labels `service:NAME` and `environment:NAME` say
/// whom it hurt, `deployment #N` or `deployments/N` in its text which deployment caused it.
pub fn incident(issue: &Issue, service: Option<ServiceId>) -> Option<Incident> {
    if issue.pull_request.is_some() {
        return None;
    }
    let labelled = |key: &str| {
        issue.labels().find_map(|it| {
            let (name, value) = it.split_once([':', '/'])?;
            (name.trim() == key && !value.trim().is_empty()).then(|| value.trim().to_owned())
        })
    };
    Some(Incident {
        id: IncidentId::from(issue.number.to_string()),
        service: labelled("service").map(ServiceId::from).or(service),
        environment: labelled("environment").map(EnvironmentId::from),
        title: issue.title.as_str().into(),
        opened_at: issue.created_at?,
        detected_at: None,
        resolved_at: issue.closed_at,
        caused_by: caused_by(&issue.body),
        url: issue.html_url.as_deref().map(Text::from),
    })
}

/// The deployment that a text names.
fn caused_by(text: &str) -> Option<DeploymentId> {
    let regex = Regex::new(r"(?i)\bdeployments?(?:\s*[:#/]\s*#?|\s+#)(\d{1,18})\b").ok()?;
    Some(regex.captures(text)?.get(1)?.as_str().into())
}

/// The ticket that a title or a branch names: `SHOP-123`.
fn ticket(texts: &[&str]) -> Option<model::Text> {
    let regex = Regex::new(r"\b([A-Z][A-Z0-9]{1,9}-\d{1,7})\b").ok()?;
    texts.iter().find_map(|it| regex.find(it)).map(|it| it.as_str().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_review_is_somebody_elses_and_the_first_counts() {
        let node: PullNode = serde_json::from_value(json!({
            "number": 7, "title": "SHOP-12: faster", "author": { "login": "ann" }, "headRefName": "x",
            "createdAt": "2026-01-02T00:00:00Z", "mergedAt": "2026-01-04T00:00:00Z", "closedAt": "2026-01-04T00:00:00Z",
            "mergeCommit": { "oid": "0123456789abcdef0123456789abcdef01234567" },
            "labels": { "nodes": [{ "name": "hotfix" }] },
            "commits": { "nodes": [
                { "commit": { "oid": "1123456789abcdef0123456789abcdef01234567", "authoredDate": "2026-01-01T12:00:00Z" } },
                { "commit": { "oid": "bad", "authoredDate": "2026-01-01T10:00:00Z" } },
                { "commit": null },
            ] },
            "reviews": { "nodes": [
                { "submittedAt": "2026-01-02T01:00:00Z", "state": "COMMENTED", "author": { "login": "ann" } },
                { "submittedAt": "2026-01-03T02:00:00Z", "state": "APPROVED", "author": { "login": "ben" } },
                { "submittedAt": "2026-01-03T01:00:00Z", "state": "COMMENTED", "author": null },
                { "submittedAt": null, "state": "PENDING", "author": { "login": "eve" } },
            ] },
        }))
        .expect("a pull request");
        let fact = pull_request(&node, &"shop".into());
        let hours = |time: Option<Time>| time.map(|it| it.format("%dT%H").to_string());
        assert_eq!(hours(fact.first_commit_at).as_deref(), Some("01T10"));
        assert_eq!(hours(fact.first_review_at).as_deref(), Some("03T01"));
        assert_eq!(hours(fact.approved_at).as_deref(), Some("03T02"));
        assert_eq!((fact.commits.len(), fact.closed_at), (1, None));
        assert_eq!(fact.ticket, Some("SHOP-12".into()));
    }

    #[test]
    fn an_incident_says_whom_it_hurt_and_what_caused_it() {
        let issue = |labels: serde_json::Value, body: &str| -> Issue {
            serde_json::from_value(json!({
                "number": 9, "title": "down", "created_at": "2026-01-02T00:00:00Z", "labels": labels, "body": body,
            }))
            .expect("an issue")
        };
        let told = incident(&issue(json!(["incident", { "name": "service: checkout" }]), "after deployment #42"), None);
        let told = told.expect("an incident");
        assert_eq!((told.service, told.caused_by), (Some("checkout".into()), Some("42".into())));
        let cases = [
            ("https://api.test/repos/a/b/deployments/77", Some("77")),
            ("Deployment: 5", Some("5")),
            ("the deployment of 2026", None),
            ("deployment 12", None),
        ];
        for (body, expected) in cases {
            assert_eq!(caused_by(body), expected.map(DeploymentId::from), "{body}");
        }
        let pull: Issue = serde_json::from_value(json!({ "number": 1, "pull_request": {} })).expect("an issue");
        assert!(incident(&pull, None).is_none());
    }
}

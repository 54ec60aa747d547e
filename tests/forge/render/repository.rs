use serde_json::{Value, json};

use super::super::world::{Repository, stamp};
use super::{At, members, node, urls, user};

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// A repository as part of something else.
pub fn minimal(at: &At, repo: &Repository) -> Value {
    let mut it = members(json!({
        "id": repo.id, "node_id": node("R", repo.id), "name": repo.name(), "full_name": repo.full_name,
        "owner": user(at, repo.owner()), "private": repo.private, "html_url": at.html(&repo.full_name),
        "description": null, "fork": false,
    }));
    urls(&mut it, &at.repo(&repo.full_name), URLS);
    it.into()
}

/// A repository with everything, when it was asked for itself.
pub fn full(at: &At, repo: &Repository) -> Value {
    let mut it = members(usual(at, repo));
    it.extend(members(json!({ "subscribers_count": 0, "network_count": 0 })));
    it.into()
}

/// A repository as a side of a pull request.
pub fn usual(at: &At, repo: &Repository) -> Value {
    let (html, host) = (at.html(&repo.full_name), at.root.trim_start_matches("http://"));
    let open = repo.pulls.iter().filter(|it| it.closed_at.is_none()).count()
        + repo.issues.iter().filter(|it| it.closed_at.is_none()).count();
    let pushed = repo.commits.last().map_or(repo.created_at, |it| it.committed_at);
    let mut it = members(minimal(at, repo));
    it.extend(members(json!({
        "git_url": format!("git://{host}/{}.git", repo.full_name), "ssh_url": format!("git@{host}:{}.git", repo.full_name),
        "clone_url": format!("{html}.git"), "svn_url": html, "mirror_url": null, "homepage": null, "language": null,
        "forks_count": 0, "forks": 0, "stargazers_count": 0, "watchers_count": 0, "watchers": 0, "size": 108,
        "default_branch": repo.default_branch, "open_issues_count": open, "open_issues": open,
        "has_issues": true, "has_projects": true, "has_wiki": false, "has_pages": false, "has_discussions": false,
        "has_downloads": true, "archived": false, "disabled": false, "is_template": false, "topics": [],
        "visibility": if repo.private { "private" } else { "public" },
        "pushed_at": stamp(pushed), "created_at": stamp(repo.created_at), "updated_at": stamp(pushed),
        "license": null,
        "permissions": { "admin": false, "maintain": false, "push": true, "triage": true, "pull": true },
    })));
    it.into()
}

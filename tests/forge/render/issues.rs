use serde_json::{Map, Value, json};

use super::super::world::{Issue, Pull, Release, Repository, stamp};
use super::deployments::encoded;
use super::{At, members, node, number, urls, user};

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("labels_url", "/labels{/name}"),
    ("comments_url", "/comments"),
    ("events_url", "/events"),
    ("timeline_url", "/timeline"),
];

/// A label.
pub fn label(at: &At, repo: &Repository, name: &str) -> Value {
    let id = number(name);
    json!({ "id": id, "node_id": node("LA", id), "name": name, "color": "d73a4a", "default": false,
        "url": format!("{}/labels/{}", at.repo(&repo.full_name), encoded(name)), "description": "" })
}

fn common(at: &At, repo: &Repository, number: u64, labels: &[String]) -> Map<String, Value> {
    let mut it = members(json!({
        "repository_url": at.repo(&repo.full_name), "number": number, "locked": false, "comments": 0,
        "labels": labels.iter().map(|name| label(at, repo, name)).collect::<Vec<_>>(), "assignee": null,
        "assignees": [], "milestone": null, "author_association": "MEMBER", "active_lock_reason": null,
        "performed_via_github_app": null,
    }));
    urls(&mut it, &format!("{}/issues/{number}", at.repo(&repo.full_name)), URLS);
    it
}

/// An issue.
pub fn issue(at: &At, repo: &Repository, it: &Issue) -> Value {
    let closed = it.closed_at.is_some();
    let mut all = common(at, repo, it.number, &it.labels);
    all.extend(members(json!({
        "id": it.id, "node_id": node("I", it.id), "title": it.title, "user": user(at, &it.author), "body": it.body,
        "html_url": format!("{}/issues/{}", at.html(&repo.full_name), it.number),
        "state": if closed { "closed" } else { "open" }, "state_reason": closed.then_some("completed"),
        "created_at": stamp(it.created_at), "updated_at": stamp(it.updated_at), "closed_at": it.closed_at.map(stamp),
    })));
    all.into()
}

/// A pull request among the issues.
pub fn pull_issue(at: &At, repo: &Repository, it: &Pull) -> Value {
    let html = format!("{}/pull/{}", at.html(&repo.full_name), it.number);
    let closed = it.closed_at.is_some();
    let mut all = common(at, repo, it.number, &it.labels);
    all.extend(members(json!({
        "id": it.id, "node_id": node("PR", it.id), "title": it.title, "user": user(at, &it.author), "body": it.body,
        "html_url": html, "state": if closed { "closed" } else { "open" }, "state_reason": null,
        "created_at": stamp(it.created_at), "updated_at": stamp(it.updated_at), "closed_at": it.closed_at.map(stamp),
        "draft": it.draft,
        "pull_request": { "url": format!("{}/pulls/{}", at.repo(&repo.full_name), it.number), "html_url": html,
            "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
            "merged_at": it.merged_at.map(stamp) },
    })));
    all.into()
}

/// A release.
pub fn release(at: &At, repo: &Repository, it: &Release) -> Value {
    let url = format!("{}/releases/{}", at.repo(&repo.full_name), it.id);
    let archive = |kind: &str| format!("{}/{kind}/refs/tags/{}", at.repo(&repo.full_name), encoded(&it.tag));
    json!({
        "url": url, "assets_url": format!("{url}/assets"), "upload_url": format!("{url}/assets{{?name,label}}"),
        "html_url": format!("{}/releases/tag/{}", at.html(&repo.full_name), encoded(&it.tag)), "id": it.id,
        "node_id": node("RE", it.id), "author": user(at, &it.author), "tag_name": it.tag,
        "target_commitish": it.target, "name": it.name, "draft": it.draft, "prerelease": it.prerelease,
        "immutable": false, "created_at": stamp(it.created_at), "published_at": it.published_at.map(stamp),
        "assets": [], "tarball_url": archive("tarball"), "zipball_url": archive("zipball"), "body": it.body,
    })
}

use serde_json::{Value, json};

use super::super::world::{Pull, Repository, Review, stamp};
use super::issues::label;
use super::{At, members, node, user, usual};

/// A pull request as an item of a list.
pub fn pull_simple(at: &At, repo: &Repository, it: &Pull) -> Value {
    let url = at.repo(&repo.full_name);
    let own = format!("{url}/pulls/{}", it.number);
    let issue = format!("{url}/issues/{}", it.number);
    let html = format!("{}/pull/{}", at.html(&repo.full_name), it.number);
    let head = it.commits.last().cloned().unwrap_or_default();
    let statuses = format!("{url}/statuses/{head}");
    let side = |branch: &str, sha: &str| {
        json!({ "label": format!("{}:{branch}", repo.owner()), "ref": branch, "sha": sha,
            "user": user(at, repo.owner()), "repo": usual(at, repo) })
    };
    let base = repo.branches.get(&it.base).cloned().unwrap_or_default();
    let link = |href: &str| json!({ "href": href });
    let links = json!({
        "comments": link(&format!("{issue}/comments")), "commits": link(&format!("{own}/commits")),
        "statuses": link(&statuses), "html": link(&html), "issue": link(&issue), "self": link(&own),
        "review_comments": link(&format!("{own}/comments")),
        "review_comment": link(&format!("{url}/pulls/comments{{/number}}")),
    });
    json!({
        "url": own, "id": it.id, "node_id": node("PR", it.id), "html_url": html, "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"), "issue_url": issue, "commits_url": format!("{own}/commits"),
        "review_comments_url": format!("{own}/comments"), "comments_url": format!("{issue}/comments"),
        "review_comment_url": format!("{url}/pulls/comments{{/number}}"), "statuses_url": statuses,
        "number": it.number, "state": if it.closed_at.is_some() { "closed" } else { "open" }, "locked": false,
        "title": it.title, "user": user(at, &it.author), "body": it.body,
        "labels": it.labels.iter().map(|name| label(at, repo, name)).collect::<Vec<_>>(), "milestone": null,
        "active_lock_reason": null, "created_at": stamp(it.created_at), "updated_at": stamp(it.updated_at),
        "closed_at": it.closed_at.map(stamp), "merged_at": it.merged_at.map(stamp),
        "merge_commit_sha": it.merge_commit, "assignee": null, "assignees": [], "requested_reviewers": [],
        "requested_teams": [], "head": side(&it.branch, &head), "base": side(&it.base, &base),
        "_links": links,
        "author_association": "MEMBER", "auto_merge": null, "draft": it.draft,
    })
}

/// A pull request with everything.
pub fn pull(at: &At, repo: &Repository, it: &Pull) -> Value {
    let mut all = members(pull_simple(at, repo, it));
    all.extend(members(json!({
        "merged": it.merged_at.is_some(), "mergeable": it.closed_at.is_none().then_some(true), "rebaseable": null,
        "mergeable_state": "clean", "merged_by": it.merged_by.as_ref().map(|by| user(at, by)), "comments": 0,
        "review_comments": 0, "maintainer_can_modify": false, "commits": it.commits.len(), "additions": 10,
        "deletions": 2, "changed_files": 1,
    })));
    all.into()
}

/// What somebody said of a pull request.
pub fn review(at: &At, repo: &Repository, pull: &Pull, it: &Review) -> Value {
    let html = format!("{}/pull/{}#pullrequestreview-{}", at.html(&repo.full_name), pull.number, it.id);
    let url = format!("{}/pulls/{}", at.repo(&repo.full_name), pull.number);
    json!({
        "id": it.id, "node_id": node("PRR", it.id), "user": user(at, &it.author), "body": "", "state": it.state,
        "html_url": html, "pull_request_url": url, "author_association": "MEMBER", "submitted_at": stamp(it.at),
        "_links": { "html": { "href": html }, "pull_request": { "href": url } }, "commit_id": pull.commits.last(),
    })
}

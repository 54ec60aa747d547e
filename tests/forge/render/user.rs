use serde_json::{Value, json};

use super::{At, members, node, number, urls};

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// The number of a user.
pub fn user_number(login: &str) -> u64 {
    number(login) % 100_000_000
}

/// A user as part of something else.
pub fn user(at: &At, login: &str) -> Value {
    let bot = login.ends_with("[bot]");
    let path = login.replace('[', "%5B").replace(']', "%5D");
    let id = user_number(login);
    let mut user = members(json!({
        "login": login, "id": id, "node_id": node("U", id), "gravatar_id": "",
        "avatar_url": format!("{}/avatars/{id}", at.root), "html_url": format!("{}/{path}", at.root),
        "type": if bot { "Bot" } else { "User" }, "site_admin": false, "user_view_type": "public",
    }));
    urls(&mut user, &format!("{}/users/{path}", at.api), URLS);
    user.into()
}

/// The user that asks.
pub fn public_user(at: &At, login: &str) -> Value {
    let mut it = members(user(at, login));
    it.extend(members(json!({
        "name": null, "company": null, "blog": "", "location": null, "email": null, "hireable": null, "bio": null,
        "twitter_username": null, "notification_email": null,
        "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    })));
    it.into()
}

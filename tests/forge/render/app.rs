use serde_json::{Value, json};

use super::super::world::App;
use super::{At, node, user};

const SINCE: &str = "2025-01-01T00:00:00Z";

/// The app itself.
pub fn app(at: &At, it: &App, owner: &str) -> Value {
    json!({
        "id": it.id, "slug": it.slug, "node_id": node("A", it.id), "owner": user(at, owner), "name": it.slug,
        "description": null, "external_url": at.root, "html_url": format!("{}/apps/{}", at.root, it.slug),
        "created_at": SINCE, "updated_at": SINCE, "permissions": it.permissions, "events": [],
        "installations_count": 1,
    })
}

/// Where it is installed.
pub fn installation(at: &At, it: &App, owner: &str) -> Value {
    json!({
        "id": it.installation, "account": user(at, owner), "repository_selection": "all",
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", at.api, it.installation),
        "repositories_url": format!("{}/installation/repositories", at.api),
        "html_url": format!("{}/settings/installations/{}", at.root, it.installation), "app_id": it.id,
        "app_slug": it.slug, "target_id": super::user_number(owner), "target_type": "User",
        "permissions": it.permissions, "events": [], "created_at": SINCE, "updated_at": SINCE,
        "single_file_name": null, "suspended_by": null, "suspended_at": null,
    })
}

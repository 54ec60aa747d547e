//! An app, and the tokens of its installation.

use chrono::Duration;
use serde_json::json;

use super::super::render;
use super::super::world::{Kind, Token, World, owned, stamp};
use super::{Call, Reply};

/// Hours that a token of an installation lives.
const LIFE: i64 = 1;

fn owner(world: &World) -> String {
    world.repositories.first().map_or("nobody", |it| it.owner()).to_owned()
}

pub fn app(world: &mut World, call: &Call<'_>) -> Reply {
    let owner = owner(world);
    world.app.as_ref().map_or_else(Reply::not_found, |it| Reply::json(200, render::app(&call.at, it, &owner)))
}

pub fn installation(world: &mut World, call: &Call<'_>) -> Reply {
    let owner = owner(world);
    let found = world.app.as_ref().map(|it| render::installation(&call.at, it, &owner));
    found.map_or_else(Reply::not_found, |it| Reply::json(200, it))
}

pub fn access_token(world: &mut World, call: &Call<'_>) -> Reply {
    let Some(app) = world.app.as_ref().filter(|it| it.installation == call.number(0)) else {
        return Reply::not_found();
    };
    let asked = call.body["permissions"].as_object();
    let asked = asked.map(|it| it.iter().map(|(name, level)| (name.as_str(), level.as_str().unwrap_or_default())));
    let permissions = asked.map_or_else(|| app.permissions.clone(), |it| owned(&it.collect::<Vec<_>>()));
    let login = format!("{}[bot]", app.slug);
    let value = format!("ghs_{:036}", world.clock.id());
    let expires = world.clock.now() + Duration::hours(LIFE);
    let mut token = Token::new(&login, Kind::Installation(permissions.clone()));
    token.expires_at = Some(expires);
    world.tokens.insert(value.clone(), token);
    Reply::json(
        201,
        json!({ "token": value, "expires_at": stamp(expires), "permissions": permissions,
        "repository_selection": "all" }),
    )
}

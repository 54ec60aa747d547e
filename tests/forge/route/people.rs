//! Who asks, how often it may, and the repository itself.

use serde_json::{Value, json};

use super::super::limit::Standing;
use super::super::render;
use super::super::world::World;
use super::{Call, Reply};

pub fn user(_: &mut World, call: &Call<'_>) -> Reply {
    Reply::json(200, render::public_user(&call.at, call.login()))
}

pub fn rate_limit(world: &mut World, call: &Call<'_>) -> Reply {
    let now = world.clock.now();
    let token = call.query("\u{0}token").unwrap_or_default();
    let owner = world.tokens.get(token).map(|it| (token, it));
    let mut of = |resource| shown(world.limits.standing(owner, resource, now));
    let core = of("core");
    Reply::json(
        200,
        json!({ "resources": { "core": core, "search": of("search"), "graphql": of("graphql") }, "rate": core }),
    )
}

fn shown(it: Standing) -> Value {
    json!({ "limit": it.limit, "used": it.used, "remaining": it.remaining(), "reset": it.reset })
}

pub fn repository(world: &mut World, call: &Call<'_>) -> Reply {
    Reply::json(200, render::full(&call.at, &world.repositories[call.repo]))
}

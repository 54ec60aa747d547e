//! Who asks, and whether it may.

use std::collections::BTreeMap;

use super::jwt;
use super::route::{Reply, Route};
use super::scripted::Request;
use super::world::{Kind, Repository, Token, World};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Nobody said.
    Anonymous,
    /// The owner of a token: its value.
    Token(String),
    /// An app, by a JWT.
    App,
}

impl Who {
    /// The value of the token.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Token(value) => Some(value),
            Self::Anonymous | Self::App => None,
        }
    }
}

/// Who asks, or 401.
pub fn authenticate(world: &World, request: &Request) -> Result<Who, Reply> {
    let Some(header) = request.header("authorization") else { return Ok(Who::Anonymous) };
    let value = match header.split_once(' ') {
        Some(("Bearer" | "bearer" | "token", value)) => value.trim(),
        _ => return Err(Reply::error(401, "Bad credentials")),
    };
    if value.split('.').count() == 3 {
        let app = world.app.as_ref().ok_or("there is no app");
        let judged = app.and_then(|app| jwt::judge(value, app, world.clock.now()));
        return judged.map(|()| Who::App).map_err(|why| Reply::error(401, why));
    }
    match valid(world, value) {
        Some(_) => Ok(Who::Token(value.to_owned())),
        None => Err(Reply::error(401, "Bad credentials")),
    }
}

/// A token that is neither revoked nor expired.
pub fn valid<'w>(world: &'w World, value: &str) -> Option<&'w Token> {
    let now = world.clock.now();
    world.tokens.get(value).filter(|it| !it.revoked && it.expires_at.is_none_or(|at| now < at))
}

/// What is answered to somebody who may not.
pub fn refuse(world: &World, who: &Who, route: &Route, repo: Option<usize>) -> Option<Reply> {
    let (permission, level) = route.needs;
    let token = who.token().and_then(|it| world.tokens.get(it));
    match (permission, who) {
        ("none", _) | ("app", Who::App) => return None,
        ("app", _) => return Some(Reply::error(401, "A JSON web token could not be decoded")),
        (_, Who::App) => return Some(Reply::error(403, "Resource not accessible by integration")),
        ("user", Who::Anonymous) => return Some(Reply::error(401, "Requires authentication")),
        ("user", _) => {
            let installed = token.is_some_and(|it| matches!(it.kind, Kind::Installation(_)));
            return installed.then(|| Reply::error(403, "Resource not accessible by integration"));
        }
        _ => {}
    }
    let repo = &world.repositories[repo?];
    let Some(token) = token else {
        return match (repo.private, level) {
            (true, _) => Some(Reply::not_found()),
            (false, "write") => Some(Reply::error(401, "Requires authentication")),
            (false, _) => None,
        };
    };
    let who = match &token.kind {
        Kind::Classic(scopes) => return (!in_scope(scopes, repo, permission, level)).then(Reply::not_found),
        Kind::FineGrained(permissions) => ("personal access token", permissions),
        Kind::Installation(permissions) => ("integration", permissions),
    };
    let readable = !repo.private && level == "read";
    let granted = readable || permission == "metadata" || grants(who.1, permission, level);
    (!granted).then(|| Reply::error(403, &format!("Resource not accessible by {}", who.0)))
}

fn in_scope(scopes: &[String], repo: &Repository, permission: &str, level: &str) -> bool {
    let has = |scope: &str| scopes.iter().any(|it| it == scope);
    let deployments = permission == "deployments" && has("repo_deployment");
    has("repo") || deployments || (!repo.private && (level == "read" || has("public_repo")))
}

fn grants(permissions: &BTreeMap<String, String>, permission: &str, level: &str) -> bool {
    permissions.get(permission).is_some_and(|it| it == "write" || it == level)
}

/// What GitHub says of rights with every answer.
pub fn headers(world: &World, who: &Who, route: Option<&Route>) -> Vec<(&'static str, String)> {
    let Some(token) = who.token().and_then(|it| world.tokens.get(it)) else { return Vec::new() };
    let needs = route.map_or(("none", "read"), |it| it.needs);
    match &token.kind {
        Kind::Classic(scopes) => {
            let accepted = match needs.0 {
                "none" | "user" => "",
                "deployments" => "repo, repo_deployment",
                _ => "repo",
            };
            vec![("x-oauth-scopes", scopes.join(", ")), ("x-accepted-oauth-scopes", accepted.to_owned())]
        }
        Kind::FineGrained(_) | Kind::Installation(_) if !["none", "user"].contains(&needs.0) => {
            vec![("x-accepted-github-permissions", format!("{}={}", needs.0, needs.1))]
        }
        _ => Vec::new(),
    }
}

//! From a request to an answer: who asks, faults, limits, rights, the route, the judge, conditions, headers.

use sha2::{Digest, Sha256};

use super::access::{self, Who};
use super::book::Seen;
use super::fault::{Fault, What};
use super::render::At;
use super::route::{self, Call, Reply, Route};
use super::scripted::{Answer, Request};
use super::world::{Token, World};
use super::{git, graphql, judge, signed};

const GRAPHQL: &str = "/graphql";

/// The answer to a request.
pub fn answer(world: &mut World, request: &Request) -> Answer {
    if let Some(answer) = signed::answer(world, request).or_else(|| git::answer(world, request)) {
        return answer;
    }
    let (prefix, path) = split(&request.path);
    world.api = format!("{}{prefix}", world.root);
    let now = world.clock.now();
    let (path, moved) = settle(world, &path);
    let found = route::find(&request.method, &path);
    let template = found.as_ref().map_or(if path == GRAPHQL { GRAPHQL } else { "" }, |(it, _)| it.template);
    let place = world.book.seen.len();
    world.book.seen.push(Seen::new(request, &path, template, now));

    let mut faults = std::mem::take(&mut world.faults);
    let hit = faults.iter_mut().find_map(|it| it.hits(&request.method, template, &path).then_some(it));
    let (status, answer) = settled(world, request, (&path, moved), found, hit);
    faults.retain(|it| !it.is_over());
    world.faults = faults;
    world.book.seen[place].status = status;
    answer
}

type Found = Option<(&'static Route, Vec<String>)>;

fn settled(
    world: &mut World,
    request: &Request,
    (path, moved): (&str, Option<String>),
    found: Found,
    mut fault: Option<&mut Fault>,
) -> (u16, Answer) {
    let route = found.as_ref().map(|(it, _)| *it);
    let template = route.map_or(if path == GRAPHQL { GRAPHQL } else { "" }, |it| it.template);
    if matches!(fault.as_ref().map(|it| &it.what), Some(What::Revoked)) {
        revoke(world, request);
    }
    let instead = fault.as_ref().is_some_and(|it| !it.happens && !matches!(it.what, What::Exhausted | What::Revoked));
    let who = access::authenticate(world, request);
    if matches!(fault.as_ref().map(|it| &it.what), Some(What::Exhausted)) {
        exhaust(world, who.as_ref().ok(), resource(template));
    }
    let (who, reply) = match who {
        Err(refused) => (Who::Anonymous, refused),
        Ok(who) if instead => (who, Reply::empty(200)),
        Ok(who) => {
            let asked = Asked { request, who: &who, template, path, moved };
            let reply = asked.reply(world, found);
            (who, reply)
        }
    };
    if !instead {
        judge::answer(world, request, template, &reply);
    }
    let cost = if template == GRAPHQL { graphql::cost(&request.json()) } else { 1 };
    let body = reply.body.clone();
    let finish = |world: &mut World, reply: &Reply| finish(world, request, path, (&who, route, cost), reply);
    let (mut status, mut answer) = finish(world, &reply);
    if let Some(fault) = &mut fault {
        answer = fault.what.apply(body, answer, |edited| {
            let edited = Reply { body: edited, ..reply.clone() };
            finish(world, &edited).1
        });
        status = match &fault.what {
            What::Answer { status, .. } => *status,
            What::Dropped => 0,
            _ => status,
        };
    }
    (status, answer)
}

/// A request whose sender is known.
struct Asked<'a> {
    request: &'a Request,
    who: &'a Who,
    template: &'static str,
    path: &'a str,
    /// Where it is now.
    moved: Option<String>,
}

impl Asked<'_> {
    fn reply(self, world: &mut World, found: Found) -> Reply {
        let now = world.clock.now();
        let token = self.who.token().and_then(|value| world.tokens.get(value).map(|it| (value, it)));
        let login = token.map(|(_, it)| it.login.clone());
        let standing = world.limits.standing(token, resource(self.template), now);
        if standing.remaining() == 0 && self.template != "/rate_limit" && *self.who != Who::App {
            let number = |it: String| format!("user ID {}", super::render::user_number(&it));
            let message = format!("API rate limit exceeded for {}.", login.map_or("127.0.0.1".to_owned(), number));
            return match self.template {
                GRAPHQL => graphql::refusal("RATE_LIMITED", &message),
                _ => Reply::error(403, &message),
            };
        }
        if self.template == GRAPHQL {
            return graphql::reply(world, self.who, &self.request.json());
        }
        if let Some(to) = self.moved {
            let status = if self.request.method == "GET" { 301 } else { 307 };
            let mut reply =
                Reply::error(status, if status == 301 { "Moved Permanently" } else { "Temporary Redirect" });
            reply.body["url"] = to.clone().into();
            return Reply { location: Some(to), ..reply };
        }
        let Some((route, names)) = found else { return Reply::not_found() };
        let repo = route.template.starts_with("/repos/").then(|| format!("{}/{}", names[0], names[1]));
        let repo = match repo.map(|it| world.find(&it)) {
            None => None,
            Some(None) => return Reply::not_found(),
            Some(Some((place, _))) => Some(place),
        };
        if let Some(refused) = access::refuse(world, self.who, route, repo) {
            return refused;
        }
        let body = self.request.json();
        if body.is_null() && !self.request.body.is_empty() {
            return Reply::error(400, "Problems parsing JSON");
        }
        judge::request(world, self.request, route, &body);
        let mut query = self.request.query.clone();
        if self.path == "/rate_limit" {
            query.insert("\u{0}token".to_owned(), self.who.token().unwrap_or_default().to_owned());
        }
        let at = At { root: world.root.clone(), api: world.api.clone() };
        let call = Call { at, names, query: &query, body, login, repo: repo.unwrap_or(0) };
        (route.handler)(world, &call)
    }
}

/// The base path and the rest. Enterprise has its REST below `/api/v3` and its GraphQL beside that.
fn split(path: &str) -> (&'static str, String) {
    if path == "/api/graphql" {
        return ("/api/v3", GRAPHQL.to_owned());
    }
    match path.strip_prefix("/api/v3") {
        Some(rest) => ("/api/v3", rest.to_owned()),
        None => ("", path.to_owned()),
    }
}

/// The path by the repository's name, and where it is now when it was asked for by a former one.
fn settle(world: &World, path: &str) -> (String, Option<String>) {
    if let Some(rest) = path.strip_prefix("/repositories/") {
        let (id, rest) = rest.split_once('/').map_or((rest, String::new()), |(id, rest)| (id, format!("/{rest}")));
        let found = world.repositories.iter().find(|it| it.id.to_string() == id);
        let path = found.map_or_else(|| path.to_owned(), |it| format!("/repos/{}{rest}", it.full_name));
        return (path, None);
    }
    let Some(rest) = path.strip_prefix("/repos/") else { return (path.to_owned(), None) };
    let parts: Vec<&str> = rest.splitn(3, '/').collect();
    let [owner, name, tail @ ..] = parts.as_slice() else { return (path.to_owned(), None) };
    let moved = world.find(&format!("{owner}/{name}")).filter(|(_, current)| !current).map(|(place, _)| {
        let tail = tail.first().map_or_else(String::new, |it| format!("/{it}"));
        format!("{}/repositories/{}{tail}", world.api, world.repositories[place].id)
    });
    (path.to_owned(), moved)
}

fn resource(template: &str) -> &'static str {
    if template == GRAPHQL { "graphql" } else { "core" }
}

fn revoke(world: &mut World, request: &Request) {
    let value = request.header("authorization").and_then(|it| it.split_once(' ')).map(|(_, value)| value.to_owned());
    if let Some(token) = value.and_then(|it| world.tokens.get_mut(&it)) {
        token.revoked = true;
    }
}

fn exhaust(world: &mut World, who: Option<&Who>, resource: &str) {
    let Some(value) = who.and_then(Who::token) else { return };
    let token = world.tokens.get(value).map(|it| (value, it));
    let left = world.limits.standing(token, resource, world.clock.now()).remaining();
    world.limits.take(value, resource, left, world.clock.now());
}

/// Conditions, limits and headers.
fn finish(
    world: &mut World,
    request: &Request,
    path: &str,
    (who, route, cost): (&Who, Option<&Route>, u64),
    reply: &Reply,
) -> (u16, Answer) {
    let now = world.clock.now();
    let text = if reply.body.is_null() { String::new() } else { reply.body.to_string() };
    let tag = format!("\"{}\"", hex(&Sha256::digest(&text)));
    let conditional = request.method == "GET" && reply.status == 200;
    let same = conditional && request.header("if-none-match").is_some_and(|it| it.trim_start_matches("W/") == tag);
    let resource = if path == GRAPHQL { "graphql" } else { "core" };
    let value = who.token().unwrap_or_default();
    let token: Option<(&str, &Token)> = world.tokens.get(value).map(|it| (value, it));
    let refused = reply.status == 403 && world.limits.standing(token, resource, now).remaining() == 0;
    if !same && path != "/rate_limit" && !refused {
        world.limits.take(value, resource, cost, now);
    }
    let standing = world.limits.standing(token, resource, now);
    let status = if same { 304 } else { reply.status };
    let mut answer = Answer::bytes(if same { String::new() } else { text })
        .claims("application/json; charset=utf-8")
        .code(status)
        .header("date", &now.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .header("x-github-request-id", &format!("F0{:X}", world.book.seen.len()))
        .header("x-ratelimit-limit", &standing.limit.to_string())
        .header("x-ratelimit-remaining", &standing.remaining().to_string())
        .header("x-ratelimit-used", &standing.used.to_string())
        .header("x-ratelimit-reset", &standing.reset.to_string())
        .header("x-ratelimit-resource", resource);
    for (name, value) in access::headers(world, who, route) {
        answer = answer.header(name, &value);
    }
    if conditional {
        answer = answer.header("etag", &tag).header("cache-control", "private, max-age=60, s-maxage=60");
    }
    if let Some(link) = reply.total.and_then(|total| links(world, request, path, total)) {
        answer = answer.header("link", &link);
    }
    if let Some(location) = &reply.location {
        answer = answer.header("location", location);
    }
    (status, answer)
}

/// The other pages, in absolute addresses by the number of the repository as GitHub has them.
fn links(world: &World, request: &Request, path: &str, total: usize) -> Option<String> {
    let number = |name, otherwise| request.query(name).and_then(|it| it.parse::<usize>().ok()).unwrap_or(otherwise);
    let (page, size) = (number("page", 1).max(1), number("per_page", 30).clamp(1, 100));
    let last = total.div_ceil(size).max(1);
    let mut parts = path.trim_start_matches("/repos/").splitn(3, '/');
    let name = format!("{}/{}", parts.next()?, parts.next()?);
    let id = world.find(&name).map(|(place, _)| world.repositories[place].id)?;
    let base = format!("{}/repositories/{id}/{}", world.api, parts.next()?);
    let to = |page: usize, name: &str| {
        let others = request.query.iter().filter(|(name, _)| *name != "page");
        let query = others.map(|(name, value)| format!("{name}={}&", encoded(value))).collect::<String>();
        format!("<{base}?{query}page={page}>; rel=\"{name}\"")
    };
    let back = (page > 1).then(|| [to(page - 1, "prev"), to(1, "first")]).into_iter().flatten();
    let on = (page < last).then(|| [to(page + 1, "next"), to(last, "last")]).into_iter().flatten();
    let all: Vec<String> = on.chain(back).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

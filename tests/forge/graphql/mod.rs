//! GitHub's GraphQL, as far as the program asks: pull requests, deployments, and the jobs of runs.

pub mod judge;
mod nodes;
mod parse;
mod select;

use serde_json::{Map, Value, json};

use self::parse::{Field, Selection};
use self::select::Selector;
use super::access::Who;
use super::book::Recorded;
use super::render::At;
use super::route::Reply;
use super::world::{Deployment, Kind, Pull, Repository, Token, World, stamp};

/// Points that a query costs.
pub fn cost(body: &Value) -> u64 {
    let Some(document) = parse::parse(body["query"].as_str().unwrap_or_default(), &body["variables"]) else { return 1 };
    let selector = Selector { document: &document, errors: Vec::new() };
    let all = document.operations.values().map(|it| selector.connections(it, 1)).sum::<u64>();
    ((all + 50) / 100).max(1)
}

/// Errors and no data.
pub fn refusal(kind: &str, message: &str) -> Reply {
    Reply::json(200, json!({ "data": null, "errors": [{ "type": kind, "message": message }] }))
}

/// The answer to a query.
pub fn reply(world: &mut World, who: &Who, body: &Value) -> Reply {
    let Some(value) = who.token().map(str::to_owned) else {
        return Reply::error(401, "This endpoint requires you to be authenticated.");
    };
    let query = body["query"].as_str().unwrap_or_default();
    let operation = body["operationName"].as_str().unwrap_or_default();
    let document = parse::parse(query, &body["variables"]);
    let selected = document.as_ref().and_then(|it| it.operations.get(operation).or(it.operations.values().next()));
    let (Some(document), Some(selected)) = (&document, selected) else {
        return refusal("parse", "Parse error on the query");
    };
    let mut selector = Selector { document, errors: Vec::new() };
    let token = world.tokens[&value].clone();
    let at = At { root: world.root.clone(), api: world.api.clone() };
    let asked = Asked { world, token: &token, at };
    let mut data = Map::new();
    for field in selector.fields(selected, Some("Query")) {
        let resolved = match field.name.as_str() {
            "repository" => asked.repository(&mut selector, &field),
            "nodes" => asked.nodes(&mut selector, &field),
            "viewer" => selector.project(&nodes::actor(&asked.at, &token.login), &field.selection),
            "rateLimit" => Value::Null,
            other => {
                selector.fail("undefinedField", &format!("Field '{other}' doesn't exist on type 'Query'"));
                continue;
            }
        };
        data.insert(field.key, resolved);
    }
    for field in selector.fields(selected, Some("Query")).iter().filter(|it| it.name == "rateLimit") {
        let (limit, now) = (cost(body), world.clock.now());
        let standing = world.limits.standing(Some((&value, &token)), "graphql", now);
        let reset = chrono::DateTime::from_timestamp(standing.reset, 0).map(stamp);
        let whole = json!({ "__typename": "RateLimit", "limit": standing.limit, "cost": limit, "nodeCount": 0,
            "remaining": standing.remaining().saturating_sub(limit), "used": standing.used + limit, "resetAt": reset });
        data.insert(field.key.clone(), selector.project(&whole, &field.selection));
    }
    let mut answer = json!({ "data": data });
    let faultless = selector.errors.is_empty();
    if !faultless {
        answer["errors"] = selector.errors.into();
    }
    let undefined = |it: &Value| it["type"] == "undefinedField";
    if answer["errors"].as_array().is_some_and(|it| it.iter().any(undefined)) {
        answer.as_object_mut().expect("an object").remove("data");
        world.book.violations.push(format!("the GraphQL query asks for what the forge has not: {}", answer["errors"]));
    } else {
        let (query, variables) = (query.to_owned(), body["variables"].clone());
        world.book.graphql.push(Recorded { query, operation: operation.to_owned(), variables, answer: answer.clone() });
    }
    Reply::json(200, answer)
}

struct Asked<'w> {
    world: &'w World,
    token: &'w Token,
    at: At,
}

impl Asked<'_> {
    fn repository(&self, selector: &mut Selector<'_>, field: &Field) -> Value {
        let text = |name: &str| field.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{}/{}", text("owner"), text("name"));
        let found = self.world.find(&name).map(|(place, _)| &self.world.repositories[place]);
        let Some(repo) = found.filter(|it| self.may_see(it)) else {
            selector.fail("NOT_FOUND", &format!("Could not resolve to a Repository with the name '{name}'."));
            return Value::Null;
        };
        let mut out = Map::new();
        for inner in selector.fields(&field.selection, Some("Repository")) {
            let value = match inner.name.as_str() {
                "pullRequests" => self.pulls(selector, repo, &inner),
                "deployments" => self.deployments(selector, repo, &inner),
                _ => {
                    let whole = nodes::repository(&self.at, repo);
                    selector.project(&whole, &[Selection::Field(inner.clone())])[&inner.key].clone()
                }
            };
            out.insert(inner.key, value);
        }
        out.into()
    }

    fn may_see(&self, repo: &Repository) -> bool {
        match &self.token.kind {
            Kind::Classic(scopes) => !repo.private || scopes.iter().any(|it| it == "repo"),
            Kind::FineGrained(_) | Kind::Installation(_) => true,
        }
    }

    fn granted(&self, selector: &mut Selector<'_>, permission: &str) -> bool {
        let (by, permissions) = match &self.token.kind {
            Kind::Classic(_) => return true,
            Kind::FineGrained(it) => ("personal access token", it),
            Kind::Installation(it) => ("integration", it),
        };
        let granted = permissions.contains_key(permission);
        if !granted {
            selector.fail("FORBIDDEN", &format!("Resource not accessible by {by}"));
        }
        granted
    }

    fn pulls(&self, selector: &mut Selector<'_>, repo: &Repository, field: &Field) -> Value {
        if !self.granted(selector, "pull_requests") {
            return Value::Null;
        }
        let by_update = field.arguments.get("orderBy").is_some_and(|it| it["field"] == "UPDATED_AT");
        let states = field.arguments.get("states").cloned().unwrap_or_default();
        let wanted = |it: &&Pull| states.is_null() || holds(&states, nodes::pull_state(it));
        let key =
            |it: &Pull| format!("{}|{:012}", stamp(if by_update { it.updated_at } else { it.created_at }), it.number);
        let all: Vec<(String, &Pull)> = repo.pulls.iter().filter(wanted).map(|it| (key(it), it)).collect();
        connection(selector, field, all, "PullRequestConnection", |it| nodes::pull(&self.at, repo, it))
    }

    fn deployments(&self, selector: &mut Selector<'_>, repo: &Repository, field: &Field) -> Value {
        if !self.granted(selector, "deployments") {
            return Value::Null;
        }
        let environments = field.arguments.get("environments").cloned().unwrap_or_default();
        let wanted = |it: &&Deployment| environments.is_null() || holds(&environments, &it.environment);
        let key = |it: &Deployment| format!("{}|{:012}", stamp(it.created_at), it.id);
        let all: Vec<(String, &Deployment)> = repo.deployments.iter().filter(wanted).map(|it| (key(it), it)).collect();
        connection(selector, field, all, "DeploymentConnection", |it| nodes::deployment(&self.at, repo, it))
    }

    fn nodes(&self, selector: &mut Selector<'_>, field: &Field) -> Value {
        let ids = field.arguments.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
        if !self.granted(selector, "checks") {
            return vec![Value::Null; ids.len()].into();
        }
        let find = |id: &Value| {
            let suite: u64 = id.as_str()?.strip_prefix("CS_")?.parse().ok()?;
            let repos = self.world.repositories.iter().filter(|it| self.may_see(it));
            repos.into_iter().find_map(|repo| {
                let place = repo.runs.partition_point(|it| it.check_suite < suite);
                let run = repo.runs.get(place).filter(|it| it.check_suite == suite)?;
                Some(nodes::check_suite(&self.at, repo, run))
            })
        };
        let mut all = Vec::new();
        for id in &ids {
            let found = find(id);
            if found.is_none() {
                selector.fail("NOT_FOUND", &format!("Could not resolve to a node with the global id of '{id}'"));
            }
            all.push(found.map_or(Value::Null, |it| selector.project(&it, &field.selection)));
        }
        all.into()
    }
}

fn holds(list: &Value, text: &str) -> bool {
    list.as_array().is_some_and(|it| it.iter().any(|it| it == text))
}

/// One page of a connection by keys that grow: what changes meanwhile moves nothing to another page.
fn connection<T>(
    selector: &mut Selector<'_>,
    field: &Field,
    mut all: Vec<(String, &T)>,
    name: &str,
    show: impl Fn(&T) -> Value,
) -> Value {
    let Some(size) = select::size(field).filter(|it| (1..=100).contains(it)) else {
        let message =
            format!("You must provide a `first` or `last` value from 1 to 100 on the `{}` connection.", field.name);
        selector.fail("MISSING_PAGINATION_BOUNDARIES", &message);
        return Value::Null;
    };
    let newest_first = field.arguments.get("orderBy").is_some_and(|it| it["direction"] == "DESC");
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    if newest_first {
        all.reverse();
    }
    let total = all.len();
    let after = field.arguments.get("after").and_then(Value::as_str).map(str::to_owned);
    let begun = after.is_some();
    if let Some(after) = after {
        all.retain(|(key, _)| if newest_first { *key < after } else { *key > after });
    }
    let more = all.len() as u64 > size;
    all.truncate(usize::try_from(size).unwrap_or(100));
    let whole = json!({
        "__typename": name, "totalCount": total,
        "pageInfo": { "__typename": "PageInfo", "hasNextPage": more, "hasPreviousPage": begun,
            "endCursor": all.last().map(|(key, _)| key), "startCursor": all.first().map(|(key, _)| key) },
        "nodes": all.iter().map(|(_, it)| show(it)).collect::<Vec<_>>(),
    });
    selector.project(&whole, &field.selection)
}

//! Judges what the forge answers and what it is asked by GitHub's published description.
//!
//! Only where the tests' servers are installed (see [`DIRECTORY`]): `tests/run` does so, a plain `cargo test` need not.

mod cut;
mod schema;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

pub use self::cut::file;
use super::route::{Reply, Route};
use super::scripted::Request;
use super::world::World;

/// Names the directory with the npm packages that the tests use.
pub const DIRECTORY: &str = "FLIGHTDECK_TEST_FORGE";

/// The directory that `tests/forge/install` prints, if it is named.
pub fn directory() -> Option<PathBuf> {
    std::env::var_os(DIRECTORY).filter(|it| !it.is_empty()).map(PathBuf::from)
}

/// Judges an answer to a request of a route. GraphQL has a judge of its own.
pub fn answer(world: &mut World, request: &Request, template: &str, reply: &Reply) {
    let Some(judge) = Judge::of(world).filter(|_| template.starts_with('/') && template != "/graphql") else { return };
    let what = format!("{} {} -> {}", request.method, request.path, reply.status);
    let described = judge.operation(&request.method, template)["responses"][reply.status.to_string()].clone();
    let schema = match (described.is_null(), reply.status) {
        (true, 200..300) => {
            world.book.violations.push(format!("{what}: GitHub describes no such answer"));
            return;
        }
        (true, _) | (false, 400..) => return,
        (false, _) => resolved(judge.description, &described)["content"]["application/json"]["schema"].clone(),
    };
    if schema.is_null() {
        return;
    }
    let key = format!("{} {template} {}", request.method, reply.status);
    world.book.violations.extend(judge.wrong(&key, &schema, &reply.body).into_iter().map(|it| format!("{what}: {it}")));
}

/// Judges the parameters and the body of a request.
pub fn request(world: &mut World, request: &Request, route: &Route, body: &Value) {
    let Some(judge) = Judge::of(world) else { return };
    let operation = judge.operation(route.method, route.template);
    let mut wrong = Vec::new();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<&Value> =
        parameters.map(|it| resolved(judge.description, it)).filter(|it| it["in"] == "query").collect();
    for (name, value) in &request.query {
        let Some(parameter) = parameters.iter().find(|it| it["name"] == **name) else {
            wrong.push(format!("no parameter {name} is described"));
            continue;
        };
        let schema = resolved(judge.description, &parameter["schema"]);
        let number = schema["type"] == "integer" && value.parse::<i64>().is_err();
        let word = schema["enum"].as_array().is_some_and(|it| !it.iter().any(|it| it == value));
        if number || word {
            wrong.push(format!("the parameter {name} may not be {value}"));
        }
    }
    let described = &operation["requestBody"];
    let schema = &resolved(judge.description, described)["content"]["application/json"]["schema"];
    match (schema.is_null(), body.is_null()) {
        (true, true) => {}
        (true, false) => wrong.push("no body is described".to_owned()),
        (false, true) if resolved(judge.description, described)["required"] != true => {}
        (false, _) => wrong.extend(judge.wrong(&format!("{} {} body", route.method, route.template), schema, body)),
    }
    let what = format!("{} {} {body}", request.method, request.path);
    world.book.violations.extend(wrong.into_iter().map(|it| format!("the request {what}: {it}")));
}

/// What a reference stands for.
fn resolved<'d>(description: &'d Value, it: &'d Value) -> &'d Value {
    match it["$ref"].as_str() {
        Some(pointer) => description.pointer(pointer.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => it,
    }
}

struct Judge {
    description: &'static Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Judge {
    /// One for all forges of a program.
    fn of(world: &World) -> Option<&'static Self> {
        static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();
        let judge = JUDGE.get_or_init(|| {
            let description = cut::description(&directory()?);
            Some(Self { description: Box::leak(Box::new(description)), validators: Mutex::default() })
        });
        judge.as_ref().filter(|_| world.judged)
    }

    fn operation(&self, method: &str, template: &str) -> &'static Value {
        &self.description["paths"][template][method.to_lowercase()]
    }

    /// What is wrong with a value, the first few things.
    fn wrong(&self, key: &str, schema: &Value, value: &Value) -> Vec<String> {
        let known = self.validators.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(key).cloned();
        let validator = known.unwrap_or_else(|| {
            let made = Arc::new(schema::validator(self.description, schema));
            let mut all = self.validators.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            all.insert(key.to_owned(), made.clone());
            made
        });
        validator.iter_errors(value).take(5).map(|it| format!("{} at {}", it.masked(), it.instance_path())).collect()
    }
}

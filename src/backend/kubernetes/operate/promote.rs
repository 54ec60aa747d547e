//! The write that makes a workload run another image.

use serde_json::json;

use super::request::{Body, Request, annotate, holds, tests};
use super::subject::Subject;
use super::template::{self, Container};
use crate::backend::Order;
use crate::backend::kubernetes::cause::{self, CAUSE};
use crate::backend::kubernetes::image::Reference;
use crate::model::{Digest, Text};

/// The container of a workload that has this name.
///
/// # Errors
/// That there is none.
pub fn container<'a>(subject: Subject<'a>, name: &str) -> Result<Container<'a>, Text> {
    let all = template::containers(subject.template());
    let names: Vec<&str> = all.iter().map(|it| it.name).collect();
    let names = names.join(", ");
    let found = all.into_iter().find(|it| it.name == name);
    found.ok_or_else(|| format!("{} has no container {name}: it has {names}", subject.short()).into())
}

/// The image as it is named where it comes from: with its digest, where that is known.
pub fn image(from: &Reference, digest: Option<&Digest>, repository: Option<&str>) -> String {
    let repository = repository.unwrap_or(&from.repository).to_owned();
    Reference { repository, tag: from.tag.clone(), digest: digest.or(from.digest.as_ref()).cloned() }.written()
}

/// The write that sets the image of a container.
pub fn set_image(subject: Subject<'_>, container: &Container<'_>, image: &str, cause: &str) -> Request {
    let path = format!("{}{}/image", template::AT, container.at);
    let mut operations = tests(subject.object);
    operations.push(json!({ "op": "test", "path": path, "value": container.image }));
    operations.push(json!({ "op": "replace", "path": path, "value": image }));
    operations.extend(annotate(subject.object, "/metadata/annotations", &[(CAUSE, cause.to_owned())]));
    Request {
        what: format!("set the image of container {} to {image}", container.name),
        object: subject.name.clone(),
        body: Body::Json(operations),
        holds: format!("the image is {}, {}", container.image, holds(subject.object)),
    }
}

/// Why the next revision is made, as others will read it: `kubectl rollout history` shows it.
pub fn cause(order: &Order) -> String {
    cause::written(order.reason.as_str(), &order.actor, &order.operation)
}

/// Other containers of the same repository, which stay as they are.
pub fn siblings(subject: Subject<'_>, container: &Container<'_>, image: &str) -> Vec<Text> {
    let repository = |image: &str| Reference::parse(image).repository;
    let all = template::containers(subject.template());
    let alike = all
        .into_iter()
        .filter(|it| it.at != container.at && it.image != image && repository(it.image) == repository(container.image));
    alike.map(|it| format!("container {} has the same repository and stays at {}", it.name, it.image).into()).collect()
}

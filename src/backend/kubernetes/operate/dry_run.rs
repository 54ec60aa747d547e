//! The server's own opinion of a write: the same request, sent in the same way ([`send`]), with the server told to keep
//! nothing of it.

use kube::core::Status;
use serde_json::Value;

use super::api::{Api, Failure};
use super::json::text;
use super::request::{Body, ObjectName, Request};
use super::send::{Run, Unsent, send};
use super::template;
use crate::model::Text;

/// What the server says of a write that it did not keep.
#[derive(Clone, Debug, PartialEq)]
pub enum Opinion {
    /// It would do it. What it would make other of it than was asked, where it would.
    Yes(Vec<Text>),
    /// It would refuse it: validation, quota, an admission webhook.
    No(Text),
    /// We may not.
    Forbidden(Text),
    /// It does not say; why.
    Unknown(Text),
}

/// Asks the server what it would say of what `draft` makes of the object, if that still has the token of the plan.
pub async fn ask(
    api: &Api<'_>,
    name: &ObjectName,
    expected: &str,
    draft: impl Fn(&Value) -> Result<Request, Text>,
) -> Opinion {
    match send(api, Run::Dry, name, Some(expected), draft).await {
        Ok((request, object)) => Opinion::Yes(altered(&request, &object)),
        Err(Unsent::Failed(_, Failure::Said(kube::Error::Api(status)))) => opinion(&status),
        Err(why) => Opinion::Unknown(why.error(api).await.what),
    }
}

/// What a refusal means.
fn opinion(status: &Status) -> Opinion {
    let said = words(status);
    match status.code {
        403 if is_about_rights(status) => Opinion::Forbidden(said.into()),
        // A webhook that writes elsewhere refuses dry runs, and not the write.
        400 if status.message.contains("does not support dry run") => Opinion::Unknown(said.into()),
        400 | 403 | 404 | 405 | 406 | 413 | 415 | 422 => Opinion::No(said.into()),
        // A webhook that has to be asked and does not answer.
        500 if status.message.contains("failed calling webhook") => Opinion::No(said.into()),
        _ => Opinion::Unknown(said.into()),
    }
}

/// Whether it is the user who may not, and not the object that must not be so: the server says both with 403.
fn is_about_rights(status: &Status) -> bool {
    let message = status.message.as_str();
    message.contains(" cannot ") && message.contains("User \"")
}

/// What the server says, in words.
fn words(status: &Status) -> String {
    let causes = status.details.iter().flat_map(|it| &it.causes);
    let causes: Vec<String> = causes
        .filter(|it| !it.message.is_empty())
        .take(5)
        .map(|it| if it.field.is_empty() { it.message.clone() } else { format!("{}: {}", it.field, it.message) })
        .collect();
    match (causes.is_empty(), status.message.as_str()) {
        (false, _) => causes.join("; "),
        (true, "") => format!("{} ({})", status.reason, status.code),
        (true, message) => message.to_owned(),
    }
}

/// What admission would make other of the templates' images than was asked.
fn altered(request: &Request, object: &Value) -> Vec<Text> {
    let Body::Json(operations) = &request.body else { return Vec::new() };
    let images = operations.iter().filter(|it| text(it, "/op") == "replace" && text(it, "/path").ends_with("/image"));
    let one = |operation: &Value| {
        let (path, asked) = (text(operation, "/path"), text(operation, "/value"));
        let path = if path.starts_with(template::AT) { path } else { return None };
        let made = text(object, path);
        (made != asked).then(|| Text::from(format!("admission would make {made} of the image {asked}")))
    };
    images.filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(code: u16, message: &str) -> Status {
        serde_json::from_value(json!({ "status": "Failure", "code": code, "message": message })).expect("a status")
    }

    #[test]
    fn a_refusal_is_told_for_what_it_is() {
        let rights = "deployments.apps \"shop\" is forbidden: User \"ann\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"prod\"";
        let quota = "pods \"a\" is forbidden: exceeded quota: small, requested: cpu=2";
        let webhook = "admission webhook \"policy.example\" denied the request: images need a digest";
        let cases = [
            (403, rights, Opinion::Forbidden(rights.into())),
            (403, quota, Opinion::No(quota.into())),
            (400, webhook, Opinion::No(webhook.into())),
            (
                400,
                "admission webhook \"x\" does not support dry run",
                Opinion::Unknown("admission webhook \"x\" does not support dry run".into()),
            ),
            (409, "changed", Opinion::Unknown("changed".into())),
            (503, "", Opinion::Unknown(" (503)".into())),
        ];
        for (code, message, expected) in cases {
            assert_eq!(opinion(&status(code, message)), expected, "{code} {message}");
        }
    }

    #[test]
    fn each_cause_of_an_invalid_object_is_named() {
        let status: Status = serde_json::from_value(json!({
            "code": 422, "message": "long", "reason": "Invalid",
            "details": { "causes": [{ "field": "spec.template.spec.containers[0].image", "message": "Required value" }] },
        }))
        .expect("a status");
        let why = "spec.template.spec.containers[0].image: Required value";
        assert_eq!(opinion(&status), Opinion::No(why.into()));
    }
}

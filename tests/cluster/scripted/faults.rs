//! What goes wrong on real clusters, ready-made for [`super::Api::instead`].
//!
//! `api.instead(faults::times(2, |it| it.lists("pods"), |_| faults::too_many(1)))`

use super::answer::{Answer, expired_status};
use super::request::Request;

/// Answers the first so many requests that match.
pub fn times(
    mut left: usize,
    matches: impl Fn(&Request) -> bool + Send + 'static,
    answer: impl Fn(&Request) -> Answer + Send + 'static,
) -> impl FnMut(&Request) -> Option<Answer> + Send + 'static {
    move |request| {
        if left == 0 || !matches(request) {
            return None;
        }
        left -= 1;
        Some(answer(request))
    }
}

/// Answers every request that matches.
pub fn always(
    matches: impl Fn(&Request) -> bool + Send + 'static,
    answer: impl Fn(&Request) -> Answer + Send + 'static,
) -> impl FnMut(&Request) -> Option<Answer> + Send + 'static {
    times(usize::MAX, matches, answer)
}

/// Every request about one namespace is refused, and so is every request about all of them.
pub fn forbids(namespace: &str) -> impl FnMut(&Request) -> Option<Answer> + Send + 'static {
    let namespace = namespace.to_owned();
    move |request| {
        let target = request.target().filter(|it| it.plural != "selfsubjectaccessreviews")?;
        let refused = target.namespace.as_ref().is_none_or(|it| *it == namespace);
        refused.then(|| forbidden(&target.plural, target.namespace.as_deref()))
    }
}

/// 410: the resource version or the page is too old.
pub fn expired() -> Answer {
    Answer::json(&expired_status()).code(410)
}

/// 410 as the first event of a watch, which answers 200.
pub fn expired_event() -> Answer {
    let (answer, stream) = Answer::stream();
    stream.expired();
    answer
}

/// 409: somebody else was faster.
pub fn conflict(plural: &str, name: &str) -> Answer {
    let message = format!(
        "Operation cannot be fulfilled on {plural} \"{name}\": the object has been modified; please apply your changes \
         to the latest version and try again"
    );
    Answer::status(409, "Conflict", &message)
}

/// 429: too many requests; come back after so many seconds.
pub fn too_many(seconds: u32) -> Answer {
    let message = "Too many requests, please try again later.";
    Answer::status(429, "TooManyRequests", message).header("retry-after", &seconds.to_string())
}

/// 503: the server is starting or ending.
pub fn unavailable() -> Answer {
    Answer::status(503, "ServiceUnavailable", "the server is currently unable to handle the request")
}

/// 500: the server waited for its storage in vain.
pub fn no_storage() -> Answer {
    Answer::status(500, "InternalError", "etcdserver: request timed out")
}

/// 401: the token is unknown or over.
pub fn unauthorized() -> Answer {
    Answer::status(401, "Unauthorized", "Unauthorized")
}

/// 403 in the words of RBAC.
pub fn forbidden(plural: &str, namespace: Option<&str>) -> Answer {
    let place = namespace.map_or("at the cluster scope".to_owned(), |it| format!("in the namespace \"{it}\""));
    let message =
        format!("{plural} is forbidden: User \"somebody\" cannot list resource \"{plural}\" in API group \"\" {place}");
    Answer::status(403, "Forbidden", &message)
}

/// 502 of a proxy in front of the server: a page for people.
pub fn proxy() -> Answer {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    let mut answer = Answer::bytes(page).code(502);
    answer.headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    answer
}

/// Bodies of a list that are no list: what is wrong, and the text.
pub const MALFORMED_LISTS: &[(&str, &str)] = &[
    ("nothing", ""),
    ("null", "null"),
    ("cut off", r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metad"#),
    ("items are null", r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}"#),
    ("items are text", r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":"none"}"#),
    ("no items", r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"}}"#),
    ("no metadata", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
    ("no JSON", "<html>please log in</html>"),
    ("not UTF-8 in its escapes", r#"{"kind":"PodList","items":["\ud800"]}"#),
];

/// Objects that a list or a watch may hold: what is wrong, and the text.
pub const MALFORMED_OBJECTS: &[(&str, &str)] = &[
    ("null", "null"),
    ("text", r#""object""#),
    ("empty", "{}"),
    ("metadata is null", r#"{"metadata":null}"#),
    ("no name", r#"{"metadata":{"namespace":"production"}}"#),
    ("a name of another type", r#"{"metadata":{"name":7,"namespace":"production"}}"#),
    ("no spec", r#"{"metadata":{"name":"bad","namespace":"production","resourceVersion":"7"}}"#),
    ("a spec of another type", r#"{"metadata":{"name":"bad","namespace":"production"},"spec":[1]}"#),
    ("containers are null", r#"{"metadata":{"name":"bad","namespace":"production"},"spec":{"containers":null}}"#),
    (
        "numbers that are text",
        r#"{"metadata":{"name":"bad","namespace":"production","generation":"x"},"spec":{"replicas":"many"}}"#,
    ),
    (
        "numbers that are huge",
        r#"{"metadata":{"name":"bad","namespace":"production","generation":1e300},"spec":{"replicas":99999999999999}}"#,
    ),
    ("times that are none", r#"{"metadata":{"name":"bad","namespace":"production","creationTimestamp":"yesterday"}}"#),
    ("labels are a list", r#"{"metadata":{"name":"bad","namespace":"production","labels":["a"]}}"#),
    (
        "what a terminal would obey",
        r#"{"metadata":{"name":"bad\u001b[2J","namespace":"production","labels":{"app":"\u202etxt"}}}"#,
    ),
];

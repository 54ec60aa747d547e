//! Label selectors of objects, as a request writes them.

use serde_json::Value;

use super::json::{entries, list, text};

/// The selector as a request writes it; nothing where it asks for something that is not known here, or for nothing at
/// all, which would be everything.
pub fn of(selector: &Value) -> Option<String> {
    let equal = entries(selector, "/matchLabels").map(|(key, value)| Some(format!("{key}={value}")));
    let expressions = list(selector, "/matchExpressions").iter().map(expression);
    let all: Vec<String> = equal.chain(expressions).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.join(","))
}

fn expression(it: &Value) -> Option<String> {
    let key = text(it, "/key");
    let values = || list(it, "/values").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
    match text(it, "/operator") {
        "In" => Some(format!("{key} in ({})", values())),
        "NotIn" => Some(format!("{key} notin ({})", values())),
        "Exists" => Some(key.to_owned()),
        "DoesNotExist" => Some(format!("!{key}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_are_written_as_requests_write_them() {
        let full = json!({
            "matchLabels": { "app": "shop", "part": "web" },
            "matchExpressions": [
                { "key": "tier", "operator": "In", "values": ["a", "b"] },
                { "key": "canary", "operator": "DoesNotExist" },
                { "key": "zone", "operator": "NotIn", "values": ["x"] },
                { "key": "team", "operator": "Exists" },
            ],
        });
        assert_eq!(of(&full).as_deref(), Some("app=shop,part=web,tier in (a,b),!canary,zone notin (x),team"));
        assert_eq!(of(&json!({})), None);
        assert_eq!(of(&json!({ "matchExpressions": [{ "key": "a", "operator": "Gt" }] })), None);
    }
}

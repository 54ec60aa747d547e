//! What goes wrong at GitHub and on the way there, queued by a test for a route.
//!
//! `forge.fault("GET", "/actions/runs", Fault::status(502).times(2))`

use serde_json::{Value, json};

use super::scripted::Answer;
use super::scripted::answer::{Closed, Gate, gate};

type Edit = Box<dyn FnMut(&mut Value) + Send>;

/// One kind of trouble, for the next request of a route unless said otherwise.
pub struct Fault {
    method: String,
    route: String,
    after: usize,
    times: usize,
    pub(super) happens: bool,
    pub(super) what: What,
}

/// What is answered instead.
pub enum What {
    /// Something else.
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    /// 403, and nothing is left of this resource until it resets.
    Exhausted,
    /// The right answer with changes.
    Edit(Edit),
    /// Half of the right answer, with a right length: JSON that ends early.
    Truncated,
    /// The connection breaks in the middle of the right answer.
    Cut,
    /// The connection breaks before anything is answered.
    Dropped,
    /// The right answer, later.
    Held(Vec<Closed>),
    /// 401 from now on.
    Revoked,
}

impl Fault {
    fn new(what: What) -> Self {
        Self { method: String::new(), route: String::new(), after: 0, times: 1, happens: false, what }
    }

    /// Any answer.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::new(What::Answer { status, headers, body: body.into() })
    }

    /// A status with a message as GitHub has it for 4xx, and a page for people as its proxies have it for 5xx.
    pub fn status(status: u16) -> Self {
        match status {
            500.. => Self::answer(status, &[("content-type", "text/html")], "<html><h1>Unicorn!</h1></html>"),
            _ => Self::answer(
                status,
                &[],
                json!({ "message": "Something is wrong", "status": status.to_string() }).to_string(),
            ),
        }
    }

    /// The hourly limit is used up, until it resets by the forge's clock.
    pub fn exhausted() -> Self {
        Self::new(What::Exhausted)
    }

    /// A secondary limit: 403 or 429, with seconds to wait or without.
    pub fn secondary(status: u16, retry_after: Option<u64>) -> Self {
        let body = json!({
            "documentation_url": "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
            "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        });
        let seconds = retry_after.map(|it| it.to_string());
        let headers: Vec<_> = seconds.iter().map(|it| ("retry-after", it.as_str())).collect();
        Self::answer(status, &headers, body.to_string())
    }

    /// 301 to another place; empty for no place.
    pub fn moved(to: &str) -> Self {
        let body = json!({ "message": "Moved Permanently", "url": to });
        let headers: Vec<_> = Some(("location", to)).filter(|_| !to.is_empty()).into_iter().collect();
        Self::answer(301, &headers, body.to_string())
    }

    /// The right answer with changes.
    pub fn edit(edit: impl FnMut(&mut Value) + Send + 'static) -> Self {
        Self { happens: true, ..Self::new(What::Edit(Box::new(edit))) }
    }

    /// Another value: `set("/workflow_runs/0/status", json!("warming_up"))`; `null` for what may not be null.
    pub fn set(pointer: &str, value: Value) -> Self {
        let pointer = pointer.to_owned();
        Self::edit(move |body| {
            *body.pointer_mut(&pointer).unwrap_or_else(|| panic!("no {pointer} in the answer")) = value.clone();
        })
    }

    /// A field that is not there.
    pub fn missing(pointer: &str) -> Self {
        let (of, name) = pointer.rsplit_once('/').expect("a pointer");
        let (of, name) = (of.to_owned(), name.to_owned());
        Self::edit(move |body| {
            let object = body.pointer_mut(&of).and_then(Value::as_object_mut);
            object.unwrap_or_else(|| panic!("no object {of} in the answer")).remove(&name);
        })
    }

    /// JSON that ends early.
    pub fn truncated() -> Self {
        Self { happens: true, ..Self::new(What::Truncated) }
    }

    /// A connection that breaks in the middle of the answer.
    pub fn cut() -> Self {
        Self { happens: true, ..Self::new(What::Cut) }
    }

    /// A connection that breaks before the answer.
    pub fn dropped() -> Self {
        Self::new(What::Dropped)
    }

    /// The right answer as it is now, held back until the gate is opened or dropped.
    pub fn held() -> (Self, Gate) {
        let (open, closed) = gate();
        (Self { happens: true, ..Self::new(What::Held(vec![closed])) }, open)
    }

    /// The token is revoked by this request.
    pub fn revoked() -> Self {
        Self::new(What::Revoked)
    }

    /// So often.
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// For good, until the faults are healed.
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// So many requests of the route go well before.
    pub fn after(self, requests: usize) -> Self {
        Self { after: requests, ..self }
    }

    /// What was asked happens all the same; only the answer says otherwise.
    pub fn but_done(self) -> Self {
        Self { happens: true, ..self }
    }

    pub(super) fn of(self, method: &str, route: &str) -> Self {
        Self { method: method.to_owned(), route: route.to_owned(), ..self }
    }

    /// Whether it is this request's turn. `*` stands for every method and every route; a route is written as in
    /// GitHub's description, with or without `/repos/{owner}/{repo}`, or as the path of one request.
    pub(super) fn hits(&mut self, method: &str, template: &str, path: &str) -> bool {
        let short = template.strip_prefix("/repos/{owner}/{repo}").unwrap_or(template);
        let route = self.route.as_str();
        if (self.method != "*" && self.method != method) || ![short, template, path, "*"].contains(&route) {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        let left = self.times > 0;
        self.times = self.times.saturating_sub(1);
        left
    }

    pub(super) fn is_over(&self) -> bool {
        self.times == 0
    }
}

impl What {
    /// What goes out instead of the right answer.
    pub(super) fn apply(&mut self, body: Value, right: Answer, finish: impl FnOnce(Value) -> Answer) -> Answer {
        match self {
            Self::Answer { status, headers, body } => {
                let typed = headers.iter().find(|(name, _)| name == "content-type");
                let answer = Answer::bytes(body.clone()).code(*status);
                let answer = answer.claims(typed.map_or("application/json; charset=utf-8", |(_, value)| value));
                headers.iter().filter(|(name, _)| name != "content-type").fold(answer, |it, (n, v)| it.header(n, v))
            }
            Self::Edit(edit) => {
                let mut body = body;
                edit(&mut body);
                finish(body)
            }
            Self::Truncated => {
                let text = body.to_string();
                Answer::bytes(text.as_bytes()[..text.len() / 2].to_vec())
            }
            Self::Cut => right.cut(body.to_string().len() / 2),
            Self::Dropped => Answer::nothing(),
            Self::Held(gates) => match gates.pop() {
                Some(gate) => right.behind(gate),
                None => right,
            },
            // These change the world before the answer is made.
            Self::Exhausted | Self::Revoked => right,
        }
    }
}

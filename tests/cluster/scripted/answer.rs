//! What a scripted server answers: a whole body, or a stream that the test controls.

use std::time::Duration;

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// One answer.
pub struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) gate: Option<oneshot::Receiver<()>>,
    pub(super) ends_after: Option<Duration>,
}

pub(super) enum Body {
    Whole(Bytes),
    Stream(UnboundedReceiver<Piece>),
    /// The connection breaks before anything is answered.
    Nothing,
}

pub(super) enum Piece {
    Bytes(Bytes),
    Break,
}

impl Answer {
    /// A body of JSON with 200.
    pub fn json(value: &Value) -> Self {
        Self::bytes(serde_json::to_vec(value).expect("JSON"))
    }

    /// Any bytes that claim to be JSON, with 200.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status: 200, headers, body: Body::Whole(bytes.into()), gate: None, ends_after: None }
    }

    /// A refusal as the API writes it: `status(403, "Forbidden", "pods is forbidden: …")`.
    pub fn status(code: u16, reason: &str, message: &str) -> Self {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code,
        });
        Self::json(&status).code(code)
    }

    /// An open body that the test fills. It ends when all handles of the stream are dropped.
    pub fn stream() -> (Self, Stream) {
        let (send, receive) = unbounded_channel();
        (Self { body: Body::Stream(receive), ..Self::bytes("") }, Stream { send })
    }

    /// No answer: the connection breaks.
    pub fn nothing() -> Self {
        Self { body: Body::Nothing, ..Self::bytes("") }
    }

    /// The first bytes of this whole answer; then the connection breaks.
    pub fn cut(self, after: usize) -> Self {
        let Body::Whole(whole) = &self.body else { return self };
        let (answer, stream) = Self::stream();
        stream.bytes(whole.slice(..after.min(whole.len())));
        stream.break_connection();
        Self { status: self.status, headers: self.headers, ..answer }
    }

    /// Another status code.
    pub fn code(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// A body that claims to be plain text.
    pub fn text(self) -> Self {
        self.claims("text/plain")
    }

    /// A body that claims to be something, and no other headers.
    pub fn claims(self, content_type: &str) -> Self {
        Self { headers: vec![("content-type".to_owned(), content_type.to_owned())], ..self }
    }

    /// One more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A stream ends by itself after a while, as watches do.
    pub fn ends_after(self, time: Duration) -> Self {
        Self { ends_after: Some(time), ..self }
    }

    /// Holds the whole answer back until the gate is opened or dropped.
    pub fn held(self) -> (Self, Gate) {
        let (gate, closed) = gate();
        (self.behind(closed), gate)
    }

    /// Holds the whole answer back behind a gate that exists.
    pub fn behind(self, gate: Closed) -> Self {
        Self { gate: Some(gate), ..self }
    }
}

/// The other side of a gate.
pub type Closed = oneshot::Receiver<()>;

/// A gate for an answer that is not known yet.
pub fn gate() -> (Gate, Closed) {
    let (open, closed) = oneshot::channel();
    (Gate { open }, closed)
}

/// Holds an answer back.
pub struct Gate {
    open: oneshot::Sender<()>,
}

impl Gate {
    /// Lets it go.
    pub fn open(self) {
        let _ = self.open.send(());
    }
}

/// The open body of an answer.
#[derive(Debug, Clone)]
pub struct Stream {
    send: UnboundedSender<Piece>,
}

impl Stream {
    /// Whether the client still listens.
    pub fn is_open(&self) -> bool {
        !self.send.is_closed()
    }

    /// Any bytes: half an event too.
    pub fn bytes(&self, bytes: impl Into<Bytes>) {
        let _ = self.send.send(Piece::Bytes(bytes.into()));
    }

    /// An event of a watch: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`.
    pub fn event(&self, kind: &str, object: &Value) {
        self.bytes(format!("{}\n", json!({ "type": kind, "object": object })));
    }

    /// The event by which a server says that the resource version of a watch is too old.
    pub fn expired(&self) {
        self.event("ERROR", &expired_status());
    }

    /// The connection breaks.
    pub fn break_connection(&self) {
        let _ = self.send.send(Piece::Break);
    }
}

/// The status of 410.
pub fn expired_status() -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": "too old resource version: 1 (1000)", "reason": "Expired", "code": 410,
    })
}

//! The journal for other systems.

use serde_json::{Value, json};

use super::record::{Body, Intended, Record, Settled};
use super::{Journal, JournalError};
use crate::backend::Verb;
use crate::model::{Installed, OperationId, ServiceId, Text, Time};
use crate::operation::Ending;

/// The version of the CDEvents specification that events are written in.
const SPECIFICATION: &str = "0.5.1";

impl Journal {
    /// The records as they stand in the file, one JSON object a line, oldest first.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn json_lines(&self) -> Result<Vec<String>, JournalError> {
        self.lines()
    }

    /// The operations that changed something, as CDEvents: `service.upgraded` or `service.deployed` for a promotion,
    /// `service.rolledback` for a rollback or an abort, with actor, reason, from, to and mode as custom data. CDEvents has
    /// no event for an operation that failed or had no effect, for a pause or for a restart: those are left out.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn cdevents(&self) -> Result<Vec<Value>, JournalError> {
        let records = self.records()?;
        let intents = records.iter().filter_map(|record| match (&record.operation, &record.body) {
            (Some(id), Body::Intent(intended)) => Some((id, intended.as_ref())),
            _ => None,
        });
        let intents: std::collections::HashMap<&OperationId, &Intended> = intents.collect();
        Ok(records.iter().filter_map(|record| event_of(record, &intents)).collect())
    }
}

fn event_of(record: &Record, intents: &std::collections::HashMap<&OperationId, &Intended>) -> Option<Value> {
    let id = record.operation.as_ref()?;
    let Body::Outcome(Settled { ending: Ending::Succeeded(_), .. }) = &record.body else { return None };
    event(id, record.time, intents.get(id)?)
}

fn event(id: &OperationId, at: Time, intended: &Intended) -> Option<Value> {
    let Intended { order, host, origin, mode, .. } = intended;
    let (predicate, mode) = match (order.verb, &order.from) {
        (Verb::RollBack | Verb::Abort, _) => ("rolledback", mode.meaning().code),
        (Verb::Promote, Some(_)) => ("upgraded", "promote"),
        (Verb::Promote, None) => ("deployed", "promote"),
        (Verb::Pause | Verb::Resume | Verb::Restart, _) => return None,
    };
    let source = format!("/flightdeck/{}", escaped(host.as_str()));
    Some(json!({
        "context": {
            "specversion": SPECIFICATION,
            "id": Text::from(id.as_str()),
            "source": source,
            "type": format!("dev.cdevents.service.{predicate}.0.3.0"),
            "timestamp": at,
        },
        "subject": {
            "id": order.track.service.to_string(),
            "source": source,
            "content": {
                "environment": { "id": order.track.environment.to_string(), "source": source },
                "artifactId": package_url(&order.track.service, &order.to),
            },
        },
        "customData": {
            "actor": order.actor,
            "reason": order.reason,
            "from": order.leaves().map(|from| from.version.to_string()),
            "to": order.to.version.to_string(),
            "mode": mode,
            "origin": origin,
            "commit": order.to.commit,
        },
        "customDataContentType": "application/json",
    }))
}

/// The package URL of a version: with its digest where that is known, because the digest is the identity.
fn package_url(service: &ServiceId, installed: &Installed) -> String {
    let name = escaped(service.as_str());
    let version = escaped(installed.version.as_str());
    let checksum = installed.digest.as_ref().map(|digest| format!("?checksum={}", escaped(digest.as_str())));
    format!("pkg:generic/{name}@{version}{}", checksum.unwrap_or_default())
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn escaped(raw: &str) -> String {
    raw.bytes().fold(String::with_capacity(raw.len()), |mut out, byte| {
        use std::fmt::Write as _;
        let _ = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => write!(out, "{}", char::from(byte)),
            _ => write!(out, "%{byte:02X}"),
        };
        out
    })
}

//! Reading references as facts, only those of repositories in which something moved.

use std::collections::BTreeMap;

use super::places::{Place, Places};
use crate::backend::repository::{Directories, Opened, References, references};
use crate::backend::{BackendError, Cursor, Reading, Result};
use crate::fact::{Complete, Fact, FactKind};
use crate::model::{SourceId, Text, Time};

/// What the references of each repository looked like when they were last read.
type Seen = BTreeMap<String, String>;

/// Reads what moved since `cursor`. A repository that cannot be read is a problem; the others are still read.
///
/// # Errors
/// When the pattern's directory cannot be read, or the only repository cannot.
pub fn read(source: &SourceId, places: &Places, cursor: Option<&Cursor>, now: Time) -> Result<Reading> {
    let at = |error: std::io::Error| match places.parent() {
        Some(parent) => BackendError::io(source, parent, &error),
        None => BackendError::io(source, std::path::Path::new(""), &error),
    };
    let found = places.list().map_err(at)?;
    let before: Seen = cursor.and_then(|cursor| serde_json::from_str(&cursor.0).ok()).unwrap_or_default();
    // When a repository is gone, only a reading of everything can say so.
    let gone: Vec<&String> =
        before.keys().filter(|name| !found.iter().any(|place| place.id.as_str() == *name)).collect();
    let lost = |name: &&String| Text::from(format!("the repository {name} was there at the last reading and is gone"));
    // Of a single place the configuration says which: another name is another configuration, nothing lost.
    let told = gone.iter().filter(|_| places.parent().is_some());
    let mut reading = Reading { problems: told.map(lost).collect(), ..Reading::default() };
    let before = if gone.is_empty() { before } else { Seen::new() };

    let mut seen = Seen::new();
    for place in &found {
        let name = place.id.as_str().to_owned();
        let fingerprint = Directories::of(&place.path).and_then(|it| it.fingerprint().ok());
        if fingerprint.is_some() && before.get(&name) == fingerprint.as_ref() {
            seen.extend(fingerprint.map(|it| (name, it)));
            continue;
        }
        match one(source, place) {
            Ok(References { all, problems }) => {
                if problems.is_empty() {
                    seen.extend(fingerprint.map(|it| (name.clone(), it)));
                }
                reading.problems.extend(problems.into_iter().map(|it| Text::from(format!("{}: {it}", place.id))));
                reading.facts.extend(all.into_iter().map(|it| Fact::new(source.clone(), now, it)));
                reading.complete.push(Complete { kind: FactKind::Reference, within: vec![name] });
            }
            Err(error) if found.len() == 1 && places.parent().is_none() => return Err(error),
            Err(error) => reading.problems.push(error.what),
        }
    }
    if before.is_empty() && reading.complete.len() == found.len() {
        reading.complete = vec![Complete { kind: FactKind::Reference, within: Vec::new() }];
    }
    reading.cursor = serde_json::to_string(&seen).ok().map(Cursor);
    Ok(reading)
}

fn one(source: &SourceId, place: &Place) -> Result<References> {
    references::read(&Opened::at(source, &place.path)?, &place.id)
}

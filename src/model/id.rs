//! Names of things as types, so that a service can never stand where an environment belongs.
//!
//! A name keeps exactly what the outside said ([`as_str`](ServiceId::as_str)), because it is what the outside is asked
//! for again. `Display` shows it cleaned (see [`crate::model::text`]), because a name is text from outside too.

use std::fmt;
use std::str::FromStr;

use arcstr::ArcStr;
use serde::{Deserialize, Serialize};

use super::{Pool, Share, text};

macro_rules! name {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name(ArcStr);

        impl $Name {
            /// The name exactly as the outside spells it: for look-ups and requests, never for a terminal.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Share for $Name {
            fn share(&mut self, pool: &mut Pool) {
                pool.share(&mut self.0);
            }
        }

        impl From<&str> for $Name {
            fn from(raw: &str) -> Self {
                Self(raw.into())
            }
        }

        impl From<String> for $Name {
            fn from(raw: String) -> Self {
                Self(raw.into())
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&text::clean(&self.0))
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Name), "({:?})"), &self.0)
            }
        }
    };
}

name!(
    /// What is deployed as one unit.
    ServiceId
);
name!(
    /// Where services run.
    EnvironmentId
);
name!(
    /// One configured backend: where a fact comes from.
    SourceId
);
name!(
    /// A git repository as the configuration names it.
    RepositoryId
);
name!(
    /// One execution of a pipeline, unique within its source.
    RunId
);
name!(
    /// One attempt to put a version into an environment, unique within its source.
    DeploymentId
);
name!(
    /// A period in which users were hurt, unique within its source.
    IncidentId
);
name!(
    /// One operation of Flightdeck: sortable by the time at which it was planned.
    OperationId
);
name!(
    /// The full name of a git reference, `refs/tags/1.4.2`.
    RefName
);
name!(
    /// The content address of an artifact, `sha256:<hex>`.
    Digest
);
name!(
    /// What a build is called: a release number, a tag, a build id. Compared by [`Version::natural_cmp`] where order matters.
    Version
);

impl Version {
    /// Whether the version can be one component of a path: not empty, not hidden, no separator, no control character,
    /// not something that a command would take for an option.
    pub fn is_path_component(&self) -> bool {
        let raw = self.as_str();
        !raw.is_empty()
            && raw.len() <= 200
            && !raw.starts_with(['.', '-'])
            && !raw.contains(['/', '\\', ':'])
            && !raw.chars().any(char::is_control)
            && text::clean(raw) == raw
    }

    /// Orders `1.9.0` before `1.10.0`, and `2.0.0-rc1` before `2.0.0`: runs of digits compare as numbers, a hyphenated
    /// suffix comes before its absence (semver's rule for pre-releases, applied to any shape of version).
    pub fn natural_cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |version: &Self| {
            let raw = version.as_str().trim_start_matches('v');
            let (core, suffix) = raw.split_once('-').map_or((raw, None), |(core, suffix)| (core, Some(suffix)));
            (parts(core), suffix.is_none(), suffix.map(parts))
        };
        key(self).cmp(&key(other)).then_with(|| self.cmp(other))
    }
}

/// Splits into runs of digits and runs of anything else. Numbers are kept as digits without leading zeros, compared by
/// length first, so that no number is too long.
fn parts(raw: &str) -> Vec<Part> {
    let mut all = Vec::new();
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        all.push(if digits {
            let number = run.trim_start_matches('0');
            Part::Number(number.len(), number.to_owned())
        } else {
            Part::Word(run.to_owned())
        });
        rest = tail;
    }
    all
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    Number(usize, String),
}

impl RefName {
    /// The part that people say: `main` of `refs/heads/main`, `1.4.2` of `refs/tags/1.4.2`.
    pub fn short(&self) -> &str {
        let raw = self.as_str();
        ["refs/heads/", "refs/tags/", "refs/remotes/"].iter().find_map(|prefix| raw.strip_prefix(prefix)).unwrap_or(raw)
    }
}

impl Digest {
    /// The digest of bytes whose SHA-256 is known.
    pub fn sha256(bytes: &[u8; 32]) -> Self {
        Self::from(format!("sha256:{}", Hex(bytes)))
    }

    /// The first twelve digits, enough for people to tell two apart.
    pub fn short(&self) -> &str {
        let hex = self.as_str().rsplit(':').next().unwrap_or_default();
        hex.get(..12).unwrap_or(hex)
    }
}

/// The id of a git commit: 20 bytes of SHA-1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub [u8; 20]);

impl CommitId {
    /// Seven digits, as git abbreviates.
    pub fn short(&self) -> String {
        self.to_string()[..7].to_owned()
    }
}

/// A text that is not forty hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a commit id: expected 40 hexadecimal digits")]
pub struct NotACommitId;

impl FromStr for CommitId {
    type Err = NotACommitId;

    fn from_str(hex: &str) -> Result<Self, NotACommitId> {
        let digits = hex.as_bytes();
        if digits.len() != 40 {
            return Err(NotACommitId);
        }
        let digit =
            |byte: u8| (byte as char).to_digit(16).and_then(|value| u8::try_from(value).ok()).ok_or(NotACommitId);
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Hex(&self.0))
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitId({self})")
    }
}

impl Serialize for CommitId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CommitId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hex = std::borrow::Cow::<str>::deserialize(deserializer)?;
        hex.parse().map_err(serde::de::Error::custom)
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One service in one environment: a cell of the board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TrackId {
    /// The service.
    pub service: ServiceId,
    /// The environment.
    pub environment: EnvironmentId,
}

impl TrackId {
    /// The track of `service` in `environment`.
    pub fn new(service: impl Into<ServiceId>, environment: impl Into<EnvironmentId>) -> Self {
        Self { service: service.into(), environment: environment.into() }
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.service, self.environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_people_read_them() {
        let mut all: Vec<Version> =
            ["1.10.0", "v1.9.0", "2.0.0", "2.0.0-rc2", "2.0.0-rc10", "1.9"].into_iter().map(Version::from).collect();
        all.sort_by(Version::natural_cmp);
        let shown: Vec<&str> = all.iter().map(Version::as_str).collect();
        assert_eq!(shown, ["1.9", "v1.9.0", "1.10.0", "2.0.0-rc2", "2.0.0-rc10", "2.0.0"]);
    }

    #[test]
    fn a_version_that_is_not_one_path_component_is_told() {
        for bad in ["", "..", "../../x", "a/b", "-rf", ".hidden", "a\u{1b}[31m", "a\u{202e}b", "c:\\x"] {
            assert!(!Version::from(bad).is_path_component(), "{bad:?}");
        }
        for good in ["1.4.2", "v2.0.0-rc1+build.7", "a b", "2026.11.21"] {
            assert!(Version::from(good).is_path_component(), "{good:?}");
        }
    }

    #[test]
    fn a_commit_id_survives_its_text() {
        let hex = "00ff10a4b7d3c5e6f708192a3b4c5d6e7f809101";
        assert_eq!(hex.parse::<CommitId>().map(|id| id.to_string()), Ok(hex.to_owned()));
        assert_eq!("00ff".parse::<CommitId>(), Err(NotACommitId));
        assert_eq!("zz".repeat(20).parse::<CommitId>(), Err(NotACommitId));
        assert_eq!("é".repeat(20).parse::<CommitId>(), Err(NotACommitId));
    }

    #[test]
    fn a_hostile_name_is_shown_clean_and_kept_exact() {
        let name = ServiceId::from("a\u{1b}[31mb");
        assert_eq!(name.as_str(), "a\u{1b}[31mb");
        assert_eq!(name.to_string(), "a␛[31mb");
    }
}

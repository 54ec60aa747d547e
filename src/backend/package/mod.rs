//! Packages on disk: the layout that stages hold and that release directories are installed from.
//!
//! ```text
//! STAGE/<service>/<version>/            one version of one service, never changed once it lies there
//! STAGE/<service>/<version>/artifact.json
//! STAGE/<service>/<version>/<file> …    one or more files, exactly those that artifact.json lists
//! STAGE/<service>/current               optional symbolic link to one of the versions
//! STAGE/<service>/history.jsonl         optional, one record a line, only ever appended to
//! STAGE/<service>/.flightdeck.lock      held while somebody changes anything here
//! STAGE/<service>/.incoming-<operation> a version that is still being written; nothing points to it
//! ```
//!
//! `artifact.json`:
//!
//! | field | meaning |
//! |---|---|
//! | `version` | the version; equals the name of its directory |
//! | `commit` | optional, the commit that it was built from, 40 hexadecimal digits |
//! | `digest` | optional, `sha256:…`; when it is there it has to be the digest that the files give |
//! | `built_at` | optional, when it was built, RFC 3339 |
//! | `run` | optional, the id of the run that built it |
//! | `files` | `[{"name", "sha256", "size"}]`, names without a directory |
//!
//! **The digest of a version** is the SHA-256 of its file when there is one, else of the listing of its files: one line
//! `<sha256>  <name>\n` a file, sorted by name.
//!
//! **A record of history** ([`history::Entry`]): `id`, `version`, `digest`, `commit`, `started_at`, `at` (when users had
//! it, or when it failed), `by`, `reason`, `from` (the version before), `verb` (`promote` or `rollback`), `operation`,
//! `outcome` (`running`, `success`, `failed` …), `traffic`, `note`. A later line with the `id` of an earlier one takes
//! its place: that is how a deployment that was announced as `running` ends.
//!
//! **What a stage offers** when there is no `current`: the newest success of its history, and without history the
//! version that was built last.
//!
//! A directory without a readable manifest, a manifest that names another version than its directory, two directories
//! that claim one version, a file that is missing or of another size, a digest that the listing does not give: each is a
//! problem with the file and the reason. The rest is read; such a version is listed as refused with its reason.

pub mod copy;
pub mod error;
pub mod expect;
pub mod fingerprint;
pub mod hash;
pub mod history;
pub mod lock;
pub mod manifest;
pub mod name;
pub mod pointer;
pub mod shelf;
pub mod step;
pub mod survey;

pub use copy::{copy_verified, remove_unfinished, sync_directory};
pub use error::{PackageError, Result};
pub use hash::{Hashes, sha256_of};
pub use history::{Entry, History};
pub use lock::{Guard, Holder};
pub use manifest::{FileEntry, Manifest};
pub use name::component;
pub use pointer::Pointer;
pub use shelf::{Package, Shelf};
pub use step::{Observer, Step, Steps, Unwatched};

/// The name of the manifest of a version.
pub const MANIFEST: &str = "artifact.json";
/// The name of the link to the live version.
pub const CURRENT: &str = "current";
/// The name of the file that is locked while somebody writes.
pub const LOCK: &str = ".flightdeck.lock";
/// How the names of directories begin that are still being written.
pub const INCOMING: &str = ".incoming-";
/// How the names of links begin that are not yet in place.
pub const SWITCHING: &str = ".current-";
/// How the names of directories begin that are on their way out: `.outgoing-<operation>+<version>`.
pub const OUTGOING: &str = ".outgoing-";
/// Everything that nothing points to and that only its writer, while it lives, needs.
pub const UNFINISHED: &[&str] = &[INCOMING, SWITCHING, OUTGOING];

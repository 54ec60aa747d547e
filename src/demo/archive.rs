//! What the demo company builds: a small archive with a program, its version and a word about it.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, Header};

use super::story::Built;
use crate::model::CommitId;

/// The files of a build: path, mode, content.
pub fn contents(service: &str, built: &Built, commit: CommitId) -> [(&'static str, u32, String); 3] {
    let version = built.version.as_str();
    let program = format!(
        "#!/bin/sh\n# The demo's {service}: it says what it is, and that is all.\necho \"{service} {version}\"\n"
    );
    let about = format!("service {service}\nversion {version}\ncommit {commit}\nrun {}\n", built.run.as_str());
    [("VERSION", 0o644, format!("{version}\n")), ("bin/serve", 0o755, program), ("share/about.txt", 0o644, about)]
}

/// The name of the archive of a build.
pub fn name(service: &str, built: &Built) -> String {
    format!("{service}-{}.tar.gz", built.version.as_str())
}

/// Packs a build. The same build always gives the same bytes.
///
/// # Errors
/// Never on memory, but the writers' types allow for it.
pub fn pack(service: &str, built: &Built, commit: CommitId) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(GzBuilder::new().mtime(0).write(Vec::new(), Compression::fast()));
    for (path, mode, content) in contents(service, built, commit) {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        header.set_mtime(u64::try_from(built.at.timestamp()).unwrap_or(0));
        archive.append_data(&mut header, path, content.as_bytes())?;
    }
    let mut packed = archive.into_inner()?;
    packed.flush()?;
    packed.finish()
}

//! The writes of an order, verbatim.

use std::path::{Path, PathBuf};

use super::root::{DEPLOYMENTS, RELEASES, REVISIONS, Root};
use super::unpack::Packing;
use super::{Inner, health, prune};
use crate::backend::package::history::verb_word;
use crate::backend::package::{CURRENT, INCOMING, Package, Pointer, expect};
use crate::backend::{Order, Write};
use crate::model::Text;

pub fn installation(inner: &Inner, order: &Order, root: &Root, package: &Package) -> Vec<Write> {
    let shelf = root.shelf();
    let incoming = shelf.join(format!("{INCOMING}{}", order.operation));
    let digest = package.digest.as_ref().map(|digest| Text::from(format!("its bytes hash to {digest}")));
    let files = package.manifest.iter().flat_map(|manifest| &manifest.files);
    let mut writes: Vec<Write> = files
        .map(|file| {
            let verb = if Packing::of(&file.name) == Packing::Plain { "copy" } else { "unpack" };
            let from = package.directory.join(&file.name);
            Write {
                what: format!("install {} beside the others ({} bytes)", order.to.version, file.size).into(),
                verbatim: format!("{verb} {} → {}", from.display(), incoming.display()).into(),
                precondition: digest.clone(),
            }
        })
        .collect();
    writes.extend(smoke(inner, order, root, &incoming));
    writes.push(Write {
        what: "give it its name".into(),
        verbatim: format!("rename {} → {}", incoming.display(), shelf.join(order.to.version.as_str()).display()).into(),
        precondition: Some(format!("there is no {} yet", order.to.version).into()),
    });
    writes
}

pub fn smoke(inner: &Inner, order: &Order, root: &Root, release: &Path) -> Option<Write> {
    if inner.settings.smoke.is_empty() {
        return None;
    }
    let argv = inner.subject(order, &root.path, release).argv(&inner.settings.smoke);
    let limit = inner.settings.smoke_timeout_seconds;
    Some(Write {
        what: "run the smoke test in it; when it says no, nothing is switched".into(),
        verbatim: format!("run {argv:?} in {}, at most {limit} s", release.display()).into(),
        precondition: None,
    })
}

pub fn switch(order: &Order, root: &Root) -> Write {
    let was = match (&root.pointer, &root.link) {
        (Pointer::Missing, _) | (_, None) => "was not there".to_owned(),
        (Pointer::Dangling(_), Some(link)) => format!("was {}, which is not there", link.display()),
        (_, Some(link)) => format!("was {}", link.display()),
    };
    let live = expect::live_words(root.live_version());
    Write {
        what: format!("make {} live in {}", order.to.version, order.track.environment).into(),
        verbatim: format!("symlink {} → {} ({was})", root.path.join(CURRENT).display(), target(order).display()).into(),
        precondition: Some(format!("{live}, and nothing was recorded since").into()),
    }
}

/// What `current` leads to for the order's target: relative, so that the root can be moved.
pub fn target(order: &Order) -> PathBuf {
    Path::new(RELEASES).join(order.to.version.as_str())
}

pub fn check(inner: &Inner, order: &Order, root: &Root, goes_back: bool) -> Option<Write> {
    if !health::is_configured(&inner.settings) {
        return None;
    }
    let subject = inner.subject(order, &root.path, &root.shelf().join(order.to.version.as_str()));
    let verbatim = match &inner.settings.health_url {
        Some(template) => match health::address(template, &subject) {
            Ok(url) => format!("GET {}", health::shown(&url)),
            Err(why) => why.to_string(),
        },
        None => format!("run {:?} in {}", subject.argv(&inner.settings.health), root.path.display()),
    };
    let limit = inner.settings.health_timeout_seconds;
    let otherwise = match (&root.link, goes_back) {
        (_, false) => "when it says no, the target stays live and is called degraded".to_owned(),
        (Some(link), true) => format!("when it says no, current → {} again", link.display()),
        (None, true) => "when it says no, current is taken away again".to_owned(),
    };
    Some(Write {
        what: format!("check health; {otherwise}").into(),
        verbatim: format!("{verbatim}, until it says yes, at most {limit} s").into(),
        precondition: None,
    })
}

pub fn records(order: &Order, root: &Root) -> [Write; 2] {
    let entry = format!("{} {}", verb_word(order.verb), order.to.version);
    let write = |what: &str, file: &str| Write {
        what: what.into(),
        verbatim: format!("append {}: {entry}", root.path.join(file).display()).into(),
        precondition: None,
    };
    [
        write("record it: before the switch that it runs, afterwards how it ended", DEPLOYMENTS),
        write("tell it to those who read Capistrano's log", REVISIONS),
    ]
}

pub fn pruning(inner: &Inner, order: &Order, root: &Root) -> Vec<Write> {
    let surplus = prune::surplus(root, inner.settings.keep, &order.to.version, root.live_version());
    surplus
        .into_iter()
        .map(|version| Write {
            what: format!("remove an old release: {} are kept", inner.settings.keep).into(),
            verbatim: format!("remove {}", root.shelf().join(version.as_str()).display()).into(),
            precondition: Some("the new release is live and healthy".into()),
        })
        .collect()
}

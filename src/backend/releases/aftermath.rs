//! What follows the switch, and what follows a failure: health, going back, records, old releases.

use super::execute::{Work, block_on};
use super::root::{DEPLOYMENTS, REVISIONS, Root};
use super::writes::target;
use super::{health, prune, revisions};
use crate::backend::package::error::At as _;
use crate::backend::package::{Entry, PackageError, Result, Step, expect, history, pointer};
use crate::backend::{ErrorKind, Verb};
use crate::model::{Outcome, Text};

impl Work<'_> {
    /// Asks the health check; why it said no to the end.
    pub fn health(&self, done: &mut Vec<Text>) -> Option<Text> {
        if !health::is_configured(&self.inner.settings) {
            return None;
        }
        self.steps.begin(Step::Health, "");
        let release = self.root.path.join(target(self.order));
        let subject = self.inner.subject(self.order, &self.root.path, &release);
        let answer = block_on(health::check(&self.inner.settings, &subject));
        self.steps.end(Step::Health);
        done.push(match &answer {
            Ok(()) => "its health check said yes".into(),
            Err(why) => format!("its health check said no: {why}").into(),
        });
        answer.err()
    }

    /// Switches back what did not serve, and says what is live then.
    pub fn back_out(&self, entry: &Entry, why: &Text) -> PackageError {
        let (order, root) = (self.order, self.root);
        let version = &order.to.version;
        let ours = target(order);
        let back = match pointer::raw(&root.path) {
            Ok(Some((now, _))) if now == ours => {
                pointer::restore(&root.path, root.link.as_deref(), order.operation.as_str())
            }
            Ok(_) => Err(PackageError::conflict("somebody switched it meanwhile")),
            Err(error) => Err(error),
        };
        let now = self.inner.root(&order.track);
        let live = match (&back, now.as_ref().map(Root::live_version)) {
            (Ok(()), Ok(Some(live))) => format!("{live} is live again"),
            (Ok(()), Ok(None)) => "nothing is live, as before".to_owned(),
            (Ok(()), Err(_)) => "current was switched back".to_owned(),
            (Err(error), Ok(live)) => format!("it could not be switched back: {error}; {}", expect::live_words(live)),
            (Err(error), Err(_)) => format!("it could not be switched back: {error}; look at current"),
        };
        let stays = now.as_ref().is_ok_and(|root| root.live_version() == Some(version));
        let outcome = if stays { Outcome::Success } else { Outcome::Failed };
        let ended = Entry {
            traffic: (!stays).then_some(true),
            degraded: stays.then_some(true),
            note: Some(format!("its health check said no: {why}").into()),
            ..entry.ended(outcome, (self.inner.clock)())
        };
        self.steps.begin(Step::Record, "");
        let unrecorded = self.append(&ended).err().map(|error| format!("; it could not be recorded: {error}"));
        self.steps.end(Step::Record);
        let what = format!("the health check of {version} said no: {why}; {live}{}", unrecorded.unwrap_or_default());
        PackageError::new(ErrorKind::Check, what)
            .hint(format!("{} stays installed for a look", root.shelf().join(version.as_str()).display()))
    }

    /// Records that users have it. What fails here is told, and changes nothing.
    pub fn record(&self, entry: &Entry, sick: Option<Text>, done: &mut Vec<Text>) {
        self.steps.begin(Step::Record, "");
        let note = sick.map(|why| Text::from(format!("its health check said no: {why}")));
        let ended = Entry {
            degraded: note.is_some().then_some(true),
            note,
            ..entry.ended(Outcome::Success, (self.inner.clock)())
        };
        let sentence = revisions::sentence(&ended, self.order.verb == Verb::RollBack);
        let recorded =
            self.append(&ended).and_then(|()| history::append_line(&self.root.path.join(REVISIONS), &sentence));
        done.push(match recorded {
            Ok(()) => "recorded it".into(),
            Err(error) => format!("it could not be recorded: {error}").into(),
        });
        self.steps.end(Step::Record);
    }

    pub fn append(&self, entry: &Entry) -> Result<()> {
        let records = self.root.path.join(DEPLOYMENTS);
        self.steps.writes(0).at(&records)?;
        history::append(&records, entry)
    }

    pub fn prune(&self, done: &mut Vec<Text>) {
        self.steps.begin(Step::Prune, "");
        // Afresh: what was just installed counts.
        if let Ok(root) = self.inner.root(&self.order.track) {
            let before = self.root.live_version();
            for version in prune::surplus(&root, self.inner.settings.keep, &self.order.to.version, before) {
                done.push(match prune::remove(&root, version, &self.order.operation) {
                    Ok(removed) => removed,
                    Err(error) => format!("the old release {version} could not be removed: {error}").into(),
                });
            }
        }
        self.steps.end(Step::Prune);
    }

    /// Records that an attempt failed before users felt it. Should that fail too, the error that is reported says what
    /// happened anyway.
    pub fn note_failure(&self, error: &PackageError) {
        let failed = Entry {
            traffic: Some(false),
            note: Some(error.what.clone()),
            ..Entry::running(self.order, self.started).ended(Outcome::Failed, (self.inner.clock)())
        };
        let _ = history::append(&self.root.path.join(DEPLOYMENTS), &failed);
    }
}

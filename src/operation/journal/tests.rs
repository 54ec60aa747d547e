use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use proptest::prelude::*;

use super::*;
use crate::backend::{Order, Receipt, RollbackCode, Verb};
use crate::model::{Digest, Installed, Text};
use crate::operation::Ending;

fn clock() -> Clock {
    let seconds = AtomicI64::new(1_790_000_000);
    Arc::new(move || {
        chrono::DateTime::from_timestamp(seconds.fetch_add(1, Ordering::Relaxed), 0).expect("a time in range")
    })
}

fn installed(version: &str) -> Installed {
    Installed { version: version.into(), digest: Some(Digest::from("sha256:ab")), commit: None, since: None }
}

fn intent(operation: &OperationId, service: &str, who: &str) -> Body {
    Body::Intent(Box::new(Intended {
        plan: hash(b"plan"),
        order: Order {
            coming: None,
            operation: operation.clone(),
            verb: Verb::Promote,
            track: TrackId::new(service, "production"),
            from: Some(installed("1.4.1")),
            to: installed("1.4.2"),
            source: Some("testing".into()),
            expected: Some("token".to_owned()),
            actor: who.into(),
            reason: "the fix \u{1b}[31m".into(),
        },
        host: "desk".into(),
        origin: "command line".into(),
        mode: RollbackCode::Pointer,
        overrides: vec!["freeze".into()],
    }))
}

fn note(text: &str) -> Body {
    Body::Note(Note { scope: None, version: None, who: "ida".into(), what: "said".into(), why: text.into() })
}

fn succeeded() -> Body {
    Body::Outcome(Settled { ending: Ending::Succeeded("1.4.2 is live".into()), live: Some(installed("1.4.2")) })
}

/// A journal with one whole operation and one that was sent.
fn written(room: &Path) -> Journal {
    let journal = Journal::new(room, clock());
    let (first, second) = (OperationId::from("op-1"), OperationId::from("op-2"));
    let receipt = Receipt { token: None, done: vec!["switched".into()] };
    journal.append(Some(&first), intent(&first, "checkout", "ida")).expect("written");
    journal.append(Some(&first), Body::Sent(Sent { writes: vec!["switch".into()] })).expect("written");
    journal.append(Some(&first), Body::Acknowledged(receipt)).expect("written");
    journal.append(Some(&first), succeeded()).expect("written");
    journal.append(Some(&second), intent(&second, "payments", "omar")).expect("written");
    journal.append(Some(&second), Body::Sent(Sent { writes: vec![] })).expect("written");
    journal
}

fn broken_line(journal: &Journal) -> Option<u64> {
    match journal.verify() {
        Err(JournalError::Broken { line, .. }) => Some(line),
        _ => None,
    }
}

#[test]
fn a_journal_without_a_file_is_empty_and_sound() {
    let room = tempfile::tempdir().expect("a directory");
    let journal = Journal::new(room.path().join("not there"), clock());
    assert_eq!(journal.verify().expect("sound"), 0);
    assert_eq!(journal.summaries(&Filter::default()).expect("read"), []);
    assert!(!journal.repair().expect("nothing to do"));
    assert!(!room.path().join("not there").exists());
}

#[test]
fn records_survive_their_line_and_the_chain_holds() {
    let room = tempfile::tempdir().expect("a directory");
    let journal = written(room.path());
    assert_eq!(journal.verify().expect("sound"), 6);
    let records = journal.records().expect("read");
    assert_eq!(records[0].before, GENESIS);
    let kinds: Vec<&str> = records.iter().map(|record| record.body.kind()).collect();
    assert_eq!(kinds, ["intent", "sent", "acknowledged", "outcome", "intent", "sent"]);
    let text = fs::read_to_string(journal.path()).expect("read");
    assert!(!text.contains('\u{1b}'));
}

#[test]
fn summaries_put_the_unfinished_first_and_follow_what_others_append() {
    let room = tempfile::tempdir().expect("a directory");
    let reader = Journal::new(room.path(), clock());
    assert!(reader.summaries(&Filter::default()).expect("read").is_empty());
    let journal = written(room.path());
    let all = reader.summaries(&Filter::default()).expect("read");
    let seen: Vec<_> = all.iter().map(|it| (it.operation.as_str(), OutcomeWord::of(&it.ending).word())).collect();
    assert_eq!(seen, [("op-2", "unfinished"), ("op-1", "succeeded")]);

    let second = OperationId::from("op-2");
    let held = journal.hold_operation(&second).expect("locks").expect("free");
    let running = reader.summary_of(&second).expect("read").expect("known");
    assert_eq!(running.ending, Ending::Running("the backend is making the writes".into()));
    journal.append(Some(&second), note("looks good")).expect("written");
    journal.append(Some(&second), succeeded()).expect("written");
    journal.release(&second, held);
    let ended = reader.summary_of(&second).expect("read").expect("known");
    assert_eq!(ended.ending.status(), crate::model::Status::Ok);
    assert_eq!(ended.notes, [Text::from("ida said: looks good")]);
    assert!(!room.path().join("operations/op-2.lock").exists());

    let of_omar = Filter { who: Some("omar".to_owned()), ..Filter::default() };
    assert_eq!(reader.summaries(&of_omar).expect("read").len(), 1);
    let failed = Filter { outcome: Some(OutcomeWord::Failed), ..Filter::default() };
    assert!(reader.summaries(&failed).expect("read").is_empty());
}

#[test]
fn a_journal_that_was_replaced_is_read_again() {
    let room = tempfile::tempdir().expect("a directory");
    let journal = written(room.path());
    assert_eq!(journal.summaries(&Filter::default()).expect("read").len(), 2);
    let other = tempfile::tempdir().expect("a directory");
    let long = Journal::new(other.path(), clock());
    for at in 0..20 {
        let id = OperationId::from(format!("other-{at}"));
        long.append(Some(&id), intent(&id, "search", "lena")).expect("written");
    }
    fs::copy(long.path(), journal.path()).expect("copied");
    let all = journal.summaries(&Filter::default()).expect("read");
    assert_eq!((all.len(), all[0].who.as_str()), (20, "lena"));
}

#[test]
fn tampering_is_found_at_its_line() {
    type Tamper = fn(&mut Vec<String>);
    let cases: [(&str, Tamper, u64); 6] = [
        ("a changed word", |lines| lines[1] = lines[1].replace("switch", "smash"), 3),
        ("a line taken away", |lines| drop(lines.remove(2)), 3),
        ("a line added", |lines| lines.insert(2, lines[1].clone()), 3),
        ("two lines changed places", |lines| lines.swap(1, 2), 2),
        ("not a record", |lines| lines[4] = "hello".to_owned(), 5),
        ("the last line changed", |lines| lines[5] = lines[5].replace("op-2", "op-1"), 6),
    ];
    for (what, tamper, expected) in cases {
        let room = tempfile::tempdir().expect("a directory");
        let journal = written(room.path());
        let mut lines = journal.lines().expect("read");
        tamper(&mut lines);
        fs::write(journal.path(), lines.join("\n") + "\n").expect("written");
        assert_eq!(broken_line(&journal), Some(expected), "{what}");
    }
}

#[test]
fn records_cut_off_at_the_end_are_missed() {
    let room = tempfile::tempdir().expect("a directory");
    let journal = written(room.path());
    let lines = journal.lines().expect("read");
    fs::write(journal.path(), lines[..4].join("\n") + "\n").expect("written");
    assert_eq!(broken_line(&journal), Some(5));
    fs::remove_file(journal.path()).expect("removed");
    assert_eq!(broken_line(&journal), Some(1));
}

#[test]
fn appending_goes_on_after_damage_and_the_damage_stays_visible() {
    let room = tempfile::tempdir().expect("a directory");
    let journal = written(room.path());
    let mut lines = journal.lines().expect("read");
    lines[5] = "\u{fffd}".to_owned();
    fs::write(journal.path(), lines.join("\n") + "\n").expect("written");
    let record = journal.append(None, note("after")).expect("written");
    assert_eq!(record.sequence, 7);
    assert_eq!(broken_line(&journal), Some(6));
}

#[test]
fn several_threads_and_processes_append_one_chain() {
    let room = tempfile::tempdir().expect("a directory");
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let room = room.path();
            scope.spawn(move || {
                let journal = Journal::new(room, clock());
                for at in 0..15 {
                    journal.append(None, note(&format!("{thread}/{at}"))).expect("written");
                }
            });
        }
    });
    let journal = Journal::new(room.path(), clock());
    assert_eq!(journal.verify().expect("sound"), 90);
    assert_eq!(journal.notes().expect("read").len(), 90);
}

#[test]
fn events_are_written_for_what_changed_something() {
    let room = tempfile::tempdir().expect("a directory");
    let events = written(room.path()).cdevents().expect("read");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["context"]["type"], "dev.cdevents.service.upgraded.0.3.0");
    assert_eq!(events[0]["context"]["specversion"], "0.5.1");
    assert_eq!(events[0]["subject"]["content"]["artifactId"], "pkg:generic/checkout@1.4.2?checksum=sha256%3Aab");
    assert_eq!(events[0]["customData"]["actor"], "ida");
    assert_eq!(events[0]["customData"]["from"], "1.4.1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Guards against losing or believing half a record: whatever byte a writer was killed at, nothing before it is
    /// lost, the torn bytes are kept, and the chain is sound after the next write.
    #[test]
    fn a_kill_at_any_byte_loses_nothing_that_was_whole(cut in 0.0..1.0f64) {
        let room = tempfile::tempdir().expect("a directory");
        let journal = written(room.path());
        let bytes = fs::read(journal.path()).expect("read");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let kept = (bytes.len() as f64 * cut) as usize;
        fs::write(journal.path(), &bytes[..kept]).expect("written");
        fs::remove_file(journal.head_path()).expect("removed");
        let whole = bytes[..kept].iter().filter(|&&byte| byte == b'\n').count() as u64;
        let torn = &bytes[bytes[..kept].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)..kept];

        prop_assert_eq!(journal.verify().is_ok(), torn.is_empty());
        prop_assert_eq!(journal.repair().expect("repaired"), !torn.is_empty());
        let repairs = u64::from(!torn.is_empty());
        prop_assert_eq!(journal.verify().expect("sound"), whole + repairs);
        journal.append(None, note("goes on")).expect("written");
        prop_assert_eq!(journal.verify().expect("sound"), whole + repairs + 1);
        let aside = fs::read_dir(room.path()).expect("listed").filter_map(Result::ok)
            .find(|entry| entry.file_name().to_string_lossy().starts_with("journal.torn-"));
        prop_assert_eq!(aside.map(|entry| fs::read(entry.path()).expect("read")), (!torn.is_empty()).then(|| torn.to_vec()));
    }
}

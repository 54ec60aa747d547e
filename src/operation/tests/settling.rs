//! A kill between any two records, and what the next start says.

use std::fs;

use proptest::prelude::*;

use super::fixture::*;
use crate::backend::Verdict;
use crate::operation::{Ending, OperationError, OperationSummary, Stopped};

/// Runs a promotion to its end and cuts the journal off after `records` records, as a kill would have left it.
async fn killed_after(records: usize, production_runs: &str) -> (World, OperationSummary) {
    let world = World::new();
    let plan = world.plan(&promote()).await;
    let done = world.engine().run(&plan, &yes(), &world.snapshot(), &sink()).await.expect("done");
    let journal = world.journal();
    let lines = journal.json_lines().expect("read");
    fs::write(journal.path(), lines[..records].iter().map(|line| format!("{line}\n")).collect::<String>())
        .expect("written");
    fs::remove_file(world.room.path().join("journal.head")).expect("removed");
    world.backend.put(&production(), production_runs);
    (world, done.summary)
}

#[tokio::test]
async fn a_kill_between_any_two_records_is_told_as_it_was() {
    let looked_up = "(looked up after its process had ended)";
    let cases = [
        (1, "1.3", Ending::NoEffect("never sent: its process ended first; 1.3 is live".into())),
        (2, "1.3", Ending::NoEffect(format!("1.3 is live still {looked_up}").into())),
        (2, "1.4", Ending::Succeeded(format!("1.4 is live and healthy {looked_up}").into())),
        (2, "1.2", Ending::Failed(format!("1.2 is live {looked_up}").into())),
        (3, "1.4", Ending::Succeeded(format!("1.4 is live and healthy {looked_up}").into())),
        (3, "1.2", Ending::Failed(format!("1.2 is live {looked_up}").into())),
    ];
    for (records, live, expected) in cases {
        let (world, done) = killed_after(records, live).await;
        let engine = world.engine();
        let left = engine.unfinished().expect("read");
        assert_eq!(left.len(), 1, "after {records}");
        assert!(matches!(left[0].ending, Ending::Unfinished(_)));
        let held: Vec<_> = world.plan(&roll_back_to_any(live)).await.overrides().map(|it| it.guard.clone()).collect();
        assert_eq!(held, ["running-operation".into()], "after {records}");

        let sent = world.backend.script().executed.len();
        let settled = engine.settle_all().await.expect("read");
        assert_eq!(settled.len(), 1);
        let summary = settled[0].1.as_ref().expect("settled");
        assert_eq!((&summary.operation, &summary.ending), (&done.operation, &expected), "after {records}");
        assert_eq!(world.backend.script().executed.len(), sent, "nothing is sent again");
        assert_eq!(engine.unfinished().expect("read"), []);
        assert_eq!(world.journal().verify().expect("sound"), records as u64 + 1);
        let again = engine.settle(&done.operation).await.expect("left alone");
        assert_eq!(again.ending, expected);
        assert_eq!(world.journal().verify().expect("sound"), records as u64 + 1);
    }
}

fn roll_back_to_any(live: &str) -> crate::operation::Intent {
    intent(crate::backend::Verb::RollBack, Some(if live == "1.1" { "1.2" } else { "1.1" }))
}

#[tokio::test]
async fn a_future_that_is_dropped_leaves_an_honest_journal() {
    for (hang, expected) in [(Hang::BeforeTheWrite, "1.3"), (Hang::AfterTheWrite, "1.4")] {
        let world = World::new();
        let plan = world.plan(&promote()).await;
        world.backend.script().hang = Some(hang);
        {
            let (snapshot, engine, confirmation, sink) = (world.snapshot(), world.engine(), yes(), sink());
            let run = engine.run(&plan, &confirmation, &snapshot, &sink);
            tokio::pin!(run);
            tokio::select! {
                _ = &mut run => panic!("it hangs"),
                () = world.backend.reached.notified() => {}
            }
        }
        world.backend.script().hang = None;
        let left = world.engine().unfinished().expect("read");
        assert_eq!(left[0].ending, Ending::Unfinished("its process ended while the backend made the writes".into()));
        let summary = world.engine().settle(&plan.operation).await.expect("settled");
        assert_eq!(world.backend.live(&production()).as_deref(), Some(expected));
        assert_eq!(matches!(summary.ending, Ending::Succeeded(_)), hang == Hang::AfterTheWrite, "{summary:?}");
        assert_eq!(world.backend.script().recovered, 1);
        // The track is free again.
        let next = world.plan(&roll_back()).await;
        assert!(world.engine().run(&next, &yes(), &world.snapshot(), &sink()).await.is_ok());
    }
}

#[tokio::test]
async fn what_is_still_on_its_way_or_cannot_be_seen_stays_unfinished() {
    let (world, done) = killed_after(2, "1.3").await;
    world.backend.script().verdicts = vec![Ok(Verdict::Pending("1 of 3".into()))];
    let summary = world.engine().settle(&done.operation).await.expect("looked at");
    assert!(matches!(summary.ending, Ending::Unfinished(_)), "{summary:?}");
    world.backend.script().dark = true;
    assert!(matches!(world.engine().settle(&done.operation).await, Err(OperationError::Backend(_))));
    assert_eq!(world.engine().unfinished().expect("read").len(), 1);
    world.backend.script().dark = false;
    let summary = world.engine().settle(&done.operation).await.expect("settled");
    assert!(matches!(summary.ending, Ending::NoEffect(_)));
    assert!(matches!(world.engine().settle(&"no such".into()).await, Err(OperationError::UnknownOperation(_))));
}

#[tokio::test]
async fn an_unfinished_operation_is_passed_with_a_reason_when_nobody_can_look() {
    let (world, _) = killed_after(2, "1.3").await;
    let plan = world.plan(&roll_back()).await;
    let stopped = world.engine().run(&plan, &yes(), &world.snapshot(), &sink()).await;
    assert!(matches!(stopped, Err(Stopped::Held(_))));
    let passed = crate::operation::Confirmation {
        overrides: vec!["running-operation".into()],
        reason: Some("users are hurt".into()),
        ..yes()
    };
    assert!(world.engine().run(&plan, &passed, &world.snapshot(), &sink()).await.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever byte of the journal the process was killed at, the next start mends the end, tells the truth, and the
    /// journal is sound.
    #[test]
    fn a_kill_at_any_byte_is_settled(cut in 0.0..1.0_f64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (world, _) = killed_after(4, "1.4").await;
            let path = world.journal().path().to_owned();
            let bytes = fs::read(&path).expect("read");
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let kept = &bytes[..(bytes.len() as f64 * cut) as usize];
            fs::write(&path, kept).expect("written");
            let whole = kept.iter().filter(|&&byte| byte == b'\n').count();
            world.engine().settle_all().await.expect("settled");
            world.journal().verify().expect("sound");
            let all = world.journal().summaries(&Default::default()).expect("read");
            // Without a whole intent nothing was begun.
            assert_eq!(all.len(), usize::from(whole > 0));
            for summary in all {
                assert!(summary.ended_at.is_some(), "{summary:?}");
                assert_eq!(matches!(summary.ending, Ending::NoEffect(_)), whole == 1, "{summary:?}");
            }
        });
    }
}

//! Answers whose answer was lost.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rstest::rstest;

use super::fixture::{World, actor, at, permit, production};
use crate::backend::approver::{Answer, Approver, Given, Waiting};
use crate::backend::{self, Backend, BackendError, ErrorKind, Write};
use crate::fact::FactKind;
use crate::model::{SourceId, Text, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{Deps, Engine, OperationError};

/// Who holds a version, what it says to an answer, and what waits at each look after that; the last stays.
struct Holder(SourceId, Option<BackendError>, Mutex<VecDeque<Vec<Waiting>>>);

impl Backend for Holder {
    fn id(&self) -> &SourceId {
        &self.0
    }
    fn kind(&self) -> &'static str {
        "holder"
    }
    fn reports(&self) -> &'static [FactKind] {
        &[]
    }
    fn approver(&self) -> Option<&dyn Approver> {
        Some(self)
    }
}

#[async_trait]
impl Approver for Holder {
    fn guards(&self, _: &TrackId) -> bool {
        true
    }

    async fn waiting(&self, _: &TrackId) -> backend::Result<Vec<Waiting>> {
        let mut looks = self.2.lock().expect("no test panicked in it");
        Ok(if looks.len() > 1 { looks.pop_front() } else { looks.front().cloned() }.unwrap_or_default())
    }

    fn draft(&self, _: &Answer) -> Write {
        Write { what: "answer".into(), verbatim: "POST /answers".into(), precondition: None }
    }

    async fn answer(&self, _: &Answer) -> backend::Result<Text> {
        self.1.clone().map_or_else(|| Ok("taken".into()), Err)
    }
}

fn given(who: &str, approved: bool) -> Given {
    Given { who: who.into(), at: at(1), approved, comment: Text::default() }
}

fn waits(given: &[Given]) -> Vec<Waiting> {
    vec![Waiting {
        track: production(),
        version: "1.4".into(),
        digest: None,
        commit: Some("5".repeat(40).parse().expect("a commit")),
        run: Some("77".into()),
        since: None,
        until: None,
        reviewers: Vec::new(),
        refused: None,
        url: None,
        needed: 1,
        own: true,
        given: given.to_vec(),
        token: "77 1".into(),
    }]
}

fn lost(kind: ErrorKind) -> BackendError {
    BackendError::new(&"holder".into(), kind, "the answer broke off")
}

/// Says yes, with what is seen before and at each look after it.
async fn says_yes(says: Option<BackendError>, looks: &[&[Given]], is_over: bool) -> Result<Text, OperationError> {
    let world = World::new();
    let mut all: VecDeque<Vec<Waiting>> = looks.iter().map(|it| waits(it)).collect();
    all.extend(is_over.then(Vec::new));
    let holder = Arc::new(Holder("holder".into(), says, Mutex::new(all)));
    let deps = world.engine();
    let deps = deps.deps();
    let engine = Engine::new(Deps {
        backends: vec![holder],
        journal: world.journal(),
        policy: deps.policy.clone(),
        freezes: deps.freezes.clone(),
        environments: deps.environments.clone(),
        clock: deps.clock.clone(),
        ids: deps.ids.clone(),
        patience: deps.patience,
    });
    let plan = engine.approvals(&production(), &actor()).await.expect("it waits").remove(0);
    let verdict =
        Verdict { approved: true, comment: Text::default(), typed: "production".to_owned(), permit: permit() };
    engine.answer(&plan, &verdict).await
}

#[rstest]
#[case(ErrorKind::Network)]
#[case(ErrorKind::Timeout)]
#[case(ErrorKind::Protocol)]
#[tokio::test]
async fn a_lost_answer_is_looked_for(#[case] kind: ErrorKind) {
    let over = says_yes(Some(lost(kind.clone())), &[&[], &[]], true).await.expect("it does not wait");
    assert_eq!(over.as_str(), "nobody said whether it was taken, and it does not wait any more");
    let there = says_yes(Some(lost(kind.clone())), &[&[], &[], &[given("login", true)]], false).await.expect("there");
    assert_eq!(there.as_str(), "nobody said whether it was taken, and an answer like it is there");
    let nothing = says_yes(Some(lost(kind)), &[&[]], false).await.expect_err("nothing is seen").to_string();
    assert!(nothing.contains("cannot be told") && nothing.contains("the answer broke off"), "{nothing}");
}

#[tokio::test]
async fn who_is_called_otherwise_there_is_known_by_a_new_answer() {
    let before = [given("omar", true)];
    let after = [given("omar", true), given("login", true)];
    assert_eq!(says_yes(None, &[&before, &before, &after], false).await.expect("there").as_str(), "taken");
    assert!(says_yes(None, &[&before], false).await.is_err());
    let other = [given("omar", true), given("login", false)];
    assert!(says_yes(None, &[&before, &other], false).await.is_err());
}

#[tokio::test]
async fn a_no_of_the_system_is_not_looked_up() {
    let error = lost(ErrorKind::Network).unwritten();
    assert!(says_yes(Some(error), &[&[], &[]], true).await.is_err());
}

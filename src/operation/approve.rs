//! Saying yes or no to what waits for it: planned, looked at by guards, confirmed, journalled, carried out, verified.

use serde::Serialize;

use super::engine::Deps;
use super::journal::{Body, Note};
use super::{Actor, Confirm, Engine, Finding, OperationError, Weight, WritePermit};
use crate::backend::approver::{Answer, Approver, Given, Waiting};
use crate::backend::{BackendError, Write};
use crate::model::{Scope, SourceId, Text, TrackId};

/// How often it is looked for an answer that was given.
const LOOKS: u32 = 5;

/// A version that waits, with what answering would write and what speaks against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApprovalPlan {
    /// The backend that holds it.
    pub backend: SourceId,
    /// What waits.
    pub waiting: Waiting,
    /// Who would answer.
    pub who: Text,
    /// The write of a yes.
    pub write: Write,
    /// The write of a no, which needs a comment.
    pub rejection: Write,
    /// What has to be read before.
    pub findings: Vec<Finding>,
    /// What it takes to confirm.
    pub confirm: Confirm,
}

/// What somebody said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub approved: bool,
    /// What there is to say; a no needs it.
    pub comment: Text,
    /// What was typed to confirm.
    pub typed: String,
    /// That this session may write.
    pub permit: WritePermit,
}

impl Engine {
    /// What waits for an answer in a track. Reads only.
    ///
    /// # Errors
    /// When nothing needs approvals there, or it cannot be read.
    pub async fn approvals(&self, track: &TrackId, actor: &Actor) -> Result<Vec<ApprovalPlan>, OperationError> {
        let deps = self.deps();
        let protected = deps.environment(&track.environment)?.protected;
        let plan = |backend: &SourceId, approver: &dyn Approver, waiting: Waiting| {
            let answer =
                Answer { waiting: waiting.clone(), who: actor.who.clone(), approved: true, comment: Text::default() };
            let confirm = if protected { Confirm::Environment(track.environment.clone()) } else { Confirm::Yes };
            let findings = findings(&waiting, &actor.who);
            let (backend, write) = (backend.clone(), approver.draft(&answer));
            let rejection = approver.draft(&Answer { approved: false, ..answer });
            ApprovalPlan { backend, write, rejection, who: actor.who.clone(), findings, confirm, waiting }
        };
        let mut all = Vec::new();
        let mut guarded = false;
        for (backend, approver) in approvers(deps).filter(|(_, approver)| approver.guards(track)) {
            guarded = true;
            all.extend(approver.waiting(track).await?.into_iter().map(|waiting| plan(backend, approver, waiting)));
        }
        if guarded { Ok(all) } else { Err(OperationError::NothingToApprove(track.clone())) }
    }

    /// The same plan with what the answer that is meant would write. Reads nothing.
    pub fn redraft(&self, plan: &ApprovalPlan, approved: bool, comment: &Text) -> ApprovalPlan {
        let answer =
            Answer { waiting: plan.waiting.clone(), who: plan.who.clone(), approved, comment: comment.clone() };
        let held = approvers(self.deps()).find(|(backend, _)| **backend == plan.backend);
        let Some((_, approver)) = held else { return plan.clone() };
        let write = approver.draft(&answer);
        match approved {
            true => ApprovalPlan { write, ..plan.clone() },
            false => ApprovalPlan { rejection: write, ..plan.clone() },
        }
    }

    /// Whether anything needs approvals in a track. Asks nobody.
    pub fn guards(&self, track: &TrackId) -> bool {
        approvers(self.deps()).any(|(_, approver)| approver.guards(track))
    }

    /// Gives an answer that somebody confirmed; what was done, in words. The backend holds that it waits still and that
    /// nobody answered since.
    ///
    /// # Errors
    /// When it is not confirmed as the plan asks, or was not given.
    pub async fn answer(&self, plan: &ApprovalPlan, verdict: &Verdict) -> Result<Text, OperationError> {
        let refused = |why: &str| OperationError::Unanswered(Text::from(why));
        if let Some(denied) = plan.findings.iter().find(|finding| finding.weight >= Weight::Override) {
            return Err(refused(denied.why.as_str()));
        }
        if !plan.confirm.accepts(&verdict.typed) {
            return Err(refused(&plan.confirm.asks_for()));
        }
        if !verdict.approved && verdict.comment.as_str().trim().is_empty() {
            return Err(refused("a no needs a word about why"));
        }
        let track = &plan.waiting.track;
        let mut all = approvers(self.deps());
        let held = all.find(|(backend, _)| **backend == plan.backend);
        let (_, approver) = held.ok_or_else(|| OperationError::NothingToApprove(track.clone()))?;
        let waiting = plan.waiting.clone();
        let (who, comment) = (plan.who.clone(), verdict.comment.clone());
        let answer = Answer { waiting, who, approved: verdict.approved, comment };
        let word = if verdict.approved { "approves" } else { "rejects" };
        let note = |what: &str, why: Text| {
            Body::Note(Note {
                scope: Some(Scope {
                    service: Some(track.service.clone()),
                    environment: Some(track.environment.clone()),
                }),
                version: Some(plan.waiting.version.clone()),
                who: plan.who.clone(),
                what: what.into(),
                why,
            })
        };
        let journal = &self.deps().journal;
        journal.append(None, note(word, answer.comment.clone()))?;
        let given = self.give(approver, &answer).await;
        if let Err(error) = &given {
            // The error that is returned says what happened, whether or not this can be written.
            let _ = journal.append(None, note("could not answer about", Text::from(error.to_string())));
        }
        given
    }

    /// Gives an answer, once, and looks whether it is there.
    async fn give(&self, approver: &dyn Approver, answer: &Answer) -> Result<Text, OperationError> {
        let sent = approver.answer(answer).await;
        // The system's answer was lost, and perhaps not ours: it is looked for and never sent again.
        if let Err(error) = &sent
            && !error.may_have_written()
        {
            return Err(error.clone().into());
        }
        let seen = self.look_for(approver, answer, sent.is_ok()).await;
        match (sent, seen) {
            (Ok(said), Ok(Some(_))) => Ok(said),
            (Ok(_), Ok(None)) => Err(OperationError::Unanswered("the answer was sent and cannot be seen".into())),
            (Ok(_), Err(error)) => Err(error.into()),
            (Err(_), Ok(Some(seen))) => Ok(Text::from(format!("nobody said whether it was taken, and {seen}"))),
            (Err(lost), Ok(None)) => {
                let why = format!("whether it was answered cannot be told, and it waits still: {}", lost.what);
                Err(OperationError::Unanswered(why.into()))
            }
            (Err(lost), Err(error)) => {
                let why = format!("whether it was answered cannot be told: {}; {}", lost.what, error.what);
                Err(OperationError::Unanswered(why.into()))
            }
        }
    }

    /// What shows that an answer is there, looking a few times.
    async fn look_for(
        &self,
        approver: &dyn Approver,
        answer: &Answer,
        said: bool,
    ) -> Result<Option<&'static str>, BackendError> {
        let patience = self.deps().patience;
        let mut wait = patience.first;
        for _ in 1..LOOKS {
            match approver.waiting(&answer.waiting.track).await {
                Ok(waiting) => {
                    if let Some(shown) = shown(&waiting, answer, said) {
                        return Ok(Some(shown));
                    }
                }
                Err(error) if !error.is_transient() => return Err(error),
                Err(_) => {}
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(patience.longest);
        }
        Ok(shown(&approver.waiting(&answer.waiting.track).await?, answer, said))
    }
}

/// What shows that an answer was given. Systems know people by other names than this machine does, so that it is another
/// answer than those that were there. Who was told that it was taken may have given the same before.
fn shown(waiting: &[Waiting], answer: &Answer, said: bool) -> Option<&'static str> {
    let same = |it: &&Waiting| it.version == answer.waiting.version && it.run == answer.waiting.run;
    let Some(now) = waiting.iter().find(same) else { return Some("it does not wait any more") };
    let alike = |all: &[Given]| all.iter().filter(|it| it.approved == answer.approved).count();
    let own = now.given.iter().any(|it| it.who == answer.who && it.approved == answer.approved);
    let is_new = alike(&now.given) > alike(&answer.waiting.given);
    (is_new || said && own).then_some("an answer like it is there")
}

/// Everybody who holds versions until somebody says yes.
fn approvers(deps: &Deps) -> impl Iterator<Item = (&SourceId, &dyn Approver)> {
    deps.backends.iter().filter_map(|backend| Some((backend.id(), backend.approver()?)))
}

fn findings(waiting: &Waiting, who: &Text) -> Vec<Finding> {
    let say = |weight, why: String| Finding {
        guard: Text::from("approval"),
        weight,
        why: Text::from(why),
        gate: None,
        hint: None,
    };
    let mut all = Vec::new();
    if let Some(given) = waiting.given.iter().find(|it| it.who == *who) {
        let word = if given.approved { "yes" } else { "no" };
        all.push(say(Weight::Warn, format!("you said {word} already; the last answer holds")));
    }
    if !waiting.own {
        all.push(say(Weight::Allow, "the yes of who promotes it does not count".to_owned()));
    }
    if waiting.digest.is_none() && waiting.commit.is_none() {
        let why = "neither its digest nor its commit is known: nobody could say what was approved";
        all.push(say(Weight::Deny, why.to_owned()));
    }
    all.extend(waiting.refused.as_ref().map(|why| say(Weight::Deny, why.to_string())));
    all
}

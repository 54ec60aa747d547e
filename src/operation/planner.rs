//! From what somebody wants to a plan. Reads only.

use crate::backend::{Available, Operator, Order, Verb};
use crate::metrics::quantile;
use crate::model::{
    Environment, EnvironmentId, Gate, Installed, OperationId, Outcome, SourceId, Text, Time, TrackId, TrackState,
};
use crate::operation::candidate::{self, Choice};
use crate::operation::changes::Code;
use crate::operation::engine::Deps;
use crate::operation::guard::{self, Case};
use crate::operation::journal::Filter;
use crate::operation::record;
use crate::operation::source::{self, Source};
use crate::operation::target;
use crate::operation::{
    Actor, Candidate, Confirm, Intent, OperationError, OperationSummary, Plan, Risk, RollForward, VersionFacts,
    holds_at, roll_forward,
};
use crate::picture::{ServicePicture, Snapshot, Track};

/// Makes plans for one moment.
pub struct Planner<'a> {
    deps: &'a Deps,
    snapshot: &'a Snapshot,
    now: Time,
}

/// The part of a plan's making that is known before a version is chosen.
pub struct Ground<'a> {
    environment: &'a Environment,
    backend: SourceId,
    operator: &'a dyn Operator,
    /// The service in the picture.
    pub service: Option<&'a ServicePicture>,
    track: Option<&'a Track>,
    /// The track as it was just observed.
    pub state: TrackState,
    /// What the backend could put there; absent where that could not be read.
    pub available: Option<Vec<Available>>,
    /// Where a promotion takes the version from.
    pub source: Option<Source>,
    unread: Vec<Text>,
}

impl<'a> Planner<'a> {
    /// A planner.
    pub fn new(deps: &'a Deps, snapshot: &'a Snapshot) -> Self {
        Self { deps, snapshot, now: (deps.clock)() }
    }

    /// The plan for an intent, under the id `operation`.
    pub async fn plan(&self, operation: OperationId, intent: &Intent, actor: &Actor) -> Result<Plan, OperationError> {
        let mut ground = self.ground(intent).await?;
        let code = self.code(&intent.track);
        let candidates = self.candidates(intent.verb, &ground, code);
        let to = target::target(intent, &ground, &candidates)?;
        let order = order(operation, intent, actor, &ground, to);
        let proposal = ground.operator.propose(&order).await?;

        let live = ground.state.live.as_ref();
        let from = live.map(|live| candidate::facts_of_live(ground.service, ground.track, live));
        let coming = order.coming.as_ref().map(|it| candidate::facts_of_coming(ground.service, it));
        let leaves = if intent.verb == Verb::Abort { coming.as_ref().or(from.as_ref()) } else { from.as_ref() };
        let compared = code.compare(ground.track, leaves, order.to.commit.as_ref(), intent.verb).await;
        if let Some(problem) = &compared.unread {
            ground.unread.push(Text::from(format!("the changes were not checked for risks: {problem}")));
        }

        let gates = self.gates(&intent.track);
        let unsettled = unsettled_on(self.deps, &intent.track)?;
        let findings = guard::look(&Case {
            now: self.now,
            environments: &self.deps.environments,
            environment: ground.environment,
            snapshot: self.snapshot,
            service: ground.service,
            track: ground.track,
            order: &order,
            state: &ground.state,
            source: ground.source.as_ref(),
            proposal: &proposal,
            kind: compared.kind,
            gates: &gates,
            freeze_problems: self.deps.freezes.problems(),
            unsettled: &unsettled,
            candidate: candidates.iter().find(|it| it.version.version == order.to.version),
            unread: &ground.unread,
        });
        let to = self.facts_of_target(&order, &ground);
        let takes_back = matches!(intent.verb, Verb::RollBack | Verb::Abort);
        let roll_forward = if takes_back { self.roll_forward(&ground, leaves) } else { None };
        let records = record::planned(self.deps, &ground.backend, &order);
        Ok(Plan {
            operation: order.operation.clone(),
            made_at: self.now,
            intent: intent.clone(),
            actor: actor.clone(),
            backend: ground.backend,
            not_asked: self.deps.operators(&intent.track).into_iter().skip(1).map(|it| it.id().clone()).collect(),
            declaration: ground.operator.declaration(),
            order,
            from,
            coming,
            to,
            kind: compared.kind,
            added: compared.added,
            removed: compared.removed,
            risks: with_the_backends(compared.risks, proposal.risks),
            same_binary: proposal.same_binary,
            writes: proposal.writes,
            records,
            findings,
            downstream: self.downstream(ground.environment, ground.service),
            expected_seconds: if deploys(intent.verb) { expected_seconds(ground.track) } else { None },
            undo: proposal.undo,
            confirm: confirm(ground.environment),
            candidates,
            roll_forward,
        })
    }

    /// What is known before a version is chosen: read afresh from the backend that owns the track.
    async fn ground(&self, intent: &Intent) -> Result<Ground<'a>, OperationError> {
        let id = &intent.track;
        let environment = self.deps.environment(&id.environment)?;
        let read_only = |why: String| OperationError::ReadOnly { track: id.clone(), why: Text::from(why) };
        if environment.release_line {
            return Err(read_only("its deployments are the release tags of a repository".to_owned()));
        }
        let service = self.snapshot.service(&id.service).map(|service| &**service);
        let track = service.and_then(|service| service.track(&id.environment));
        let (backend, operator) = match self.deps.operator(id) {
            Some(found) => found,
            None if service.is_none() => return Err(OperationError::UnknownTrack(id.clone())),
            None => return Err(read_only("no backend that can write owns it".to_owned())),
        };
        let declared = operator.declaration().verbs;
        if !declared.contains(&intent.verb) {
            return Err(OperationError::Undeclared { track: id.clone(), verb: intent.verb, declared });
        }
        let state = operator.observe(id).await?;
        let mut unread = Vec::new();
        let available = match intent.verb.chooses() {
            true => operator.available(id).await.map(Some),
            false => Ok(None),
        };
        let available = available.unwrap_or_else(|error| {
            unread.push(Text::from(format!("which versions are available could not be read: {error}")));
            None
        });
        let source = match intent.verb {
            Verb::Promote => self.source(intent, service).await?,
            _ => None,
        };
        let backend = backend.id().clone();
        Ok(Ground { environment, backend, operator, service, track, state, available, source, unread })
    }

    async fn source(
        &self,
        intent: &Intent,
        service: Option<&ServicePicture>,
    ) -> Result<Option<Source>, OperationError> {
        let environment: EnvironmentId = match &intent.source {
            Some(named) => self.deps.environment(named)?.id.clone(),
            None => match source::before(&self.deps.environments, service, &intent.track) {
                Some(before) => before.id.clone(),
                None => return Ok(None),
            },
        };
        let track = TrackId { service: intent.track.service.clone(), environment: environment.clone() };
        let fresh = match self.deps.operator(&track) {
            Some((_, operator)) => Some(operator.observe(&track).await.map_err(|error| Text::from(error.to_string()))),
            None => None,
        };
        Ok(Some(Source::new(environment, service, fresh)))
    }

    fn candidates(&self, verb: Verb, ground: &Ground<'_>, code: Code<'_>) -> Vec<Candidate> {
        let choice = Choice {
            track: ground.track,
            service: ground.service,
            state: &ground.state,
            available: ground.available.as_deref(),
            code,
            back: (verb == Verb::RollBack).then(|| ground.operator.declaration().rollback),
        };
        match verb {
            Verb::Promote => choice.for_promotion(ground.source.as_ref()),
            Verb::RollBack => choice.for_rollback(),
            _ => Vec::new(),
        }
    }

    fn facts_of_target(&self, order: &Order, ground: &Ground<'_>) -> VersionFacts {
        let to = &order.to;
        let mut facts = candidate::facts(ground.service, &to.version, to.digest.clone(), to.commit);
        let where_it_ran = match &ground.source {
            Some(source) => ground.service.and_then(|service| service.track(&source.environment)),
            None => ground.track,
        };
        let ran = candidate::last_stretch(where_it_ran, &to.version);
        let installed = ground.source.as_ref().and_then(|source| source.installed(&to.version));
        facts.since = ran.as_ref().map(|ran| ran.from).or_else(|| installed.and_then(|installed| installed.since));
        facts.by = ran.and_then(|ran| ran.by);
        facts
    }

    fn roll_forward(&self, ground: &Ground<'_>, from: Option<&VersionFacts>) -> Option<RollForward> {
        let repository = self.snapshot.repository_of(&ground.track?.id.service)?;
        roll_forward::find(ground.service?, repository, &from?.commit?)
    }

    fn gates(&self, track: &TrackId) -> Vec<Gate> {
        let mut all = self.deps.freezes.gates_on(track, self.now);
        for gate in self.snapshot.gates.iter().filter(|gate| gate.scope.covers(track) && holds_at(gate, self.now)) {
            // The snapshot has the freeze windows too.
            let same =
                |it: &Gate| it.kind == gate.kind && it.who == gate.who && it.why == gate.why && it.until == gate.until;
            if !all.iter().any(same) {
                all.push(gate.clone());
            }
        }
        all
    }

    fn downstream(&self, here: &Environment, service: Option<&ServicePicture>) -> Vec<EnvironmentId> {
        let after = self.deps.environments.iter().filter(|it| it.rank > here.rank && !it.release_line);
        let has = |it: &&Environment| service.is_some_and(|service| service.track(&it.id).is_some());
        after.filter(has).map(|it| it.id.clone()).collect()
    }

    fn code<'b>(&'b self, track: &'b TrackId) -> Code<'b> {
        Code {
            service: &track.service,
            repository: self.snapshot.repository_of(&track.service).map(|repository| &**repository),
            backends: &self.deps.backends,
            rules: &self.deps.policy.risk,
        }
    }
}

fn order(operation: OperationId, intent: &Intent, actor: &Actor, ground: &Ground<'_>, to: Installed) -> Order {
    let source = match (&ground.source, intent.verb) {
        (Some(source), _) => Some(source.environment.clone()),
        (None, Verb::Promote) => target::place_of(&to.version, ground),
        (None, _) => None,
    };
    let reason = intent.reason.clone().unwrap_or_else(|| target::proposed_reason(intent.verb, ground, &to.version));
    Order {
        operation,
        verb: intent.verb,
        track: intent.track.clone(),
        from: ground.state.live.clone(),
        coming: ground.state.coming().cloned(),
        to,
        source,
        expected: ground.state.token.clone(),
        actor: actor.who.clone(),
        reason,
    }
}

/// Whether it brings something to users, as deployments do, so that it takes as long as they took.
fn deploys(verb: Verb) -> bool {
    !matches!(verb, Verb::Pause | Verb::Abort)
}

/// Operations on the track that have no outcome.
fn unsettled_on(deps: &Deps, track: &TrackId) -> Result<Vec<OperationSummary>, OperationError> {
    let filter = Filter {
        service: Some(track.service.clone()),
        environment: Some(track.environment.clone()),
        ..Default::default()
    };
    let all = deps.journal.summaries(&filter)?;
    Ok(all.into_iter().filter(|summary| summary.ended_at.is_none()).collect())
}

fn with_the_backends(mut risks: Vec<Risk>, told: Vec<Text>) -> Vec<Risk> {
    let name = Text::from("backend");
    risks.extend(told.into_iter().map(|says| Risk { name: name.clone(), count: 1, says }));
    risks
}

/// The median time that successful deployments of the track took, seconds.
fn expected_seconds(track: Option<&Track>) -> Option<f64> {
    let history = track.map(|track| track.history.as_slice()).unwrap_or_default();
    let successes = history.iter().map(|it| &it.deployment).filter(|it| it.outcome == Outcome::Success);
    let mut seconds: Vec<f64> = successes
        .filter_map(|it| Some((it.finished_at? - it.started_at?).as_seconds_f64()))
        .filter(|seconds| *seconds >= 0.0)
        .collect();
    quantile(&mut seconds, 0.5)
}

fn confirm(environment: &Environment) -> Confirm {
    if environment.protected { Confirm::Environment(environment.id.clone()) } else { Confirm::Yes }
}

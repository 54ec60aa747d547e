//! `flightdeck promote`, `rollback`, `pause`, `resume`, `restart` and `abort`: plan, confirm, run, tell.

use serde::Serialize;
use tokio::sync::watch;

use crate::backend::Verb;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::progress;
use crate::cli::session::Session;
use crate::cli::{aside, names, plan, prompt};
use crate::model::{Text, TrackId};
use crate::operation::{
    Confirm, Confirmation, Done, Intent, OperationSummary, Plan, Stopped, WriteMode, WritePermit, guard,
};
use crate::picture::Snapshot;
use crate::world::World;

/// Arguments of `promote`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Without --version it takes what the environment before runs.

Examples:
  flightdeck promote checkout --to production
  flightdeck promote checkout --to production --version 1.5.0 --plan --format json
  flightdeck promote checkout --to testing --yes --reason 'nightly'
  flightdeck promote checkout --to production --yes --confirm production")]
pub struct PromoteArgs {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The environment that gets the version.
    #[arg(long, value_name = "ENV")]
    to: String,
    /// The version; without it what the environment before runs.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The environment that the version comes from; without it the one before in the order of promotion.
    #[arg(long, value_name = "ENV")]
    from: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Arguments of `rollback`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Without --to it takes the most recent other version that was healthy there and is not marked bad.

Examples:
  flightdeck rollback checkout --in production
  flightdeck rollback checkout --in production --to 1.4.1 --reason 'logins fail'
  flightdeck rollback checkout --in production --yes --confirm production")]
pub struct RollbackArgs {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The environment in which the version is put back.
    #[arg(long = "in", value_name = "ENV")]
    environment: String,
    /// The version; without it the last good one.
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Arguments of `pause`, `resume`, `restart` and `abort`.
#[derive(Debug, clap::Args)]
pub struct InArgs {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The environment in which it is done.
    #[arg(long = "in", value_name = "ENV")]
    environment: String,
    #[command(flatten)]
    how: How,
}

/// More help for `pause`.
pub const PAUSE: &str = "\
A freeze or a lock is told and holds nobody: stopping what goes wrong is always possible.

Examples:
  flightdeck pause checkout --in production
  flightdeck pause checkout --in production --yes --confirm production --reason 'errors rise'";

/// More help for `resume`.
pub const RESUME: &str = "\
Examples:
  flightdeck resume checkout --in production
  flightdeck resume checkout --in testing --yes";

/// More help for `restart`.
pub const RESTART: &str = "\
The version stays what it is; as few of its copies are away at once as when a new one comes.

Examples:
  flightdeck restart checkout --in production --plan
  flightdeck restart checkout --in testing --yes --reason 'a stale connection pool'";

/// More help for `abort`.
pub const ABORT: &str = "\
A freeze or a lock is told and holds nobody: stopping what goes wrong is always possible. Where the new version serves
everybody already, roll back instead.

Examples:
  flightdeck abort checkout --in production
  flightdeck abort checkout --in production --yes --confirm production --reason 'it does not start'";

/// How an operation is carried out.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Operation")]
struct How {
    /// Stop after the plan: nothing is written.
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Do not ask; a protected environment needs --confirm as well.
    #[arg(long, short)]
    yes: bool,
    /// Name the protected environment, in place of typing its name when asked.
    #[arg(long, value_name = "ENV", requires = "yes")]
    confirm: Option<String>,
    /// Say why; the journal keeps it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Pass this guard although it holds; needs --reason, can be given several times.
    #[arg(id = "guard", long = "override", value_name = "GUARD", requires = "reason")]
    overridden: Vec<String>,
}

/// Promotes.
pub async fn promote(args: &PromoteArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let wanted = Wanted {
        verb: Verb::Promote,
        service: &args.service,
        environment: &args.to,
        version: args.version.as_deref(),
        source: args.from.as_deref(),
    };
    operate(&wanted, &args.how, session, out).await
}

/// Rolls back.
pub async fn rollback(args: &RollbackArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let wanted = Wanted {
        verb: Verb::RollBack,
        service: &args.service,
        environment: &args.environment,
        version: args.to.as_deref(),
        source: None,
    };
    operate(&wanted, &args.how, session, out).await
}

/// Does what `verb` says to what is in an environment.
pub async fn with(verb: Verb, args: &InArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let (service, environment) = (args.service.as_str(), args.environment.as_str());
    let wanted = Wanted { verb, service, environment, version: None, source: None };
    operate(&wanted, &args.how, session, out).await
}

/// What is wanted, as it was typed.
struct Wanted<'a> {
    verb: Verb,
    service: &'a str,
    environment: &'a str,
    version: Option<&'a str>,
    source: Option<&'a str>,
}

impl Wanted<'_> {
    fn intent(&self, how: &How, snapshot: &Snapshot) -> Result<Intent, Failure> {
        let service = names::service(snapshot, self.service)?;
        let environment = names::environment(snapshot, self.environment)?;
        let version = self.version.map(|wanted| names::version(snapshot, &service, wanted)).transpose()?;
        let source = self.source.map(|wanted| names::environment(snapshot, wanted)).transpose()?;
        let reason = how.reason.as_deref().map(Text::from);
        Ok(Intent { verb: self.verb, track: TrackId { service, environment }, version, source, reason })
    }
}

async fn operate(wanted: &Wanted<'_>, how: &How, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    if session.global.offline {
        let hint = "leave --offline out";
        return Err(Failure::usage("an operation has to look at the world first").hint(hint));
    }
    known_guards(&how.overridden)?;
    let world = session.open()?;
    session.settle(&world).await?;
    session.read(&world).await?;
    let snapshot = world.snapshot();
    let intent = wanted.intent(how, &snapshot)?;
    let planning = world.plan(&intent);
    let plan = progress::during(session.manner, || "planning".to_owned(), planning).await?;
    if how.plan {
        return planned(&plan, how, session, out);
    }
    let confirmed = confirm(&plan, how, session, &world, out).await;
    let stopped = match confirmed {
        Ok(confirmation) => match run(&world, &plan, &confirmation, session).await {
            Ok(done) => return ended(&plan, &done, out),
            Err(stopped) => refusal(stopped, session, out)?,
        },
        Err(failure) => failure,
    };
    if out.format == Format::Json {
        out.json(&Answer { plan: &plan, outcome: None, ways_out: &[], refused: Some(stopped.to_string()) })?;
    }
    Err(stopped)
}

/// Guards that do not exist cannot be passed: better said before anything is read.
fn known_guards(overridden: &[String]) -> Result<(), Failure> {
    let known = || guard::GUARDS.iter().map(|guard| guard.name);
    match overridden.iter().find(|wanted| !known().any(|name| name == wanted.as_str())) {
        Some(wanted) => Err(crate::cli::nearest::unknown("guard", wanted, known()).exits(Exit::Usage)),
        None => Ok(()),
    }
}

/// Shows the plan and whether it could be carried out.
fn planned(plan: &Plan, how: &How, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let verdict = allowed(plan, how);
    match out.format {
        Format::Json => {
            let refused = verdict.as_ref().err().map(ToString::to_string);
            out.json(&Answer { plan, outcome: None, ways_out: &[], refused })?;
        }
        Format::Table | Format::Plain => plan::show(plan, session.now(), out)?,
    }
    verdict.map(|()| Exit::Ok)
}

/// Whether no guard stands against it that was not passed.
fn allowed(plan: &Plan, how: &How) -> Result<(), Failure> {
    let denials: Vec<String> = plan.denials().map(|it| format!("{}: {}", it.guard, it.why)).collect();
    if !denials.is_empty() {
        let failure = Failure::error(format!("the plan is refused: {}", denials.join("; ")));
        let hint = plan.denials().find_map(|it| it.hint.as_ref());
        return Err(hint.into_iter().fold(failure, |failure, hint| failure.hint(hint.as_str())));
    }
    let passed = |guard: &Text| how.overridden.iter().any(|name| name == guard.as_str());
    let held: Vec<_> = plan.overrides().filter(|it| !passed(&it.guard)).collect();
    let Some(first) = held.first() else { return Ok(()) };
    let all: Vec<String> = held.iter().map(|it| format!("{}: {}", it.guard, it.why)).collect();
    Err(Failure::error(format!("the plan is held: {}", all.join("; ")))
        .hint(format!("pass it with --override {} --reason '…'", first.guard)))
}

/// Gets the confirmation that the plan asks for.
async fn confirm(
    plan: &Plan,
    how: &How,
    session: &Session<'_>,
    world: &World,
    out: &mut Output,
) -> Result<Confirmation, Failure> {
    if out.format != Format::Json {
        plan::show(plan, session.now(), out)?;
        out.flush()?;
    }
    allowed(plan, how)?;
    let permit = permit(session, world)?;
    let typed = if how.yes { said_beforehand(plan, how)? } else { asked(plan).await? };
    Ok(Confirmation {
        permit,
        typed,
        overrides: how.overridden.iter().map(|guard| Text::from(guard.as_str())).collect(),
        reason: how.reason.as_deref().map(Text::from),
    })
}

/// The command itself is the wish to write, unless this session was made read-only.
pub(super) fn permit(session: &Session<'_>, world: &World) -> Result<WritePermit, Failure> {
    let mode = WriteMode::new(Some(!session.global.read_only), &world.loaded().config.policy);
    mode.permit(session.now()).map_err(|why| Failure::error(format!("nothing may be changed: {why}")))
}

/// What `--yes` stands for: a protected environment has to be named as well.
fn said_beforehand(plan: &Plan, how: &How) -> Result<String, Failure> {
    match (&plan.confirm, &how.confirm) {
        (Confirm::Yes, None) => Ok("y".to_owned()),
        (Confirm::Environment(environment), Some(named)) if named == environment.as_str() => Ok(named.clone()),
        (Confirm::Environment(environment), None) => {
            Err(Failure::usage(format!("{environment} is protected: --yes alone does not confirm"))
                .hint(format!("add --confirm {environment}")))
        }
        (Confirm::Count(tracks), None) => Err(Failure::usage(format!("{tracks} tracks: --yes alone does not confirm"))),
        (_, Some(named)) => {
            let target = &plan.intent.track.environment;
            Ok(named.clone()).and_then(|named| {
                if named == target.as_str() && plan.confirm == Confirm::Yes {
                    return Ok("y".to_owned());
                }
                Err(Failure::usage(format!("--confirm names `{named}`, the plan is about {target}")))
            })
        }
    }
}

async fn asked(plan: &Plan) -> Result<String, Failure> {
    if !prompt::can_ask() {
        let hint = match &plan.confirm {
            Confirm::Environment(environment) => format!("add --yes --confirm {environment}"),
            Confirm::Yes | Confirm::Count(_) => "add --yes".to_owned(),
        };
        return Err(Failure::usage("there is no terminal to ask at").hint(hint));
    }
    let typed = prompt::confirm(&plan.confirm).await?;
    if plan.confirm.accepts(&typed) { Ok(typed) } else { Err(Failure::error("not confirmed: nothing was changed")) }
}

async fn run(world: &World, plan: &Plan, confirmation: &Confirmation, session: &Session<'_>) -> Result<Done, Stopped> {
    let (progress, latest) = watch::channel(None);
    let doing = || match &*latest.borrow() {
        Some(step) => step_of(step),
        None => "carrying it out".to_owned(),
    };
    let work = world.run(plan, confirmation, &progress);
    progress::during(session.manner, doing, session.interrupt.finishing(work)).await
}

fn step_of(step: &crate::model::Progress) -> String {
    match step.total {
        0 => step.what.to_string(),
        total => format!("{} ({} of {total})", step.what, step.done),
    }
}

/// Tells how it ended.
fn ended(plan: &Plan, done: &Done, out: &mut Output) -> Result<Exit, Failure> {
    done.problems.iter().for_each(|problem| aside::warn(problem.as_str()));
    match out.format {
        Format::Json => {
            out.json(&Answer { plan, outcome: Some(&done.summary), ways_out: &done.ways_out, refused: None })?
        }
        Format::Table | Format::Plain => plan::show_end(plan, done, out)?,
    }
    if done.succeeded() { Ok(Exit::Ok) } else { Ok(Exit::Operation) }
}

/// What stopped it, with the new plan where there is one.
fn refusal(stopped: Stopped, session: &Session<'_>, out: &mut Output) -> Result<Failure, Failure> {
    let anew = match &stopped {
        Stopped::Changed { plan, .. } | Stopped::Conflict { plan: Some(plan), .. } => Some(plan),
        _ => None,
    };
    if let (Some(plan), Format::Table | Format::Plain) = (anew, out.format) {
        plan::show(plan, session.now(), out)?;
    }
    Ok(Failure::from(stopped))
}

#[derive(Serialize)]
struct Answer<'a> {
    plan: &'a Plan,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a OperationSummary>,
    #[serde(skip_serializing_if = "<[Intent]>::is_empty")]
    ways_out: &'a [Intent],
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

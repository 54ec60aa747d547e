//! `flightdeck approvals`, `approve` and `reject`: what waits for a yes or no, and the answer.

use serde::Serialize;

use crate::cli::consent::Consent;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::output::{Format, Output};
use crate::cli::progress;
use crate::cli::session::Session;
use crate::model::{Text, TrackId};
use crate::operation::approve::Verdict;
use crate::operation::{ApprovalPlan, Weight};
use crate::view::{Line, Present, Role, approval, format};
use crate::world::World;

/// Arguments of `approvals`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck approvals
  flightdeck approvals checkout --format json")]
pub struct ListArgs {
    /// Only what waits of this service.
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Only what waits in this environment.
    #[arg(long = "in", value_name = "ENV")]
    environment: Option<String>,
}

/// Arguments of `approve` and `reject`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
    /// The environment for which it waits.
    #[arg(value_name = "ENVIRONMENT")]
    environment: String,
    /// The version that waits; needed where several do.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// The run that waits; needed where a version waits in several.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// What there is to say; a no needs it.
    #[arg(long, short = 'm', value_name = "TEXT")]
    comment: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

/// More help for `approve`.
pub const APPROVE: &str = "\
Examples:
  flightdeck approve checkout production
  flightdeck approve checkout production --plan --format json
  flightdeck approve checkout production --comment 'looked at the metrics' --yes --confirm production";

/// More help for `reject`.
pub const REJECT: &str = "\
Examples:
  flightdeck reject checkout production --comment 'the migration is not reviewed'
  flightdeck reject checkout testing --comment 'not today' --yes";

/// Lists what waits.
pub async fn list(args: &ListArgs, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let (world, read) = opened(session).await?;
    let snapshot = world.snapshot();
    let service = args.service.as_deref().map(|it| names::service(&snapshot, it)).transpose()?;
    let environment = args.environment.as_deref().map(|it| names::environment(&snapshot, it)).transpose()?;
    let fits = |track: &TrackId| {
        service.as_ref().is_none_or(|it| *it == track.service)
            && environment.as_ref().is_none_or(|it| *it == track.environment)
    };
    let work = world.approvals_where(fits);
    let waiting = progress::during(session.manner, || "looking at what waits".to_owned(), work).await;
    waiting.problems.iter().for_each(|problem| crate::cli::aside::warn(problem.as_str()));
    match out.format {
        Format::Json => out.json(&Waiting { waiting: &waiting.plans, problems: &waiting.problems })?,
        Format::Table | Format::Plain => {
            if waiting.plans.is_empty() {
                out.text("nothing waits for an approval")?;
            }
            let present = Present::new(session.now(), chrono_tz::UTC);
            for plan in &waiting.plans {
                out.line(&in_one_line(plan, &present))?;
            }
        }
    }
    let partial = !waiting.problems.is_empty();
    Ok(if partial { Exit::Partial } else { read })
}

/// Says yes.
pub async fn approve(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    answer(args, true, session, out).await
}

/// Says no.
pub async fn reject(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    answer(args, false, session, out).await
}

async fn answer(args: &Args, approved: bool, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let comment = Text::from(args.comment.as_deref().unwrap_or_default().trim());
    if !approved && comment.is_empty() {
        return Err(Failure::usage("a no needs a word about why").hint("--comment '…'"));
    }
    let (world, _) = opened(session).await?;
    let snapshot = world.snapshot();
    let service = names::service(&snapshot, &args.service)?;
    let track = TrackId { service, environment: names::environment(&snapshot, &args.environment)? };
    let work = world.approvals(&track);
    let plans = progress::during(session.manner, || "looking at what waits".to_owned(), work).await?;
    let plan = meant(args, &track, &plans)?;
    // What would be written is said for the answer that is meant.
    let plan = world.engine().redraft(plan, approved, &comment);
    if out.format != Format::Json {
        show(&plan, approved, session, out)?;
        out.flush()?;
    }
    let refused = plan.findings.iter().find(|it| it.weight >= Weight::Override).map(|it| it.why.clone());
    if args.consent.plan || refused.is_some() {
        if out.format == Format::Json {
            out.json(&Answer { plan: &plan, approved, done: None, refused: refused.clone() })?;
        }
        let refused = refused.map(|why| Failure::error(format!("it cannot be answered: {why}")));
        return refused.map_or(Ok(Exit::Ok), Err);
    }
    let permit = super::operate::permit(session, &world)?;
    let typed = args.consent.get(&plan.confirm).await?;
    let verdict = Verdict { approved, comment, typed, permit };
    let work = world.answer(&plan, &verdict);
    let doing = || if approved { "approving".to_owned() } else { "rejecting".to_owned() };
    let done = progress::during(session.manner, doing, session.interrupt.finishing(work)).await?;
    match out.format {
        Format::Json => out.json(&Answer { plan: &plan, approved, done: Some(&done), refused: None })?,
        Format::Table | Format::Plain => out.text(done.to_string())?,
    }
    Ok(Exit::Ok)
}

async fn opened(session: &Session<'_>) -> Result<(World, Exit), Failure> {
    if session.global.offline {
        let why = "what waits has to be looked at where it waits";
        return Err(Failure::usage(why).hint("leave --offline out"));
    }
    let world = session.open()?;
    session.settle(&world).await?;
    let read = session.read(&world).await?;
    Ok((world, read))
}

/// The one that is meant among those that wait.
fn meant<'a>(args: &Args, track: &TrackId, plans: &'a [ApprovalPlan]) -> Result<&'a ApprovalPlan, Failure> {
    let version = |plan: &&ApprovalPlan| {
        args.version.as_ref().is_none_or(|wanted| plan.waiting.version.as_str().starts_with(wanted.as_str()))
    };
    let run = |plan: &&ApprovalPlan| {
        args.run.as_ref().is_none_or(|wanted| plan.waiting.run.as_ref().is_some_and(|run| run.as_str() == wanted))
    };
    let all: Vec<&ApprovalPlan> = plans.iter().filter(version).filter(run).collect();
    match all.as_slice() {
        [one] => Ok(one),
        [] if plans.is_empty() => Err(Failure::error(format!("nothing waits for an approval in {track}"))),
        [] => Err(Failure::error(format!("that does not wait for an approval in {track}")).hint(named(plans.iter()))),
        several => {
            let what = format!("{} wait for an approval in {track}", format::count_of(several.len()));
            Err(Failure::usage(what).hint(named(several.iter().copied())))
        }
    }
}

fn named<'a>(plans: impl Iterator<Item = &'a ApprovalPlan>) -> String {
    let name = |plan: &ApprovalPlan| match &plan.waiting.run {
        Some(run) => format!("{} (--run {run})", plan.waiting.version),
        None => format!("--version {}", plan.waiting.version),
    };
    let all: Vec<String> = plans.map(name).collect();
    format!("there is {}", all.join(", "))
}

fn show(plan: &ApprovalPlan, approved: bool, session: &Session<'_>, out: &mut Output) -> Result<(), Failure> {
    let present = Present::new(session.now(), chrono_tz::UTC);
    out.line(&Line::of(Role::Strong, plan.waiting.track.to_string()))?;
    for line in approval::lines(plan, approved, &present) {
        out.line(&line)?;
    }
    Ok(())
}

/// `checkout in production  1.5.0  1 of 2 approvals  since 3m  https://…`
fn in_one_line(plan: &ApprovalPlan, present: &Present) -> Line {
    let waiting = &plan.waiting;
    let line = Line::of(Role::Strong, waiting.track.to_string()).with(Role::Text, format!("  {}  ", waiting.version));
    approval::standing(waiting, present)
        .into_iter()
        .fold(line, |line, fact| line.with(Role::Muted, format!("{fact}  ")))
}

#[derive(Serialize)]
struct Waiting<'a> {
    waiting: &'a [ApprovalPlan],
    #[serde(skip_serializing_if = "<[Text]>::is_empty")]
    problems: &'a [Text],
}

#[derive(Serialize)]
struct Answer<'a> {
    plan: &'a ApprovalPlan,
    approved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Text>,
}

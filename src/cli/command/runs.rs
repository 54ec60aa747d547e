//! `flightdeck runs`: the runs of pipelines, and stopping one or running it again.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::show;
use crate::cli::consent::Consent;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::progress;
use crate::cli::session::Session;
use crate::model::{Run, RunAct, RunId, Text};
use crate::operation::{RunConfirmation, RunDone, RunIntent, RunPlan};
use crate::picture::Snapshot;
use crate::view::{Line, Role, steer};

/// Arguments of `runs`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_long_help = "\
Examples:
  flightdeck runs
  flightdeck runs checkout --filter status:failed
  flightdeck runs cancel 18231
  flightdeck runs rerun 18231 --job integration --yes
  flightdeck runs rerun-failed 18231 --plan --format json")]
pub struct Args {
    #[command(subcommand)]
    act: Option<Act>,
    /// Only the runs of this service.
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// Show only the rows that pass, as `/` does: words, `field:value`, `!not`.
    #[arg(long, short, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
}

/// What is to be done to a run.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Stop a run that has not ended, after showing what is written.
    Cancel(RunArgs),
    /// Run all of a run again, or one of its jobs, after showing what is written.
    Rerun(RerunArgs),
    /// Run again what failed in a run and what comes after it, after showing what is written.
    RerunFailed(RunArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The run, as `flightdeck runs` names it.
    #[arg(value_name = "RUN")]
    run: String,
    /// Say why; the journal keeps it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Debug, clap::Args)]
struct RerunArgs {
    /// Only this job and what comes after it.
    #[arg(long, value_name = "JOB")]
    job: Option<String>,
    #[command(flatten)]
    run: RunArgs,
}

/// Lists runs, or does something to one.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let (act, job, run) = match &args.act {
        None => return show::run(&show::Args::runs(args.service.clone(), args.filter.clone()), session, out).await,
        Some(Act::Cancel(run)) => (RunAct::Cancel, None, run),
        Some(Act::RerunFailed(run)) => (RunAct::RerunFailed, None, run),
        Some(Act::Rerun(RerunArgs { job: None, run })) => (RunAct::Rerun, None, run),
        Some(Act::Rerun(RerunArgs { job: Some(job), run })) => (RunAct::RerunJob, Some(Text::from(job.as_str())), run),
    };
    if session.global.offline {
        return Err(Failure::usage("a run has to be looked at first").hint("leave --offline out"));
    }
    let world = session.open()?;
    session.settle(&world).await?;
    session.read(&world).await?;
    let intent = RunIntent { act, run: named(&world.snapshot(), &run.run)?, job };
    let planning = world.plan_run(&intent);
    let plan = progress::during(session.manner, || "looking at the run".to_owned(), planning).await?;
    if out.format != Format::Json {
        show_plan(&plan, out)?;
        out.flush()?;
    }
    let reason = Text::from(run.reason.as_deref().unwrap_or_default().trim());
    let refused = plan.refusal(reason.as_str());
    if run.consent.plan || refused.is_some() {
        if out.format == Format::Json {
            out.json(&Answer { plan: &plan, done: None, refused: refused.clone() })?;
        }
        return refused.map_or(Ok(Exit::Ok), |why| Err(Failure::error(format!("it cannot be done: {why}"))));
    }
    let permit = super::operate::permit(session, &world)?;
    let typed = run.consent.get(&plan.confirm).await?;
    let confirmation = RunConfirmation { permit, typed, reason };
    let work = world.steer(&plan, &confirmation);
    let doing = || format!("{} run {}", act.word(), plan.order.run);
    let done = progress::during(session.manner, doing, session.interrupt.finishing(work)).await?;
    match out.format {
        Format::Json => out.json(&Answer { plan: &plan, done: Some(&done), refused: None })?,
        Format::Table | Format::Plain => out.text(plan.told(&done).to_string())?,
    }
    Ok(if done.succeeded() { Exit::Ok } else { Exit::Operation })
}

/// The run that people call so: by its id, or by its number (`12`, `#12.2`) where one run alone has it. What is not known
/// is asked for as it was typed.
fn named(snapshot: &Snapshot, wanted: &str) -> Result<RunId, Failure> {
    let runs = || snapshot.services.values().flat_map(|it| &it.runs);
    let bare = wanted.trim_start_matches('#');
    let called = |run: &&Arc<Run>| run.number.is_some() && run.name().trim_start_matches('#') == bare;
    let all: BTreeSet<&RunId> = match runs().find(|run| run.id.as_str() == wanted) {
        Some(run) => [&run.id].into(),
        None => runs().filter(called).map(|run| &run.id).collect(),
    };
    let several: Vec<&RunId> = all.into_iter().collect();
    match several.as_slice() {
        [] => Ok(RunId::from(wanted)),
        [one] => Ok((*one).clone()),
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(Failure::usage(format!("several runs are called {wanted}"))
                .hint(format!("there is {}", ids.join(", "))))
        }
    }
}

fn show_plan(plan: &RunPlan, out: &mut Output) -> Result<(), Failure> {
    let order = &plan.order;
    let job = order.job.as_ref().map(|job| format!(": {job}")).unwrap_or_default();
    let title = Line::of(Role::Heading, format!("{} run ", order.act.word()));
    out.line(&title.with(Role::Strong, format!("{}{job}", order.run)))?;
    for line in steer::lines(plan) {
        out.line(&line)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Answer<'a> {
    plan: &'a RunPlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a RunDone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Text>,
}

//! `flightdeck journal`.

use std::sync::Arc;

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::nearest::unknown;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::cli::show;
use crate::cli::when::{self, Since};
use crate::operation::OperationSummary;
use crate::operation::journal::{Filter, Journal, OutcomeWord};
use crate::view::{Screen, Sources, Wish};
use crate::world::World;

/// Arguments of `journal`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_long_help = "\
Examples:
  flightdeck journal
  flightdeck journal --service checkout --in production --since 7d
  flightdeck journal --outcome failed --format json
  flightdeck journal verify
  flightdeck journal export --as cdevents > operations.jsonl")]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    wanted: Wanted,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List operations, unfinished first, then newest first; this is what happens when nothing is said.
    List(Wanted),
    /// Prove that no record of the journal was changed, added or taken away.
    Verify,
    /// Write the journal for other programs.
    #[command(after_long_help = "\
Characters that a terminal could take for a command are written as \\u escapes, so a line may differ from the file's own
bytes; `flightdeck journal verify` proves the file itself.")]
    Export {
        /// In which form.
        #[arg(long = "as", value_enum, value_name = "FORM", default_value = "jsonl")]
        form: Form,
    },
}

/// Which operations.
#[derive(Clone, Debug, Default, clap::Args)]
struct Wanted {
    /// Only operations of this service.
    #[arg(long, short, value_name = "SERVICE")]
    service: Option<String>,
    /// Only operations in this environment.
    #[arg(long = "in", value_name = "ENV")]
    environment: Option<String>,
    /// Only operations that this person asked for.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only operations since then: 7d, 12h or 2026-12-24.
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    since: Option<Since>,
    /// Only operations that ended so: running, succeeded, failed, no-effect, timed-out or unfinished.
    #[arg(long, value_name = "WORD", value_parser = outcome)]
    outcome: Option<OutcomeWord>,
    /// At most so many.
    #[arg(long, short = 'n', value_name = "NUMBER")]
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// The records as they stand in the journal, one JSON object a line.
    Jsonl,
    /// Events of the CDEvents specification, one JSON object a line.
    Cdevents,
}

fn outcome(word: &str) -> Result<OutcomeWord, String> {
    let words = OutcomeWord::ALL.iter();
    match words.clone().find(|(known, _)| *known == word) {
        Some((_, outcome)) => Ok(*outcome),
        None => Err(unknown("outcome", word, words.map(|(known, _)| *known)).lines().join("; ")),
    }
}

/// Lists, verifies or exports.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open()?;
    let journal = &world.engine().deps().journal;
    match &args.action {
        None => list(&args.wanted, session, &world, out).await,
        Some(Action::List(wanted)) => list(wanted, session, &world, out).await,
        Some(Action::Verify) => verify(journal, out),
        Some(Action::Export { form }) => export(journal, *form, out),
    }
}

async fn list(wanted: &Wanted, session: &Session<'_>, world: &World, out: &mut Output) -> Result<Exit, Failure> {
    session.settle(world).await?;
    let now = session.now();
    let filter = Filter {
        service: wanted.service.as_deref().map(Into::into),
        environment: wanted.environment.as_deref().map(Into::into),
        who: wanted.who.clone(),
        outcome: wanted.outcome,
    };
    let since = wanted.since.map(|since| since.at(now));
    let all = world.engine().deps().journal.summaries(&filter)?;
    let recent = all.into_iter().filter(|summary| since.is_none_or(|since| summary.began_at >= since));
    let operations: Vec<OperationSummary> = recent.take(wanted.limit.unwrap_or(usize::MAX)).collect();
    match out.format {
        Format::Json => out.json(&Listed { operations: &operations })?,
        Format::Table | Format::Plain => {
            let sources = Sources {
                snapshot: world.snapshot(),
                operations: Arc::from(operations),
                metrics: crate::view::metrics::Known::default(),
                me: Arc::default(),
                now,
            };
            show::screen(&Wish::of(Screen::Journal), &sources, out)?;
        }
    }
    Ok(Exit::Ok)
}

fn verify(journal: &Journal, out: &mut Output) -> Result<Exit, Failure> {
    let path = journal.path().display().to_string();
    let verdict = journal.verify();
    if out.format == Format::Json {
        let problem = verdict.as_ref().err().map(ToString::to_string);
        out.json(&Verified { path: path.clone(), records: verdict.as_ref().ok().copied(), problem })?;
    }
    let records = verdict?;
    if out.format != Format::Json {
        out.text(format!("{path}: {records} records, each proved by the one after it"))?;
    }
    Ok(Exit::Ok)
}

fn export(journal: &Journal, form: Form, out: &mut Output) -> Result<Exit, Failure> {
    match form {
        Form::Jsonl => {
            for line in journal.json_lines()? {
                out.json_text(&line)?;
            }
        }
        Form::Cdevents => {
            for event in journal.cdevents()? {
                out.json_bare(&event, false)?;
            }
        }
    }
    Ok(Exit::Ok)
}

#[derive(Serialize)]
struct Listed<'a> {
    operations: &'a [OperationSummary],
}

#[derive(Serialize)]
struct Verified {
    path: String,
    records: Option<u64>,
    problem: Option<String>,
}

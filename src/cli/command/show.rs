//! `flightdeck show`: every screen of the cockpit as text.

use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::aside;
use crate::cli::cockpit;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::nearest::unknown;
use crate::cli::output::Output;
use crate::cli::session::Session;
use crate::cli::show;
use crate::model::{RunId, ServiceId, TrackId};
use crate::picture::Snapshot;
use crate::view::metrics::study::Scope;
use crate::view::metrics::{Depth, Known, Question, Span};
use crate::view::{self, Screen, Sources, Wish};

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck show board --filter 'status:failed,held'
  flightdeck show flow checkout --sort waited
  flightdeck show runs --plain --details
  flightdeck show track checkout production
  flightdeck show metrics checkout production --format json")]
pub struct Args {
    /// Which screen.
    #[arg(value_parser = PossibleValuesParser::new(Screen::ALL.map(Screen::id)).map(|id| of_id(&id)))]
    screen: Screen,
    /// Whose flow, track or measures; on the other screens the one service to which they are narrowed.
    service: Option<String>,
    /// In which environment: the track and its measures.
    environment: Option<String>,
    /// Show only the rows that pass, as `/` does: words, `field:value`, `!not`.
    #[arg(long, short, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
    /// Order the rows, as `s` does; `-` before the name turns the order round.
    #[arg(long, short, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<String>,
    /// On the runs screen: the jobs of this run.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// On the metrics screen: the deployments that were counted.
    #[arg(long)]
    deployments: bool,
    /// Say of every row what the details pane says.
    #[arg(long)]
    details: bool,
}

impl Args {
    /// Those that show runs, of one service or of all.
    pub fn runs(service: Option<String>, filter: String) -> Self {
        let screen = Screen::Runs;
        Self { screen, service, environment: None, filter, sort: None, run: None, deployments: false, details: false }
    }
}

fn of_id(id: &str) -> Screen {
    Screen::ALL.into_iter().find(|screen| screen.id() == id).unwrap_or(Screen::Board)
}

/// Shows a screen.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open_to_read()?;
    session.settle(&world).await?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let wish = wish(args, &snapshot)?;
    let now = session.now();
    let sources = Sources {
        metrics: known(&wish, &snapshot, now),
        operations: world.operations().borrow().clone(),
        me: cockpit::me(session, &world.loaded().config).into(),
        snapshot,
        now,
    };
    let model = view::open(&wish, &sources);
    if let Some(order) = args.sort.as_deref().map(|it| it.trim_start_matches('-')) {
        let orders = model.orders();
        if !orders.contains(&order) {
            return Err(unknown("order", order, orders.iter().copied()));
        }
    }
    if !out.says_hints_itself() {
        model.hints().iter().for_each(|hint| aside::hint(hint));
    }
    show::model(wish.screen, &*model, args.details, out)?;
    Ok(exit)
}

fn wish(args: &Args, snapshot: &Snapshot) -> Result<Wish, Failure> {
    let named = args.service.as_deref().map(|name| names::service(snapshot, name)).transpose()?;
    let needs_one = matches!(args.screen, Screen::Flow | Screen::Track);
    let only = || snapshot.services.keys().next().filter(|_| needs_one && snapshot.services.len() == 1).cloned();
    let service: Option<ServiceId> = named.or_else(only);
    let environment = args.environment.as_deref().map(|name| names::place(snapshot, name)).transpose()?;
    match (args.screen, &service, &environment) {
        (Screen::Flow, None, _) => {
            return Err(Failure::usage("the flow is that of one service").hint("flightdeck show flow SERVICE"));
        }
        (Screen::Track, None, _) | (Screen::Track, _, None) => {
            return Err(Failure::usage("a track is one service in one environment")
                .hint("flightdeck show track SERVICE ENVIRONMENT"));
        }
        _ => {}
    }
    if args.run.is_some() && args.screen != Screen::Runs {
        return Err(Failure::usage("`--run` goes with the runs screen").hint("flightdeck show runs --run RUN"));
    }
    if args.deployments && (args.screen != Screen::Metrics || environment.is_none()) {
        return Err(Failure::usage("`--deployments` goes with the measures of one track")
            .hint("flightdeck show metrics SERVICE ENVIRONMENT --deployments"));
    }
    Ok(Wish {
        service,
        environment,
        run: args.run.as_deref().map(RunId::from),
        depth: if args.deployments { Depth::Deployments } else { Depth::Charts },
        filter: args.filter.clone(),
        sort: args.sort.clone(),
        ..Wish::of(args.screen)
    })
}

/// What the metrics screen needs to have been measured.
fn known(wish: &Wish, snapshot: &Arc<Snapshot>, now: crate::model::Time) -> Known {
    if wish.screen != Screen::Metrics {
        return Known::default();
    }
    let here = wish.service.clone().zip(wish.environment.clone());
    let here = here.map(|(service, environment)| TrackId { service, environment });
    let span = Span::of_days(snapshot.measures.window.num_days());
    let scope = Scope { span, before: false, everywhere: false, also: here.into_iter().collect() };
    let question = Question { snapshot: Arc::clone(snapshot), policy: Arc::clone(&snapshot.measures), scope, now };
    Known { study: Some(Arc::new(question.answer())), ..Known::default() }
}

//! `flightdeck metrics`.

mod args;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;

pub use self::args::Args;
use crate::cli::answer;
use crate::cli::aside;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::names;
use crate::cli::nearest::unknown as unknown_name;
use crate::cli::output::{Form, Format, Output};
use crate::cli::session::{Session, cut_off};
use crate::cli::tell;
use crate::cli::when::Since;
use crate::metrics::{Definition, Entry, Metric, Policy, Reported, Window};
use crate::model::{Incident, Outcome, ServiceId, Time, TrackId, text};
use crate::picture::{Repository, ServicePicture, Snapshot};
use crate::query::{self, Given, Measure, TrackReport, tagged};
use crate::view::metrics::ways::{self, Ways};
use crate::view::report::{self, Csv, Markdown, Page, Report};
use crate::world::handed::{self, Defaults, Handed};
use crate::world::{Wanted, World, measuring};

/// Cells of a line where nobody says how wide the screen is.
const ROOM: usize = 80;

/// The environment that tags are deployments to.
const RELEASE: &str = "release";

/// Measures, or says what would be measured.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(explain) = &args.explain {
        if session.global.form().is_document() {
            return Err(Failure::usage("definitions are told as a table, plain or as JSON"));
        }
        let in_force = measuring::policy(&session.load_at(args.directory()).config.metrics);
        return explained(&explain.0, &args.policy(&in_force, None)?, out);
    }
    let now = args.now.map_or(session.now(), |it| it.at(session.now()));
    if args.is_handed_over() {
        handed_over(args, now, session, out).await
    } else if args.incidents.is_some() {
        Err(Failure::usage("`--incidents` goes with deployments that are handed over")
            .hint("name them with `--deployments`, or the repository with `--repo`"))
    } else {
        reported(args, now, session, out).await
    }
}

/// What the configured backends report.
async fn reported(args: &Args, now: Time, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let world = session.open_to_read()?;
    let exit = session.read(&world).await?;
    let snapshot = world.snapshot();
    let service = args.service.as_deref().map(|name| names::service(&snapshot, name)).transpose()?;
    let environment = args.environment.as_deref().map(|name| names::place(&snapshot, name)).transpose()?;
    let only = snapshot.repositories.values().next().filter(|_| snapshot.repositories.len() == 1);
    let policy = args.policy(&world.measures(), only.map(|it| &**it))?;
    let window = args.window(Some(Since::Ago(policy.window)), now)?;
    let pick = |track: &TrackId| {
        service.as_ref().is_none_or(|it| *it == track.service)
            && environment.as_ref().map_or_else(|| query::is_headline(&snapshot, track), |it| *it == track.environment)
    };
    let reports = Measure { policy: &policy, window, now }.tracks(&snapshot, &pick);
    let drawn = matches!(session.global.form(), Form::Markdown | Form::Html);
    let ways: Vec<Ways> = reports.iter().filter(|_| drawn).map(|report| ways::of(&snapshot, &policy, report)).collect();
    let told = Told { reports: &reports, ways: &ways, policy: &policy, window, now, warnings: &cut_off(&snapshot) };
    tell(&told, session, out)?;
    Ok(exit)
}

/// Tags or deployments that were handed over.
async fn handed_over(args: &Args, now: Time, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let directory = args.directory();
    let world = match session.open_repository(directory) {
        Ok(world) => Some(world),
        Err(_) if args.repo.is_none() && args.tags.is_none() => None,
        Err(failure) => return Err(failure),
    };
    let exit = match &world {
        Some(world) => session.read(world).await?,
        None => Exit::Ok,
    };
    let mut warnings = Vec::new();
    if world.is_none() {
        warnings.push("there is no repository here: no commit is known, so no kind and no lead time".to_owned());
    }
    let mut snapshot = world.as_ref().map(World::snapshot).unwrap_or_default();
    let deployments = deployments(args, &Place::of(&snapshot), &mut warnings)?;
    let incidents = incidents(args, &mut warnings)?;
    if let Some(world) = &world {
        world.read_beyond(unknown(&deployments, &args.baseline, &Place::of(&snapshot))).await?;
        snapshot = world.snapshot();
        if let Some(repository) = Place::of(&snapshot).repository.filter(|_| world.measures().equivalence.patch) {
            world.compare_patches(&repository.id, query::counterparts_of(repository, &deployments)).await;
            snapshot = world.snapshot();
        }
    }
    let place = Place::of(&snapshot);
    let in_force = world.as_ref().map(World::measures).unwrap_or_default();
    let policy = args.policy(&in_force, place.repository)?;
    let window = args.window(None, now)?;
    if let Some(hint) = hint(args, &deployments, &place) {
        aside::hint(&hint);
    }
    let mut given = tracks(deployments, &incidents, args.time_zone);
    known(args.service.as_deref(), "service", |it| it.service.as_str(), &given)?;
    known(args.environment.as_deref(), "environment", |it| it.environment.as_str(), &given)?;
    given.retain(|it| {
        args.service.as_deref().is_none_or(|name| name == it.track.service.as_str())
            && args.environment.as_deref().is_none_or(|name| name == it.track.environment.as_str())
    });
    let head = place.service.and_then(|it| it.head);
    let reports = Measure { policy: &policy, window, now }.given(place.repository, head, given);
    warnings.iter().for_each(|it| aside::warn(it));
    let exit = if warnings.is_empty() { exit } else { Exit::Partial };
    warnings.extend(cut_off(&snapshot));
    let told = Told { reports: &reports, ways: &[], policy: &policy, window, now, warnings: &warnings };
    tell(&told, session, out)?;
    Ok(exit)
}

/// The deployments of the file, the tags that were asked for, or else the release tags that the repository has.
fn deployments(args: &Args, place: &Place<'_>, warnings: &mut Vec<String>) -> Result<Vec<Reported>, Failure> {
    let mut all = Vec::new();
    if let Some(path) = &args.deployments {
        let defaults = Defaults { service: place.name, graph: place.repository.map(|it| &*it.graph) };
        all = taken(handed::deployments(path, &defaults), path, warnings)?;
    }
    if let Some((tags, repository)) = args.tags.as_ref().zip(place.repository) {
        all.extend(tagged(repository, &TrackId::new(place.name, RELEASE), tags));
    }
    if args.deployments.is_none() && args.tags.is_none() {
        let entries = place.service.iter().flat_map(|it| &it.tracks).flat_map(|it| it.ledger.entries());
        all.extend(entries.map(Entry::reported));
    }
    Ok(all)
}

fn incidents(args: &Args, warnings: &mut Vec<String>) -> Result<Vec<Arc<Incident>>, Failure> {
    args.incidents.as_ref().map_or(Ok(Vec::new()), |path| taken(handed::incidents(path), path, warnings))
}

/// The commits that were deployed or are a baseline, and that no reference of the repository leads to.
fn unknown(deployments: &[Reported], baseline: &[String], place: &Place<'_>) -> Wanted {
    let Some(repository) = place.repository else { return Wanted::new() };
    let deployed = deployments.iter().filter_map(|it| it.deployment.commit);
    let named = deployed.chain(baseline.iter().filter_map(|it| it.parse().ok()));
    let unknown = named.filter(|commit| repository.graph.position(commit).is_none()).collect();
    Wanted::from([(repository.id.clone(), unknown)])
}

/// Refuses a name that no deployment has.
fn known(wanted: Option<&str>, what: &str, of: impl Fn(&TrackId) -> &str, tracks: &[Given]) -> Result<(), Failure> {
    let names: BTreeSet<&str> = tracks.iter().map(|it| of(&it.track)).collect();
    match wanted.filter(|it| !names.is_empty() && !names.contains(it)) {
        Some(wanted) => Err(unknown_name(what, wanted, names)),
        None => Ok(()),
    }
}

/// What a person can do about deployments that tell less than they could.
fn hint(args: &Args, deployments: &[Reported], place: &Place<'_>) -> Option<String> {
    if deployments.is_empty() {
        return args.tags.is_some().then(|| "no tag fits: `--tags` has to match the whole name of a tag".to_owned());
    }
    let graph = &place.repository?.graph;
    let is_known = |it: &Reported| it.deployment.commit.is_some_and(|commit| graph.position(&commit).is_some());
    let unknown = deployments.iter().filter(|it| it.deployment.outcome == Outcome::Success && !is_known(it)).count();
    let of = if unknown == 1 { "one deployment names" } else { "deployments name" };
    (unknown > 0).then(|| {
        let several = if unknown == 1 { String::new() } else { format!("{unknown} ") };
        format!("{several}{of} no commit that {} has: fetch what they were built from", place.name)
    })
}

/// The tracks of the deployments, in the order of their names.
fn tracks(deployments: Vec<Reported>, incidents: &[Arc<Incident>], zone: Tz) -> Vec<Given> {
    let mut tracks: BTreeMap<TrackId, Given> = BTreeMap::new();
    for it in deployments {
        let given = tracks.entry(it.deployment.track()).or_insert_with_key(|track| Given {
            track: track.clone(),
            zone,
            deployments: Vec::new(),
            incidents: incidents.iter().filter(|it| concerns(it, track)).cloned().collect(),
        });
        given.deployments.push(it);
    }
    tracks.into_values().collect()
}

fn concerns(incident: &Incident, track: &TrackId) -> bool {
    incident.service.as_ref().is_none_or(|it| *it == track.service)
        && incident.environment.as_ref().is_none_or(|it| *it == track.environment)
}

/// What a file held, with a warning where some of it made no sense.
fn taken<T>(read: io::Result<Handed<T>>, path: &Path, warnings: &mut Vec<String>) -> Result<Vec<T>, Failure> {
    let shown = text::clean(&path.to_string_lossy()).into_owned();
    let handed = read.map_err(|error| Failure::error(format!("{shown} cannot be read: {error}")))?;
    match handed.bad {
        0 => {}
        1 => warnings.push(format!("{shown}: one line makes no sense and is left out")),
        bad => warnings.push(format!("{shown}: {bad} lines make no sense and are left out; the first are")),
    }
    warnings.extend(handed.named.iter().map(ToString::to_string));
    Ok(handed.all)
}

/// The repository that handed-over deployments are about.
struct Place<'a> {
    service: Option<&'a ServicePicture>,
    repository: Option<&'a Repository>,
    name: &'a str,
}

impl<'a> Place<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let service = snapshot.services.values().next().map(|it| &**it);
        let repository = service.and_then(|it| snapshot.repository_of(&it.service.id)).map(|it| &**it);
        Self { service, repository, name: service.map_or("service", |it| it.service.id.as_str()) }
    }
}

/// What is told.
struct Told<'a> {
    reports: &'a [TrackReport],
    /// Where the time of each report's changes went, where that is known.
    ways: &'a [Ways],
    policy: &'a Policy,
    window: Window,
    now: Time,
    warnings: &'a [String],
}

fn tell(told: &Told<'_>, session: &Session<'_>, out: &mut Output) -> Result<(), Failure> {
    let Told { reports, ways, policy, window, now, warnings } = *told;
    let definitions = Metric::ALL.map(|metric| Definition::of(metric, policy));
    let title = title(reports);
    let report =
        Report { title: &title, now, window, tracks: reports, ways, definitions: &definitions, problems: warnings };
    match session.global.form() {
        Form::Json => out.json(&answer::metrics::metrics(reports, policy, window, now, warnings))?,
        Form::Csv => out.document(&Csv(&report))?,
        Form::Markdown => out.document(&Markdown(&report))?,
        Form::Html => out.document(&Page(&report))?,
        Form::Table | Form::Plain => {
            let room = out.width.map_or(ROOM, usize::from);
            report::table(&report, room).iter().try_for_each(|line| out.line(line))?;
        }
    }
    Ok(())
}

/// What a report is called: by its service where there is one.
fn title(reports: &[TrackReport]) -> String {
    let mut services: Vec<&ServiceId> = reports.iter().map(|it| &it.track.service).collect();
    services.dedup();
    match services.as_slice() {
        [only] => format!("Delivery of {only}"),
        _ => "Delivery".to_owned(),
    }
}

fn explained(metrics: &[Metric], policy: &Policy, out: &mut Output) -> Result<Exit, Failure> {
    let definitions: Vec<Definition> = metrics.iter().map(|metric| Definition::of(*metric, policy)).collect();
    match out.format {
        Format::Json => out.json(&answer::metrics::explained(&definitions))?,
        Format::Table | Format::Plain => tell::definitions(&definitions, out)?,
    }
    Ok(Exit::Ok)
}

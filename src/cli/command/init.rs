//! `flightdeck init`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use serde::Serialize;

use crate::backend::github::{self, Survey};
use crate::backend::kubernetes;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::config::{self, Clusters, Forge};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck init
  flightdeck init --print     look at it first
  flightdeck init --github    ask GitHub for the environments of the repository that the git remote leads to
  flightdeck init --context prod-eu                       workloads of a cluster: namespaces are environments
  flightdeck init --context eu-testing --context eu-prod  several clusters: each is an environment")]
pub struct Args {
    /// Write over a flightdeck.toml that is there.
    #[arg(long)]
    force: bool,
    /// Print what would be written, and write nothing.
    #[arg(long, conflicts_with = "force")]
    print: bool,
    /// Look into the cluster of this context of the kubeconfig, too; `current` is the current one. More than once for
    /// several clusters.
    #[arg(long, value_name = "CONTEXT")]
    context: Vec<String>,
    /// Ask GitHub, too, for the environments of the repository that the git remote leads to.
    #[arg(long)]
    github: bool,
    /// The kubeconfig. Default: $KUBECONFIG, else ~/.kube/config.
    #[arg(long, value_name = "FILE", requires = "context")]
    kubeconfig: Option<PathBuf>,
}

/// Writes a configuration from what lies here.
pub async fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    let clusters = if args.context.is_empty() { None } else { Some(clusters(args, session).await?) };
    let forge =
        if args.github { Some(github::survey(&session.directory).await?) } else { github::found(&session.directory) };
    let text = config::starting_file_with(&session.directory, clusters, forge.map(forge_of));
    if args.print {
        for line in text.lines() {
            out.text(line)?;
        }
        return Ok(Exit::Ok);
    }
    let path = session.directory.join(config::FILE_NAME);
    let shown = path.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!args.force);
    let mut file = options.open(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::error(format!("{shown} is there already"))
            .hint("look at it with flightdeck config print, or write over it with --force"),
        _ => Failure::error(format!("cannot write {shown}: {error}")),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::error(format!("cannot write {shown}: {error}")))?;
    match out.format {
        Format::Json => out.json(&Answer { path: shown.to_string() })?,
        Format::Table | Format::Plain => {
            out.text(format!("wrote {shown}"))?;
            out.text("look at it, then see what it gives with flightdeck status")?;
        }
    }
    Ok(Exit::Ok)
}

/// What the clusters of the contexts that were named hold.
async fn clusters(args: &Args, session: &Session<'_>) -> Result<Clusters, Failure> {
    let current = |it: &String| if it == "current" { String::new() } else { it.clone() };
    let contexts: Vec<String> = args.context.iter().map(current).collect();
    let found = kubernetes::survey(&session.directory, args.kubeconfig.as_deref(), &contexts).await?;
    if found.workloads == 0 {
        return Err(Failure::error("no workload is there").hint("`kubectl get deployments -A` should name some"));
    }
    let text = |it: &str| toml::Value::from(it);
    let kubeconfig = args.kubeconfig.as_ref().map(|it| text(&it.to_string_lossy()));
    let settings = [
        ("kubeconfig", kubeconfig),
        ("context", found.context.as_deref().map(text)),
        ("namespace", found.namespace.as_deref().map(text)),
        ("service_label", found.service_label.as_deref().map(text)),
        ("environments", Some(toml::Value::from(found.environments.clone()))),
    ];
    let settings = settings.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Ok(Clusters { environments: found.environments, settings: settings.collect(), workloads: found.workloads })
}

/// A repository on GitHub, as the configuration tells it.
fn forge_of(found: Survey) -> Forge {
    let Survey { repository, api, environments, workflow } = found;
    Forge { repository, api, environments, workflow }
}

#[derive(Serialize)]
struct Answer {
    path: String,
}

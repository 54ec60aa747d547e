//! `flightdeck config`.

use serde::Serialize;

use crate::cli::cockpit;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::cli::session::Session;
use crate::config::{self, Config, Loaded, Origin, Problem, Setting};
use crate::view::{Line, Role};

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  flightdeck config check
  flightdeck config print --origin
  flightdeck config schema > flightdeck.schema.json
  flightdeck config themes")]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Say what is wrong, or likely not meant, with file, line and column.
    Check,
    /// Print the configuration that holds: the project's over the user's over the defaults.
    Print {
        /// Say of each value where it comes from.
        #[arg(long)]
        origin: bool,
    },
    /// Print the JSON schema of flightdeck.toml, for editors.
    Schema,
    /// List the themes: those that ship, and yours with what is wrong with them.
    Themes,
}

/// Checks, prints, or prints the schema.
pub fn run(args: &Args, session: &Session<'_>, out: &mut Output) -> Result<Exit, Failure> {
    match args.action {
        Action::Check => {
            let mut loaded = session.load();
            loaded.warnings.extend(cockpit::problems::all(&loaded));
            check(&loaded, out)
        }
        Action::Print { origin } => print(&session.load(), origin, out),
        Action::Schema => {
            out.json_bare(&config::schema(&session.kinds()), true)?;
            Ok(Exit::Ok)
        }
        Action::Themes => super::themes::list(out),
    }
}

fn check(loaded: &Loaded, out: &mut Output) -> Result<Exit, Failure> {
    match out.format {
        Format::Json => out.json(&Checked::of(loaded))?,
        Format::Table | Format::Plain => {
            for (word, role, problems) in
                [("error", Role::Removed, &loaded.errors), ("warning", Role::Warning, &loaded.warnings)]
            {
                for problem in problems {
                    tell(word, &role, problem, out)?;
                }
            }
            summarise(loaded, out)?;
        }
    }
    Ok(if loaded.errors.is_empty() { Exit::Ok } else { Exit::Error })
}

fn tell(word: &str, role: &Role, problem: &Problem, out: &mut Output) -> Result<(), Failure> {
    let whole = problem.to_string();
    let mut lines = whole.lines();
    let first = Line::of(role.clone(), format!("{word}: ")).with(Role::Text, lines.next().unwrap_or_default());
    out.line(&first)?;
    // The marks under a line say nothing to who cannot see them.
    let lines = lines.filter(|line| out.format == Format::Table || line.starts_with("hint: "));
    for line in lines.collect::<Vec<_>>() {
        out.text(line)?;
    }
    Ok(())
}

fn summarise(loaded: &Loaded, out: &mut Output) -> Result<(), Failure> {
    let file = match &loaded.path {
        Some(path) => path.display().to_string(),
        None => "no flightdeck.toml here or above: the defaults hold".to_owned(),
    };
    let says = match (loaded.errors.len(), loaded.warnings.len()) {
        (0, 0) => format!("{file}: nothing is wrong"),
        (errors, warnings) => format!("{file}: {}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    Ok(out.text(says)?)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn print(loaded: &Loaded, origin: bool, out: &mut Output) -> Result<Exit, Failure> {
    if !loaded.errors.is_empty() {
        return Err(Failure::error("the configuration has errors").hint("flightdeck config check lists them"));
    }
    match (out.format, origin) {
        (Format::Json, true) => {
            let settings = loaded.origins.settings(&loaded.config);
            out.json(&Settings { settings: settings.iter().map(Printed::of).collect() })?;
        }
        (Format::Json, false) => out.json(&Whole { config: &loaded.config })?,
        (_, true) => {
            for Setting { key, value, origin } in loaded.origins.settings(&loaded.config) {
                out.line(&Line::of(Role::Text, format!("{key} = {value}")).with(Role::Muted, format!("  # {origin}")))?;
            }
        }
        (_, false) => {
            let text = toml::to_string(&loaded.config)
                .map_err(|error| Failure::error(format!("the configuration cannot be printed: {error}")))?;
            for line in text.lines() {
                out.text(line)?;
            }
        }
    }
    Ok(Exit::Ok)
}

#[derive(Serialize)]
struct Checked {
    path: Option<String>,
    errors: Vec<Told>,
    warnings: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    what: String,
    hint: Option<String>,
}

#[derive(Serialize)]
struct Whole<'a> {
    config: &'a Config,
}

#[derive(Serialize)]
struct Settings {
    settings: Vec<Printed>,
}

#[derive(Serialize)]
struct Printed {
    key: String,
    value: String,
    path: Option<String>,
    line: Option<usize>,
}

impl Checked {
    fn of(loaded: &Loaded) -> Self {
        let told = |problems: &[Problem]| problems.iter().map(Told::of).collect();
        let path = loaded.path.as_ref().map(|path| path.display().to_string());
        Self { path, errors: told(&loaded.errors), warnings: told(&loaded.warnings) }
    }
}

impl Told {
    fn of(problem: &Problem) -> Self {
        Self {
            path: problem.path.as_ref().map(|path| path.display().to_string()),
            line: problem.spot.as_ref().map(|spot| spot.line),
            column: problem.spot.as_ref().map(|spot| spot.column),
            what: problem.what.clone(),
            hint: problem.hint.clone(),
        }
    }
}

impl Printed {
    fn of(setting: &Setting) -> Self {
        let (path, line) = match &setting.origin {
            Origin::Default => (None, None),
            Origin::File { path, line } => (Some(path.display().to_string()), Some(*line)),
        };
        Self { key: setting.key.clone(), value: setting.value.clone(), path, line }
    }
}

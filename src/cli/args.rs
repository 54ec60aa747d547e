//! The command line: what can be asked, and the texts that explain it.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::command;
use super::output::{Form, Format};
use super::paint::Color;

/// A terminal cockpit for software delivery.
///
/// Flightdeck joins commits, pipeline runs, artifact versions and environments into one picture, answers where a change
/// is, and promotes and rolls back. Without a command it opens the cockpit; without a configuration it shows the git
/// repository that you stand in.
#[derive(Debug, Parser)]
#[command(name = "flightdeck", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_long_help = "\
Examples:
  flightdeck                                   open the cockpit on what is here
  flightdeck demo                              open it on a playground in which everything works
  flightdeck where 4f2a91c                     tell how far a commit has come
  flightdeck rollback checkout --in production put the last good version back

Exit codes:
  0  it worked            3  no or wrong credentials               5    the operation failed
  1  it did not           4  answered, but a source was not read   130  interrupted
  2  wrong usage")]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// Begin with this view: `developer`, `on-call`, `lead`, `today`, or one of yours.
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// What to do; the cockpit when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Read this configuration instead of looking for flightdeck.toml here and above.
    #[arg(long, global = true, value_name = "PATH", env = "FLIGHTDECK_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Keep the store, the journal and the log in this directory.
    #[arg(long, global = true, value_name = "DIR", env = "FLIGHTDECK_STATE", hide_env_values = true)]
    pub state: Option<PathBuf>,
    /// Give the answer in this form.
    #[arg(long, global = true, value_enum, value_name = "FORM", default_value = "table", hide_default_value = true)]
    pub format: Form,
    /// The same as --format plain; without a command the board is said as lines, and `show` says any screen.
    #[arg(long, global = true)]
    pub plain: bool,
    /// Use colours.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Read no backend: answer from what is stored.
    #[arg(long, global = true)]
    pub offline: bool,
    /// Let the cockpit change the outside world; the commands that write do not need it.
    #[arg(long, global = true)]
    pub write: bool,
    /// Change nothing outside, whatever the configuration or a command says.
    #[arg(long, global = true, conflicts_with = "write")]
    pub read_only: bool,
    /// Log more; twice for everything.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Log what this filter lets through, like `debug` or `flightdeck::sync=trace`.
    #[arg(long, global = true, value_name = "FILTER", env = "FLIGHTDECK_LOG", hide_env_values = true)]
    pub log: Option<String>,
}

impl Global {
    /// What was said about writing, if anything.
    pub fn writes(&self) -> Option<bool> {
        match (self.write, self.read_only) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            (false, false) => None,
        }
    }

    /// The form that was asked for.
    pub fn form(&self) -> Form {
        if self.plain { Form::Plain } else { self.format }
    }

    /// The form in which answers are given. A document is made by the command that knows it.
    pub fn format(&self) -> Format {
        match self.form() {
            Form::Plain => Format::Plain,
            Form::Json => Format::Json,
            Form::Table | Form::Csv | Form::Markdown | Form::Html => Format::Table,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open a playground in which everything, promote and rollback too, really happens.
    Demo(command::demo::Args),
    /// Show what runs where, what is failing and what is held.
    Status(command::status::Args),
    /// Show a screen of the cockpit as text: board, flow, runs, track, metrics, activity, journal.
    Show(command::show::Args),
    /// Tell how far a commit, branch, tag, version, pull request, ticket or change has come.
    Where(command::where_is::Args),
    /// List what changed between two versions, environments or commits of a service.
    Changes(command::changes::Args),
    /// Measure delivery: lead time, frequency, failures, recovery and rework, each with how far it can be trusted.
    Metrics(command::metrics::Args),
    /// Show the output of what runs in an environment, and go on with what comes.
    Logs(command::logs::Args),
    /// Put a version that exists into an environment, after showing the plan.
    Promote(command::operate::PromoteArgs),
    /// Put the last good version back, after showing the plan.
    Rollback(command::operate::RollbackArgs),
    /// Hold what is on its way where it is, after showing the plan.
    #[command(after_long_help = command::operate::PAUSE)]
    Pause(command::operate::InArgs),
    /// Let go on what was paused, after showing the plan.
    #[command(after_long_help = command::operate::RESUME)]
    Resume(command::operate::InArgs),
    /// Start anew what runs, after showing the plan.
    #[command(after_long_help = command::operate::RESTART)]
    Restart(command::operate::InArgs),
    /// Give up what is on its way and stay with what was live before it, after showing the plan.
    #[command(after_long_help = command::operate::ABORT)]
    Abort(command::operate::InArgs),
    /// List what waits for an approval, with who may give it.
    Approvals(command::approve::ListArgs),
    /// Say yes to a version that waits for an approval, after showing what is written.
    #[command(after_long_help = command::approve::APPROVE)]
    Approve(command::approve::Args),
    /// Say no to a version that waits for an approval, after showing what is written.
    #[command(after_long_help = command::approve::REJECT)]
    Reject(command::approve::Args),
    /// List the runs of pipelines; stop one, or run it again.
    Runs(command::runs::Args),
    /// Stop everything that would change a service or an environment.
    Lock(command::lock::LockArgs),
    /// Take a lock away.
    Unlock(command::lock::UnlockArgs),
    /// Mark a version bad, so that it is never offered as a default again.
    MarkBad(command::mark_bad::Args),
    /// Show, prove or export the record of operations.
    Journal(command::journal::Args),
    /// Read every backend once and keep what is new.
    Sync(command::sync::Args),
    /// Look at everything that Flightdeck stands on and say what to mend.
    Doctor(command::doctor::Args),
    /// Write a flightdeck.toml from what is found here.
    Init(command::init::Args),
    /// Check or print the configuration, or print its schema.
    Config(command::config::Args),
    /// Write the completion script for a shell to standard output.
    Completions(command::completions::Args),
    /// Write the manual page to standard output, or all pages into a directory.
    Man(command::man::Args),
}

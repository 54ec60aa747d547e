//! `docs/commands.md`: the commands of the cockpit and of the command line.

use clap::{Arg, ArgAction, Command};
use flightdeck::app::commands::COMMANDS;
use flightdeck::app::keymap;

use super::markdown::{WRITTEN, cell, code, head, row};

const INTRODUCTION: &str = "\
# Commands

## In the cockpit

`:` opens the palette: type a part of a name, Tab completes, Enter runs. What a command touches: *view* only what is seen,
*local* this session and this machine, *plan* opens the dialog in which a change of the world is read and confirmed,
*mutate* carries out what was read there. All keys: [keys.md](keys.md).

";

/// The page.
pub fn page() -> String {
    let mut page = format!("{WRITTEN}{INTRODUCTION}");
    page.push_str(&head(&["command", "key", "touches", "what it does"]));
    let (keymap, _) = keymap::load("vim", &[]);
    for command in COMMANDS {
        let typed = format!(":{} {}", command.word, command.arguments);
        let key = keymap.key_of(command.id).map(|key| code(&key)).unwrap_or_default();
        page.push_str(&row(&[code(typed.trim()), key, command.class.word().to_owned(), cell(command.sentence)]));
    }
    page.push_str("\n## On the command line\n");
    let mut grammar = flightdeck::cli::grammar();
    grammar.build();
    let about = grammar.get_long_about().map(ToString::to_string).unwrap_or_default();
    page.push_str(&format!("\n{about}\n\nOptions of every command:\n\n"));
    options(&mut page, grammar.get_arguments().filter(|it| it.is_global_set()));
    page.push_str(
        "\nExit codes: 0 it worked, 1 it did not, 2 wrong usage, 3 no or wrong credentials, 4 answered but a source \
                   was not read, 5 the operation failed, 130 interrupted. JSON answers: [json.md](json.md).\n",
    );
    for command in grammar.get_subcommands() {
        of(&mut page, command, "flightdeck", 3);
    }
    page
}

fn of(page: &mut String, command: &Command, before: &str, level: usize) {
    let name = format!("{before} {}", command.get_name());
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let stop = if about.ends_with('.') { "" } else { "." };
    page.push_str(&format!("\n{} `{name}`\n\n{about}{stop}\n", "#".repeat(level)));
    let usage = command.clone().render_usage().to_string();
    page.push_str(&format!("\n```\n{}\n```\n", usage.trim_start_matches("Usage: ")));
    let own: Vec<&Arg> = command.get_arguments().filter(|it| !it.is_global_set()).collect();
    if own.iter().any(|it| !is_hidden(it)) {
        page.push('\n');
        options(page, own.into_iter());
    }
    if let Some(examples) = command.get_after_long_help().map(ToString::to_string) {
        page.push_str(&format!("\n```\n{}\n```\n", examples.trim_end()));
    }
    for inner in command.get_subcommands().filter(|it| it.get_name() != "help") {
        of(page, inner, &name, level + 1);
    }
}

fn is_hidden(argument: &Arg) -> bool {
    argument.is_hide_set() || ["help", "version"].contains(&argument.get_id().as_str())
}

fn options<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    page.push_str(&head(&["option", "what it does"]));
    for argument in arguments.filter(|it| !is_hidden(it)) {
        page.push_str(&row(&[code(&written(argument)), meaning(argument)]));
    }
}

fn written(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let takes = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let values: Vec<String> = names.iter().filter(|_| takes).map(|name| format!("<{name}>")).collect();
    let flags = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => String::new(),
    };
    format!("{flags} {}", values.join(" ")).trim().to_owned()
}

fn meaning(argument: &Arg) -> String {
    let mut says = cell(&argument.get_help().map(ToString::to_string).unwrap_or_default());
    if !says.is_empty() && !says.ends_with('.') {
        says.push('.');
    }
    let values: Vec<String> = argument.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect();
    let takes = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    if takes && !values.is_empty() {
        says.push_str(&format!(" One of {}.", values.iter().map(|it| code(it)).collect::<Vec<_>>().join(", ")));
    }
    if let Some(variable) = argument.get_env() {
        says.push_str(&format!(" Also `{}`.", variable.to_string_lossy()));
    }
    says
}

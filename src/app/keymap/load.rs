//! From rows to a keymap: a preset first, then the user's own rows. Whatever is wrong is a warning, never a failure.

use serde::Deserialize;

use super::{Binding, Keymap, When};
use crate::app::commands::{self, Class, Command};
use crate::app::key::{Key, chord};
use crate::config::KeyRow;
use crate::view::Screen;

/// The presets: name and rows.
pub const PRESETS: &[(&str, &str)] =
    &[("vim", include_str!("vim.toml")), ("emacs", include_str!("emacs.toml")), ("plain", include_str!("plain.toml"))];

/// What is wrong with a row, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no such preset.
    #[error("there is no preset of keys `{0}`: there are vim, emacs and plain")]
    Preset(String),
    /// A preset cannot be read.
    #[error("the preset of keys `{0}` cannot be read: {1}")]
    Unreadable(String, String),
    /// There is no such key.
    #[error("key row for `{run}`: {why}")]
    Key {
        /// The command of the row.
        run: String,
        /// What is wrong.
        why: String,
    },
    /// There is no such command.
    #[error("key row {keys}: there is no command `{run}`{}", commands::did_you_mean(*nearest))]
    Command {
        /// The keys of the row.
        keys: String,
        /// What it names.
        run: String,
        /// The nearest command.
        nearest: Option<&'static str>,
    },
    /// There is no such place.
    #[error("key row for `{run}`: `{when}` is no place: there are {}, row, dialog", Screen::ALL.map(Screen::id).join(", "))]
    When {
        /// The command of the row.
        run: String,
        /// What it names.
        when: String,
    },
    /// Two rows of the user's bind the same keys.
    #[error("{keys} is bound twice: to `{before}` and to `{now}`, which holds")]
    Twice {
        /// The keys.
        keys: String,
        /// What the earlier row runs.
        before: String,
        /// What the later row runs.
        now: String,
    },
    /// Keys that are too easily pressed for what they would do.
    #[error("{keys} cannot run `{run}`: {why}")]
    TooEasy {
        /// The keys.
        keys: String,
        /// The command.
        run: String,
        /// Why not.
        why: &'static str,
    },
}

#[derive(Deserialize)]
struct Rows {
    key: Vec<KeyRow>,
    #[serde(default)]
    group: Vec<Group>,
}

/// What the beginning of a chord is called.
#[derive(Deserialize)]
struct Group {
    keys: String,
    name: String,
}

/// The keymap of a preset with the user's rows, and what is wrong with them. An unknown preset is vim.
pub fn load(preset: &str, rows: &[KeyRow]) -> (Keymap, Vec<Problem>) {
    let mut keymap = Keymap::default();
    let mut problems = Vec::new();
    let known = PRESETS.iter().find(|(name, _)| *name == preset);
    if known.is_none() {
        problems.push(Problem::Preset(preset.to_owned()));
    }
    if let Some((name, text)) = known.or(PRESETS.first()) {
        match toml::from_str::<Rows>(text) {
            Ok(preset) => {
                problems.extend(add(&mut keymap, &preset.key).into_iter().map(|(_, problem)| problem));
                let groups = preset.group.into_iter().filter_map(|it| Some((chord(&it.keys).ok()?, it.name)));
                keymap.groups = groups.collect();
            }
            Err(error) => problems.push(Problem::Unreadable((*name).to_owned(), error.message().to_owned())),
        }
    }
    problems.extend(add(&mut keymap, rows).into_iter().map(|(_, problem)| problem));
    (keymap, problems)
}

/// What is wrong with the user's rows over a preset, with the number of each row.
pub fn check(preset: &str, rows: &[KeyRow]) -> Vec<(usize, Problem)> {
    add(&mut load(preset, &[]).0, rows)
}

impl Problem {
    /// The key of the row that is wrong.
    pub fn about(&self) -> &'static str {
        match self {
            Self::Command { .. } => "run",
            Self::When { .. } => "when",
            _ => "keys",
        }
    }
}

/// Adds rows of one source, and says what is wrong with which: what one of them binds that another of them has bound is
/// told too.
fn add(keymap: &mut Keymap, rows: &[KeyRow]) -> Vec<(usize, Problem)> {
    let mut problems = Vec::new();
    let mut bound: Vec<(When, Vec<Key>)> = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let (binding, when) = match meaning(row) {
            Ok(meaning) => meaning,
            Err(problem) => {
                problems.push((n, problem));
                continue;
            }
        };
        for written in &row.keys {
            let keys = match keys(written, &row.run, binding.as_ref()) {
                Ok(keys) => keys,
                Err(problem) => {
                    problems.push((n, problem));
                    continue;
                }
            };
            let before = keymap.bind(when.clone(), &keys, binding.clone());
            let here = (when.clone(), keys);
            let twice = before.zip(binding.as_ref()).filter(|(before, now)| before != *now && bound.contains(&here));
            problems.extend(twice.map(|(before, now)| {
                let (before, now) = (before.command.id.to_owned(), now.command.id.to_owned());
                (n, Problem::Twice { keys: written.clone(), before, now })
            }));
            bound.push(here);
        }
    }
    problems
}

/// What a row runs (nothing for `none`) and where it holds.
fn meaning(row: &KeyRow) -> Result<(Option<Binding>, When), Problem> {
    let when = match row.when.as_deref() {
        None => Some(When::Always),
        Some("row") => Some(When::Row),
        Some("dialog") => Some(When::Dialog),
        Some(name) => Screen::ALL.map(Screen::id).into_iter().find(|id| *id == name).map(When::Screen),
    };
    let when =
        when.ok_or_else(|| Problem::When { run: row.run.clone(), when: row.when.clone().unwrap_or_default() })?;
    if row.run == "none" {
        return Ok((None, when));
    }
    let (id, arguments) = row.run.split_once(' ').unwrap_or((&row.run, ""));
    let command = commands::by_id(id).ok_or_else(|| Problem::Command {
        keys: row.keys.join(", "),
        run: id.to_owned(),
        nearest: commands::nearest(id),
    })?;
    Ok((Some(Binding { command, arguments: arguments.trim().to_owned() }), when))
}

fn keys(written: &str, run: &str, binding: Option<&Binding>) -> Result<Vec<Key>, Problem> {
    let keys = chord(written).map_err(|error| Problem::Key { run: run.to_owned(), why: error.to_string() })?;
    match binding.and_then(|binding| too_easy(binding.command, &keys)) {
        None => Ok(keys),
        Some(why) => Err(Problem::TooEasy { keys: written.to_owned(), run: run.to_owned(), why }),
    }
}

/// No key changes the world, and what leads there is not on a Ctrl chord.
fn too_easy(command: &Command, keys: &[Key]) -> Option<&'static str> {
    match command.class {
        Class::Mutate => Some("what changes the world is confirmed in its dialog and has no key of its own"),
        Class::Plan if keys.iter().any(|key| key.ctrl) => Some("a Ctrl chord is too easily pressed by mistake"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lookup;
    use super::*;
    use rstest::rstest;

    fn row(keys: &[&str], run: &str, when: Option<&str>) -> KeyRow {
        KeyRow {
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            run: run.to_owned(),
            when: when.map(str::to_owned),
        }
    }

    fn runs(keymap: &Keymap, places: &[When], keys: &str) -> String {
        match keymap.look_up(places, &chord(keys).unwrap()) {
            Lookup::Run(binding) => binding.command.id.to_owned(),
            Lookup::Pending(next) => format!("{} more", next.len()),
            Lookup::Unbound => "nothing".to_owned(),
        }
    }

    #[rstest]
    #[case("vim")]
    #[case("emacs")]
    #[case("plain")]
    fn presets_are_without_fault_and_reach_the_main_things(#[case] preset: &str) {
        let (keymap, problems) = load(preset, &[]);
        assert_eq!(problems, []);
        let main =
            ["move.down", "place.enter", "place.back", "track.promote", "track.rollback", "help.open", "where.ask"];
        for id in main {
            assert!(keymap.key_of(id).is_some(), "{id} has no key in {preset}");
        }
    }

    #[test]
    fn no_key_of_any_preset_changes_the_world() {
        for (preset, _) in PRESETS {
            for (_, keys, binding) in load(preset, &[]).0.bindings() {
                assert_ne!(binding.command.class, Class::Mutate, "{keys}");
                assert!(binding.command.class != Class::Plan || !keys.contains("Ctrl"), "{keys}");
            }
        }
    }

    #[test]
    fn chords_wait_and_the_particular_comes_first() {
        let rows = [row(&["x", "g x"], "data.sync", None), row(&["x"], "row.copy", Some("board"))];
        let (keymap, problems) = load("vim", &rows);
        assert_eq!(problems, []);
        let board = [When::Screen("board"), When::Row, When::Always];
        assert_eq!(runs(&keymap, &board, "x"), "row.copy");
        assert_eq!(runs(&keymap, &[When::Always], "x"), "data.sync");
        assert_eq!(runs(&keymap, &board, "g"), "9 more");
        assert_eq!(runs(&keymap, &board, "g x"), "data.sync");
        assert_eq!(runs(&keymap, &board, "z"), "nothing");
    }

    #[test]
    fn every_chord_of_a_preset_begins_with_a_group_that_has_a_name() {
        for (preset, _) in PRESETS {
            let keymap = load(preset, &[]).0;
            for (_, keys, _) in keymap.bindings() {
                let keys = chord(&keys).unwrap();
                assert!(keys.len() < 2 || keymap.group(&keys[..1]).is_some(), "{preset}: {keys:?}");
            }
        }
    }

    #[test]
    fn all_presets_reach_the_same_commands() {
        let reached = |preset: &str| {
            let keymap = load(preset, &[]).0;
            let all = keymap.bindings().map(|(_, _, binding)| binding.command.id);
            all.filter(|id| !id.starts_with("move.half")).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(reached("vim"), reached("emacs"));
        assert_eq!(reached("vim"), reached("plain"));
    }

    #[test]
    fn none_takes_a_binding_away() {
        let (keymap, problems) = load("vim", &[row(&["r"], "none", None)]);
        assert_eq!(problems, []);
        assert_eq!(runs(&keymap, &[When::Always], "r"), "nothing");
        assert_eq!(runs(&keymap, &[When::Always], "F5"), "data.sync");
    }

    #[rstest]
    #[case(row(&["x"], "track.promot", None), "key row x: there is no command `track.promot`; did you mean `track.promote`?")]
    #[case(row(&["hyper-x"], "data.sync", None), "key row for `data.sync`: there is no key `hyper-x`")]
    #[case(row(&["x"], "data.sync", Some("bord")), "key row for `data.sync`: `bord` is no place: there are board, flow, runs, track, metrics, activity, journal, row, dialog")]
    #[case(row(&["ctrl-p"], "track.promote", None), "ctrl-p cannot run `track.promote`: a Ctrl chord is too easily pressed by mistake")]
    #[case(row(&["x"], "plan.confirm", None), "x cannot run `plan.confirm`: what changes the world is confirmed in its dialog and has no key of its own")]
    fn what_is_wrong_is_told(#[case] row: KeyRow, #[case] told: &str) {
        let problems = load("vim", &[row]).1;
        assert_eq!(problems.iter().map(Problem::to_string).collect::<Vec<_>>(), [told]);
    }

    #[test]
    fn two_rows_of_ones_own_for_the_same_keys_are_told_and_the_later_holds() {
        let (keymap, problems) = load("vim", &[row(&["x"], "data.sync", None), row(&["x"], "where.ask", None)]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].to_string(), "x is bound twice: to `data.sync` and to `where.ask`, which holds");
        assert_eq!(runs(&keymap, &[When::Always], "x"), "where.ask");
    }

    #[test]
    fn an_unknown_preset_is_told_and_vim_holds() {
        let (keymap, problems) = load("nano", &[]);
        assert_eq!(problems.len(), 1);
        assert_eq!(runs(&keymap, &[When::Always], "j"), "move.down");
    }
}

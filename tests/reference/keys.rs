//! `docs/keys.md`: the presets side by side.

use flightdeck::app::commands::{COMMANDS, Command};
use flightdeck::app::keymap::{self, Keymap};

use super::markdown::{WRITTEN, cell, codes, head, row};

const PRESETS: [&str; 3] = ["vim", "emacs", "plain"];

const INTRODUCTION: &str = "\
# Keys

`ui.keys` chooses a preset; rows of your own add to it, in the project's `flightdeck.toml` or in your
`$XDG_CONFIG_HOME/flightdeck/config.toml`:

```toml
[[key]]
keys = [\"x\", \"Ctrl-x\"]      # \"g g\" is a chord: one key after the other
run = \"track.lock\"           # the id of a command; \"none\" takes a binding away
when = \"board\"               # a screen, `row` (a row is selected) or `dialog`; absent: everywhere outside dialogs
```

A row that names no command, and two rows for one key, are warnings with the nearest match. Keys with Ctrl are never bound
to anything that changes the world, and what changes it asks first. `?` shows the keys that hold where you are; after the
first key of a chord a moment's wait shows how it goes on. A key with a place after it holds only there.
";

/// The page.
pub fn page() -> String {
    let keymaps = PRESETS.map(|preset| keymap::load(preset, &[]).0);
    let mut page = format!("{WRITTEN}{INTRODUCTION}");
    for group in groups() {
        page.push_str(&format!("\n## {group}\n\n"));
        page.push_str(&head(&["id", "what it does", "vim", "emacs", "plain"]));
        for command in COMMANDS.iter().filter(|command| group_of(command) == group) {
            let mut cells = vec![format!("`{}`", command.id), cell(command.sentence)];
            cells.extend(keymaps.iter().map(|keymap| keys(keymap, command.id)));
            page.push_str(&row(&cells));
        }
    }
    page
}

fn group_of(command: &Command) -> &'static str {
    command.id.split('.').next().unwrap_or(command.id)
}

fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = Vec::new();
    for command in COMMANDS {
        if !groups.contains(&group_of(command)) {
            groups.push(group_of(command));
        }
    }
    groups
}

/// The keys of a command, each with the place in which it holds.
fn keys(keymap: &Keymap, id: &str) -> String {
    use flightdeck::app::keymap::When;
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for (when, chord, binding) in keymap.bindings().filter(|(.., binding)| binding.command.id == id) {
        let place = match when {
            When::Always | When::Row => String::new(),
            When::Dialog => " in dialogs".to_owned(),
            When::Screen(screen) => format!(" on {screen}"),
        };
        let _ = binding;
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, chords)) => chords.push(chord),
            None => places.push((place, vec![chord])),
        }
    }
    let said = places.iter().map(|(place, chords)| format!("{}{place}", codes(chords.iter().map(String::as_str))));
    said.collect::<Vec<_>>().join("; ")
}

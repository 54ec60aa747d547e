//! What is wrong with a configuration that only the cockpit can judge: commands that keys run, fields that views ask for,
//! the view to begin with. Each with its place in the file.

use crate::app::{Memory, keymap};
use crate::cli::nearest::nearest;
use crate::config::{Loaded, Problem};
use crate::view::saved;

/// All of them: what `config check` adds.
pub fn all(loaded: &Loaded) -> Vec<Problem> {
    of_keys(loaded).into_iter().chain(of_views(loaded, &Memory::default())).collect()
}

/// What is wrong with rows of keys.
fn of_keys(loaded: &Loaded) -> Vec<Problem> {
    let wrong = keymap::check(&loaded.config.ui.keys, &loaded.config.key);
    let told = |(row, problem): (usize, keymap::Problem)| {
        loaded.origins.problem(&format!("key[{row}].{}", problem.about()), problem.to_string())
    };
    wrong.into_iter().map(told).collect()
}

/// What is wrong with views, for somebody who has kept some of one's own.
pub fn of_views(loaded: &Loaded, memory: &Memory) -> Vec<Problem> {
    let config = &loaded.config;
    let mut problems = Vec::new();
    for (n, view) in config.view.iter().enumerate() {
        let wrong = saved::wrong(view).into_iter();
        problems.extend(wrong.map(|it| loaded.origins.problem(&format!("view[{n}].{}", it.key), it.what)));
    }
    let views = saved::all(&config.view, &memory.view);
    let names = || views.iter().map(|it| it.name.as_str());
    if let Some(start) = config.ui.start.as_deref().filter(|start| !names().any(|name| name == *start)) {
        let near = nearest(start, names()).map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        problems.push(loaded.origins.problem("ui.start", format!("there is no view `{start}`{near}")));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Sources};

    #[test]
    fn each_is_told_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let text = "[ui]\nstart = \"oncall\"\n\n[[key]]\nkeys = [\"x\"]\nrun = \"track.promot\"\n\n\
                    [[view]]\nname = \"mine\"\nscreen = \"activity\"\nfilter = \"authr:me\"\nsort = \"size\"\n";
        std::fs::write(dir.path().join(config::FILE_NAME), text).unwrap();
        let loaded = config::load(&Sources { cwd: dir.path(), user: None, project: None, kinds: &[] });
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        let told: Vec<String> =
            all(&loaded).iter().map(|it| it.to_string().lines().next().unwrap_or_default().to_owned()).collect();
        let wanted = [
            "flightdeck.toml:6:7: key row x: there is no command `track.promot`; did you mean `track.promote`?",
            "flightdeck.toml:11:10: no field `authr` here: did you mean `author`?",
            "flightdeck.toml:12:8: rows cannot be ordered by size: there are newest, oldest",
            "flightdeck.toml:2:9: there is no view `oncall`; did you mean `on-call`?",
        ];
        assert_eq!(told, wanted);
    }
}

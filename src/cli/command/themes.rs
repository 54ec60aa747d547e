//! `flightdeck config themes`.

use serde::Serialize;

use crate::cli::cockpit::themes_directory;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{Format, Output};
use crate::ui::ColorLevel;
use crate::ui::color::{contrast, rgb};
use crate::ui::theme::Themes;
use crate::view::{Line, Role};

/// A theme in the list.
#[derive(Serialize)]
struct Listed {
    name: String,
    /// `dark`, `light`, or absent where the terminal's own ground is kept.
    ground: Option<&'static str>,
    /// The user's file.
    path: Option<String>,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Answer {
    themes: Vec<Listed>,
}

/// Lists all themes.
pub fn list(out: &mut Output) -> Result<Exit, Failure> {
    let themes = Themes { own: themes_directory(), ..Themes::default() };
    let listed: Vec<Listed> = themes.names().iter().map(|name| of(&themes, name)).collect();
    if out.format == Format::Json {
        out.json(&Answer { themes: listed })?;
        return Ok(Exit::Ok);
    }
    for it in &listed {
        let ground = it.ground.unwrap_or("terminal");
        let file = it.path.as_deref().unwrap_or("ships with flightdeck");
        let line = match out.format {
            Format::Plain => Line::of(Role::Text, format!("name: {}; ground: {ground}; from: {file}", it.name)),
            _ => Line::of(Role::Strong, format!("{:<18}", it.name)).with(Role::Text, format!("  {ground:<8}  {file}")),
        };
        out.line(&line)?;
        for problem in &it.problems {
            out.line(&Line::of(Role::Warning, format!("warning: {problem}")))?;
        }
    }
    if let Some(own) = &themes.own {
        out.line(&Line::of(Role::Muted, format!("yours are looked for in {}", own.display())))?;
    }
    Ok(Exit::Ok)
}

fn of(themes: &Themes, name: &str) -> Listed {
    let (theme, problems) = themes.load(name, ColorLevel::True);
    let black = (0, 0, 0);
    let ground = theme.ground().and_then(rgb).map(|it| if contrast(it, black) > 4.5 { "light" } else { "dark" });
    Listed { name: name.to_owned(), ground, path: themes.file(name).map(|path| path.display().to_string()), problems }
}

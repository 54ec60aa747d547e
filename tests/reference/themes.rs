//! `docs/themes.md`: how themes are written, the roles, the themes and symbols that ship.

use flightdeck::model::Status;
use flightdeck::ui::ColorLevel;
use flightdeck::ui::glyphs::{ASCII, UNICODE};
use flightdeck::ui::theme::{ABOUT, BUILT_IN, Themes};

use super::markdown::{WRITTEN, code, head, row};

const INTRODUCTION: &str = "\
# Themes

```toml
[ui]
theme = \"nord\"                                  # one of those below, or a file of yours
theme = { dark = \"nord\", light = \"solarized-light\" }   # or one for each ground of the terminal
glyphs = \"auto\"                                 # unicode, ascii, nerd; auto: ascii where the locale is not UTF-8

[[environment]]
name = \"staging\"
accent = \"bright-yellow\"                        # a colour of its own
```

`auto`, which is the default, keeps the terminal's own colours and wears `light` where the terminal answers that it is
light. The terminal is asked after the first frame and never waited for. `:theme` shows all themes to try; `flightdeck
config themes` lists them.

Truecolor, 256 and 16 colours and none at all (`NO_COLOR`, `CLICOLOR=0`, `--color never`) show the same facts: every state
has its own symbol and word beside its colour. In 16 colours every theme is made of the terminal's own.

## A theme of yours

A file `NAME.toml` in `$XDG_CONFIG_HOME/flightdeck/themes`:

```toml
inherits = \"catppuccin-mocha\"     # begins from that; without it, from nothing

[palette]                          # names for colours: #rrggbb, red … bright-white, 0 to 255, default
rose = \"#f5c2e7\"

[roles]
\"status.running\" = \"rose\"        # a colour, or a table of fg, bg, bold, dim, italic, underline, reverse
\"env.production\" = { fg = \"rose\", bold = true }
\"env.staging\" = \"yellow\"         # a single environment by its name

[glyphs]                           # single symbols, each one cell wide
failed = \"✖\"
```

What is wrong in it is told with its line, and the rest holds.
";

/// The page.
pub fn page() -> String {
    let mut page = format!("{WRITTEN}{INTRODUCTION}\n## Roles\n\n");
    page.push_str(&head(&["role", "what it is for"]));
    for (role, about) in ABOUT {
        page.push_str(&row(&[code(role), (*about).to_owned()]));
    }
    page.push_str(&row(&["`env.NAME`".to_owned(), "the environment of that name".to_owned()]));
    page.push_str("\n## Symbols\n\n");
    page.push_str(&head(&["state", "unicode", "ascii"]));
    for status in Status::ALL {
        page.push_str(&row(&[status.word().to_owned(), code(UNICODE.status(status)), code(ASCII.status(status))]));
    }
    page.push_str(
        "\n`nerd` takes the symbols of a font that is patched with Nerd Fonts, version 3.\n\n## Themes that ship\n",
    );
    for (name, _) in BUILT_IN {
        page.push_str(&format!("\n### {name}\n\n"));
        let theme = Themes::default().load(name, ColorLevel::True).0;
        let says = match theme.ground() {
            Some(_) => "Brings its own ground.",
            None => "Keeps the terminal's own ground and colours.",
        };
        page.push_str(says);
        page.push('\n');
        let picture = format!("screenshots/theme-{name}.svg");
        if std::path::Path::new(&picture).exists() {
            page.push_str(&format!("\n![The board in {name}](../{picture})\n"));
        }
    }
    page
}

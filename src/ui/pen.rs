//! Cells as bytes for a terminal, as few as will do: a style is said once for all cells that have it, in the shorter of
//! two ways, and the cursor is moved only where the next cell is not where the last one ended. On a slow line this is
//! the difference between a key that answers and one that does not.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthChar;

/// How a cell looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// Modifiers with the codes that begin and end each (ECMA-48, 8.3.117). Bold and dim end with the same code.
const MODIFIERS: [(Modifier, &str, &str); 7] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

/// Bytes that moving the cursor within a line takes.
const MOVE: usize = 4;

/// What is written with: how it looks and where it stands, as far as that is known.
#[derive(Clone, Debug, Default)]
pub struct Pen {
    look: Option<Look>,
    at: Option<(u16, u16)>,
}

impl Pen {
    /// Whatever is known of the terminal is forgotten.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Somebody else moved the cursor.
    pub fn moved(&mut self) {
        self.at = None;
    }

    /// The look of a terminal that was just set up, so that what is cleared is cleared to it.
    pub fn plain(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[0m");
        self.look = Some(Look::default());
    }

    /// Writes a cell.
    pub fn write(&mut self, out: &mut Vec<u8>, x: u16, y: u16, cell: &Cell) {
        self.go(out, x, y);
        let look = Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
        self.dress(out, if cell.symbol() == " " { self.blank(look) } else { look });
        out.extend_from_slice(cell.symbol().as_bytes());
        // Terminals disagree about how wide some symbols are: after one of those the place is said again.
        self.at = is_narrow(cell.symbol()).then_some((x.saturating_add(1), y));
    }

    /// Comes to a place by writing what is there already, where that is shorter than moving: few cells, in one look.
    pub fn bridge(&mut self, out: &mut Vec<u8>, buffer: &Buffer, x: u16, y: u16) {
        let Some((from, look)) = self.at.filter(|at| at.1 == y && at.0 < x).map(|at| at.0).zip(self.look) else {
            return;
        };
        let gap: Vec<&Cell> = (from..x).filter_map(|x| buffer.cell((x, y))).collect();
        let same = |cell: &&Cell| {
            let own = Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
            is_narrow(cell.symbol()) && look == if cell.symbol() == " " { self.blank(own) } else { own }
        };
        let bytes: usize = gap.iter().map(|cell| cell.symbol().len()).sum();
        if bytes <= MOVE && gap.iter().all(same) {
            gap.iter().for_each(|cell| out.extend_from_slice(cell.symbol().as_bytes()));
            self.at = Some((x, y));
        }
    }

    fn go(&mut self, out: &mut Vec<u8>, x: u16, y: u16) {
        match self.at {
            Some(at) if at == (x, y) => {}
            // Writing to a vector cannot fail.
            Some((from, line)) if line == y && x > from => match x - from {
                1 => out.extend_from_slice(b"\x1b[C"),
                by => drop(write!(out, "\x1b[{by}C")),
            },
            _ => drop(write!(out, "\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1))),
        }
    }

    /// The look of a blank, in which ink is not seen: whatever the ink is now will do.
    fn blank(&self, look: Look) -> Look {
        let Some(now) = self.look.filter(|now| !(now.modifier | look.modifier).contains(Modifier::REVERSED)) else {
            return look;
        };
        let ink = Modifier::BOLD | Modifier::DIM | Modifier::ITALIC;
        Look { fg: now.fg, bg: look.bg, modifier: (look.modifier - ink) | (now.modifier & ink) }
    }

    fn dress(&mut self, out: &mut Vec<u8>, look: Look) {
        let afresh = || {
            let mut codes = vec!["0".to_owned()];
            codes.extend(MODIFIERS.iter().filter(|it| look.modifier.contains(it.0)).map(|it| it.1.to_owned()));
            codes.extend((look.fg != Color::Reset).then(|| color(look.fg, Ground::Fore)));
            codes.extend((look.bg != Color::Reset).then(|| color(look.bg, Ground::Back)));
            codes.join(";")
        };
        let codes = match self.look {
            Some(before) if before == look => return,
            Some(before) => {
                let (afresh, changed) = (afresh(), changed(before, look));
                if changed.len() < afresh.len() { changed } else { afresh }
            }
            None => afresh(),
        };
        self.look = Some(look);
        let _ = write!(out, "\x1b[{codes}m");
    }
}

/// The codes that lead from one look to another.
fn changed(before: Look, look: Look) -> String {
    let gone = before.modifier - look.modifier;
    let mut codes: Vec<String> = Vec::new();
    let mut there = before.modifier;
    for (modifier, _, end) in MODIFIERS.iter().filter(|it| gone.contains(it.0)) {
        if codes.last().is_none_or(|last| last != end) {
            codes.push((*end).to_owned());
        }
        there -= *modifier;
        if *end == "22" {
            there -= Modifier::BOLD | Modifier::DIM;
        }
    }
    let new = look.modifier - there;
    codes.extend(MODIFIERS.iter().filter(|it| new.contains(it.0)).map(|it| it.1.to_owned()));
    codes.extend((before.fg != look.fg).then(|| color(look.fg, Ground::Fore)));
    codes.extend((before.bg != look.bg).then(|| color(look.bg, Ground::Back)));
    codes.join(";")
}

/// Which of the two colours of a cell.
#[derive(Clone, Copy)]
enum Ground {
    Fore,
    Back,
}

/// The code of a colour. The sixteen have codes that every terminal knows.
fn color(color: Color, ground: Ground) -> String {
    let base = match ground {
        Ground::Fore => 30,
        Ground::Back => 40,
    };
    let number = |index: u8| match index {
        0..8 => (base + u16::from(index)).to_string(),
        8..16 => (base + 52 + u16::from(index)).to_string(),
        _ => format!("{};5;{index}", base + 8),
    };
    match color {
        Color::Reset => (base + 9).to_string(),
        Color::Black => number(0),
        Color::Red => number(1),
        Color::Green => number(2),
        Color::Yellow => number(3),
        Color::Blue => number(4),
        Color::Magenta => number(5),
        Color::Cyan => number(6),
        Color::Gray => number(7),
        Color::DarkGray => number(8),
        Color::LightRed => number(9),
        Color::LightGreen => number(10),
        Color::LightYellow => number(11),
        Color::LightBlue => number(12),
        Color::LightMagenta => number(13),
        Color::LightCyan => number(14),
        Color::White => number(15),
        Color::Indexed(index) => number(index),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

/// Whether every terminal takes one cell for a symbol: those of East Asia take two for some. Frames and blocks are taken
/// for narrow everywhere: a terminal that shows them wide shows no frame of any program.
fn is_narrow(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let narrow = |c: char| matches!(c, '\u{2500}'..='\u{259f}') || c.width_cjk() == Some(1);
    characters.next().is_some_and(narrow) && characters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    const WIDTH: u16 = 12;

    fn cell(symbol: &str, style: Style) -> Cell {
        let mut cell = Cell::default();
        cell.set_symbol(symbol).set_style(style);
        cell
    }

    fn written(cells: &[(u16, u16, Cell)]) -> String {
        let (mut pen, mut out) = (Pen::default(), Vec::new());
        cells.iter().for_each(|(x, y, cell)| pen.write(&mut out, *x, *y, cell));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_style_and_a_place_are_said_once() {
        let red = Style::new().fg(Color::Red);
        let cells = [(0, 0, cell("a", red)), (1, 0, cell("b", red)), (2, 0, cell("c", red))];
        assert_eq!(written(&cells), "\x1b[1;1H\x1b[0;31mabc");
    }

    #[test]
    fn the_shorter_way_to_a_style_is_taken() {
        let bold = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        let cells = [
            (0, 0, cell("a", bold)),
            (1, 0, cell("b", bold.remove_modifier(Modifier::BOLD))),
            (2, 0, cell("c", Style::new())),
        ];
        assert_eq!(written(&cells), "\x1b[1;1H\x1b[0;1;31ma\x1b[22mb\x1b[0mc");
    }

    fn any_style() -> impl Strategy<Value = Style> {
        let color = prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightBlue),
            any::<u8>().prop_map(Color::Indexed),
            any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ];
        let others = vec![Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED];
        let others = proptest::sample::subsequence(others, 0..=3);
        // The parser of the test knows one weight at a time.
        let weight = prop_oneof![Just(Modifier::empty()), Just(Modifier::BOLD), Just(Modifier::DIM)];
        (color.clone(), color, weight, others).prop_map(|(fg, bg, weight, others)| {
            others.into_iter().fold(Style::new().fg(fg).bg(bg).add_modifier(weight), Style::add_modifier)
        })
    }

    fn same(color: vt100::Color, wanted: Color) -> bool {
        let index = match wanted {
            Color::Reset => return color == vt100::Color::Default,
            Color::Rgb(r, g, b) => return color == vt100::Color::Rgb(r, g, b),
            Color::Red => 1,
            Color::LightBlue => 12,
            Color::Indexed(index) => index,
            other => panic!("{other:?} is not among the colours"),
        };
        color == vt100::Color::Idx(index)
    }

    proptest! {
        /// What a terminal shows after any writes is what was written last at each place, as it should look.
        #[test]
        fn a_terminal_shows_what_was_written(
            cells in proptest::collection::vec((0..WIDTH, 0..4_u16, "[a-z │█✓é]", any_style()), 1..60)
        ) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, 4));
            let (mut pen, mut out) = (Pen::default(), Vec::new());
            for (x, y, symbol, style) in &cells {
                let cell = cell(symbol, *style);
                pen.write(&mut out, *x, *y, &cell);
                buffer[(*x, *y)] = cell;
            }
            let extent = |cells: u16| std::num::NonZero::new(cells).unwrap();
            let mut terminal = vt100::Parser::new(extent(4), extent(WIDTH), 0);
            terminal.process(&out);
            for (x, y, ..) in &cells {
                let (wanted, shown) = (&buffer[(*x, *y)], terminal.screen().cell(*y, *x).unwrap());
                prop_assert_eq!(shown.contents(), wanted.symbol());
                let has = |modifier| wanted.modifier.contains(modifier);
                prop_assert!(same(shown.bgcolor(), wanted.bg));
                prop_assert_eq!((shown.underline(), shown.inverse()), (has(Modifier::UNDERLINED), has(Modifier::REVERSED)));
                // The ink of a blank is not seen, unless it is reversed.
                if wanted.symbol() == " " && !has(Modifier::REVERSED) {
                    continue;
                }
                prop_assert!(same(shown.fgcolor(), wanted.fg));
                prop_assert_eq!(shown.bold(), has(Modifier::BOLD));
                prop_assert_eq!(shown.dim(), has(Modifier::DIM));
                prop_assert_eq!(shown.italic(), has(Modifier::ITALIC));
            }
        }
    }
}

//! A buffer as an SVG picture: backgrounds as rectangles, text cell by cell, so that the grid is exact in any viewer.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::color::rgb;

/// Width and height of a cell and the size of the font, pixels.
const CELL: (u32, u32) = (9, 18);
const FONT: u32 = 15;
/// Around it, pixels.
const AIR: u32 = 8;
/// The default colours of the picture.
const INK: (u8, u8, u8) = (0xd8, 0xde, 0xe6);
const GROUND: (u8, u8, u8) = (0x10, 0x14, 0x18);

/// The sixteen in their order.
const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];
/// What they look like in the picture.
const OWN: [(u8, u8, u8); 16] = [
    (0x1c, 0x21, 0x27),
    (0xf0, 0x71, 0x78),
    (0x8c, 0xc8, 0x5f),
    (0xe6, 0xb4, 0x50),
    (0x6c, 0xae, 0xf5),
    (0xc7, 0x92, 0xea),
    (0x5c, 0xcf, 0xd2),
    (0xc5, 0xcb, 0xd3),
    (0x6b, 0x75, 0x80),
    (0xff, 0x8f, 0x95),
    (0xa8, 0xe0, 0x7c),
    (0xff, 0xd1, 0x75),
    (0x8f, 0xc4, 0xff),
    (0xdb, 0xb0, 0xff),
    (0x86, 0xe7, 0xea),
    (0xff, 0xff, 0xff),
];

/// The picture of a buffer.
pub fn write(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (width, height) = (u32::from(area.width) * CELL.0 + 2 * AIR, u32::from(area.height) * CELL.1 + 2 * AIR);
    // What is behind the last line is behind everything.
    let ground = ground(buffer, 0, area.height.saturating_sub(1)).unwrap_or(GROUND);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"-{AIR} -{AIR} {width} {height}\">\n\
         <style>text {{ font: {FONT}px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre; }}</style>\n\
         <rect x=\"-{AIR}\" y=\"-{AIR}\" width=\"{width}\" height=\"{height}\" rx=\"{AIR}\" fill=\"{}\"/>",
        hex(ground)
    );
    for y in 0..area.height {
        backgrounds(&mut out, buffer, y, ground);
        texts(&mut out, buffer, y);
    }
    out.push_str("</svg>\n");
    out
}

/// Runs of cells with the same background as rectangles, where it is not what is behind everything.
fn backgrounds(out: &mut String, buffer: &Buffer, y: u16, behind: (u8, u8, u8)) {
    let area = buffer.area;
    let mut x = 0;
    while x < area.width {
        let ground = ground(buffer, x, y);
        let mut end = x + 1;
        while end < area.width && self::ground(buffer, end, y) == ground {
            end += 1;
        }
        if let Some(ground) = ground.filter(|ground| *ground != behind) {
            let (left, top) = (u32::from(x) * CELL.0, u32::from(y) * CELL.1);
            let wide = u32::from(end - x) * CELL.0;
            let fill = hex(ground);
            let _ = writeln!(
                out,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{fill}\"/>",
                CELL.1
            );
        }
        x = end;
    }
}

/// Runs of cells with the same look as text, each glyph at its own place.
fn texts(out: &mut String, buffer: &Buffer, y: u16) {
    let area = buffer.area;
    let mut x = 0;
    while x < area.width {
        let Some(cell) = at(buffer, x, y) else { return };
        let look = look(cell);
        let (mut text, mut places) = (String::new(), Vec::new());
        while let Some(cell) = at(buffer, x, y).filter(|cell| self::look(cell) == look) {
            let symbol = cell.symbol();
            if symbol != " " {
                text.push_str(&escaped(symbol));
                // A symbol of several characters takes one place; the others follow it.
                places.push((u32::from(x) * CELL.0).to_string());
                places.extend(symbol.chars().skip(1).map(|_| (u32::from(x) * CELL.0).to_string()));
            }
            x += u16::try_from(symbol.width().max(1)).unwrap_or(1);
            if x >= area.width {
                break;
            }
        }
        if !text.is_empty() {
            let base = u32::from(y) * CELL.1 + CELL.1 * 3 / 4;
            let _ = writeln!(out, "<text y=\"{base}\" x=\"{}\"{look}>{text}</text>", places.join(" "));
        }
    }
}

fn at(buffer: &Buffer, x: u16, y: u16) -> Option<&Cell> {
    buffer.cell((buffer.area.x + x, buffer.area.y + y))
}

/// The ground of a cell; the second cell of a wide symbol has that of the first.
fn ground(buffer: &Buffer, x: u16, y: u16) -> Option<(u8, u8, u8)> {
    let before = x.checked_sub(1).and_then(|before| at(buffer, before, y)).filter(|cell| cell.symbol().width() > 1);
    before.or_else(|| at(buffer, x, y)).map(|cell| colors(cell).1)
}

/// Ink and ground of a cell.
fn colors(cell: &Cell) -> ((u8, u8, u8), (u8, u8, u8)) {
    let or = |color: Color, other| own(color).or_else(|| rgb(color)).unwrap_or(other);
    let (ink, ground) = (or(cell.fg, INK), or(cell.bg, GROUND));
    if cell.modifier.contains(Modifier::REVERSED) { (ground, ink) } else { (ink, ground) }
}

/// A colour of the terminal's own sixteen, as the picture's terminal shows it; those of xterm are hard to read on the
/// picture's ground.
fn own(color: Color) -> Option<(u8, u8, u8)> {
    let at = match color {
        Color::Indexed(index) => index,
        named => NAMED.iter().position(|it| *it == named).and_then(|at| u8::try_from(at).ok())?,
    };
    OWN.get(usize::from(at)).copied()
}

/// The attributes of a cell's text.
fn look(cell: &Cell) -> String {
    let mut look = format!(" fill=\"{}\"", hex(colors(cell).0));
    let attributes = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::DIM, " opacity=\"0.65\""),
    ];
    for (modifier, attribute) in attributes {
        if cell.modifier.contains(modifier) {
            look.push_str(attribute);
        }
    }
    look
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn a_picture_keeps_the_grid_and_the_looks() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        buffer.set_string(0, 0, "日 <a", Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED));
        let svg = write(&buffer);
        assert!(svg.contains("<rect x=\"0\" y=\"0\" width=\"45\" height=\"18\" fill=\"#f07178\"/>"), "{svg}");
        assert!(svg.contains("x=\"0 27 36\""), "{svg}");
        assert!(svg.contains("日&lt;a") && svg.ends_with("</svg>\n"), "{svg}");
    }
}

//! Lines of a view onto a buffer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Dress;
use super::theme::Part;
use crate::app::layout::Area;
use crate::model::Status;
use crate::view::{Cell, Line, Role, Span, fit, plain};

/// A buffer with what things look like.
pub struct Painter<'a> {
    /// What is painted on.
    pub buffer: &'a mut Buffer,
    /// How things look.
    pub dress: &'a Dress,
}

impl Painter<'_> {
    /// Gives an area a style and nothing else in it.
    pub fn clear(&mut self, area: Area, part: Part) {
        let rect = self.rect(area);
        let style = self.dress.theme.part(part);
        for y in rect.top()..rect.bottom() {
            for x in rect.left()..rect.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Paints a line into the first line of an area, cut where it does not fit; how many cells it took.
    pub fn line(&mut self, area: Area, line: &Line) -> u16 {
        let spelt = self.spelt(line);
        self.spelt_line(area, &spelt, None)
    }

    /// Like [`line`](Self::line) for a line that is spelt already, with a style over everything.
    pub fn spelt_line(&mut self, area: Area, spelt: &Line, over: Option<Style>) -> u16 {
        let rect = self.rect(area);
        if rect.is_empty() {
            return 0;
        }
        let spelt = fit::cut_line(spelt, usize::from(rect.width));
        let mut x = rect.x;
        for span in &spelt.0 {
            let left = usize::from(rect.right().saturating_sub(x));
            let style = self.style(&span.role, over);
            (x, _) = self.buffer.set_stringn(x, rect.y, self.dress.glyphs.spell(&span.text), left, style);
        }
        x - rect.x
    }

    /// Paints a text of ours at a place.
    pub fn text(&mut self, area: Area, text: &str, style: Style) -> u16 {
        let rect = self.rect(area);
        if rect.is_empty() {
            return 0;
        }
        let text = fit::cut(text, usize::from(rect.width));
        let (x, _) =
            self.buffer.set_stringn(rect.x, rect.y, self.dress.glyphs.spell(&text), usize::from(rect.width), style);
        x - rect.x
    }

    /// Gives a style to what is painted already.
    pub fn style_over(&mut self, area: Area, style: Style) {
        let rect = self.rect(area);
        self.buffer.set_style(rect, style);
    }

    fn style(&self, role: &Role, over: Option<Style>) -> Style {
        let style = self.dress.theme.role(role);
        over.map_or(style, |over| style.patch(over))
    }

    /// A line with the symbols of its states before their words.
    pub fn spelt(&self, line: &Line) -> Line {
        if self.dress.accessible {
            // Bars and trends are noise to who hears them: their numbers stand beside them.
            return plain::undrawn(line).unwrap_or_default();
        }
        Line(line.0.iter().map(|span| self.spelt_span(span)).collect())
    }

    /// A state alone: its symbol, or its word where words are wanted.
    pub fn symbol(&self, status: Status) -> Span {
        let text = if self.dress.accessible { status.word() } else { self.dress.glyphs.status(status) };
        Span::new(Role::Status(status), text)
    }

    fn spelt_span(&self, span: &Span) -> Span {
        match span.role {
            Role::Status(status) if span.text == status.word() => {
                Span::new(span.role.clone(), format!("{} {}", self.dress.glyphs.status(status), status.word()))
            }
            _ => span.clone(),
        }
    }

    /// A cell of a table as a line that is spelt: the symbol of its state first, whose word is not said twice.
    pub fn cell(&self, cell: &Cell) -> Line {
        let Some(status) = cell.status else { return self.spelt(&cell.line) };
        let said = self.dress.accessible && plain::says(&cell.line, status);
        if said {
            cell.line.clone()
        } else {
            Line(vec![self.symbol(status)]).with(Role::Text, " ").then(cell.line.clone())
        }
    }

    /// What stands before what is marked: a symbol, or the word where words are wanted.
    pub fn mark(&self) -> Span {
        let text = if self.dress.accessible { "marked" } else { self.dress.glyphs.mark };
        Span::new(Role::Key, format!("{text} "))
    }

    /// The part of an area that the buffer has.
    fn rect(&self, area: Area) -> Rect {
        Rect::new(area.x, area.y, area.width, area.height).intersection(self.buffer.area)
    }
}

//! Frames onto a terminal: only what differs from the frame before, in one write, and nothing where nothing differs.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::links;
use super::pen::Pen;

/// What a terminal shows.
pub struct Canvas<W: Write> {
    out: W,
    /// The frame that is being written.
    bytes: Vec<u8>,
    pen: Pen,
    shown: Buffer,
    next: Buffer,
    cursor: Option<(u16, u16)>,
    /// Whether what is shown is not known.
    unknown: bool,
    synchronized: bool,
    /// Whether addresses are links.
    links: bool,
}

impl<W: Write> Canvas<W> {
    /// A canvas on a terminal of this size, of which nothing is known.
    pub fn new(out: W, size: (u16, u16), synchronized: bool) -> Self {
        let area = Rect::new(0, 0, size.0, size.1);
        Self {
            out,
            bytes: Vec::new(),
            pen: Pen::default(),
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            cursor: None,
            unknown: true,
            synchronized,
            links: false,
        }
    }

    /// The same, with addresses as links or without.
    #[must_use]
    pub fn with_links(self, links: bool) -> Self {
        Self { links, ..self }
    }

    /// The terminal has another size, or shows something else: everything is drawn with the next frame.
    pub fn forget(&mut self, size: (u16, u16)) {
        let area = Rect::new(0, 0, size.0, size.1);
        self.shown = Buffer::empty(area);
        self.next = Buffer::empty(area);
        self.pen.forget();
        self.unknown = true;
    }

    /// Paints a frame and writes what differs; how much did.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn frame(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> io::Result<Drawn> {
        self.next.reset();
        let cursor = paint(&mut self.next);
        let updates = self.shown.diff(&self.next);
        if updates.is_empty() && cursor == self.cursor && !self.unknown {
            return Ok(Drawn::default());
        }
        let out = &mut self.bytes;
        out.clear();
        if self.synchronized {
            queue!(out, BeginSynchronizedUpdate)?;
        }
        if self.unknown || self.cursor.is_some() {
            queue!(out, Hide)?;
        }
        if self.unknown {
            self.pen.plain(out);
            queue!(out, Clear(ClearType::All))?;
        }
        let cells = updates.len();
        match self.links {
            true => links::write(out, &mut self.pen, &self.shown, &self.next, updates),
            false => updates.into_iter().for_each(|(x, y, cell)| {
                self.pen.bridge(out, &self.next, x, y);
                self.pen.write(out, x, y, cell);
            }),
        }
        if let Some((x, y)) = cursor {
            queue!(out, MoveTo(x, y), Show)?;
            self.pen.moved();
        }
        if self.synchronized {
            queue!(out, EndSynchronizedUpdate)?;
        }
        self.out.write_all(&self.bytes)?;
        self.out.flush()?;
        std::mem::swap(&mut self.shown, &mut self.next);
        self.cursor = cursor;
        self.unknown = false;
        Ok(Drawn { cells, bytes: self.bytes.len() })
    }

    /// What is shown, line by line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for y in self.shown.area.top()..self.shown.area.bottom() {
            let mut covered = 0;
            for x in self.shown.area.left()..self.shown.area.right() {
                let symbol = self.shown.cell((x, y)).map_or(" ", ratatui::buffer::Cell::symbol);
                // A wide character covers the cells after its own.
                if covered == 0 {
                    text.push_str(symbol);
                    covered = crate::view::fit::width(symbol).max(1);
                }
                covered -= 1;
            }
            text.push('\n');
        }
        text
    }

    /// Writes bytes that are no part of the picture.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

/// How much of a frame was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Cells that differed from the frame before.
    pub cells: usize,
    /// Bytes; none when nothing differed.
    pub bytes: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    /// Counts writes.
    #[derive(Default)]
    struct Wire(Vec<Vec<u8>>);

    impl Write for &mut Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn write(text: &'static str) -> impl FnOnce(&mut Buffer) -> Option<(u16, u16)> {
        move |buffer| {
            buffer.set_string(0, 0, text, Style::default());
            None
        }
    }

    #[test]
    fn a_frame_is_one_write_and_no_change_is_none() {
        let mut wire = Wire::default();
        let mut canvas = Canvas::new(&mut wire, (20, 3), true);
        assert!(canvas.frame(write("first")).unwrap().bytes > 0);
        assert_eq!(canvas.frame(write("first")).unwrap(), Drawn::default());
        assert!(canvas.frame(write("fist")).unwrap().bytes > 0);
        canvas.forget((10, 2));
        assert!(canvas.frame(write("fist")).unwrap().bytes > 0);
        drop(canvas);
        assert_eq!(wire.0.len(), 3);
        for bytes in &wire.0 {
            assert!(bytes.starts_with(b"\x1b[?2026h") && bytes.ends_with(b"\x1b[?2026l"));
        }
        assert!(wire.0[1].len() < 120, "{:?}", String::from_utf8_lossy(&wire.0[1]));
    }

    #[test]
    fn synchronized_updates_can_be_switched_off() {
        let mut wire = Wire::default();
        Canvas::new(&mut wire, (20, 3), false).frame(write("x")).unwrap();
        assert!(!String::from_utf8_lossy(&wire.0[0]).contains("2026"));
    }
}

//! One line that is typed, in any script.

use tui_input::{Input, InputRequest};

use super::key::{Code, Key, Named};

/// One line that is typed.
#[derive(Clone, Debug, Default)]
pub struct Entry(Input);

impl Entry {
    /// A line that stands there already, with the cursor at its end.
    pub fn prefilled(text: &str) -> Self {
        Self(Input::new(text.to_owned()))
    }

    /// What stands there.
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// Where the cursor is, cells from the beginning.
    pub fn cursor(&self) -> usize {
        self.0.visual_cursor()
    }

    /// How many cells have to be scrolled away so that the cursor is seen in `width` cells.
    pub fn scroll(&self, width: usize) -> usize {
        self.0.visual_scroll(width)
    }

    /// Takes a key; whether it was one that edits.
    pub fn key(&mut self, key: Key) -> bool {
        let Some(request) = request(key) else { return false };
        self.0.handle(request);
        true
    }

    /// Takes text that was pasted, as one line.
    pub fn paste(&mut self, text: &str) {
        for c in crate::model::text::clean(text).chars() {
            self.0.handle(InputRequest::InsertChar(c));
        }
    }
}

fn request(key: Key) -> Option<InputRequest> {
    use InputRequest::{
        DeleteFromStart, DeleteNextChar, DeletePrevChar, DeletePrevWord, DeleteTillEnd, GoToEnd, GoToNextChar,
        GoToNextWord, GoToPrevChar, GoToPrevWord, GoToStart, InsertChar,
    };
    Some(match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => InsertChar(c),
        (Code::Named(Named::Backspace), false, false) | (Code::Char('h'), true, false) => DeletePrevChar,
        (Code::Named(Named::Delete), false, false) | (Code::Char('d'), true, false) => DeleteNextChar,
        (Code::Char('w'), true, false) | (Code::Named(Named::Backspace), _, _) => DeletePrevWord,
        (Code::Char('u'), true, false) => DeleteFromStart,
        (Code::Char('k'), true, false) => DeleteTillEnd,
        (Code::Named(Named::Left), false, false) | (Code::Char('b'), true, false) => GoToPrevChar,
        (Code::Named(Named::Right), false, false) | (Code::Char('f'), true, false) => GoToNextChar,
        (Code::Named(Named::Left), _, _) | (Code::Char('b'), false, true) => GoToPrevWord,
        (Code::Named(Named::Right), _, _) | (Code::Char('f'), false, true) => GoToNextWord,
        (Code::Named(Named::Home), _, _) | (Code::Char('a'), true, false) => GoToStart,
        (Code::Named(Named::End), _, _) | (Code::Char('e'), true, false) => GoToEnd,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_by_grapheme() {
        let mut entry = Entry::prefilled("naïve 日本");
        entry.key(Key::named(Named::Backspace));
        assert_eq!((entry.text(), entry.cursor()), ("naïve 日", 8));
        entry.key(Key::ctrl('u'));
        assert!(!entry.key(Key::named(Named::Enter)));
        entry.paste("a\nb\u{1b}");
        assert_eq!(entry.text(), "a b␛");
    }
}

//! Copying through the terminal (OSC 52): it works over SSH, and inside tmux and screen when it is wrapped for them.

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// What stands between us and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// By what the environment says.
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        match (set("TMUX"), set("STY"), set("TERM")) {
            (Some(_), ..) => Self::Tmux,
            (_, Some(_), _) => Self::Screen,
            (.., Some(term)) if term.starts_with("screen") => Self::Screen,
            _ => Self::Nothing,
        }
    }
}

/// The bytes that put `text` on the clipboard of the terminal's machine.
pub fn copy(text: &str, between: Between) -> Vec<u8> {
    let mut plain = String::new();
    if CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain).is_err() {
        return Vec::new();
    }
    match between {
        Between::Nothing => plain.into_bytes(),
        Between::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")).into_bytes(),
        // Screen passes at most 768 bytes of a string on; what it is given in pieces it puts together again.
        Between::Screen => {
            plain.as_bytes().chunks(700).flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_for_what_stands_between() {
        assert_eq!(copy("1.4.2", Between::Nothing), b"\x1b]52;c;MS40LjI=\x1b\\");
        assert_eq!(copy("1.4.2", Between::Tmux), b"\x1bPtmux;\x1b\x1b]52;c;MS40LjI=\x1b\x1b\\\x1b\\");
        assert!(copy("1.4.2", Between::Screen).starts_with(b"\x1bP\x1b]52;c;"));
    }

    #[test]
    fn the_environment_says_what_stands_between() {
        let tmux = |name: &str| (name == "TMUX").then(|| "/tmp/tmux,1,0".to_owned());
        assert_eq!(Between::detect(tmux), Between::Tmux);
        assert_eq!(Between::detect(|name| (name == "TERM").then(|| "screen.xterm".to_owned())), Between::Screen);
        assert_eq!(Between::detect(|_| None), Between::Nothing);
    }
}

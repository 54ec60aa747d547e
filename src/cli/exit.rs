//! What the process says when it ends.

/// The exit codes, on which scripts may rely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// It worked.
    Ok = 0,
    /// It did not.
    Error = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// No or wrong credentials.
    Auth = 3,
    /// An answer was given, but some source could not be read.
    Partial = 4,
    /// The operation was begun and did not succeed.
    Operation = 5,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_that_scripts_rely_on() {
        let table = [
            (Exit::Ok, 0),
            (Exit::Error, 1),
            (Exit::Usage, 2),
            (Exit::Auth, 3),
            (Exit::Partial, 4),
            (Exit::Operation, 5),
            (Exit::Interrupted, 130),
        ];
        for (exit, code) in table {
            assert_eq!(exit.code(), code, "{exit:?}");
        }
    }
}

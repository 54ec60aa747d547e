//! Why a command could not do what it was asked, for people.

use std::io;

use super::exit::Exit;
use crate::backend::{BackendError, ErrorKind};
use crate::model::{Text, text};
use crate::operation::{JournalError, OperationError, Stopped};
use crate::world::WorldError;

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something to tell: a lower-case fragment, advice, and the exit code that goes with it.
    #[error("{what}")]
    Told {
        /// The exit code.
        exit: Exit,
        /// What failed.
        what: String,
        /// What the person can do about it.
        hint: Option<String>,
    },
    /// Nobody reads the output any more: nothing to tell, and no failure of ours.
    #[error("the output was closed")]
    Closed,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn error(what: impl Into<String>) -> Self {
        Self::Told { exit: Exit::Error, what: what.into(), hint: None }
    }

    /// The command line makes no sense.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Told { exit: Exit::Usage, what: what.into(), hint: None }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn exits(self, exit: Exit) -> Self {
        match self {
            Self::Told { what, hint, .. } => Self::Told { exit, what, hint },
            Self::Closed => self,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Told { exit, what, .. } => Self::Told { exit, what, hint: Some(hint.into()) },
            Self::Closed => self,
        }
    }

    fn advised(self, hint: Option<Text>) -> Self {
        match hint {
            Some(hint) => self.hint(hint.as_str()),
            None => self,
        }
    }

    /// The exit code. Output that nobody reads is nobody's error.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Told { exit, .. } => *exit,
            Self::Closed => Exit::Ok,
        }
    }

    /// The lines for standard error, cleaned; none where there is nothing to tell.
    pub fn lines(&self) -> Vec<String> {
        let Self::Told { what, hint, .. } = self else { return Vec::new() };
        let mut lines: Vec<String> = text::clean_lines(what).map(std::borrow::Cow::into_owned).collect();
        match lines.first_mut() {
            Some(first) => first.insert_str(0, "error: "),
            None => lines.push("error: it failed without saying why".to_owned()),
        }
        lines.extend(hint.iter().flat_map(|hint| hint.lines()).map(|hint| format!("hint: {}", text::clean(hint))));
        lines
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::error(format!("cannot write the output: {error}")),
        }
    }
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        let exit = if error.kind == ErrorKind::Auth { Exit::Auth } else { Exit::Error };
        Self::error(error.to_string()).exits(exit).advised(error.hint)
    }
}

impl From<WorldError> for Failure {
    fn from(error: WorldError) -> Self {
        if let WorldError::Config(problems) = &error {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let advice = if problems.iter().any(|it| it.hint.is_some()) { None } else { error.hint() };
            return Self::error(all.join("\n")).advised(advice);
        }
        Self::error(error.to_string()).advised(error.hint())
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::error(error.to_string()).advised(error.hint().map(Text::from))
    }
}

impl From<OperationError> for Failure {
    fn from(error: OperationError) -> Self {
        match error {
            OperationError::Backend(error) => Self::from(error),
            error => Self::error(error.to_string()).advised(error.hint()),
        }
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Error(error) => Self::from(error),
            // After the first write was tried it is the operation that failed.
            stopped @ Stopped::Conflict { .. } => {
                Self::error(stopped.to_string()).advised(stopped.hint()).exits(Exit::Operation)
            }
            stopped => Self::error(stopped.to_string()).advised(stopped.hint()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceId;

    #[test]
    fn advice_stands_on_its_own_line() {
        let failure = Failure::usage("no service `chekout`").hint("did you mean `checkout`?");
        assert_eq!(failure.lines(), ["error: no service `chekout`", "hint: did you mean `checkout`?"]);
        assert_eq!(failure.exit(), Exit::Usage);
    }

    #[test]
    fn text_from_outside_is_cleaned_before_it_is_told() {
        let failure = Failure::error("no service `\u{1b}[2J`").hint("\u{202e}x");
        assert_eq!(failure.lines(), ["error: no service `␛[2J`", "hint: x"]);
    }

    #[test]
    fn output_that_nobody_reads_is_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit(), failure.lines()), (Exit::Ok, Vec::new()));
    }

    #[test]
    fn missing_credentials_have_their_own_code() {
        let source = SourceId::from("forge");
        let refused = BackendError::new(&source, ErrorKind::Auth, "token expired").hint("log in again");
        assert_eq!(Failure::from(refused).exit(), Exit::Auth);
        let gone = BackendError::new(&source, ErrorKind::NotFound, "no such repository");
        assert_eq!(Failure::from(gone).exit(), Exit::Error);
    }
}

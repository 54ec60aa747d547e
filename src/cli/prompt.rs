//! Questions to a person at a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use super::failure::Failure;
use crate::operation::Confirm;

/// Whether a person can be asked: somebody types and somebody sees the question.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks the person at the terminal for what the plan demands, on standard error.
///
/// # Errors
/// When the terminal cannot be read.
pub fn confirm(demand: &Confirm) -> Result<bool, Failure> {
    ask(demand, &mut io::stdin().lock(), &mut io::stderr().lock())
        .map_err(|error| Failure::error(format!("cannot read the answer: {error}")))
}

/// What has to be typed, exactly.
fn expected(demand: &Confirm) -> String {
    match demand {
        Confirm::Yes => "y".to_owned(),
        Confirm::Environment(environment) => environment.as_str().to_owned(),
        Confirm::Count(tracks) => tracks.to_string(),
    }
}

fn ask(demand: &Confirm, from: &mut impl BufRead, to: &mut impl Write) -> io::Result<bool> {
    match demand {
        Confirm::Yes => write!(to, "go ahead? type y to confirm, anything else stops: ")?,
        Confirm::Environment(environment) => {
            write!(to, "{environment} is protected: type its name to confirm, anything else stops: ")?;
        }
        Confirm::Count(tracks) => {
            write!(to, "this is about {tracks} tracks: type their number to confirm, anything else stops: ")?;
        }
    }
    to.flush()?;
    let mut answer = String::new();
    if from.read_line(&mut answer)? == 0 {
        writeln!(to)?;
    }
    Ok(answer.trim_end_matches(['\r', '\n']).trim() == expected(demand))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(demand: &Confirm, answer: &str) -> bool {
        ask(demand, &mut answer.as_bytes(), &mut Vec::new()).expect("memory takes it")
    }

    #[test]
    fn only_the_exact_answer_confirms() {
        let production = Confirm::Environment("production".into());
        let cases: &[(&Confirm, &str, bool)] = &[
            (&Confirm::Yes, "y\n", true),
            (&Confirm::Yes, "\n", false),
            (&Confirm::Yes, "", false),
            (&Confirm::Yes, "n\n", false),
            (&Confirm::Yes, "yes please\n", false),
            (&production, "production\n", true),
            (&production, "production\r\n", true),
            (&production, "Production\n", false),
            (&production, "y\n", false),
            (&production, "staging\n", false),
            (&Confirm::Count(12), "12\n", true),
            (&Confirm::Count(12), "y\n", false),
        ];
        for (demand, answer, yes) in cases {
            assert_eq!(answered(demand, answer), *yes, "{demand:?} {answer:?}");
        }
    }
}

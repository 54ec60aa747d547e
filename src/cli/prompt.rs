//! Questions to a person at a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use super::failure::Failure;
use crate::operation::Confirm;

/// Whether a person can be asked: somebody types and somebody sees the question.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks the person at the terminal for what the plan demands, on standard error, and gives what was typed.
///
/// # Errors
/// When the terminal cannot be read.
pub async fn confirm(demand: &Confirm) -> Result<String, Failure> {
    let demand = demand.clone();
    // On a thread of its own: whoever presses Ctrl-C at the question is heard.
    let asked = tokio::task::spawn_blocking(move || ask(&demand, &mut io::stdin().lock(), &mut io::stderr().lock()));
    let answer = asked.await.map_err(|_| Failure::error("the question was given up"))?;
    answer.map_err(|error| Failure::error(format!("cannot read the answer: {error}")))
}

fn ask(demand: &Confirm, from: &mut impl BufRead, to: &mut impl Write) -> io::Result<String> {
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
    Ok(answer.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(demand: &Confirm, answer: &str) -> (String, bool) {
        let mut question = Vec::new();
        let typed = ask(demand, &mut answer.as_bytes(), &mut question).expect("memory takes it");
        (String::from_utf8(question).expect("we write UTF-8"), demand.accepts(&typed))
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
            assert_eq!(asked(demand, answer).1, *yes, "{demand:?} {answer:?}");
        }
    }

    #[test]
    fn the_question_says_what_has_to_be_typed_and_is_clean() {
        let (question, _) = asked(&Confirm::Environment("prod\u{1b}[2J".into()), "");
        assert!(question.starts_with("prod␛[2J is protected: type its name"), "{question}");
    }
}

//! The yes to something that has one write and no guards to name: asked at the terminal, or said beforehand.

use super::failure::Failure;
use super::prompt;
use crate::operation::Confirm;

/// How it is said.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Operation")]
pub struct Consent {
    /// Stop after the plan: nothing is written.
    #[arg(long, conflicts_with = "yes")]
    pub plan: bool,
    /// Do not ask; a protected environment needs --confirm as well.
    #[arg(long, short)]
    yes: bool,
    /// Name the protected environment, in place of typing its name when asked.
    #[arg(long, value_name = "ENV", requires = "yes")]
    confirm: Option<String>,
}

impl Consent {
    /// What was typed, now or beforehand.
    ///
    /// # Errors
    /// When it does not confirm, or nobody can be asked.
    pub async fn get(&self, demand: &Confirm) -> Result<String, Failure> {
        if self.yes {
            return self.said_beforehand(demand);
        }
        if !prompt::can_ask() {
            let hint = match demand {
                Confirm::Environment(environment) => format!("add --yes --confirm {environment}"),
                Confirm::Yes | Confirm::Count(_) => "add --yes".to_owned(),
            };
            return Err(Failure::usage("there is no terminal to ask at").hint(hint));
        }
        let typed = prompt::confirm(demand).await?;
        if demand.accepts(&typed) { Ok(typed) } else { Err(Failure::error("not confirmed: nothing was changed")) }
    }

    fn said_beforehand(&self, demand: &Confirm) -> Result<String, Failure> {
        match (demand, &self.confirm) {
            (Confirm::Yes, None) => Ok("y".to_owned()),
            (Confirm::Environment(environment), Some(named)) if named == environment.as_str() => Ok(named.clone()),
            (Confirm::Environment(environment), None) => {
                Err(Failure::usage(format!("{environment} is protected: --yes alone does not confirm"))
                    .hint(format!("add --confirm {environment}")))
            }
            (Confirm::Environment(environment), Some(named)) => {
                Err(Failure::usage(format!("--confirm names `{named}`, this is about {environment}")))
            }
            (_, Some(named)) => {
                Err(Failure::usage(format!("--confirm names `{named}`, and no name is asked for")).hint("leave it out"))
            }
            (Confirm::Count(tracks), None) => {
                Err(Failure::usage(format!("{tracks} tracks: --yes alone does not confirm")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_alone_confirms_nothing_that_has_to_be_named() {
        let production = Confirm::Environment("production".into());
        let said = |demand: &Confirm, confirm: Option<&str>| {
            let consent = Consent { plan: false, yes: true, confirm: confirm.map(str::to_owned) };
            consent.said_beforehand(demand).ok()
        };
        assert_eq!(said(&Confirm::Yes, None).as_deref(), Some("y"));
        assert_eq!(said(&Confirm::Yes, Some("production")), None);
        assert_eq!(said(&production, None), None);
        assert_eq!(said(&production, Some("staging")), None);
        assert_eq!(said(&production, Some("production")).as_deref(), Some("production"));
        assert_eq!(said(&Confirm::Count(3), None), None);
    }
}

//! Whether this session may change the outside world. Read-only is the default, and of two rules that disagree the more
//! restrictive one holds.

use chrono::TimeDelta;

use crate::config::Policy;
use crate::model::{Text, Time};

/// Whether this session may change the outside world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteMode {
    /// `--write` (true) or `--read-only` (false) on the command line.
    flag: Option<bool>,
    /// `policy.write` of the configuration.
    configured: bool,
    idle: TimeDelta,
    /// The last key since `:write`.
    session: Option<Time>,
}

/// The rule that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Nothing was said: read-only.
    Default,
    /// `--read-only`.
    ReadOnlyFlag,
    /// `:write` was said and its time is over: read-only again.
    Idle,
    /// `--write`.
    WriteFlag,
    /// `policy.write = true`.
    Configuration,
    /// `:write`, until that moment unless a key comes.
    Session(Time),
}

impl Rule {
    /// Whether it lets write.
    pub fn writes(self) -> bool {
        matches!(self, Self::WriteFlag | Self::Configuration | Self::Session(_))
    }

    /// The rule in words.
    pub fn why(self) -> &'static str {
        match self {
            Self::Default => "read-only is the default",
            Self::ReadOnlyFlag => "read-only: `--read-only` was given",
            Self::Idle => "read-only again: no key came for a while after `:write`",
            Self::WriteFlag => "writing: `--write` was given",
            Self::Configuration => "writing: the configuration says `policy.write`",
            Self::Session(_) => "writing: `:write` was said",
        }
    }
}

/// That writing was allowed when this was made. It can only come from [`WriteMode::permit`], so that nothing can be
/// written in a read-only session by forgetting to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WritePermit(Rule);

impl WritePermit {
    /// The rule that allowed it.
    pub fn rule(self) -> Rule {
        self.0
    }
}

impl WriteMode {
    /// The mode at the start of a session. `flag` is `--write` (true) or `--read-only` (false).
    pub fn new(flag: Option<bool>, policy: &Policy) -> Self {
        let idle = TimeDelta::minutes(i64::from(policy.write_idle_minutes));
        Self { flag, configured: policy.write, idle, session: None }
    }

    /// `:write`: on until no key came for a while.
    pub fn begin(&mut self, now: Time) {
        self.session = Some(now);
    }

    /// `:write off`: what `:write` allowed is over. A flag or the configuration stays as it is.
    pub fn end(&mut self) {
        self.session = None;
    }

    /// A key came.
    pub fn key(&mut self, now: Time) {
        if matches!(self.rule(now), Rule::Session(_)) {
            self.session = Some(now);
        }
    }

    /// The rule that decides at `now`.
    pub fn rule(&self, now: Time) -> Rule {
        let ends = self.session.map(|since| since.checked_add_signed(self.idle).unwrap_or(since));
        match (self.flag, ends) {
            (Some(false), _) => Rule::ReadOnlyFlag,
            (Some(true), _) => Rule::WriteFlag,
            (None, _) if self.configured => Rule::Configuration,
            (None, Some(ends)) if now < ends => Rule::Session(ends),
            (None, Some(_)) => Rule::Idle,
            (None, None) => Rule::Default,
        }
    }

    /// Leave to write, or why there is none.
    ///
    /// # Errors
    /// In a read-only session, with the rule that decided in words.
    pub fn permit(&self, now: Time) -> Result<WritePermit, Text> {
        let rule = self.rule(now);
        if rule.writes() { Ok(WritePermit(rule)) } else { Err(Text::from(rule.why())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn read_only_is_the_default_and_the_most_restrictive_rule_holds() {
        let policy = |write| Policy { write, ..Policy::default() };
        for (flag, configured, expected) in [
            (None, false, Rule::Default),
            (None, true, Rule::Configuration),
            (Some(true), false, Rule::WriteFlag),
            (Some(false), true, Rule::ReadOnlyFlag),
        ] {
            let mode = WriteMode::new(flag, &policy(configured));
            assert_eq!(mode.rule(at(0)), expected);
            assert_eq!(mode.permit(at(0)).is_ok(), expected.writes());
        }
        let mut stubborn = WriteMode::new(Some(false), &policy(false));
        stubborn.begin(at(0));
        assert_eq!(stubborn.rule(at(0)), Rule::ReadOnlyFlag);
    }

    #[test]
    fn a_session_ends_after_idle_minutes_and_does_not_come_back_by_a_key() {
        let mut mode = WriteMode::new(None, &Policy::default());
        mode.begin(at(0));
        mode.key(at(14));
        assert_eq!(mode.rule(at(28)), Rule::Session(at(29)));
        assert_eq!(mode.rule(at(29)), Rule::Idle);
        mode.key(at(30));
        assert!(mode.permit(at(30)).is_err());
        mode.begin(at(31));
        assert!(mode.permit(at(31)).is_ok());
        mode.end();
        assert_eq!(mode.rule(at(31)), Rule::Default);
    }
}

//! Anything that can happen to the cockpit, in any order: keys, commands by their names, pasted text, other sizes, other
//! pictures, answers that come late or fail. Nothing panics, the selection and the cursor stay where something is, and
//! nothing is done to the world that nobody confirmed.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::matrix::sources;
use super::sizes::check;
use crate::app::commands::COMMANDS;
use crate::app::gate::{Late, Ticket};
use crate::app::key::{Code, Key, Named};
use crate::app::state::State;
use crate::app::world::{Failure, Found, Outcome};
use crate::app::{Effect, Message, Msg, Reply, Request, commands, fixture, update};
use crate::model::{CommitId, Text};
use crate::operation::{Done, Intent, Plan};
use crate::view::Sources;
use crate::view::fixture::{self as world, Condition};

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    Key(Key),
    Command(usize, String),
    Paste(String),
    Resize(u16, u16),
    Picture(usize),
    Wake(i64),
    Answer(usize, bool),
    Tell(String),
}

fn key() -> impl Strategy<Value = Key> {
    let named = prop::sample::select(vec![
        Named::Enter,
        Named::Esc,
        Named::Tab,
        Named::BackTab,
        Named::Backspace,
        Named::Delete,
        Named::Up,
        Named::Down,
        Named::Left,
        Named::Right,
        Named::Home,
        Named::End,
        Named::PageUp,
        Named::PageDown,
    ]);
    prop_oneof![
        // What is bound, and what is typed.
        6 => prop::sample::select("jklhgGqrsSnNyopbawcLMtw/:?-[]=!1234567 e".chars().collect::<Vec<_>>()).prop_map(Key::char),
        1 => any::<char>().prop_map(Key::char),
        4 => named.prop_map(Key::named),
        1 => proptest::char::range('a', 'z').prop_map(Key::ctrl),
        1 => (1_u8..13).prop_map(|number| Key { code: Code::F(number), ctrl: false, alt: true }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let argument = prop_oneof![
        3 => Just(String::new()),
        1 => prop::sample::select(vec!["checkout", "checkout production", "検索 staging", "nosuch", "all", "0d", "-", "1.4.2"]).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ];
    prop_oneof![
        12 => key().prop_map(Event::Key),
        4 => (0..COMMANDS.len(), argument).prop_map(|(at, argument)| Event::Command(at, argument)),
        1 => "\\PC{0,30}".prop_map(Event::Paste),
        2 => (1_u16..140, 1_u16..50).prop_map(|(width, height)| Event::Resize(width, height)),
        1 => (0_usize..8).prop_map(Event::Picture),
        1 => (0_i64..100_000).prop_map(Event::Wake),
        4 => (0_usize..4, any::<bool>()).prop_map(|(at, well)| Event::Answer(at, well)),
        1 => "\\PC{0,90}".prop_map(Event::Tell),
    ]
}

/// The worlds that come and go: those that are small enough to be drawn often.
fn picture(at: usize) -> Sources {
    let small: Vec<Condition> = Condition::ALL.into_iter().filter(|it| *it != Condition::Many).collect();
    sources(small[at % small.len()])
}

/// A cockpit with the questions that it has asked.
struct Session {
    state: State,
    open: Vec<(Ticket, Request)>,
}

impl Session {
    fn take(&mut self, msg: Msg) {
        let at = self.state.clock + chrono::TimeDelta::milliseconds(400);
        let effects = update(&mut self.state, at, msg);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(ticket, request) => {
                    let changes = matches!(request, Request::Run(..) | Request::Mark(_) | Request::Answer(..));
                    assert!(!changes || self.state.write.rule(self.state.clock).writes(), "{request:?}");
                    self.open.push((ticket, request));
                }
                Effect::Wake(Some(at)) => assert!(at > self.state.clock, "it would wake up at once and for ever"),
                _ => {}
            }
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Key(key) => self.take(Msg::Key(key)),
            Event::Command(at, argument) if self.state.dialogs.is_empty() => {
                let effects = commands::run(&mut self.state, &COMMANDS[at], &argument);
                self.carry_out(effects);
                self.take(Msg::Wake);
            }
            Event::Command(..) => {}
            Event::Paste(text) => self.take(Msg::Paste(text)),
            Event::Resize(width, height) => self.take(Msg::Resize(width, height)),
            Event::Picture(at) => {
                let sources = picture(at);
                self.take(Msg::Snapshot(sources.snapshot));
                self.take(Msg::Operations(sources.operations));
            }
            Event::Wake(milliseconds) => {
                self.state.clock += chrono::TimeDelta::milliseconds(milliseconds);
                self.take(Msg::Wake);
            }
            Event::Answer(at, well) => {
                let Some(at) = self.open.len().checked_sub(at + 1) else { return };
                let (ticket, request) = self.open.remove(at);
                self.take(Msg::Reply(Late::new(ticket, answer(&request, well))));
            }
            Event::Tell(text) => self.take(Msg::Tell(Message::warning(text))),
        }
    }

    /// What holds whatever has happened.
    fn holds(&self) {
        let place = &self.state.place;
        let (len, rows) = (place.table.len(), self.state.layout().rows());
        assert!(place.at < len.max(1), "row {} of {len} is selected", place.at);
        assert!(place.top <= place.at && place.at < place.top + rows, "row {} is not among those seen", place.at);
        assert!(len == 0 || place.selected.as_ref() == Some(&place.table.key(place.at)));
        assert!(place.column.as_deref().is_none_or(|column| place.stops().any(|id| id == column)));
        assert!(place.table.len() <= place.table.total().max(place.table.len()));
        assert!(self.state.dialogs.len() < 40, "dialogs pile up");
        let _ = place.subject();
    }
}

fn answer(request: &Request, well: bool) -> Reply {
    let failure = || Failure::new("no answer within 30 s").hint("r reads again");
    let either = |it: fn() -> Plan| if well { Ok(Box::new(it())) } else { Err(failure()) };
    match request {
        Request::Plan(_) => Reply::Plan(either(if well { world::promotion } else { world::rollback })),
        Request::Run(plan, _) => Reply::Done(if well {
            Ok(Outcome::Ended(Box::new(done(&plan.intent))))
        } else {
            Ok(Outcome::Changed { why: "1.4.3 is live now".into(), plan: plan.clone() })
        }),
        Request::Sync => Reply::Synced(if well { Ok(()) } else { Err(failure()) }),
        Request::Outputs(_) => Reply::Outputs(if well { Ok(world::outputs()) } else { Err(failure()) }),
        Request::Log { wait, .. } => {
            let lines = (0..70).map(|it| Text::from(format!("line {it}"))).collect();
            let cursor = Some(crate::backend::LogCursor("70".to_owned()));
            let part = crate::backend::LogPart { lines, cut: *wait, cursor, ..Default::default() };
            Reply::Log(if well { Ok(part) } else { Err(failure()) })
        }
        Request::Look => Reply::Looked(if well { Ok(Box::default()) } else { Err(failure()) }),
        Request::Begin(_) => Reply::Begun(Err(failure())),
        Request::Find(_) => {
            let found = Found { service: "checkout".into(), commit: CommitId([1; 20]), says: "a commit".into() };
            Reply::Found(if well { Ok(vec![found; 3]) } else { Err(failure()) })
        }
        Request::Approvals(track) => {
            let plans = vec![world::approval(track, "1.5.0".into())];
            Reply::Approvals(if well { Ok(plans) } else { Err(failure()) })
        }
        Request::Mark(_) | Request::Answer(..) => Reply::Marked(if well { Ok("noted".into()) } else { Err(failure()) }),
        Request::Measure(question) => {
            Reply::Measured(if well { Ok(std::sync::Arc::new(question.clone().answer())) } else { Err(failure()) })
        }
        Request::PlanRun(intent) => {
            Reply::RunPlan(if well { Ok(Box::new(world::run_plan(intent.act))) } else { Err(failure()) })
        }
        Request::Steer(..) => Reply::Marked(if well { Ok("rerun".into()) } else { Err(failure()) }),
        Request::Compare { .. } => Reply::Compared(Err(failure())),
    }
}

fn done(intent: &Intent) -> Done {
    Done {
        summary: world::operations()[2].clone(),
        verdict: None,
        live: None,
        undo: Some(intent.clone()),
        ways_out: Vec::new(),
        follow_up: None,
        problems: Vec::new(),
    }
}

/// The same events in every run; other ones with `FLIGHTDECK_FUZZ=SEED`.
fn fixed() -> ProptestConfig {
    let seed = std::env::var("FLIGHTDECK_FUZZ").ok().and_then(|it| it.parse().ok()).unwrap_or(4);
    ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(fixed())]

    #[test]
    fn whatever_happens_the_cockpit_stays_whole(
        events in prop::collection::vec(event(), 1..60), writes in prop::option::of(any::<bool>()), from in 0..4_usize,
    ) {
        let state = fixture::state_of(picture(from), writes);
        let mut session = Session { state, open: Vec::new() };
        let last = events.len() - 1;
        for (at, event) in events.into_iter().enumerate() {
            session.happens(event);
            session.holds();
            if at % 8 == 0 || at == last {
                check(&session.state, "anything");
            }
        }
    }
}

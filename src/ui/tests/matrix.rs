//! Every screen and every dialog in every condition, at four sizes: one row for each, one snapshot for each condition.

use std::fmt::Write;
use std::sync::LazyLock;

use super::{SIZES, dress, press, resize, text};
use crate::app::dialog::Dialog;
use crate::app::gate::{Late, Ticket};
use crate::app::stats::FrameCost;
use crate::app::world::{Failure, Found};
use crate::app::{Effect, Msg, Reply, State, commands, fixture, update};
use crate::backend::{LogPart, Verb};
use crate::model::{CommitId, ServiceId, Text};
use crate::operation::Plan;
use crate::view::fixture::Condition::{self, *};
use crate::view::fixture::{self as world};
use crate::view::{RowKey, Screen, Sources};

/// A screen or a dialog, and in which conditions it is looked at.
pub struct Scene {
    pub name: &'static str,
    pub opens: fn(&mut Stage),
    pub conditions: &'static [Condition],
}

const ALL: &[Condition] = &[Ordinary, Empty, Loading, Error, Failing, Stale, Many, Long, Wide];
/// Where there is something to go into.
const FULL: &[Condition] = &[Ordinary, Failing, Stale, Many, Long, Wide];
/// Dialogs that ask for an answer.
const ASKED: &[Condition] = &[Ordinary, Empty, Loading, Error, Many, Long, Wide];
/// Dialogs that know everything already.
const TOLD: &[Condition] = &[Ordinary, Long, Wide];

/// All of them.
#[rustfmt::skip]
pub const SCENES: &[Scene] = &[
    Scene { name: "board", opens: |_| {}, conditions: ALL },
    Scene { name: "board_of_copies", opens: |it| it.press("l l l"), conditions: &[Rollout] },
    Scene { name: "track_of_copies", opens: |it| { track(it); it.press("Tab"); }, conditions: &[Rollout] },
    Scene { name: "abort", opens: |it| plan(it, "track.abort"), conditions: &[Rollout] },
    Scene { name: "rollout_failed", opens: failed, conditions: &[Rollout] },
    Scene { name: "log_of_track", opens: |it| pods(it, ""), conditions: &[Rollout] },
    Scene { name: "log_of_track_choice", opens: |it| pods(it, "p"), conditions: &[Rollout] },
    Scene { name: "keys_of_rollouts", opens: |it| { track(it); it.press("x"); it.pass(); }, conditions: &[Rollout] },
    Scene { name: "board_cell", opens: |it| it.press("l l l"), conditions: FULL },
    Scene { name: "flow", opens: |it| it.run("screen.flow", &it.service()), conditions: ALL },
    Scene { name: "runs", opens: |it| it.run("screen.runs", ""), conditions: ALL },
    Scene { name: "jobs", opens: jobs, conditions: FULL },
    Scene { name: "track", opens: track, conditions: ALL },
    Scene { name: "metrics", opens: |it| it.run("screen.metrics", ""), conditions: ALL },
    Scene { name: "metrics_charts", opens: charts, conditions: FULL },
    Scene { name: "metrics_table", opens: |it| { charts(it); it.press("j j t"); }, conditions: FULL },
    Scene { name: "metrics_deployments", opens: |it| { charts(it); it.press("Enter"); }, conditions: FULL },
    Scene { name: "metrics_changes", opens: |it| { charts(it); it.press("Enter j Enter"); }, conditions: FULL },
    Scene { name: "activity", opens: |it| it.run("screen.activity", ""), conditions: ALL },
    Scene { name: "journal", opens: |it| it.run("screen.journal", ""), conditions: ALL },
    Scene { name: "filter_without_match", opens: |it| it.press("/ x q z"), conditions: &[Ordinary, Many] },

    Scene { name: "promote", opens: |it| plan(it, "track.promote"), conditions: ASKED },
    Scene { name: "roll_back", opens: |it| plan(it, "track.rollback"), conditions: &[Ordinary, Loading, Error] },
    Scene { name: "lock", opens: |it| { track(it); it.run("track.lock", ""); }, conditions: TOLD },
    Scene { name: "mark_bad", opens: |it| { track(it); it.run("version.mark-bad", ""); }, conditions: TOLD },
    Scene { name: "marked", opens: |it| it.press("Space j l l Space"), conditions: FULL },
    Scene { name: "approve", opens: approve, conditions: ASKED },
    Scene { name: "rerun", opens: rerun, conditions: &[Ordinary, Loading, Error] },
    Scene { name: "bulk", opens: bulk, conditions: ASKED },
    Scene { name: "compare", opens: compare, conditions: ASKED },
    Scene { name: "where", opens: find, conditions: ASKED },
    Scene { name: "log", opens: log, conditions: ASKED },
    Scene { name: "help", opens: |it| it.press("?"), conditions: &[Ordinary] },
    Scene { name: "help_without_match", opens: |it| it.press("? x q z"), conditions: &[Ordinary] },
    Scene { name: "palette", opens: |it| it.press(":"), conditions: &[Ordinary] },
    Scene { name: "palette_without_match", opens: |it| it.press(": x q z"), conditions: &[Ordinary] },
    Scene { name: "welcome", opens: welcome, conditions: &[Ordinary, Loading, Error] },
    Scene { name: "details", opens: |it| it.press("Tab"), conditions: TOLD },
    Scene { name: "palette_of_arguments", opens: |it| it.press(": p r o m o t e Space"), conditions: TOLD },
    Scene { name: "views", opens: |it| it.press("v"), conditions: &[Ordinary] },
    Scene { name: "view_held", opens: |it| it.run("view.show", "on-call"), conditions: TOLD },
    Scene { name: "messages", opens: messages, conditions: &[Ordinary, Empty, Failing, Many, Long, Wide] },
    Scene { name: "themes", opens: |it| it.run("theme.set", ""), conditions: &[Ordinary] },
    Scene { name: "costs", opens: costs, conditions: &[Ordinary, Empty, Many] },
    Scene { name: "quit", opens: |it| { plan(it, "track.promote"); it.fly(); it.press("q"); }, conditions: TOLD },
    Scene { name: "running", opens: |it| { plan(it, "track.promote"); it.fly(); }, conditions: TOLD },
];

/// Each world is made once: the large ones take their time.
static WORLDS: LazyLock<Vec<(Condition, Sources)>> =
    LazyLock::new(|| Condition::ALL.into_iter().map(|it| (it, it.sources())).collect());

/// What is known in a condition.
pub fn sources(condition: Condition) -> Sources {
    let found = WORLDS.iter().find(|(it, _)| *it == condition);
    found.map(|(_, sources)| sources.clone()).unwrap()
}

/// A cockpit in a condition.
pub struct Stage {
    pub state: State,
    pub condition: Condition,
    asked: Option<Ticket>,
}

impl Stage {
    /// The cockpit on which a scene has been opened.
    pub fn of(scene: &Scene, condition: Condition) -> Self {
        let mut stage = Self { state: fixture::state_of(sources(condition), Some(true)), condition, asked: None };
        (scene.opens)(&mut stage);
        stage
    }

    fn carried(&mut self, effects: Vec<Effect>) {
        let asked = fixture::measure(&mut self.state, effects).into_iter().find_map(|effect| match effect {
            Effect::Ask(ticket, _) => Some(ticket),
            _ => None,
        });
        self.asked = asked.or(self.asked.take());
    }

    fn press(&mut self, keys: &str) {
        let effects = press(&mut self.state, keys);
        self.carried(effects);
    }

    fn run(&mut self, id: &str, arguments: &str) {
        let command = commands::by_id(id).unwrap();
        let effects = commands::run(&mut self.state, command, arguments);
        self.carried(effects);
        let at = self.state.clock;
        let effects = update(&mut self.state, at, Msg::Wake);
        self.carried(effects);
    }

    /// A second passes.
    fn pass(&mut self) {
        let at = self.state.clock + chrono::TimeDelta::seconds(1);
        let effects = update(&mut self.state, at, Msg::Wake);
        self.carried(effects);
    }

    /// Answers the question that is open; without an answer a second passes.
    fn answer(&mut self, reply: Option<Reply>) {
        let Some(ticket) = self.asked.take() else { return };
        let at = self.state.clock + chrono::TimeDelta::seconds(1);
        let msg = reply.map_or(Msg::Wake, |reply| Msg::Reply(Late::new(ticket, reply)));
        update(&mut self.state, at, msg);
    }

    /// The service that is looked at, where there is one.
    fn service(&self) -> String {
        let service = self.condition.service();
        let known = self.state.sources.snapshot.service(&service).is_some();
        if known { service.as_str().to_owned() } else { String::new() }
    }

    fn fly(&mut self) {
        if self.state.dialogs.is_empty() {
            return;
        }
        let plan = self.condition.plan();
        let flying = crate::app::state::Flying {
            since: self.state.clock,
            progress: Some(crate::model::Progress { what: plan.findings[0].why.clone(), done: 2, total: 5 }),
            plan: plan.into(),
        };
        self.state.dialogs.clear();
        self.state.flying.push(flying);
    }
}

fn track(it: &mut Stage) {
    let place = match it.service() {
        service if service.is_empty() => String::new(),
        service => format!("{service} {}", it.condition.production().as_str()),
    };
    it.run("screen.track", &place);
}

fn welcome(it: &mut Stage) {
    it.run("welcome.open", "");
    let lying = || crate::app::Lying {
        found: vec![
            ("repository".into(), "/srv/shop".into()),
            ("tags".into(), "12 tags: what is a release is seen on the board".into()),
            ("remote".into(), "acme/shop on github.com: no token is at hand in GH_TOKEN or GITHUB_TOKEN".into()),
        ],
        draft: "[project]\nname = \"shop\"\n".to_owned(),
        path: "/srv/shop/flightdeck.toml".into(),
        exists: false,
    };
    let reply = it.condition.answer(lying, || None);
    it.answer(reply.map(|result| Reply::Looked(result.map(Box::new))));
}

fn charts(it: &mut Stage) {
    let place = format!("{} {}", it.condition.service().as_str(), it.condition.production().as_str());
    it.run("screen.metrics", &place);
    it.run("metrics.window", "all");
}

fn jobs(it: &mut Stage) {
    it.run("screen.runs", "");
    it.state.place.select_key(&RowKey(it.condition.run().as_str().to_owned()));
    it.run("place.enter", "");
}

fn plan(it: &mut Stage, command: &str) {
    track(it);
    it.run(command, "");
    let plan = match command {
        "track.rollback" => world::rollback(),
        "track.abort" => world::abort(),
        _ => it.condition.plan(),
    };
    let reply = it.condition.answer(|| plan, || None);
    it.answer(reply.map(|result| Reply::Plan(result.map(Box::new))));
}

/// A promotion whose rollout did not become ready, with the ways out of it.
fn failed(it: &mut Stage) {
    plan(it, "track.promote");
    it.press("p r o d u c t i o n Enter");
    let plan = it.condition.plan();
    let summary = crate::operation::OperationSummary {
        ending: crate::operation::Ending::Failed("1 of 5 does not start: the image cannot be pulled".into()),
        ..world::operations()[2].clone()
    };
    let way = |verb, version: Option<&str>| crate::operation::Intent {
        verb,
        version: version.map(Into::into),
        ..plan.intent.clone()
    };
    let done = crate::operation::Done {
        summary,
        verdict: None,
        live: None,
        undo: Some(way(Verb::RollBack, Some("1.4.2"))),
        ways_out: vec![way(Verb::Abort, None), way(Verb::RollBack, Some("1.4.2"))],
        follow_up: None,
        problems: Vec::new(),
    };
    it.answer(Some(Reply::Done(Ok(crate::app::world::Outcome::Ended(Box::new(done))))));
}

fn find(it: &mut Stage) {
    it.run("where.ask", "tax");
    let condition = it.condition;
    let found = || -> Vec<Found> {
        let found = |number: u8, service: ServiceId, says: String| Found {
            service,
            commit: CommitId([number; 20]),
            says: Text::from(says),
        };
        match condition.cast() {
            Some(cast) => {
                let say = cast.name;
                (0..cast.changes.min(250))
                    .map(|number| {
                        let service = say(world::What::Service, number % cast.services);
                        found(number as u8, service.into(), say(world::What::Subject, number))
                    })
                    .collect()
            }
            None => vec![
                found(1, "checkout".into(), "Retry the tax service once".to_owned()),
                found(2, "payments".into(), "branch tax: Round taxes once".to_owned()),
            ],
        }
    };
    let reply = condition.answer(found, || Some(Vec::new()));
    it.answer(reply.map(Reply::Found));
}

/// Every service in production, with a plan for each, or what there is in its place.
fn bulk(it: &mut Stage) {
    it.press("l l l");
    it.run("marks.all", "");
    let command = commands::by_id("track.promote").unwrap();
    let mut open = commands::run(&mut it.state, command, "");
    let condition = it.condition;
    while let Some(effect) = open.pop() {
        let Effect::Ask(ticket, crate::app::Request::Plan(intent)) = effect else { continue };
        let plan = || {
            let operation = intent.track.to_string().as_str().into();
            Box::new(Plan { operation, intent: intent.clone(), ..condition.plan() })
        };
        let Some(result) = condition.answer(plan, || None) else { continue };
        let at = it.state.clock + chrono::TimeDelta::seconds(1);
        open.extend(update(&mut it.state, at, Msg::Reply(Late::new(ticket, Reply::Plan(result)))));
    }
}

fn approve(it: &mut Stage) {
    track(it);
    let Some(track) = it.state.place.subject().track() else { return };
    let effects = crate::app::dialog::approve::show(&mut it.state, track.clone());
    it.carried(effects);
    let condition = it.condition;
    let plans = || vec![world::approval(&track, condition.plan().to.version)];
    let reply = condition.answer(plans, || Some(Vec::new()));
    it.answer(reply.map(Reply::Approvals));
}

fn rerun(it: &mut Stage) {
    it.run("screen.runs", "");
    let effects = crate::app::dialog::steer::open(&mut it.state, crate::model::RunAct::Rerun);
    it.carried(effects);
    let reply = it.condition.answer(|| Box::new(world::run_plan(crate::model::RunAct::Rerun)), || None);
    it.answer(reply.map(Reply::RunPlan));
}

fn compare(it: &mut Stage) {
    track(it);
    let command = commands::by_id("version.compare").unwrap();
    let effects = commands::run(&mut it.state, command, "");
    it.carried(effects.clone());
    match it.condition.answer(|| (), || None) {
        Some(Ok(())) => _ = fixture::compare(&mut it.state, effects),
        Some(Err(failure)) => it.answer(Some(Reply::Compared(Err(failure)))),
        None => it.answer(None),
    }
}

/// The output of all that runs in production, or the list to choose from.
fn pods(it: &mut Stage, keys: &str) {
    track(it);
    let command = commands::by_id("run.log").unwrap();
    for effect in commands::run(&mut it.state, command, "") {
        let Effect::Ask(ticket, request) = effect else { continue };
        let lines = || (1..40).map(|it| Text::from(format!("q8c/app │ 09:00:{it:02} GET /cart 200")));
        let reply = match request {
            crate::app::Request::Outputs(_) => Reply::Outputs(Ok(world::outputs())),
            _ => Reply::Log(Ok(LogPart { lines: lines().collect(), ..LogPart::default() })),
        };
        let at = it.state.clock + chrono::TimeDelta::seconds(1);
        update(&mut it.state, at, Msg::Reply(Late::new(ticket, reply)));
    }
    if !keys.is_empty() {
        it.press(keys);
    }
}

fn log(it: &mut Stage) {
    it.run("screen.runs", "");
    it.state.place.select_key(&RowKey(it.condition.run().as_str().to_owned()));
    it.run("run.log", "");
    let condition = it.condition;
    let lines = || -> Vec<Text> {
        match condition.cast() {
            Some(cast) => (0..cast.changes * 9).map(|it| Text::from((cast.name)(world::What::Reason, it))).collect(),
            None => (1..60).map(|it| Text::from(format!("test {it} of 59 … ok"))).collect(),
        }
    };
    let reply = condition.answer(lines, || Some(Vec::new()));
    let part = |lines| LogPart { lines, ..LogPart::default() };
    it.answer(reply.map(|result| Reply::Log(result.map(part))));
}

fn costs(it: &mut Stage) {
    let frames: u32 = match it.condition {
        Empty => 0,
        Many => 500,
        _ => 4,
    };
    for frame in 0..u64::from(frames) {
        let cost = |micros| std::time::Duration::from_micros(micros * (frame + 1));
        let (cells, bytes) = (40, 300);
        it.state.stats.take(FrameCost { update: cost(210), paint: cost(480), write: cost(95), cells, bytes });
    }
    it.run("stats.open", "");
}

fn messages(it: &mut Stage) {
    let say = it.condition.cast().map_or(world::numbered as fn(_, _) -> _, |cast| cast.name);
    let count = match it.condition {
        Empty | Failing => 0,
        Many => 300,
        _ => 4,
    };
    for number in 0..count {
        let message = crate::app::Message::warning(say(world::What::Reason, number));
        it.state.tell(if number % 2 == 0 { message } else { message.hint(say(world::What::Subject, number)) });
    }
    it.run("messages.open", "");
}

impl Condition {
    fn plan(self) -> Plan {
        self.cast().map_or_else(world::promotion, crate::view::fixture::Cast::promotion)
    }

    /// What the world answers in this condition; nothing while it still reads.
    fn answer<T>(self, full: impl FnOnce() -> T, none: impl FnOnce() -> Option<T>) -> Option<Result<T, Failure>> {
        match self {
            Loading => None,
            Error | Failing => Some(Err(Failure::new("no answer from releases.shop.example within 30 s")
                .hint("`r` reads again; `flightdeck doctor` says more"))),
            Empty => Some(none().map_or_else(|| Err(Failure::new("there is nothing to choose")), Ok)),
            _ => Some(Ok(full())),
        }
    }
}

/// What is seen at every size: the whole screen, or the dialog alone with the lines around it.
fn seen(stage: &mut Stage) -> String {
    let mut out = String::new();
    for size in SIZES {
        resize(&mut stage.state, size);
        writeln!(out, "── {}x{}", size.0, size.1).unwrap();
        let all = text(&stage.state, &dress("unicode"));
        let Some(dialog) = stage.state.dialogs.last() else {
            out += &all;
            continue;
        };
        let area = dialog.paper(&stage.state).area(size);
        let lines: Vec<&str> = all.lines().collect();
        let rows = usize::from(area.y)..usize::from(area.y + area.height);
        for line in &lines[rows] {
            writeln!(out, "{}", columns(line, area.x, area.width).trim_end()).unwrap();
        }
        for line in &lines[usize::from(size.1) - 1..] {
            writeln!(out, "{line}").unwrap();
        }
    }
    out
}

/// The part of a line between two columns of the terminal.
fn columns(line: &str, from: u16, width: u16) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    let mut x = 0;
    let within = line.graphemes(true).filter(|grapheme| {
        let at = x;
        x += grapheme.width();
        at >= usize::from(from) && at < usize::from(from + width)
    });
    within.collect()
}

#[test]
fn every_scene_in_every_condition() {
    for condition in Condition::ALL {
        for scene in SCENES.iter().filter(|scene| scene.conditions.contains(&condition)) {
            let mut stage = Stage::of(scene, condition);
            insta::assert_snapshot!(format!("{}@{}", scene.name, condition.id()), seen(&mut stage));
        }
    }
}

/// The table is whole: no screen and no sort of dialog is left out of it.
#[test]
fn every_screen_and_every_dialog_is_in_the_table() {
    let stages: Vec<Stage> = SCENES.iter().map(|scene| Stage::of(scene, scene.conditions[0])).collect();
    for screen in Screen::ALL {
        assert!(stages.iter().any(|it| it.state.place.wish.screen == screen), "{screen:?}");
    }
    let dialogs: std::collections::BTreeSet<&str> =
        stages.iter().flat_map(|it| &it.state.dialogs).map(sort_of).collect();
    assert_eq!(dialogs.len(), 16, "{dialogs:?}");
}

/// A new sort of dialog does not compile until it stands here; then it wants a scene.
fn sort_of(dialog: &Dialog) -> &'static str {
    match dialog {
        Dialog::Plan(_) => "plan",
        Dialog::Ask(_) => "ask",
        Dialog::Help(_) => "help",
        Dialog::Palette(_) => "palette",
        Dialog::Where(_) => "where",
        Dialog::Log(_) => "log",
        Dialog::Messages(_) => "messages",
        Dialog::Quit(_) => "quit",
        Dialog::Compare(_) => "compare",
        Dialog::Views(_) => "views",
        Dialog::Welcome(_) => "welcome",
        Dialog::Approve(_) => "approve",
        Dialog::Steer(_) => "steer",
        Dialog::Bulk(_) => "bulk",
        Dialog::Themes(_) => "themes",
        Dialog::Costs(_) => "costs",
    }
}

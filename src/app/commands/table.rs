//! The commands.

use super::{Class, Command, Scope};
use crate::app::dialog::{
    approve, ask, bulk, compare, help, log, messages, palette, plan, stats, steer, welcome, whereis,
};
use crate::app::pane;
use crate::app::state::State;
use crate::app::update::{finding, going, marking, measuring, moving, pointing, row, seeking, session, viewing};
use crate::backend::Verb;
use crate::model::RunAct;
use crate::view::Screen;

fn always(_: &State) -> Result<(), String> {
    Ok(())
}

fn everywhere(_: &State) -> bool {
    true
}

macro_rules! command {
    ($id:literal, $word:literal, $title:literal, $sentence:literal, $arguments:literal, $Scope:ident, $Class:ident, $enabled:expr, $run:expr) => {
        Command {
            id: $id,
            word: $word,
            title: $title,
            sentence: $sentence,
            arguments: $arguments,
            scope: Scope::$Scope,
            class: Class::$Class,
            offered: everywhere,
            enabled: $enabled,
            run: $run,
        }
    };
}

/// A command that plans what a verb says for the selected track.
macro_rules! verb {
    ($id:literal, $word:literal, $title:literal, $sentence:literal, $arguments:literal, $Verb:ident) => {
        Command {
            offered: |s| plan::is_offered(s, Verb::$Verb),
            ..command!($id, $word, $title, $sentence, $arguments, Row, Plan, |s| plan::can(s, Verb::$Verb), |s, a| {
                plan::intend(s, Verb::$Verb, a)
            })
        }
    };
}

/// A command that plans what is to be done to the selected run.
macro_rules! steer {
    ($id:literal, $word:literal, $title:literal, $sentence:literal, $Act:ident) => {
        Command {
            offered: |s| steer::is_offered(s, RunAct::$Act),
            ..command!($id, $word, $title, $sentence, "", Row, Plan, |s| steer::can(s, RunAct::$Act), |s, _| {
                steer::open(s, RunAct::$Act)
            })
        }
    };
}

/// Everything that the cockpit can do.
#[rustfmt::skip]
pub static COMMANDS: &[Command] = &[
    command!("move.down", "down", "Down", "Selects the next row.", "", Everywhere, View, always, |s, _| moving::by(s, 1)),
    command!("move.up", "up", "Up", "Selects the row before.", "", Everywhere, View, always, |s, _| moving::by(s, -1)),
    command!("move.left", "left", "Left", "Moves the cursor to the cell on the left; left of the first it is on the whole row.", "", Everywhere, View, always, |s, _| moving::sideways(s, false)),
    command!("move.right", "right", "Right", "Moves the cursor to the cell on the right.", "", Everywhere, View, always, |s, _| moving::sideways(s, true)),
    command!("move.first", "first", "First row", "Selects the first row.", "", Everywhere, View, always, |s, _| moving::by(s, isize::MIN)),
    command!("move.last", "last", "Last row", "Selects the last row.", "", Everywhere, View, always, |s, _| moving::by(s, isize::MAX)),
    command!("move.half-down", "half-down", "Half a page down", "Moves half a page down.", "", Everywhere, View, always, |s, _| moving::pages(s, 1, 2)),
    command!("move.half-up", "half-up", "Half a page up", "Moves half a page up.", "", Everywhere, View, always, |s, _| moving::pages(s, -1, 2)),
    command!("move.page-down", "page-down", "Page down", "Moves a page down.", "", Everywhere, View, always, |s, _| moving::pages(s, 1, 1)),
    command!("move.page-up", "page-up", "Page up", "Moves a page up.", "", Everywhere, View, always, |s, _| moving::pages(s, -1, 1)),
    command!("seek.next", "next", "Next found", "Selects the next row that the last search finds; without a search, that needs attention.", "", Everywhere, View, always, |s, _| seeking::seek(s, true)),
    command!("seek.before", "before-this", "Found before", "Selects the row before that the last search finds; without a search, that needs attention.", "", Everywhere, View, always, |s, _| seeking::seek(s, false)),
    command!("pane.other", "pane", "Other pane", "Gives the keys to the details, where they scroll, and back to the table.", "", Everywhere, View, pane::can_go, |s, _| moving::other_pane(s)),
    command!("details.down", "details-down", "Details down", "Scrolls the details of the selected row down.", "", Row, View, always, |s, _| moving::details(s, 1)),
    command!("details.up", "details-up", "Details up", "Scrolls the details of the selected row up.", "", Row, View, always, |s, _| moving::details(s, -1)),

    command!("place.enter", "enter", "Open", "Goes into what is selected: a service's flow, a track, a run, a job's output.", "", Row, View, going::can_enter, |s, _| going::enter(s)),
    command!("place.back", "back", "Back", "Takes marks away, else clears the filter, else goes back out of what was entered.", "", Everywhere, View, always, |s, _| going::out(s)),
    command!("place.last", "last-place", "Last place", "Goes back to the place before this one, and again to this one.", "", Everywhere, View, going::has_back, |s, _| going::toggle(s)),
    command!("history.back", "history-back", "Back in history", "Goes one place back in the history of places.", "", Everywhere, View, going::has_back, |s, _| going::back(s)),
    command!("history.forward", "history-forward", "Forward in history", "Goes one place forward in the history of places.", "", Everywhere, View, going::has_forward, |s, _| going::forward(s)),

    command!("screen.board", "board", "Board", "Shows services and environments: what runs where and what needs attention.", "", Everywhere, View, always, |s, a| going::screen(s, Screen::Board, a)),
    command!("screen.flow", "flow", "Flow", "Shows where each change of a service is.", "[SERVICE]", Everywhere, View, always, |s, a| going::screen(s, Screen::Flow, a)),
    command!("screen.runs", "runs", "Runs", "Shows pipeline runs and where their time goes.", "[SERVICE]", Everywhere, View, always, |s, a| going::screen(s, Screen::Runs, a)),
    command!("screen.track", "track", "Track", "Shows one service in one environment: what is live, and its history.", "[SERVICE [ENVIRONMENT]]", Everywhere, View, always, |s, a| going::screen(s, Screen::Track, a)),
    command!("screen.metrics", "metrics", "Metrics", "Shows how well and how fast changes come to users: five measures with all that is needed to believe them.", "[SERVICE [ENVIRONMENT]]", Everywhere, View, always, |s, a| going::screen(s, Screen::Metrics, a)),
    command!("screen.activity", "activity", "Activity", "Shows what happened everywhere, newest first.", "[SERVICE]", Everywhere, View, always, |s, a| going::screen(s, Screen::Activity, a)),
    command!("screen.journal", "journal", "Journal", "Shows operations, unfinished first.", "[SERVICE]", Everywhere, View, always, |s, a| going::screen(s, Screen::Journal, a)),
    command!("screen.repaint", "repaint", "Draw again", "Draws the whole screen again.", "", Everywhere, View, always, |_, _| session::repaint()),

    command!("metrics.table", "table", "Chart or table", "Turns the selected chart into its table, and back.", "", Row, View, measuring::can_turn, |s, _| measuring::turn(s)),
    command!("metrics.window", "window", "Window", "Looks further back: 30 days, 90, a year, everything; or as far as is said.", "[30d|90d|1y|all]", Everywhere, View, measuring::is_here, measuring::window),
    command!("metrics.before", "before", "The window before", "Compares with the window of the same length before, or with it no more.", "", Everywhere, View, measuring::has_before, |s, _| measuring::before(s)),
    command!("metrics.compare", "compare-with", "Compare with this", "Takes the selected track as the one that every other is compared with, or takes it back.", "", Row, View, measuring::is_here, |s, _| measuring::compare(s)),
    command!("metrics.everywhere", "everywhere", "Every environment", "Measures every environment and not only the one at which delivery aims, or the other way round.", "", Everywhere, View, measuring::is_here, |s, _| measuring::everywhere(s)),

    command!("view.show", "view", "Views", "Shows a view: a screen, a filter and an order under a name; without a name it lists them.", "[VIEW]", Everywhere, View, always, viewing::show),
    command!("view.save", "view-save", "Keep as view", "Keeps this screen with its filter and order under a name.", "NAME", Everywhere, Local, always, viewing::save),
    command!("view.drop", "view-drop", "Drop a view", "Forgets a view of your own: the one named, or the one that is seen.", "[VIEW]", Everywhere, Local, viewing::can_drop, viewing::drop),

    command!("filter.edit", "filter", "Filter", "Shows only rows that hold these words; `field:value` looks in one field, `!` inverts.", "[WORDS]", Everywhere, View, always, finding::filter),
    command!("sort.next", "sort", "Sort", "Orders the rows by the next thing that they can be ordered by, or by the one named.", "[ORDER]", Everywhere, View, finding::can_sort, finding::sort),
    command!("sort.turn", "sort-turn", "Turn the order around", "Orders the rows the other way round.", "", Everywhere, View, finding::can_sort, |s, _| finding::turn(s)),
    command!("where.ask", "where", "Where is …", "Finds a commit, tag, branch, version, pull request, ticket or words of a subject and shows how far it has come.", "[WHAT]", Everywhere, View, always, whereis::open),
    command!("help.open", "help", "Help", "Shows what can be done here and with which keys.", "[WORDS]", Everywhere, View, always, help::open),
    command!("welcome.open", "welcome", "Welcome", "Shows what was found here and what one key adds.", "", Everywhere, View, always, |s, _| welcome::open(s)),
    command!("project.init", "init", "Configure …", "Shows a flightdeck.toml made from what lies here, and writes it when you say so.", "", Everywhere, Local, always, |s, _| welcome::open_draft(s)),
    command!("palette.open", "palette", "Commands", "Finds a command by its name and runs it.", "", Everywhere, View, always, |s, _| palette::open(s)),
    command!("messages.open", "messages", "Messages", "Shows everything that was told.", "", Everywhere, View, always, |s, _| messages::open(s)),
    command!("version.compare", "compare", "Compare …", "Shows what one version or environment of a service has and another has not: what is selected and what comes next, or what is named.", "[SERVICE] [FROM TO]", Everywhere, View, compare::can_compare, compare::open),
    command!("stats.open", "stats", "Costs of frames", "Shows what the last frames cost: time, cells, bytes, memory.", "", Everywhere, View, always, |s, _| stats::open(s)),
    command!("run.log", "log", "Output", "Shows the output of what runs in the selected environment, or of the selected run or job.", "", Row, View, log::can_open, |s, _| log::open(s)),

    command!("row.mark", "mark", "Mark", "Marks the selected row or cell, or takes its mark away: promote, roll back, lock, compare and copy act on what is marked.", "", Row, View, marking::can_mark, |s, _| marking::toggle(s)),
    command!("marks.all", "mark-all", "Mark all", "Marks every row that passes the filter, or its cell in the column of the cursor.", "", Row, View, marking::can_mark, |s, _| marking::all(s)),
    command!("marks.none", "mark-none", "Mark none", "Takes all marks of the screen away.", "", Everywhere, View, marking::has_marks, |s, _| marking::none(s)),
    command!("marks.invert", "mark-invert", "Invert the marks", "Marks what is not marked and takes the other marks away, among the rows that pass the filter.", "", Row, View, marking::can_mark, |s, _| marking::invert(s)),
    command!("row.copy", "copy", "Copy", "Copies what the selected row, or each that is marked, is about: a version, a commit, an address.", "", Row, Local, row::can_copy, |s, _| row::copy(s)),
    command!("row.open", "open", "Open in the browser", "Opens the page of what is selected.", "", Row, Local, row::can_open, |s, _| row::open(s)),
    command!("data.sync", "sync", "Read again", "Reads everything again, now.", "", Everywhere, Local, session::can_sync, |s, _| session::sync(s)),
    command!("theme.set", "theme", "Theme", "Changes the colours, for this session; without a name it shows all themes to try.", "[THEME]", Everywhere, Local, always, session::theme),
    command!("glyphs.set", "glyphs", "Symbols", "Changes the symbols, for this session.", "unicode|ascii|nerd", Everywhere, Local, always, session::glyphs),
    command!("session.write", "write", "Allow writing", "Allows promoting and rolling back until nobody has pressed a key for a while.", "", Everywhere, Local, session::can_write, |s, _| session::write(s)),
    command!("session.read-only", "read-only", "Read only", "Takes back what `:write` allowed.", "", Everywhere, Local, always, |s, _| session::read_only(s)),
    command!("session.mouse", "mouse", "Mouse", "Lets the mouse scroll and select, or leaves it to the terminal; it never changes anything outside.", "", Everywhere, Local, always, |s, _| pointing::toggle(s)),
    command!("session.suspend", "suspend", "Suspend", "Hands the terminal back to the shell; `fg` continues.", "", Everywhere, Local, always, |_, _| session::suspend()),
    command!("session.leave", "leave", "Back or quit", "Goes back out of what was entered; at the outermost place it quits.", "", Everywhere, Local, always, |s, _| session::leave(s)),
    command!("session.quit", "quit", "Quit", "Ends the cockpit; asks first while an operation runs.", "", Everywhere, Local, always, |s, _| session::quit(s)),

    command!("track.promote", "promote", "Promote …", "Plans to put a version that exists into the selected environment, and shows the plan.", "[VERSION]", Row, Plan, |s| plan::can(s, Verb::Promote), |s, a| plan::intend(s, Verb::Promote, a)),
    command!("track.rollback", "rollback", "Roll back …", "Plans to put the last good version, or the one named, back into the selected environment, and shows the plan.", "[VERSION]", Row, Plan, |s| plan::can(s, Verb::RollBack), |s, a| plan::intend(s, Verb::RollBack, a)),
    verb!("track.pause", "pause", "Pause …", "Plans to hold what is on its way into the selected environment where it is, and shows the plan.", "", Pause),
    verb!("track.resume", "resume", "Resume …", "Plans to let go on what was paused in the selected environment, and shows the plan.", "", Resume),
    verb!("track.restart", "restart", "Restart …", "Plans to start anew what runs in the selected environment, and shows the plan.", "", Restart),
    verb!("track.abort", "abort", "Abort …", "Plans to give up what is on its way into the selected environment and to stay with what was live before it, and shows the plan.", "", Abort),
    command!("track.approve", "approve", "Approve …", "Shows what waits for an approval in the selected track, and says yes or no to it.", "", Row, Plan, approve::can_approve, |s, _| approve::open(s)),
    steer!("run.cancel", "cancel", "Cancel …", "Plans to stop the selected run, and shows what is written.", Cancel),
    steer!("run.rerun", "rerun", "Run again …", "Plans to run all of the selected run again, and shows what is written.", Rerun),
    steer!("run.rerun-failed", "rerun-failed", "Run again what failed …", "Plans to run again what failed in the selected run and what comes after it, and shows what is written.", RerunFailed),
    steer!("run.rerun-job", "rerun-job", "Run the job again …", "Plans to run the selected job again and what comes after it, and shows what is written.", RerunJob),
    command!("track.lock", "lock", "Lock …", "Holds all deployments of what is selected or marked, with a reason and perhaps an end; shows what holds it already and which freeze comes next.", "[SERVICE] [in ENVIRONMENT]", Everywhere, Plan, always, ask::lock),
    command!("track.unlock", "unlock", "Unlock …", "Takes the locks of what is selected or marked away, with a reason.", "[SERVICE] [in ENVIRONMENT]", Everywhere, Plan, always, ask::unlock),
    command!("version.mark-bad", "mark-bad", "Mark bad …", "Marks the selected version bad, with a reason: it is never offered as a default again.", "[VERSION]", Row, Plan, always, ask::mark_bad),
    command!("version.mark-good", "mark-good", "Lift the mark …", "Takes the mark back that says that the selected version is bad.", "[VERSION]", Row, Plan, always, ask::mark_good),

    command!("bulk.show", "bulk", "Several at once", "Shows the operations that are carried out one after the other, or ended, while nobody looked.", "", Everywhere, View, bulk::can_show, |s, _| bulk::show_again(s)),
    command!("plan.confirm", "confirm", "Carry out the plan", "Carries out the plan that is shown, as its dialog asks for: `y`, or the environment's name.", "", Plan, Mutate, plan::can_confirm, |s, _| plan::confirm(s)),
    command!("plan.way-out", "way-out", "Way out …", "Plans what leads out of an operation that did not work: giving up what is on its way, or putting back what was live.", "", Plan, Plan, plan::can_leave, |s, _| plan::leave(s)),
    command!("plan.undo", "undo", "Undo …", "Plans to put back what was live before the operation that just ended.", "", Plan, Plan, plan::can_undo, |s, _| plan::undo(s)),
];

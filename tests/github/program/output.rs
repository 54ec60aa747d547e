//! The output of a job, as its program wrote it.

use super::shop::{BY_WORKFLOW, LARGE, Shop, forge};

#[test]
fn a_job_is_read_in_the_cockpit_without_the_times_that_github_adds() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let mut terminal = shop.cockpit(LARGE);
    terminal.wait("the board", |screen| screen.contains("✓ v1.1"));
    terminal.press_until("3", "the runs", |screen| screen.contains("Deploy"));
    terminal.press_until("\r", "a run with its jobs", |screen| screen.contains("build") && screen.contains("Compile"));
    terminal.press_until("L", "the output", |screen| screen.contains("is about to start running."));
    let screen = terminal.contents();
    assert!(screen.contains("Compile") && !screen.contains(".0000000Z"), "{screen}");
}

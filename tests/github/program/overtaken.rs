//! Somebody else is faster than a confirmation: nothing is written, and the plan as it would be now is shown.

use super::drive;
use super::shop::{BY_WORKFLOW, LARGE, NAME, Shop, forge, is_now, writes};
use crate::forge::Forge;
const SOMEBODY: &str = "deployer";

/// v1.0 again, by somebody else.
fn overtake(forge: &Forge) {
    is_now(forge);
    forge.at(NAME, |it| {
        let id = it.deploy(SOMEBODY, "production", "v1.0");
        it.deployment_status(id, SOMEBODY, "success").state.clone()
    });
}

#[test]
fn the_cockpit_stops_and_shows_the_new_plan() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let mut terminal = shop.cockpit(LARGE);
    terminal.wait("the board", |screen| screen.contains("✓ v1.1"));
    drive::open_plan(&mut terminal, "p", "v1.1 → v1.2");
    drive::name(&mut terminal);
    overtake(&forge);
    terminal.send("\r");
    let screen = terminal.wait_for("v1.0 → v1.2");
    assert!(screen.contains("v1.0 is live now; this is the plan now"), "{screen}");
    assert_eq!(writes(&forge), []);
}

#[test]
fn the_command_line_stops_and_shows_the_new_plan() {
    let forge = forge();
    let shop = Shop::new(&forge, BY_WORKFLOW);
    let mut terminal = shop.terminal(&["promote", "shop", "--to", "production"], (200, LARGE.1));
    terminal.wait("the question", |it| it.contains("v1.1 → v1.2") && it.contains("type its name to confirm"));
    overtake(&forge);
    terminal.send("production\r");
    terminal.wait_for("v1.0 → v1.2");
    assert_eq!(terminal.wait_for_end(), 1);
    let screen = terminal.contents();
    assert!(screen.contains("error: the world changed since the plan was made: v1.0 is live now"), "{screen}");
    assert_eq!(writes(&forge), []);
    shop.said(&["journal", "verify"]);
}

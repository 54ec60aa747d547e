//! What a real API server does now and then: the board comes all the same, and nothing is written twice.

use super::shop::Shop;
use crate::cluster::scripted::{Answer, Api, Request, big, faults};
use crate::operate::sent_once::{deployment, is_rehearsal, is_write};

const SIZE: big::Size = big::Size { services: 4, pods: 24 };

fn filled() -> Api {
    let api = Api::new();
    big::fill(&api, SIZE, chrono::Utc::now());
    api
}

type Fault = fn(&Api);

fn lists(request: &Request) -> bool {
    ["deployments", "replicasets", "pods"].iter().any(|it| request.lists(it))
}

fn watches(request: &Request) -> bool {
    ["deployments", "replicasets", "pods"].iter().any(|it| request.watches(it))
}

/// A list that breaks off in the middle of an object.
fn half() -> Answer {
    Answer::bytes(
        r#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"x"}}]}"#,
    )
    .cut(80)
}

#[test]
fn the_board_comes_all_the_same() {
    let faults: [(&str, Fault); 6] = [
        ("410 when a watch starts", |api| api.instead(faults::times(3, watches, |_| faults::expired()))),
        ("410 as the first event", |api| api.instead(faults::times(3, watches, |_| faults::expired_event()))),
        ("429 for lists", |api| api.instead(faults::times(3, lists, |_| faults::too_many(1)))),
        ("503 for lists", |api| api.instead(faults::times(3, lists, |_| faults::unavailable()))),
        ("lists that break off", |api| api.instead(faults::times(3, lists, |_| half()))),
        ("connections that break", |api| api.instead(faults::times(3, lists, |_| Answer::nothing()))),
    ];
    for (what, fault) in faults {
        let api = filled();
        fault(&api);
        let server = api.serve();
        let shop = Shop::scripted(&server, &["staging", "production"]);
        let status = shop.run(&["status"]);
        assert!(status.out.contains("service-003"), "{what}: {status}");
        let terminal = shop.cockpit();
        terminal.wait(&format!("the board in spite of {what}"), |screen| {
            screen.contains("service-003") && screen.contains("✓")
        });
        // What comes later is seen too.
        big::roll(&api, big::tracks(SIZE).last().expect("one"), 40, chrono::Utc::now());
        terminal.wait(&format!("what is new in spite of {what}"), |screen| screen.contains("1.40.0"));
    }
}

#[test]
fn a_watch_that_expires_in_the_middle_goes_on() {
    let api = filled();
    let server = api.serve();
    let shop = Shop::scripted(&server, &["staging", "production"]);
    let terminal = shop.cockpit();
    terminal.wait("the board", |screen| screen.contains("service-003") && screen.contains("✓"));
    let track = big::tracks(SIZE).last().expect("one");
    let breaks: [fn(&Api); 3] = [Api::expire, Api::break_watches, Api::end_watches];
    for (at, end) in breaks.into_iter().enumerate() {
        super::until("something is watched", || api.watches() > 0);
        end(&api);
        big::roll(&api, track, 40 + at, chrono::Utc::now());
        terminal.wait_for(&format!("1.{}.0", 40 + at));
    }
}

#[test]
fn a_write_that_is_not_answered_is_sent_once() {
    type Make = fn() -> Answer;
    let answers: [(&str, Make); 3] = [
        ("503", faults::unavailable),
        ("a connection that breaks", Answer::nothing),
        ("half an answer", || Answer::json(&deployment("shop:1", 1)).cut(40)),
    ];
    for (what, answer) in answers {
        let api = Api::new();
        api.put(&deployment("shop:1", 1));
        api.instead(faults::always(is_rehearsal, |_| Answer::json(&deployment("shop:1", 1))));
        api.instead(faults::always(is_write, move |_| answer()));
        let server = api.serve();
        let shop = Shop::scripted(&server, &["shop-production"]);
        let told =
            shop.run(&["restart", "checkout", "--in", "shop-production", "--yes", "--confirm", "shop-production"]);
        assert_eq!(server.requests().iter().filter(|it| is_write(it)).count(), 1, "{what}: {told}");
        assert_eq!(told.code, Some(5), "{what}: {told}");
        shop.said(&["journal", "verify"]);
    }
}

use super::*;
use crate::config::Period;

fn environment(name: &str, production: bool, zone: chrono_tz::Tz) -> Environment {
    let id = name.into();
    Environment {
        id,
        rank: 0,
        production,
        protected: production,
        operator: None,
        group: None,
        release_line: false,
        time_zone: zone,
    }
}

fn world() -> Vec<Environment> {
    vec![
        environment("testing", false, chrono_tz::UTC),
        environment("eu", true, chrono_tz::Europe::Berlin),
        environment("us", true, chrono_tz::America::New_York),
    ]
}

fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

fn freeze(from: &str, until: &str, days: &[&str], hours: &str) -> Freeze {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Freeze {
        name: "quiet".to_owned(),
        why: "people sleep".to_owned(),
        environments: vec!["eu".to_owned()],
        period: Period {
            from: some(from),
            until: some(until),
            days: days.iter().map(|&day| day.to_owned()).collect(),
            hours: some(hours),
        },
        ..Freeze::default()
    }
}

fn read(freeze: &Freeze) -> Freezes {
    Freezes::new([(freeze, Text::from("flightdeck.toml:41"))], &world())
}

fn around(freeze: &Freeze, now: &str) -> Vec<(Option<String>, Option<String>)> {
    let freezes = read(freeze);
    assert_eq!(freezes.problems(), []);
    let shown = |time: Option<Time>| time.map(|time| time.format("%m-%dT%H:%MZ").to_string());
    let gates = freezes.gates_around(at(now), std::iter::empty());
    gates.into_iter().map(|gate| (shown(gate.since), shown(gate.until))).collect()
}

fn stretch(since: &str, until: &str) -> (Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(since), some(until))
}

#[test]
fn a_window_once_ends_with_its_last_day_in_the_environments_zone() {
    let christmas = freeze("2026-12-20", "2026-12-31", &[], "");
    let expected = [stretch("12-19T23:00Z", "12-31T23:00Z")];
    assert_eq!(around(&christmas, "2026-11-01T00:00:00Z"), expected);
    assert_eq!(around(&christmas, "2026-12-31T22:59:00Z"), expected);
    assert_eq!(around(&christmas, "2026-12-31T23:00:00Z"), []);
    assert_eq!(around(&freeze("", "2026-12-31T18:00", &[], ""), "2026-11-01T00:00:00Z"), [stretch("", "12-31T17:00Z")]);
    assert_eq!(around(&freeze("2026-12-31", "", &[], ""), "2027-11-01T00:00:00Z"), [stretch("12-30T23:00Z", "")]);
}

#[test]
fn days_that_touch_are_one_occurrence_and_the_next_follows() {
    let weekend = freeze("", "", &["sat", "Sunday"], "");
    // A Saturday noon.
    assert_eq!(
        around(&weekend, "2026-11-21T12:00:00Z"),
        [stretch("11-20T23:00Z", "11-22T23:00Z"), stretch("11-27T23:00Z", "11-29T23:00Z")]
    );
    // A Monday.
    assert_eq!(around(&weekend, "2026-11-23T12:00:00Z"), [stretch("11-27T23:00Z", "11-29T23:00Z")]);
}

#[test]
fn hours_reach_over_midnight() {
    let night = freeze("", "", &["fri"], "22:00-06:00");
    assert_eq!(
        around(&night, "2026-11-21T04:00:00Z"),
        [stretch("11-20T21:00Z", "11-21T05:00Z"), stretch("11-27T21:00Z", "11-28T05:00Z")]
    );
    let evening = freeze("", "", &["fri"], "16:00-24:00");
    assert_eq!(around(&evening, "2026-11-20T16:00:00Z")[0], stretch("11-20T15:00Z", "11-20T23:00Z"));
}

#[test]
fn a_window_that_never_pauses_has_no_ends() {
    let always = freeze("", "", &[], "00:00-24:00");
    assert_eq!(around(&always, "2026-11-21T12:00:00Z"), [stretch("", "")]);
}

#[test]
fn a_weekly_window_is_limited_by_its_dates() {
    let peak = freeze("2026-11-21T18:00", "2026-11-29T12:00", &["sat", "sun"], "");
    assert_eq!(around(&peak, "2026-10-01T00:00:00Z"), [stretch("11-21T17:00Z", "11-22T23:00Z")]);
    assert_eq!(
        around(&peak, "2026-11-22T00:00:00Z"),
        [stretch("11-21T17:00Z", "11-22T23:00Z"), stretch("11-27T23:00Z", "11-29T11:00Z")]
    );
    assert_eq!(around(&peak, "2026-11-30T00:00:00Z"), []);
}

#[test]
fn clocks_that_change_make_days_longer_and_shorter_but_never_lose_one() {
    let sunday = freeze("", "", &["sun"], "");
    assert_eq!(around(&sunday, "2026-10-25T12:00:00Z")[0], stretch("10-24T22:00Z", "10-25T23:00Z"));
    assert_eq!(around(&sunday, "2026-03-29T12:00:00Z")[0], stretch("03-28T23:00Z", "03-29T22:00Z"));
    // 02:30 does not exist that night: the window begins when clocks skip it.
    let early = freeze("", "", &["sun"], "02:30-05:00");
    assert_eq!(around(&early, "2026-03-28T12:00:00Z")[0], stretch("03-29T01:00Z", "03-29T03:00Z"));
    // 02:30 comes twice that night: the window holds from the first to the second.
    let twice = freeze("", "", &["sun"], "02:30-02:45");
    assert_eq!(around(&twice, "2026-10-24T12:00:00Z")[0], stretch("10-25T00:30Z", "10-25T01:45Z"));
}

#[test]
fn each_environment_has_its_own_zone_and_production_is_the_default() {
    let mut everywhere = freeze("2026-12-20", "2026-12-20", &[], "");
    everywhere.environments.clear();
    let freezes = read(&everywhere);
    let gates = freezes.gates_around(at("2026-12-01T00:00:00Z"), std::iter::empty());
    let seen: Vec<_> = gates.iter().map(|gate| (gate.scope.to_string(), gate.since)).collect();
    assert_eq!(
        seen,
        [
            ("everything in eu".to_owned(), Some(at("2026-12-19T23:00:00Z"))),
            ("everything in us".to_owned(), Some(at("2026-12-20T05:00:00Z")))
        ]
    );
    assert_eq!(gates[0].who.as_str(), "flightdeck.toml:41");
    assert_eq!(gates[0].why.as_str(), "quiet: people sleep");
}

#[test]
fn services_are_held_by_globs() {
    let mut some = freeze("2026-12-20", "2026-12-20", &[], "");
    some.services = vec!["pay*".to_owned()];
    some.override_with_reason = Some(false);
    let freezes = read(&some);
    let all: Vec<ServiceId> = ["payments", "payouts", "search"].map(ServiceId::from).to_vec();
    let gates = freezes.gates_around(at("2026-12-01T00:00:00Z"), all.iter());
    assert_eq!(gates.len(), 2);
    assert_eq!(gates[0].overridden_by, Override::None);
    let now = at("2026-12-20T12:00:00Z");
    assert_eq!(freezes.gates_on(&TrackId::new("payments", "eu"), now).len(), 1);
    assert_eq!(freezes.gates_on(&TrackId::new("search", "eu"), now), []);
    assert_eq!(freezes.gates_on(&TrackId::new("payments", "us"), now), []);
    assert_eq!(freezes.gates_on(&TrackId::new("payments", "eu"), at("2026-12-21T12:00:00Z")), []);
}

#[test]
fn what_makes_no_sense_is_told_with_its_key() {
    let mut cases = vec![
        (freeze("", "", &[], ""), "from"),
        (freeze("soon", "", &[], ""), "from"),
        (freeze("2026-12-20", "2026-12-19", &[], ""), "until"),
        (freeze("", "", &["someday"], ""), "days"),
        (freeze("", "", &["fri"], "16-24"), "hours"),
        (freeze("", "", &["fri"], "16:00-25:00"), "hours"),
        (freeze("", "", &["fri"], "16:00-16:00"), "hours"),
        (freeze("", "", &["fri"], "+6:00-16:00"), "hours"),
    ];
    let mut nowhere = freeze("2026-12-20", "", &[], "");
    nowhere.environments = vec!["mars".to_owned()];
    cases.push((nowhere, "environments"));
    let mut glob = freeze("2026-12-20", "", &[], "");
    glob.services = vec!["a[".to_owned()];
    cases.push((glob, "services"));
    for (freeze, key) in cases {
        let freezes = read(&freeze);
        let keys: Vec<_> = freezes.problems().iter().map(|problem| problem.key).collect();
        assert_eq!(keys, [key], "{freeze:?}");
        assert_eq!(freezes.gates_around(at("2026-12-20T12:00:00Z"), std::iter::empty()), []);
    }
}

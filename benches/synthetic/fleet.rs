//! A made-up fleet: services × six environments with their deployments, as a project that Flightdeck opens. The same
//! numbers give the same fleet.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

pub const ENVIRONMENTS: [&str; 6] = ["dev", "ci", "testing", "staging", "canary", "production"];
const PEOPLE: [&str; 4] = ["ann", "ben", "cleo", "dan"];

/// Writes the project into `directory`: a configuration and one file of facts. The newest deployments are some minutes
/// older than `now`.
pub fn write(directory: &Path, services: usize, deployments: usize, now: DateTime<Utc>) -> std::io::Result<()> {
    fs::create_dir_all(directory.join("facts"))?;
    fs::write(directory.join("flightdeck.toml"), configuration())?;
    let mut lines = String::new();
    let tracks = services * ENVIRONMENTS.len();
    for track in 0..tracks {
        let (service, environment) = (track / ENVIRONMENTS.len(), ENVIRONMENTS[track % ENVIRONMENTS.len()]);
        let count = deployments / tracks + usize::from(track < deployments % tracks);
        for number in 0..count {
            let _ = writeln!(lines, "{}", deployment(track, service, environment, number, count, now));
        }
        let _ = writeln!(
            lines,
            r#"{{"type":"state","service":"service-{service:03}","environment":"{environment}","live":{{"version":"{}"}},"health":{{"is":"healthy"}}}}"#,
            version(count.saturating_sub(1))
        );
    }
    fs::write(directory.join("facts/history.jsonl"), lines)
}

fn configuration() -> String {
    let environment =
        |name: &str| format!("[[environment]]\nname = \"{name}\"\nproduction = {}\n", name == "production");
    let environments: String = ENVIRONMENTS.iter().map(|name| environment(name)).collect();
    format!(
        "[project]\nname = \"fleet\"\n{environments}[[backend]]\nname = \"history\"\nkind = \"file\"\npath = \"facts\"\n"
    )
}

fn version(number: usize) -> String {
    format!("1.{}.{}", number / 10, number % 10)
}

fn deployment(
    track: usize,
    service: usize,
    environment: &str,
    number: usize,
    count: usize,
    now: DateTime<Utc>,
) -> String {
    // Scattered, and the same each time.
    let chance = (track * 7_919 + number * 104_729) % 1_000;
    let back = TimeDelta::minutes(((count - number) * 2_400 + chance) as i64);
    let at = (now - back).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let outcome = if chance < 40 { "failed" } else { "success" };
    format!(
        r#"{{"type":"deployment","id":"d{number}","service":"service-{service:03}","environment":"{environment}","version":"{}","commit":"{:040x}","finished_at":"{at}","outcome":"{outcome}","actor":"{}"}}"#,
        version(number),
        service * 1_000_003 + number * 7_919,
        PEOPLE[chance % PEOPLE.len()],
    )
}

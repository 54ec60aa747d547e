//! The text of a first `flightdeck.toml`, from what lies in a directory.

mod look;

use std::fmt::Write as _;
use std::path::Path;

pub use look::{Clusters, Finds, Forge, Releases, Stages, look};

/// How early environments come that people call like this; what is called otherwise lies in between.
const ORDER: &[(&[&str], u8)] = &[
    (&["dev", "development", "local", "ci"], 0),
    (&["int", "integration", "test", "testing", "qa"], 1),
    (&["stage", "staging", "stable", "uat", "preprod", "pre-production"], 3),
    (&["canary"], 4),
    (&["prod", "production", "live"], 5),
];

/// A commented `flightdeck.toml` for the project in `directory`: git repositories, stage repositories and release
/// directories that lie there become backends. It is valid as it is.
pub fn starting_file(directory: &Path) -> String {
    starting_file_with(directory, None, None)
}

/// The same with what was seen in clusters and on GitHub.
pub fn starting_file_with(directory: &Path, clusters: Option<Clusters>, forge: Option<Forge>) -> String {
    let finds = Finds { clusters, forge, ..look(directory) };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_file(&mut text, &super::zero::name_of(directory), &finds);
    text
}

fn write_file(out: &mut String, name: &str, finds: &Finds) -> std::fmt::Result {
    writeln!(
        out,
        "# What flightdeck shows and what it may change. `flightdeck config check` says what is wrong with it,"
    )?;
    writeln!(out, "# `flightdeck config schema` says everything that can be written here.\n")?;
    writeln!(out, "[project]\nname = {}\n", quoted(name))?;
    write_environments(out, &environments(finds))?;
    write_backends(out, finds)?;
    out.push_str(TAIL);
    Ok(())
}

/// The environments that were found, in the order of promotion; without any, the release tags are one.
fn environments(finds: &Finds) -> Vec<String> {
    let stages = finds.stages.iter().flat_map(|it| it.stages.iter());
    let releases = finds.releases.iter().flat_map(|it| it.environments.iter());
    let clusters = finds.clusters.iter().flat_map(|it| it.environments.iter());
    let forge = finds.forge.iter().flat_map(|it| it.environments.iter());
    let mut all: Vec<String> = stages.chain(releases).chain(clusters).chain(forge).cloned().collect();
    all.sort_by_key(|name| (place(name), name.clone()));
    all.dedup();
    all
}

fn place(name: &str) -> u8 {
    let name = name.to_lowercase();
    ORDER.iter().find(|(names, _)| names.contains(&name.as_str())).map_or(2, |(_, place)| *place)
}

fn write_environments(out: &mut String, environments: &[String]) -> std::fmt::Result {
    if environments.is_empty() {
        writeln!(out, "# No environments were found. Until there are some, the release tags stand for one.")?;
        return writeln!(
            out,
            "[[environment]]\nname = \"release\"\nproduction = true\nprotected = false\nrelease_line = true\n"
        );
    }
    writeln!(
        out,
        "# Environments in the order of promotion. `production` is where users are; operations there are confirmed by"
    )?;
    writeln!(out, "# typing its name, unless `protected = false`. `time_zone` says in which days are counted.")?;
    let last = environments.len() - 1;
    let known = environments.iter().any(|name| place(name) == 5);
    for (n, name) in environments.iter().enumerate() {
        writeln!(out, "[[environment]]\nname = {}", quoted(name))?;
        if place(name) == 5 || (!known && n == last) {
            writeln!(out, "production = true")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_backends(out: &mut String, finds: &Finds) -> std::fmt::Result {
    for (n, path) in finds.repositories.iter().enumerate() {
        writeln!(out, "# Commits, branches and tags.")?;
        writeln!(out, "[[backend]]\nname = {}\nkind = \"git\"\npath = {}\n", numbered("code", n), quoted(path))?;
    }
    if finds.repositories.is_empty() {
        writeln!(out, "# No git repository was found here.")?;
        writeln!(
            out,
            "# [[backend]]\n# name = \"code\"\n# kind = \"git\"\n# path = \"repositories/{{repository}}.git\"\n"
        )?;
    }
    for (n, found) in finds.stages.iter().enumerate() {
        let names: Vec<String> = found.stages.iter().map(|it| quoted(it)).collect();
        writeln!(out, "# A directory per stage, in each the packages of services; promoting copies to the next.")?;
        writeln!(
            out,
            "[[backend]]\nname = {}\nkind = \"stages\"\npath = {}",
            numbered("packages", n),
            quoted(&found.path)
        )?;
        writeln!(out, "environments = [{}]\n", names.join(", "))?;
    }
    for (n, found) in finds.releases.iter().enumerate() {
        let names: Vec<String> = found.environments.iter().map(|it| quoted(it)).collect();
        writeln!(out, "# `releases/<version>` beside `current`, which points at the live one.")?;
        writeln!(
            out,
            "[[backend]]\nname = {}\nkind = \"releases\"\npath = {}",
            numbered("servers", n),
            quoted(&found.path)
        )?;
        writeln!(out, "environments = [{}]", names.join(", "))?;
        match finds.stages.first().and_then(|it| Some((it, it.stages.last()?))) {
            Some((stages, last)) => {
                writeln!(out, "packages = {}", quoted(&format!("{}/{last}/{{service}}", stages.path)))?;
            }
            None => writeln!(out, "# packages = \"packages/testing/{{service}}\"   # where new versions come from")?,
        }
        writeln!(out, "# smoke = [\"test\", \"-e\", \"{{release}}/VERSION\"]   # runs before a version goes live\n")?;
    }
    if let Some(forge) = &finds.forge {
        write_forge(out, forge)?;
    }
    if let Some(clusters) = &finds.clusters {
        writeln!(out, "# Workloads in Kubernetes: {} were seen when this was written.", clusters.workloads)?;
        writeln!(out, "[[backend]]\nname = \"cluster\"\nkind = \"kubernetes\"")?;
        for (key, value) in &clusters.settings {
            writeln!(out, "{key} = {value}")?;
        }
        writeln!(out, "# selector = \"app.kubernetes.io/part-of=shop\"   # only workloads with these labels\n")?;
    }
    Ok(())
}

fn write_forge(out: &mut String, forge: &Forge) -> std::fmt::Result {
    writeln!(
        out,
        "# Pull requests, workflow runs, deployments and releases on GitHub. The token comes from GH_TOKEN or"
    )?;
    writeln!(out, "# `gh auth token`; `flightdeck doctor` says whether it is enough.")?;
    writeln!(out, "[[backend]]\nname = \"github\"\nkind = \"github\"\nrepository = {}", quoted(&forge.repository))?;
    if let Some(api) = &forge.api {
        writeln!(out, "api = {}", quoted(api))?;
    }
    let names: Vec<String> = forge.environments.iter().map(|it| quoted(it)).collect();
    if !names.is_empty() {
        writeln!(out, "environments = [{}]", names.join(", "))?;
    }
    let workflow = forge.workflow.as_deref().unwrap_or("deploy.yml");
    let by = format!("by = \"workflow\", workflow = {}", quoted(workflow));
    writeln!(out, "# How a version is brought somewhere: look at the inputs of the workflow.")?;
    writeln!(
        out,
        "# promote = {{ {by}, inputs = {{ version = \"{{version}}\", environment = \"{{environment}}\" }} }}\n"
    )
}

const TAIL: &str = r#"# Services: the first entry that fits a name holds. Without entries every name that a backend reports is one, with its
# code in the repository of that name.
# [[service]]
# match = "*"
# repository = "{service}"
# release_tags = '\d+\.\d+\.\d+'

# Windows of time in which nothing is deployed.
# [[freeze]]
# name = "weekend"
# days = ["sat", "sun"]

# Reading is always allowed; changing the world needs `--write`, or this.
# [policy]
# write = true
"#;

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn numbered(name: &str, n: usize) -> String {
    if n == 0 { quoted(name) } else { quoted(&format!("{name}-{}", n + 1)) }
}

//! The demo company's `flightdeck.toml`.

use chrono::Datelike;

use super::company::{RepositorySpec, ServiceSpec, Twist};
use crate::model::Time;

const HEAD: &str = r#"# The playground of Flightdeck. Everything that it names is real and lies beside this file.

[project]
name = "Demo shop"
state = "state"

[policy]
# A playground is for playing: promotions and rollbacks are allowed without --write.
write = true

[ui]
# In the playground you are Hana: `:view developer` shows what became of her changes.
me = ["Hana", "hana@shop.example"]

[[environment]]
name = "dev"
time_zone = "Europe/Berlin"

[[environment]]
name = "testing"
time_zone = "Europe/Berlin"

[[environment]]
name = "production"
production = true
time_zone = "Europe/Berlin"

[[backend]]
name = "code"
kind = "git"
path = "repos/{repository}.git"

[[backend]]
name = "packages"
kind = "stages"
path = "packages"
environments = ["dev", "testing"]

# Whoever brings payments to testing by hand needs a yes first; the pipeline does not ask. Elsewhere it would be the yes
# of somebody else (own = false); in the playground one person plays both.
[[backend.approvals]]
environment = "testing"
services = ["payments"]
needed = 1
own = true

[[backend]]
name = "servers"
kind = "releases"
path = "servers/{environment}/{service}"
environments = ["production"]
packages = "packages/{source}/{service}"
smoke = ["test", "-s", "{release}/VERSION"]
health = ["test", "-x", "{release}/bin/serve"]
keep = 5

[[backend]]
name = "history"
kind = "file"
path = "facts"

# Money does not move at weekends.
[[freeze]]
name = "weekend"
why = "nobody is there to look after payments"
environments = ["production"]
services = ["payments", "checkout"]
days = ["fri"]
hours = "16:00-24:00"

[[freeze]]
name = "weekend"
why = "nobody is there to look after payments"
environments = ["production"]
services = ["payments", "checkout"]
days = ["sat", "sun"]
"#;

const TAIL: &str = r#"
# Whatever else is reported is one service in one repository of the same name.
[[service]]
match = "team-*"
repository = "{service}"
group = "teams"

[[service]]
match = "*"
repository = "{service}"
group = "shop"
"#;

/// The text of the configuration.
pub fn text(repositories: &[RepositorySpec], now: Time) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&year_end(now));
    for repository in repositories {
        for service in &repository.services {
            text.push_str(&entry(repository, service));
        }
    }
    text.push_str(TAIL);
    text
}

/// The freeze of the next turn of a year that has not begun yet.
fn year_end(now: Time) -> String {
    let year = if (now.month(), now.day()) < (12, 19) { now.year() } else { now.year() + 1 };
    format!(
        "\n[[freeze]]\nname = \"turn of the year\"\nwhy = \"too few people are there to help\"\n\
         environments = [\"production\"]\nfrom = \"{year}-12-19\"\nuntil = \"{}-01-03\"\noverride_with_reason = false\n",
        year + 1
    )
}

/// The entry of a service that the patterns at the end do not describe.
fn entry(repository: &RepositorySpec, service: &ServiceSpec) -> String {
    let shared = !service.folder.is_empty();
    let name = &service.name;
    if shared {
        return format!(
            "\n[[service]]\nname = \"{name}\"\nrepository = \"{}\"\npaths = [\"{}**\"]\n\
             release_tags = '{name}-\\d+\\.\\d+\\.\\d+'\ngroup = \"shop\"\n",
            repository.name, service.folder
        );
    }
    if service.twist == Twist::Maintenance {
        return format!(
            "\n[[service]]\nname = \"{name}\"\nrepository = \"{}\"\nbranch = \"main\"\n\
             release_tags = '\\d+\\.\\d+\\.\\d+'\ngroup = \"shop\"\n",
            repository.name
        );
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::demo::company::repositories;

    #[test]
    fn it_is_a_configuration_and_no_year_end_freeze_has_begun() {
        for (now, from) in [
            ("2026-11-18T10:00:00Z", "2026-12-19"),
            ("2026-12-18T10:00:00Z", "2026-12-19"),
            ("2026-12-19T00:00:00Z", "2027-12-19"),
            ("2027-01-02T00:00:00Z", "2027-12-19"),
        ] {
            let config: Config = toml::from_str(&text(&repositories(8), now.parse().unwrap())).unwrap();
            assert_eq!(config.freeze.last().unwrap().period.from.as_deref(), Some(from));
            assert_eq!(config.environment.len(), 3);
            assert_eq!(config.service.iter().filter(|it| it.name.is_some()).count(), 3);
        }
    }
}

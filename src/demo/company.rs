//! Who is who in the demo company: repositories, services, and the twist that each one's story takes.

use super::names::SERVICES;

/// A repository and the services that are built from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositorySpec {
    /// Its name.
    pub name: String,
    /// Its services.
    pub services: Vec<ServiceSpec>,
}

/// A service before anything has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSpec {
    /// Its name.
    pub name: String,
    /// Its folder in the repository, with a slash at its end; empty for the whole repository.
    pub folder: String,
    /// Changes that land in a hundred working days.
    pub tempo: i64,
    /// Its major and minor version at the beginning.
    pub version: (u32, u32),
    /// What is special about its story.
    pub twist: Twist,
}

/// What is special about a service's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// Nothing: it is delivered, week after week.
    Plain,
    /// A release hurt users, was rolled back, marked bad and reverted.
    BadRelease,
    /// Users were hurt by something that no release caused.
    Outage,
    /// A branch for the old major version, which production still runs while the new one waits in testing.
    Maintenance,
    /// The last attempt to release failed its smoke test.
    FailedRelease,
    /// A hotfix went past the queue.
    Hotfix,
    /// Production is locked.
    Locked,
    /// Nothing has changed for a while, and everything is everywhere.
    Quiet,
}

/// The fewest services that still tell the whole story.
pub const FEWEST: usize = 6;

/// The company with `services` services, at least [`FEWEST`]: the shop's own, and from the ninth on those of its teams.
pub fn repositories(services: usize) -> Vec<RepositorySpec> {
    let wanted = services.max(FEWEST);
    let mut all: Vec<RepositorySpec> = Vec::new();
    for name in SERVICES.iter().take(wanted) {
        let service = own(name);
        let repository = if service.folder.is_empty() { *name } else { "storefront" };
        match all.iter_mut().find(|it| it.name == repository) {
            Some(shared) => shared.services.push(service),
            None => all.push(RepositorySpec { name: repository.to_owned(), services: vec![service] }),
        }
    }
    for number in 1..=wanted.saturating_sub(SERVICES.len()) {
        let name = format!("team-{number:03}");
        all.push(RepositorySpec {
            name: name.clone(),
            services: vec![ServiceSpec {
                name,
                folder: String::new(),
                tempo: 14,
                version: (1, 0),
                twist: if number % 5 == 0 { Twist::Quiet } else { Twist::Plain },
            }],
        });
    }
    all
}

fn own(name: &str) -> ServiceSpec {
    let (folder, tempo, version, twist) = match name {
        "catalog" => ("", 130, (2, 11), Twist::BadRelease),
        "cart" => ("services/cart/", 80, (1, 7), Twist::Plain),
        "checkout" => ("services/checkout/", 95, (3, 2), Twist::Outage),
        "payments" => ("", 100, (2, 8), Twist::Maintenance),
        "search" => ("", 110, (4, 0), Twist::FailedRelease),
        "accounts" => ("", 70, (1, 14), Twist::Hotfix),
        "shipping" => ("", 60, (5, 3), Twist::Locked),
        _ => ("", 30, (1, 2), Twist::Quiet),
    };
    ServiceSpec { name: name.to_owned(), folder: folder.to_owned(), tempo, version, twist }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_services_share_a_repository_and_the_story_is_whole_from_six_on() {
        for (asked, services) in [(0, 6), (6, 6), (8, 8), (12, 12)] {
            let all = repositories(asked);
            assert_eq!(all.iter().map(|it| it.services.len()).sum::<usize>(), services);
            assert!(all.iter().any(|it| it.services.len() == 2));
        }
    }
}

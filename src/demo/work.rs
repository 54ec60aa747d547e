//! How changes come to be: branches with commits, reviews, merges, the bot, reverts, picks and hotfixes.

use chrono::Duration;

use super::calendar::wait;
use super::history::{Edit, Mark, Merge, Step, Trailer};
use super::names::{BOT, COLUMNS, FILES, FOLLOW_UPS, LIBRARIES, PEOPLE, REPAIRS, THINGS, VERBS};
use super::pipeline::Fate;
use super::plot::{Event, Plot, Work};
use super::story::PullStory;
use crate::model::{PullRequest, RepositoryId, Text, Time};

/// The life of a pull request, worked back from its merge.
struct Review {
    first: Time,
    opened: Time,
    reviewed: Time,
    approved: Time,
}

impl Plot {
    pub(super) fn land(&mut self, service: usize, work: Work, at: Time) {
        // Two things never land within one second: the queue of the forge sees to it.
        let at = at.max(self.main.newest().unwrap_or(at) + Duration::seconds(1));
        match work {
            Work::Bump => self.land_bump(service, at),
            Work::Feature | Work::Repair => self.land_branch(service, work, at),
        }
    }

    fn land_bump(&mut self, service: usize, at: Time) {
        let library = *self.random.pick(&LIBRARIES);
        let (major, minor) = (self.random.between(0, 4), self.random.between(0, 30));
        let number = self.next_number();
        let title = format!("Bump {library} from {major}.{minor}.0 to {major}.{}.0", minor + 1);
        let opened = at - wait(&mut self.random, 9 * 3600);
        let edits = vec![self.edit(service, "dependencies.lock", &format!("{library} = {major}.{}.0", minor + 1))];
        let subject = format!("{title} (#{number})");
        let step = Step { author: &BOT, authored: opened, subject, trailer: None, edits };
        let mark = self.main.land_squashed(&mut self.story.history, at, step);
        let mut pull = self.pull(number, &title, BOT.name);
        pull.opened_at = Some(opened);
        pull.approved_at = Some(at - Duration::minutes(2));
        pull.merged_at = Some(at);
        pull.labels = vec![Text::from("dependencies")];
        self.story.pulls.push(PullStory { pull, commits: Vec::new(), merge: Some(mark) });
        self.build(service, mark, at, "main");
    }

    fn land_branch(&mut self, service: usize, work: Work, at: Time) {
        let number = self.next_number();
        let (ticket, title) = self.title(work);
        let review = self.review(at);
        let author = self.random.pick(&PEOPLE);
        let steps = self.steps(service, author, &format!("{ticket} {title}"), &review, work);
        let also = self.also_touched(service, &steps);
        let edits: Vec<Edit> = steps.iter().flat_map(|step| step.edits.clone()).collect();
        let branch = branch_name(work, &ticket, &title);
        let merger = self.random.pick(&PEOPLE);
        let subject = format!("Merge pull request #{number} from shop/{branch}");
        let merge = Merge { at, author: merger, subject };
        let (mark, commits) = self.main.land_merged(&mut self.story.history, merge, steps);
        if let (Work::Repair, Some(first), Some(thread)) = (work, commits.first(), self.threads.get_mut(service)) {
            thread.repair = Some((*first, format!("{ticket} {title}"), edits));
        }
        let mut pull = self.pull(number, &title, author.name);
        pull.ticket = Some(Text::from(ticket));
        pull.opened_at = Some(review.opened);
        pull.first_review_at = Some(review.reviewed);
        pull.approved_at = Some(review.approved);
        pull.merged_at = Some(at);
        self.story.pulls.push(PullStory { pull, commits, merge: Some(mark) });
        self.build(service, mark, at, "main");
        for other in also {
            self.build(other, mark, at, "main");
        }
    }

    fn review(&mut self, at: Time) -> Review {
        let approved = at - wait(&mut self.random, 1500);
        let reviewed = approved - wait(&mut self.random, 5400);
        let opened = reviewed - wait(&mut self.random, 7200);
        let first = opened - wait(&mut self.random, 4 * 3600);
        Review { first, opened, reviewed, approved }
    }

    fn steps(
        &mut self,
        service: usize,
        author: &'static super::names::Person,
        subject: &str,
        review: &Review,
        work: Work,
    ) -> Vec<Step> {
        let count = if work == Work::Repair { self.random.between(1, 2) } else { self.random.between(1, 4) };
        let stretch = review.opened - review.first;
        (0..count)
            .map(|number| {
                let late = number >= 2 && number + 1 == count;
                let authored = if late {
                    review.reviewed + (review.approved - review.reviewed) / 2
                } else {
                    review.first + stretch * i32::try_from(number).unwrap_or(0) / i32::try_from(count).unwrap_or(1)
                };
                let says = if number == 0 { subject.to_owned() } else { (*self.random.pick(&FOLLOW_UPS)).to_owned() };
                let edits = self.edits(service, &says, number == 0 && work == Work::Feature);
                Step { author, authored, subject: says, trailer: None, edits }
            })
            .collect()
    }

    fn edits(&mut self, service: usize, subject: &str, may_migrate: bool) -> Vec<Edit> {
        let count = self.random.between(1, 2);
        let mut edits: Vec<Edit> = (0..count)
            .map(|_| {
                let file = *self.random.pick(&FILES);
                self.edit(service, file, &format!("// {subject}"))
            })
            .collect();
        if may_migrate && self.random.chance(9) {
            let column = *self.random.pick(&COLUMNS);
            let number = self.threads.get_mut(service).map_or(0, |thread| {
                thread.migrations += 1;
                thread.migrations
            });
            let path = format!("migrations/{number:04}_add_{column}.sql");
            edits.push(self.edit(service, &path, &format!("ALTER TABLE items ADD COLUMN {column} TEXT;")));
        }
        // In a shared repository some changes touch the neighbour too.
        if may_migrate && self.spec.services.len() > 1 && self.random.chance(8) {
            let other = (service + 1) % self.spec.services.len();
            edits.push(self.edit(other, "src/client.rs", &format!("// {subject}")));
        }
        edits
    }

    /// The other services whose folders the steps write into.
    fn also_touched(&self, service: usize, steps: &[Step]) -> Vec<usize> {
        let written = || steps.iter().flat_map(|step| &step.edits);
        let others = self.spec.services.iter().enumerate().filter(|(number, _)| *number != service);
        others
            .filter(|(_, it)| !it.folder.is_empty() && written().any(|edit| edit.path.starts_with(&it.folder)))
            .map(|(number, _)| number)
            .collect()
    }

    fn edit(&self, service: usize, file: &str, line: &str) -> Edit {
        let folder = self.spec.services.get(service).map_or("", |it| it.folder.as_str());
        Edit { path: format!("{folder}{file}"), line: line.to_owned() }
    }

    fn title(&mut self, work: Work) -> (String, String) {
        self.ticket += self.random.between(1, 4);
        let title = match work {
            Work::Repair => (*self.random.pick(&REPAIRS)).to_owned(),
            _ => format!("{} {}", self.random.pick(&VERBS), self.random.pick(&THINGS)),
        };
        (format!("SHOP-{}", self.ticket), title)
    }

    fn next_number(&self) -> usize {
        self.story.pulls.len() + 1
    }

    fn pull(&self, number: usize, title: &str, author: &str) -> PullRequest {
        PullRequest {
            first_commit_at: None,
            repository: RepositoryId::from(self.story.name.as_str()),
            number: Text::from(number.to_string()),
            title: Text::from(title),
            author: Some(Text::from(author)),
            opened_at: None,
            first_review_at: None,
            approved_at: None,
            merged_at: None,
            closed_at: None,
            merge_commit: None,
            commits: Vec::new(),
            ticket: None,
            labels: Vec::new(),
            url: None,
        }
    }

    pub(super) fn revert(&mut self, service: usize, bad: Mark, at: Time) {
        let author = self.random.pick(&PEOPLE);
        let at = at.max(self.main.newest().unwrap_or(at) + Duration::seconds(1));
        let Some(mark) = self.main.land_revert(&mut self.story.history, at, author, bad) else { return };
        let first_good = self.story.services.get(service).map_or(0, |it| it.built.len());
        if let Some(thread) = self.threads.get_mut(service) {
            thread.hold_before = first_good;
        }
        self.build(service, mark, at, "main");
    }

    pub(super) fn split(&mut self, service: usize) {
        let live = self.story.services.get(service).and_then(|it| it.built.get(it.live()?.1)).map(|built| built.mark);
        let index = live.and_then(|mark| self.main.index_of(mark));
        let (Some(index), Some(thread)) = (index, self.threads.get_mut(service)) else { return };
        let (major, minor, _) = thread.version;
        thread.maintenance = (major, minor + 1, 0);
        thread.version = (major + 1, 0, 0);
        thread.split = true;
        self.maintenance = Some(self.main.branch(&format!("maint-{major}.x"), index));
    }

    pub(super) fn maintain(&mut self, service: usize, at: Time) {
        let Some((picked, subject, edits)) = self.threads.get_mut(service).and_then(|thread| thread.repair.take())
        else {
            return;
        };
        let Some(line) = &mut self.maintenance else { return };
        let (author, authored) = match self.story.history.commits.get(picked) {
            Some(commit) => (commit.author, commit.authored),
            None => return,
        };
        let step = Step { author, authored, subject, trailer: Some(Trailer::PickedFrom(picked)), edits };
        let mark = line.land_squashed(&mut self.story.history, at, step);
        let branch = line.name.clone();
        if let Some(built) = self.build(service, mark, at, &branch) {
            let ready = self.arrive_in_testing(service, built, at + Duration::minutes(25));
            self.call(ready + Duration::hours(20), Event::ReleaseThis(service, built, None, "repairs for 2.x"));
        }
    }

    pub(super) fn hotfix(&mut self, service: usize, at: Time) {
        let Some(live) = self.story.services.get(service).and_then(|it| it.built.get(it.live()?.1)) else { return };
        let Some(index) = self.main.index_of(live.mark) else { return };
        let (ticket, title) = self.title(Work::Repair);
        let author = self.random.pick(&PEOPLE);
        let branch = format!("hotfix/{ticket}");
        let mut line = self.main.branch(&branch, index);
        let edits = vec![self.edit(service, "src/api.rs", &format!("// {ticket} {title}"))];
        let step = Step {
            author,
            authored: at - Duration::minutes(22),
            subject: format!("{ticket} {title}"),
            trailer: None,
            edits: edits.clone(),
        };
        let mark = line.land_squashed(&mut self.story.history, at - Duration::minutes(20), step);
        let number = self.next_number();
        if let Some(built) = self.build(service, mark, at - Duration::minutes(20), &branch) {
            let ready = self.arrive_in_testing(service, built, at);
            let event = Event::ReleaseThis(service, built, Some("hotfix"), "customers cannot sign in");
            self.call(ready + Duration::minutes(6), event);
        }
        let merged = (at + Duration::minutes(40)).max(self.main.newest().unwrap_or(at) + Duration::seconds(1));
        let merge = Merge {
            at: merged,
            author: self.random.pick(&PEOPLE),
            subject: format!("Merge pull request #{number} from shop/{branch}"),
        };
        let landed = self.main.merge(&mut self.story.history, merge, Some(mark), &edits);
        let mut pull = self.pull(number, &title, author.name);
        pull.ticket = Some(Text::from(ticket));
        pull.opened_at = Some(at);
        pull.approved_at = Some(at + Duration::minutes(30));
        pull.merged_at = Some(merged);
        pull.labels = vec![Text::from("hotfix")];
        self.story.pulls.push(PullStory { pull, commits: vec![mark], merge: Some(landed) });
        self.build(service, landed, merged, "main");
    }

    /// Branches that nobody has merged yet, and one pull request that was given up.
    pub(super) fn leave_open_work(&mut self) {
        for (opened_ago, given_up) in [(71, true), (26, false), (5, false)] {
            let service = self.random.next() as usize % self.spec.services.len().max(1);
            let opened = self.now - Duration::hours(opened_ago) - Duration::minutes(self.random.between(0, 50));
            let review = Review {
                first: opened - Duration::hours(3),
                opened,
                reviewed: opened + Duration::hours(1),
                approved: opened + Duration::hours(2),
            };
            let (ticket, title) = self.title(Work::Feature);
            let author = self.random.pick(&PEOPLE);
            let number = self.next_number();
            let mut pull = self.pull(number, &title, author.name);
            pull.ticket = Some(Text::from(ticket.as_str()));
            pull.opened_at = Some(opened);
            pull.closed_at = given_up.then(|| opened + Duration::hours(40));
            pull.first_review_at = (opened_ago > 10).then_some(review.reviewed);
            // The branch of what was given up is gone, and its commits with it.
            let mut commits = Vec::new();
            if !given_up {
                let steps = self.steps(service, author, &format!("{ticket} {title}"), &review, Work::Feature);
                let branch = branch_name(Work::Feature, &ticket, &title);
                commits = self.main.grow(&mut self.story.history, steps);
                if let Some(head) = commits.last() {
                    let fate = if opened_ago < 10 { Fate::Broken } else { Fate::Checked };
                    self.check(service, *head, opened + Duration::seconds(9), fate, &branch);
                    self.story.history.branches.push((branch, *head));
                }
            }
            self.story.pulls.push(PullStory { pull, commits, merge: None });
        }
    }
}

/// A branch name as people make them: the kind of work, the ticket, a few words in ASCII.
fn branch_name(work: Work, ticket: &str, title: &str) -> String {
    let folder = if work == Work::Repair { "fix" } else { "feature" };
    let words: Vec<String> = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(3)
        .map(str::to_ascii_lowercase)
        .collect();
    format!("{folder}/{ticket}-{}", words.join("-"))
}

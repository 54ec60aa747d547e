//! Tokens: none, a wrong one, one that lacks a right. It is told which right and where to get it, and what works without
//! it works. No secret is in anything that is told, shown or kept.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use flightdeck::backend::{BackendError, ErrorKind};
use flightdeck::fact::Body;
use flightdeck::model::Text;
use rstest::rstest;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::Desk;
use crate::forge::big::{NAME, Size};
use crate::forge::world::Token;
use crate::forge::{APP_KEY, Fault, Forge, TOKEN};

fn forge(directory: &Path) -> Arc<Forge> {
    Arc::new(Forge::big(Size::SMALL, directory))
}

fn hint(error: &BackendError) -> &str {
    error.hint.as_ref().map_or("", Text::as_str)
}

/// A command that prints no token and ends well: nobody gave one.
const PLAIN: &str = "mirror = false\nhistory_budget = 0\n";

/// A name of a variable that nobody sets.
const UNSET: &str = "FLIGHTDECK_TESTS_NO_SUCH_TOKEN";

#[tokio::test]
async fn a_public_repository_is_read_without_a_token_as_far_as_sixty_an_hour_go() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    forge.at(NAME, |it| it.private = false);
    let mut desk = Desk::plain(&forge, PLAIN);
    let reading = desk.read().await.expect("a reading");
    assert!(desk.state("production").live.is_some(), "{:?}", reading.problems);
    let limits = desk.backend.requests().expect("it counts").limits;
    assert_eq!((limits[0].what.as_str(), limits[0].limit), ("core", 60));
    let pulls = desk.all(|it| if let Body::PullRequest(it) = it { Some(&**it) } else { None });
    assert!(!pulls.is_empty(), "they are told without what only questions of many parts say");
}

#[tokio::test]
async fn a_private_repository_without_a_token_says_what_is_missing() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let error = Desk::plain(&forge, PLAIN).read().await.expect_err("nothing may be seen");
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.what.as_str().contains("or it is private"), "{error}");
    assert!(hint(&error).contains("`gh auth login`, or GH_TOKEN"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_token_says_where_to_get_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let error = Desk::with_token(&forge, "ghp_Wrong", PLAIN).read().await.expect_err("it is wrong");
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.what.as_str().contains("the token from the command echo is not accepted"), "{error}");
    assert!(hint(&error).contains("/settings/tokens"), "{error:?}");
    assert!(!format!("{error:?}").contains("ghp_Wrong"));
}

#[tokio::test]
async fn a_classic_token_without_a_scope_says_which_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    forge.token("ghp_narrow", Token::classic("deployer", &["repo_deployment"]));
    let mut desk = Desk::with_token(&forge, "ghp_narrow", PLAIN);
    let error = desk.read().await.expect_err("the repository may not be seen");
    // GitHub answers 404 to a token whose scopes do not reach; its headers say what it has and what it would need.
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(hint(&error).contains("scopes repo") && hint(&error).contains("repo_deployment"), "{error:?}");
}

#[tokio::test]
async fn a_fine_grained_token_without_a_permission_says_which_one_and_the_rest_works() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let permissions = [("deployments", "read"), ("metadata", "read"), ("pull_requests", "read"), ("contents", "read")];
    forge.token("github_pat_narrow", Token::fine_grained("deployer", &permissions));
    let mut desk = Desk::with_token(&forge, "github_pat_narrow", PLAIN);
    let reading = desk.read().await.expect("what may be read");
    let restricted: Vec<&str> = reading.restricted.iter().map(|it| it.why.as_str()).collect();
    let runs = restricted.iter().find(|it| it.contains("list workflow runs")).expect("runs are restricted");
    assert!(runs.contains("the token needs the permission actions: read"), "{runs}");
    assert!(desk.state("production").live.is_some());
    forge.pass(60);
    forge.forget();
    desk.read().await.expect("a reading");
    assert_eq!(forge.requests().iter().filter(|it| it.status == 403).count(), 0, "the answer would be the same");
    forge.token("github_pat_narrow", Token::classic("deployer", &["repo"]));
    forge.pass(3_600);
    assert_eq!(desk.read().await.expect("a reading").restricted, [], "the right was given");
}

#[tokio::test]
async fn a_single_sign_on_says_where() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let to = "required; url=https://github.com/orgs/acme/sso?authorization_request=A1";
    forge.fault("GET", "/repos/acme/shop", Fault::answer(403, &[("x-github-sso", to)], "{}"));
    let mut desk = Desk::over(&forge, PLAIN);
    let reading = desk.read().await.expect("a reading");
    let why = reading.restricted[0].why.as_str();
    assert!(why.contains("single sign-on") && why.contains("https://github.com/orgs/acme/sso"), "{why}");
}

#[tokio::test]
async fn an_app_signs_in_and_renews_its_token() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let all = ["actions", "contents", "deployments", "issues", "pull_requests"].map(|it| (it, "read"));
    forge.install_app(7, 70, &all);
    let key = directory.path().join("app.pem");
    std::fs::write(&key, APP_KEY).expect("written");
    let mut desk = Desk::plain(&forge, &format!("{PLAIN}app = {{ id = 7, key = \"{}\" }}", key.display()));
    desk.read().await.expect("a reading");
    assert!(desk.state("production").live.is_some());
    let signed = |forge: &Forge| forge.requests().iter().filter(|it| it.route.ends_with("/access_tokens")).count();
    assert_eq!(signed(&forge), 1);
    for _ in 0..3 {
        forge.pass(1_200);
        assert_eq!(desk.read().await.expect("it is still signed in").problems, []);
    }
    assert_eq!(signed(&forge), 2, "once an hour");
    assert!(forge.requests().iter().all(|it| it.status != 401));
}

#[rstest]
#[case::nobody(8, "a private key of another app")]
#[tokio::test]
async fn an_app_that_is_not_the_one_is_told_so(#[case] id: u64, #[case] _why: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    forge.install_app(7, 70, &[("deployments", "read")]);
    let key = directory.path().join("app.pem");
    std::fs::write(&key, APP_KEY).expect("written");
    let mut desk = Desk::plain(&forge, &format!("{PLAIN}app = {{ id = {id}, key = \"{}\" }}", key.display()));
    let error = desk.read().await.expect_err("it is another one");
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.what.as_str().contains("the app 8"), "{error}");
    std::fs::write(&key, "-----BEGIN NOTHING-----").expect("written");
    let mut desk = Desk::plain(&forge, &format!("{PLAIN}app = {{ id = 7, key = \"{}\" }}", key.display()));
    let error = desk.read().await.expect_err("it is no key");
    assert!(error.what.as_str().contains("no RSA private key"), "{error}");
    assert!(!format!("{error:?}").contains("NOTHING"), "{error:?}");
}

#[tokio::test]
async fn a_variable_without_a_token_says_which_one_and_a_command_that_fails_says_nothing_of_what_it_printed() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let error = Desk::plain(&forge, &format!("{PLAIN}token_env = \"{UNSET}\"")).read().await.expect_err("it is empty");
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.what.as_str().contains(&format!("${UNSET} is empty")), "{error}");
    assert!(hint(&error).contains("/settings/tokens"), "{error:?}");
    for script in ["echo ghp_Secret; echo ghp_Secret >&2; exit 3", "echo 'not a ghp_Secret token'"] {
        let more = format!("{PLAIN}token_command = [\"sh\", \"-c\", \"{script}\"]");
        let error = Desk::plain(&forge, &more).read().await.expect_err("there is no token");
        assert!(error.what.as_str().contains("the command sh gave no token"), "{error}");
        assert!(!format!("{error:?}").contains("ghp_Secret"), "{error:?}");
    }
    assert_eq!(forge.requests().len(), 0, "nothing is asked without the token that was asked for");
}

/// What is traced, all of it.
#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<u8>>>);

impl Write for Traced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traced {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that is kept below a directory.
fn kept(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).expect("a directory") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => all.extend(std::fs::read(path).expect("a file")),
            }
        }
    }
    all
}

/// Asserts that no secret is in what was told, traced or kept.
fn hides(secrets: &[&str], told: &str, traced: &Traced, desk: &Desk) {
    let traced = String::from_utf8_lossy(&traced.0.lock().expect("nobody panics")).into_owned();
    assert!(traced.len() > 1_000, "something is traced: {traced}");
    let kept = String::from_utf8_lossy(&kept(&desk.cache())).into_owned();
    assert!(!kept.is_empty());
    for secret in secrets {
        assert!(!secret.is_empty());
        for (place, text) in [("told", told), ("traced", &traced), ("kept", &kept)] {
            let at = text.find(secret);
            assert!(at.is_none(), "{place}: {}", at.map_or("", |at| &text[at.saturating_sub(300)..at]));
        }
    }
}

#[tokio::test]
async fn no_secret_is_told_traced_or_kept() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = forge(directory.path());
    let all = ["actions", "contents", "deployments", "issues", "pull_requests"].map(|it| (it, "read"));
    forge.install_app(7, 70, &all);
    let key = directory.path().join("app.pem");
    std::fs::write(&key, APP_KEY).expect("written");
    let traced = Traced::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(traced.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // The mirror too: git is given the token.
    let git = format!("clone_url = \"{}/{{owner}}/{{name}}.git\"\nhistory_budget = 3\n", forge.url());
    for login in [
        format!("{git}token_command = [\"echo\", \"{TOKEN}\"]"),
        format!("{git}app = {{ id = 7, key = \"{}\" }}", key.display()),
    ] {
        let mut desk = Desk::plain(&forge, &login);
        let mut told = String::new();
        for fault in
            [Fault::status(502).times(2), Fault::dropped(), Fault::status(404), Fault::truncated(), Fault::revoked()]
        {
            forge.fault("GET", "/deployments", fault);
            let reading = desk.read().await;
            told += &format!("{reading:?} {:?} {:?}", desk.backend.credentials(), desk.backend.requests());
            forge.pass(150);
        }
        let issued: Vec<String> = forge.world(|it| it.tokens.keys().cloned().collect());
        let key = APP_KEY.lines().filter(|it| it.len() > 40 && !it.starts_with("---"));
        let secrets: Vec<&str> = issued.iter().map(String::as_str).chain(key).chain(["eyJhbGciOiJSUzI1NiI"]).collect();
        assert!(secrets.len() > 10);
        hides(&secrets, &told, &traced, &desk);
    }
}

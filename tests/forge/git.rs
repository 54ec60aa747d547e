//! A real bare repository behind `/{owner}/{name}.git`, by git's own CGI program, with the token as password.

use std::io::Write;
use std::process::{Command, Stdio};

use super::access;
use super::jwt::decode;
use super::scripted::{Answer, Request};
use super::world::World;

/// The answer, if the path is one of a repository's git.
pub fn answer(world: &mut World, request: &Request) -> Option<Answer> {
    let (name, rest) = request.path.trim_start_matches('/').split_once(".git/")?;
    let (place, _) = world.find(name)?;
    let repo = &world.repositories[place];
    let allowed = !repo.private || password(request).is_some_and(|it| access::valid(world, &it).is_some());
    if !allowed {
        let refusal = Answer::bytes("Repository not found").text().code(401);
        return Some(refusal.header("www-authenticate", "Basic realm=\"GitHub\""));
    }
    let Some(git) = &repo.git else { return Some(Answer::bytes("Repository not found").text().code(404)) };
    let query: Vec<String> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let header = |name| request.header(name).unwrap_or_default();
    let mut program = Command::new("git");
    program.arg("http-backend").env("GIT_PROJECT_ROOT", git).env("GIT_HTTP_EXPORT_ALL", "1");
    program.env("PATH_INFO", format!("/{rest}")).env("QUERY_STRING", query.join("&"));
    program.env("REQUEST_METHOD", &request.method).env("REMOTE_ADDR", "127.0.0.1");
    program.env("CONTENT_TYPE", header("content-type")).env("HTTP_CONTENT_ENCODING", header("content-encoding"));
    program.env("CONTENT_LENGTH", request.body.len().to_string()).env("GIT_PROTOCOL", header("git-protocol"));
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git http-backend");
    let (mut input, body) = (child.stdin.take().expect("a pipe"), request.body.clone());
    let writer = std::thread::spawn(move || {
        let _ = input.write_all(&body);
    });
    let output = child.wait_with_output().expect("git http-backend").stdout;
    let _ = writer.join();
    Some(from_cgi(&output))
}

fn password(request: &Request) -> Option<String> {
    let (kind, value) = request.header("authorization")?.split_once(' ')?;
    if kind.eq_ignore_ascii_case("bearer") {
        return Some(value.to_owned());
    }
    let text = String::from_utf8(decode(value)?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

/// Headers, an empty line, a body.
fn from_cgi(output: &[u8]) -> Answer {
    let end = output.windows(4).position(|it| it == b"\r\n\r\n").unwrap_or(output.len());
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let body = output.get(end + 4..).unwrap_or_default().to_vec();
    let mut answer = Answer::bytes(body).claims("text/plain");
    for (name, value) in head.lines().filter_map(|it| it.split_once(": ")) {
        answer = match name.to_ascii_lowercase().as_str() {
            "status" => answer.code(value.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(500)),
            "content-type" => answer.claims(value),
            other => answer.header(other, value),
        };
    }
    answer
}

//! Nothing that opens a cluster is in anything that is written: on the screen, in logs, in the journal, in the store.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::shop::{SMALL, Shop};
use super::{checkout, image};
use crate::cluster::{Cluster, access};
use crate::support::terminal::Terminal;

const PRINTED: &str = "s3cr3t-token-of-the-helper";
const EVERYTHING: &str = "trace";

/// What must not be found, and what it is.
fn secrets(cluster: &Cluster) -> BTreeMap<String, String> {
    let users = [access::ADMIN, access::READER, access::RESTRICTED, access::CONTROLLERS, "nobody"];
    let mut all: BTreeMap<String, String> =
        users.into_iter().map(|user| (access::token(user), format!("the token of {user}"))).collect();
    all.insert(PRINTED.to_owned(), "what a credential program printed".to_owned());
    let kubeconfig: Value = serde_json::from_str(&text(&cluster.kubeconfig())).expect("a kubeconfig");
    for user in kubeconfig["users"].as_array().expect("users") {
        for field in ["client-certificate-data", "client-key-data"] {
            let Some(data) = user["user"][field].as_str() else { continue };
            // Any part of it would be too much.
            for part in data.as_bytes().chunks(40) {
                all.insert(String::from_utf8_lossy(part).into_owned(), field.to_owned());
            }
        }
    }
    let (certificate, key) = &cluster.certificates().client;
    for path in [certificate, key] {
        let lines = text(path);
        for line in lines.lines().filter(|line| line.len() > 30 && !line.starts_with('-')) {
            all.insert(line.to_owned(), path.display().to_string());
        }
    }
    all
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

/// A kubeconfig with contexts of programs that print a token where they should not, beside those of the cluster.
fn with_bad_helpers(cluster: &Cluster, directory: &Path) -> PathBuf {
    let credential = |token: &str| {
        json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": { "token": token },
        })
    };
    let scripts = [
        ("failing", format!("echo '{{\"token\": \"{PRINTED}\"}}'\necho 'token {PRINTED} is over' >&2\nexit 1")),
        ("babbling", format!("echo 'here it is: {PRINTED}'")),
        ("outdated", format!("echo '{}'", credential(PRINTED))),
    ];
    let mut kubeconfig: Value = serde_json::from_str(&text(&cluster.kubeconfig())).expect("a kubeconfig");
    for (name, script) in scripts {
        let path = directory.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let exec = json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1", "command": path, "interactiveMode": "Never",
        });
        let mut add = |list: &str, item: Value| kubeconfig[list].as_array_mut().expect("a list").push(item);
        add("users", json!({ "name": name, "user": { "exec": exec } }));
        add("contexts", json!({ "name": name, "context": { "cluster": "test", "user": name } }));
    }
    let path = directory.join("kubeconfig");
    std::fs::write(&path, kubeconfig.to_string()).expect("written");
    path
}

/// Every file below, with its bytes.
fn files(below: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => {
                let bytes = std::fs::read(&path).expect("a file");
                found.push((path, bytes));
            }
        }
    }
    found
}

fn finds(secrets: &BTreeMap<String, String>, at: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines = secrets.iter().filter_map(|(secret, what)| {
        let from = text.find(secret.as_str())?;
        let start = text[..from].rfind('\n').map_or(0, |it| it + 1);
        let line: String = text[start..].chars().take(300).collect();
        Some(format!("{at}: {what}: {line}"))
    });
    lines.collect()
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn nothing_that_opens_a_cluster_is_written_anywhere() {
    let cluster = Cluster::shared();
    let dev = cluster.namespace("secrets-dev").await;
    dev.roll_out(&checkout("1.0.0")).await;
    cluster.namespace("secrets-production").await.roll_out(&checkout("0.9.0")).await;
    let secrets = secrets(cluster);
    assert!(secrets.len() > 30, "{}", secrets.len());
    let own = tempfile::tempdir().expect("a directory");
    let kubeconfig = with_bad_helpers(cluster, own.path());
    assert!(!finds(&secrets, "", text(&kubeconfig).as_bytes()).is_empty(), "it would be found");

    let mut leaks = Vec::new();
    let contexts = [access::ADMIN, "certified", "helped", "expired", "failing", "babbling", "outdated"];
    for (at, context) in contexts.into_iter().enumerate() {
        let works = at < 3;
        let shop = Shop::with(&kubeconfig, context, "secrets", &["dev", "production"], "");
        if works {
            dev.set_image("Deployment", "checkout", "app", &image(&format!("1.{at}.1"))).await;
            dev.rolled_out("Deployment", "checkout").await;
        }
        let promote = ["promote", "checkout", "--to", "production", "--yes", "--confirm", "production"];
        for words in [&["status"][..], &["doctor"], &promote, &["logs", "checkout", "--in", "production"]] {
            let told = shop.run(&[words, &["-vv", "--log", EVERYTHING]].concat());
            assert_eq!(
                words == &promote[..] && told.code == Some(0),
                works && words == &promote[..],
                "{context}: {told}"
            );
            leaks.extend(finds(&secrets, &format!("{context} {words:?} stdout"), told.out.as_bytes()));
            leaks.extend(finds(&secrets, &format!("{context} {words:?} stderr"), told.err.as_bytes()));
        }
        let mut terminal = Terminal::with(&shop.root(), &["--write"], SMALL, &[("FLIGHTDECK_LOG", EVERYTHING)]);
        terminal.wait("the board", |screen| screen.contains(if works { "✓" } else { "clusters" }));
        terminal.send("q");
        terminal.wait_for_end();
        leaks.extend(finds(&secrets, &format!("{context} cockpit"), &terminal.written()));
        let mut logged = 0;
        for (path, bytes) in files(shop.everything()) {
            leaks.extend(finds(&secrets, &format!("{context} {}", path.display()), &bytes));
            let is_log = path.extension().is_some_and(|it| it == "log");
            logged += if is_log { bytes.len() } else { 0 };
        }
        assert!(logged > if works { 10_000 } else { 1_000 }, "{context}: only {logged} bytes of log were looked at");
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

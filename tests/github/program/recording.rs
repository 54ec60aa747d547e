//! What another backend deploys is noted on GitHub, and the plan shows that it will be.

use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::shop::{NAME, Shop, forge, post, writes};
use crate::forge::{Forge, TOKEN};

const PACKAGES: &str = "record = [\"packages\"]\n[[backend]]\nname = \"packages\"\nkind = \
                        \"stages\"\npath = \"packages\"\nenvironments = [\"dev\", \"testing\"]\n";

/// A package of a version of `shop` in dev.
fn package(root: &Path, version: &str, commit: &str) {
    let shelf = root.join("packages/dev/shop");
    std::fs::create_dir_all(shelf.join(version)).expect("a directory");
    std::fs::create_dir_all(root.join("packages/testing")).expect("a directory");
    let bytes = format!("the program, {version}\n");
    let sha256: String = Sha256::digest(bytes.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let manifest = json!({
        "version": version, "commit": commit, "digest": format!("sha256:{sha256}"), "built_at": "2026-09-01T07:30:00Z",
        "files": [{ "name": "shop.bin", "sha256": sha256, "size": bytes.len() }],
    });
    std::fs::write(shelf.join(version).join("shop.bin"), &bytes).expect("written");
    std::fs::write(shelf.join(version).join("artifact.json"), manifest.to_string()).expect("written");
    std::os::unix::fs::symlink(version, shelf.join("current")).expect("a link");
}

#[test]
fn a_promotion_elsewhere_becomes_a_deployment_with_its_version() {
    let forge = forge();
    let commit = forge.at(NAME, |it| it.tags["v1.2"].clone());
    let more = format!("mirror = false\n{PACKAGES}");
    let shop = Shop::with(&forge, TOKEN, &["dev", "testing", "production"], &more);
    package(&shop.root(), "1.2.0", &commit);
    let promote = ["promote", "shop", "--to", "testing", "--reason", "for the testers"];
    let plan = shop.said(&[&promote[..], &["--plan"]].concat());
    assert!(plan.contains("POST /repos/acme/shop/deployments {"), "{plan}");
    assert_eq!(writes(&forge), []);
    shop.said(&[&promote[..], &["--yes"]].concat());
    let journal = shop.json(&["journal"]);
    let operation: &Value = &journal["operations"][0]["operation"];
    let body = json!({
        "ref": commit, "task": "deploy", "auto_merge": false, "required_contexts": [], "environment": "testing",
        "description": "for the testers", "production_environment": false, "transient_environment": false,
        "payload": { "version": "1.2.0", "recorded_by": "flightdeck", "operation": operation },
    });
    let why = journal["operations"][0]["ending"]["why"].clone();
    let ended =
        post(&format!("/deployments/{}/statuses", last(&forge)), json!({ "state": "success", "description": why }));
    assert_eq!(writes(&forge), [post("/deployments", body), ended]);
}

/// The newest deployment.
fn last(forge: &Forge) -> u64 {
    forge.at(NAME, |it| it.deployments.last().map(|it| it.id)).expect("a deployment")
}

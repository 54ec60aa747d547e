//! Who may do what on a test cluster: tokens, rights, and the kubeconfig with a context for each user.

use std::net::SocketAddr;
use std::path::Path;

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use super::certificates::Certificates;

/// May do everything.
pub const ADMIN: &str = "admin";
/// May read everything but secrets, and write nothing.
pub const READER: &str = "reader";
/// May read the namespace [`VISIBLE`] and those it is shown with `Cluster::show`; nothing else.
pub const RESTRICTED: &str = "restricted";
/// The namespace that [`RESTRICTED`] may read.
pub const VISIBLE: &str = "visible";
/// The token of the controllers themselves.
pub const CONTROLLERS: &str = "controllers";

/// Each user's token, as secret as a test can have one: looked for where it must not be.
pub fn token(user: &str) -> String {
    format!("s3cr3t-token-of-{user}")
}

/// The token file of the API server: token, user, uid, groups.
pub fn token_file() -> String {
    let groups = |user| if user == ADMIN || user == CONTROLLERS { "system:masters" } else { "people" };
    let users = [ADMIN, READER, RESTRICTED, CONTROLLERS];
    users.map(|user| format!("{},{user},{user},{}\n", token(user), groups(user))).concat()
}

/// `reader` may view the whole cluster.
pub fn reader_binding() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "reader-views" },
        "roleRef": view(), "subjects": [user(READER)],
    })
}

/// A user may view one namespace.
pub fn binding(who: &str, namespace: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": { "name": format!("{who}-views"), "namespace": namespace },
        "roleRef": view(), "subjects": [user(who)],
    })
}

fn view() -> Value {
    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" })
}

fn user(name: &str) -> Value {
    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name })
}

/// A kubeconfig (JSON is YAML) with a context per way to get in: `admin`, `reader` and `restricted` by token,
/// `certified` by client certificate as data, `helped` by a program that prints a token, `expired` with a token that
/// the server does not know. The current one is `admin`.
pub fn kubeconfig(address: SocketAddr, certificates: &Certificates, directory: &Path) -> String {
    let read = |path: &Path| ByteString(std::fs::read(path).expect("a certificate"));
    let helper = directory.join("credentials");
    let by_token = |name: &str| json!({ "name": name, "user": { "token": token(name) } });
    let users = json!([
        by_token(ADMIN), by_token(READER), by_token(RESTRICTED), by_token(CONTROLLERS),
        { "name": "certified", "user": {
            "client-certificate-data": read(&certificates.client.0), "client-key-data": read(&certificates.client.1) } },
        { "name": "helped", "user": { "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1", "command": helper, "interactiveMode": "Never" } } },
        { "name": "expired", "user": { "token": token("nobody") } },
    ]);
    let contexts: Vec<Value> = [ADMIN, READER, RESTRICTED, CONTROLLERS, "certified", "helped", "expired"]
        .map(|it| json!({ "name": it, "context": { "cluster": "test", "user": it } }))
        .into();
    let whole = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": ADMIN,
        "clusters": [{ "name": "test", "cluster": {
            "server": format!("https://{address}"), "certificate-authority": certificates.authority } }],
        "users": users, "contexts": contexts,
    });
    serde_json::to_string_pretty(&whole).expect("a kubeconfig")
}

/// The program of `helped`: prints the credential of `admin`.
pub fn helper() -> String {
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential",
        "status": { "token": token(ADMIN) },
    });
    format!("#!/bin/sh\ncat <<'END'\n{credential}\nEND\n")
}

//! The first reading of a cluster by the program itself.

use assert_cmd::Command;

use crate::cluster::scripted::{Api, big};

/// A picture of half a cluster would take the other half for gone.
#[test]
fn it_ends_when_every_page_of_every_list_was_read() {
    let api = Api::new();
    big::fill(&api, big::Size { services: 4, pods: 60 }, chrono::Utc::now());
    api.largest_page(1);
    let server = api.serve();
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("kubeconfig"), server.kubeconfig("one")).unwrap();
    let configuration = r#"
        [project]
        name = "shop"
        [[environment]]
        name = "staging"
        [[environment]]
        name = "production"
        [[backend]]
        name = "clusters"
        kind = "kubernetes"
        kubeconfig = "kubeconfig"
        service_label = "app.kubernetes.io/name"
    "#;
    std::fs::write(directory.path().join("flightdeck.toml"), configuration).unwrap();
    let state = directory.path().join("state");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    command.args(["sync", "--state"]).arg(state).current_dir(directory.path()).assert().success();
    for (plural, each) in
        [("apis/apps/v1/NS/deployments", 4), ("apis/apps/v1/NS/replicasets", 12), ("api/v1/NS/pods", 20)]
    {
        for namespace in ["staging", "production"] {
            let path = format!("/{}", plural.replace("NS", &format!("namespaces/{namespace}")));
            assert_eq!(server.count("GET", &path, false), each, "{path}");
        }
    }
}

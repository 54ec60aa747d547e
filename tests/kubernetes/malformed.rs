//! What makes no sense in a cluster is said, and the rest is read.

use assert_cmd::Command;

use crate::cluster::scripted::{Answer, Api, Scripted, big, faults};

fn shop() -> Api {
    let api = Api::new();
    big::fill(&api, big::Size { services: 2, pods: 12 }, chrono::Utc::now());
    api
}

/// What `flightdeck sync` prints in a project over this server.
fn sync(server: &Scripted) -> String {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("kubeconfig"), server.kubeconfig("one")).unwrap();
    let configuration = "[project]\nname = \"shop\"\n[[environment]]\nname = \"production\"\n[[backend]]\nname = \
                         \"clusters\"\nkind = \"kubernetes\"\nkubeconfig = \"kubeconfig\"\nservice_label = \
                         \"app.kubernetes.io/name\"\n";
    std::fs::write(directory.path().join("flightdeck.toml"), configuration).unwrap();
    let state = directory.path().join("state");
    let mut command = Command::new(env!("CARGO_BIN_EXE_flightdeck"));
    let output = command.args(["sync", "--state"]).arg(state).current_dir(directory.path()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
    assert!(output.status.code().is_some_and(|code| code != 101) && !said.contains("panicked"), "{said}");
    said
}

#[test]
fn objects_that_make_no_sense_do_not_hide_the_others() {
    let api = shop();
    for (number, (_, text)) in faults::MALFORMED_OBJECTS.iter().enumerate() {
        for (api_version, kind) in
            [("v1", "Pod"), ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("v1", "Event")]
        {
            api.put_raw(api_version, kind, ("production", &format!("bad-{number}")), text);
        }
    }
    let said = sync(&api.serve());
    assert!(said.contains("2 services"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn lists_that_make_no_sense_do_not_hide_the_other_lists() {
    for (what, text) in faults::MALFORMED_LISTS {
        let api = shop();
        api.instead(faults::always(|it| it.lists("pods"), |_| Answer::bytes(*text)));
        let said = sync(&api.serve());
        assert!(said.contains("2 services"), "{what}: {said}");
    }
}

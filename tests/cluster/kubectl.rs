//! The real `kubectl`, to look at the cluster with eyes that are not ours.

use std::process::{Command, Stdio};

use super::server::Cluster;

/// What it answered.
#[derive(Debug)]
pub struct Answer {
    arguments: Vec<String>,
    /// Whether it ended with 0.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// The output; fails the test when it did not end with 0.
    pub fn success(self) -> String {
        assert!(self.ok, "kubectl {}: {}{}", self.arguments.join(" "), self.out, self.err);
        self.out
    }
}

/// Runs it with a context of the cluster's kubeconfig.
pub fn kubectl(cluster: &Cluster, context: &str, arguments: &[&str]) -> Answer {
    let mut command = Command::new(cluster.programs().join("kubectl"));
    command.env_clear().env("HOME", cluster.directory()).stdin(Stdio::null());
    command.arg("--kubeconfig").arg(cluster.kubeconfig()).arg("--context").arg(context).args(arguments);
    let output = command.output().expect("kubectl runs");
    Answer {
        arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        ok: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

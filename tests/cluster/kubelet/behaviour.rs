//! What becomes of a container, and the status that says so.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What a container of one image does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// It runs and is ready. What happens when nothing else is said.
    Ready,
    /// It runs, is ready, and was started again so many times before.
    Restarted(i32),
    /// It runs and never becomes ready.
    NeverReady,
    /// It does not start, for a reason of the field (`ImagePullBackOff`, `CreateContainerConfigError` …).
    Waits { reason: String, message: String },
    /// It ends soon after each start.
    Crashes { restarts: i32, exit_code: i32, reason: String, message: String },
    /// No node takes the pod.
    Unschedulable(String),
    /// The kubelet has not seen the pod: it stays as the API server made it, and stays when it is deleted.
    Unseen,
}

impl Behaviour {
    /// The image cannot be pulled: what the first attempt says.
    pub fn pull_fails(image: &str) -> Self {
        let message =
            format!("rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": not found");
        Self::Waits { reason: "ErrImagePull".to_owned(), message }
    }

    /// The image cannot be pulled: what is said between attempts.
    pub fn pull_backs_off(image: &str) -> Self {
        let message = format!("Back-off pulling image \"{image}\"");
        Self::Waits { reason: "ImagePullBackOff".to_owned(), message }
    }

    /// It ends with code 1 after each of so many starts.
    pub fn crash_loop(restarts: i32, message: &str) -> Self {
        Self::Crashes { restarts, exit_code: 1, reason: "Error".to_owned(), message: message.to_owned() }
    }

    /// It is killed for its memory after each of so many starts.
    pub fn out_of_memory(restarts: i32) -> Self {
        Self::Crashes { restarts, exit_code: 137, reason: "OOMKilled".to_owned(), message: String::new() }
    }

    /// It does not fit any node.
    pub fn unschedulable() -> Self {
        Self::Unschedulable("0/2 nodes are available: 2 Insufficient cpu.".to_owned())
    }

    /// Whether the container counts as ready.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready | Self::Restarted(_))
    }

    /// The warning that a kubelet or a scheduler would record: reason and message.
    pub fn warning(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Waits { message, .. } => Some(("Failed", message.clone())),
            Self::Crashes { .. } => Some(("BackOff", "Back-off restarting failed container".to_owned())),
            Self::NeverReady => {
                Some(("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned()))
            }
            Self::Unschedulable(message) => Some(("FailedScheduling", message.clone())),
            Self::Ready | Self::Restarted(_) | Self::Unseen => None,
        }
    }

    /// The entry in `status.containerStatuses`.
    pub fn container_status(&self, name: &str, image: &str) -> Value {
        let mut status = json!({
            "name": name, "image": image, "imageID": image_id(image), "containerID": format!("containerd://{}", hash(name)),
            "ready": self.is_ready(), "restartCount": 0, "started": true,
            "state": { "running": { "startedAt": now() } },
        });
        match self {
            Self::Restarted(times) => {
                status["restartCount"] = (*times).into();
                status["lastState"] = terminated(1, "Error", "");
            }
            Self::Waits { reason, message } => {
                status["state"] = json!({ "waiting": { "reason": reason, "message": message } });
                status["started"] = false.into();
                status["imageID"] = "".into();
                status["containerID"] = "".into();
            }
            Self::Crashes { restarts, exit_code, reason, message } => {
                status["restartCount"] = (*restarts).into();
                status["started"] = false.into();
                let waits = format!("back-off 5m0s restarting failed container={name}");
                status["state"] = json!({ "waiting": { "reason": "CrashLoopBackOff", "message": waits } });
                status["lastState"] = terminated(*exit_code, reason, message);
            }
            Self::Ready | Self::NeverReady | Self::Unschedulable(_) | Self::Unseen => {}
        }
        status
    }

    /// The entry in `status.initContainerStatuses`: one that is done when it would be ready.
    pub fn init_status(&self, name: &str, image: &str) -> Value {
        let mut status = self.container_status(name, image);
        if self.is_ready() {
            status["state"] = terminated(0, "Completed", "");
        }
        status
    }
}

/// The entry of a container that waits for the ones before it.
pub fn initializing(name: &str, image: &str) -> Value {
    Behaviour::Waits { reason: "PodInitializing".to_owned(), message: String::new() }.container_status(name, image)
}

fn terminated(exit_code: i32, reason: &str, message: &str) -> Value {
    json!({ "terminated": {
        "exitCode": exit_code, "reason": reason, "message": message, "startedAt": now(), "finishedAt": now() } })
}

/// What a node says that it runs: the repository at the digest, `registry.test/shop@sha256:…`.
pub fn image_id(image: &str) -> String {
    if image.contains('@') {
        return image.to_owned();
    }
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    let repository = image[name..].find(':').map_or(image, |colon| &image[..name + colon]);
    format!("{repository}@{}", digest(image))
}

/// The digest that the played registry gives to an image.
pub fn digest(image: &str) -> String {
    image.split_once('@').map_or_else(|| format!("sha256:{}", hash(image)), |(_, digest)| digest.to_owned())
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The time as Kubernetes writes it.
pub fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

//! What a pod of a real service looks like: an application with a proxy beside it.

use serde_json::{Value, json};

/// The template of a workload.
pub fn template(labels: &Value, image: &str) -> Value {
    let annotations = json!({ "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
        "checksum/config": "5f2a8c0b7f5e4f4e8f1d0b7f9f6c1a52d3b1e7c9a0f4d6b8e2c5a7f9d1b3e5c7" });
    json!({ "metadata": { "creationTimestamp": null, "labels": labels, "annotations": annotations }, "spec": pod(image) })
}

/// The spec of a pod.
pub fn pod(image: &str) -> Value {
    let secret = |name: &str, key: &str| json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": "shop-credentials", "key": key } } });
    let probe = |path: &str, delay: u32| {
        json!({ "httpGet": { "path": path, "port": 8080, "scheme": "HTTP" }, "initialDelaySeconds": delay,
            "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3 })
    };
    let application = json!({
        "name": "app", "image": image, "imagePullPolicy": "IfNotPresent",
        "args": ["serve", "--config=/etc/shop/config.yaml", "--listen=:8080"],
        "ports": [
            { "name": "http", "containerPort": 8080, "protocol": "TCP" },
            { "name": "metrics", "containerPort": 9090, "protocol": "TCP" },
        ],
        "env": [
            { "name": "LOG_LEVEL", "value": "info" }, { "name": "REGION", "value": "eu-central-1" },
            { "name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector.observability:4317" },
            { "name": "POD_NAME", "valueFrom": { "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.name" } } },
            secret("DATABASE_URL", "database-url"), secret("QUEUE_URL", "queue-url"), secret("API_KEY", "api-key"),
        ],
        "resources": { "requests": { "cpu": "100m", "memory": "256Mi" }, "limits": { "memory": "512Mi" } },
        "livenessProbe": probe("/live", 15), "readinessProbe": probe("/ready", 5),
        "volumeMounts": [
            { "name": "config", "mountPath": "/etc/shop", "readOnly": true },
            { "name": "temporary", "mountPath": "/tmp" },
        ],
        "securityContext": { "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
            "runAsNonRoot": true, "capabilities": { "drop": ["ALL"] } },
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    });
    let proxy = json!({
        "name": "proxy", "image": PROXY, "imagePullPolicy": "IfNotPresent",
        "args": ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--proxyLogLevel=warning"],
        "ports": [{ "name": "envoy", "containerPort": 15090, "protocol": "TCP" }],
        "resources": { "requests": { "cpu": "10m", "memory": "40Mi" }, "limits": { "memory": "256Mi" } },
        "readinessProbe": probe("/healthz/ready", 1),
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    });
    let tolerates =
        |key: &str| json!({ "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 });
    json!({
        "containers": [application, proxy],
        "volumes": [
            { "name": "config", "configMap": { "name": "shop-config", "defaultMode": 420 } },
            { "name": "temporary", "emptyDir": {} },
        ],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "shop", "serviceAccount": "shop", "securityContext": { "fsGroup": 2000 },
        "schedulerName": "default-scheduler", "priority": 0, "enableServiceLinks": true,
        "tolerations": [tolerates("node.kubernetes.io/not-ready"), tolerates("node.kubernetes.io/unreachable")],
        "topologySpreadConstraints": [{ "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway" }],
    })
}

const PROXY: &str = "registry.test/mesh/proxy:1.24.2";
const PROXY_ID: &str =
    "registry.test/mesh/proxy@sha256:0b3e7f1d6c1b4a5f9a8d7c6b5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f";

/// The status of a pod that runs, or whose application ends again and again.
pub fn status(image: &str, digest: &str, at: &str, troubled: bool) -> Value {
    let holds = if troubled { "False" } else { "True" };
    let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status, "lastProbeTime": null, "lastTransitionTime": at });
    let running = json!({ "running": { "startedAt": at } });
    let mut application = container("app", image, digest, &running);
    if troubled {
        let message = "back-off 5m0s restarting failed container=app";
        application["state"] = json!({ "waiting": { "reason": "CrashLoopBackOff", "message": message } });
        application["lastState"] = json!({ "terminated": {
            "exitCode": 1, "reason": "Error", "startedAt": at, "finishedAt": at } });
        application["restartCount"] = 12.into();
        application["ready"] = false.into();
    }
    json!({
        "phase": "Running", "startTime": at, "qosClass": "Burstable",
        "hostIP": "10.0.3.17", "podIP": "10.1.44.8", "podIPs": [{ "ip": "10.1.44.8" }],
        "conditions": [condition("Initialized", "True"), condition("Ready", holds),
            condition("ContainersReady", holds), condition("PodScheduled", "True")],
        "containerStatuses": [application, container("proxy", PROXY, PROXY_ID, &running)],
    })
}

fn container(name: &str, image: &str, id: &str, state: &Value) -> Value {
    json!({
        "name": name, "image": image, "imageID": id, "ready": true, "started": true, "restartCount": 0,
        "state": state, "lastState": {}, "containerID": format!("containerd://{}", super::hash(id)),
    })
}

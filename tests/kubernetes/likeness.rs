//! The scripted server answers as the real one does: the same objects, asked for in the same ways.

use futures::{AsyncBufReadExt, TryStreamExt};
use hyper::Request;
use kube::Client;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::Value;

use crate::cluster::scripted::Api;
use crate::cluster::{Cluster, Workload};

const WHOLE: &str = "application/json";
const PARTIAL: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const PARTIAL_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

fn request(path: &str, accept: &str) -> Request<Vec<u8>> {
    Request::get(path).header("accept", accept).body(Vec::new()).unwrap()
}

async fn answer(client: &Client, path: &str, accept: &str) -> Value {
    match client.request(request(path, accept)).await {
        Ok(answer) => timeless(answer),
        Err(kube::Error::Api(why)) => format!("{} {} {}", why.code, why.reason, why.status.is_some()).into(),
        Err(why) => panic!("{path}: {why}"),
    }
}

async fn first_event(client: &Client, path: &str, accept: &str) -> Value {
    let mut lines = std::pin::pin!(client.request_stream(request(path, accept)).await.unwrap().lines());
    let line = lines.try_next().await.unwrap().unwrap();
    timeless(serde_json::from_str(&line).unwrap())
}

/// Without the resource versions, which each server counts by itself.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            map.retain(|key, _| key != "resourceVersion");
            map.values_mut().for_each(|it| *it = timeless(it.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| *it = timeless(it.take())),
        _ => {}
    }
    value
}

#[tokio::test]
#[ignore = "needs a Kubernetes API server: tests/run starts them"]
async fn lists_objects_watches_and_refusals_look_alike() {
    let namespace = Cluster::shared().namespace("likeness").await;
    namespace.roll_out(&Workload::deployment("checkout", "registry.test/shop/checkout:1.4.0").replicas(2)).await;
    namespace.roll_out(&Workload::deployment("basket", "registry.test/shop/basket:2.0.0")).await;
    // Nobody changes anything between the two.
    for name in ["checkout", "basket"] {
        namespace
            .until("Deployment", name, "is settled", |it| {
                it["status"]["conditions"].to_string().contains("NewReplicaSetAvailable")
            })
            .await;
    }
    let real = namespace.client();
    let api = Api::new();
    for name in ["checkout", "basket"] {
        api.put(&namespace.get("Deployment", name).await.unwrap());
    }
    for kind in ["Pod", "ReplicaSet"] {
        for mut object in namespace.list(kind, "").await {
            object["kind"] = kind.into();
            object["apiVersion"] = if kind == "Pod" { "v1" } else { "apps/v1" }.into();
            api.put(&object);
        }
    }
    let server = api.serve();
    let kubeconfig = Kubeconfig::from_yaml(&server.kubeconfig("one")).unwrap();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    let scripted = Client::try_from(config).unwrap();

    let deployments = "/apis/apps/v1/namespaces/likeness/deployments";
    let pods = "/api/v1/namespaces/likeness/pods";
    for (path, accept) in [
        (deployments.to_owned(), WHOLE),
        (deployments.to_owned(), PARTIAL_LIST),
        (format!("{deployments}/checkout"), WHOLE),
        (format!("{deployments}/checkout"), PARTIAL),
        (format!("{deployments}?labelSelector=app.kubernetes.io%2Fname%3Dbasket"), WHOLE),
        (format!("{deployments}?fieldSelector=metadata.name%3Dbasket"), WHOLE),
        (pods.to_owned(), WHOLE),
        ("/apis/apps/v1/namespaces/likeness/replicasets".to_owned(), WHOLE),
        ("/apis/apps/v1/namespaces/likeness/statefulsets".to_owned(), WHOLE),
        (format!("{deployments}/nothing"), WHOLE),
        ("/apis/nothing.test/v1/namespaces/likeness/nothings".to_owned(), WHOLE),
    ] {
        alike(&path, &answer(real, &path, accept).await, &answer(&scripted, &path, accept).await);
    }
    for accept in [WHOLE, PARTIAL] {
        let path = format!("{deployments}?watch=true&resourceVersion=0&fieldSelector=metadata.name%3Dbasket");
        alike(&path, &first_event(real, &path, accept).await, &first_event(&scripted, &path, accept).await);
    }
    let page = |client: Client| async move {
        let first: Value = client.request(request(&format!("{pods}?limit=1"), WHOLE)).await.unwrap();
        assert_eq!(first["items"].as_array().unwrap().len(), 1);
        assert!(first["metadata"]["continue"].is_string());
        first["metadata"]["remainingItemCount"].clone()
    };
    assert_eq!(page(real.clone()).await, page(scripted).await);
}

fn alike(path: &str, real: &Value, scripted: &Value) {
    assert_eq!(real, scripted, "{path}:\nreal {real:#}\nscripted {scripted:#}");
}

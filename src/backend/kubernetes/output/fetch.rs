//! Reading the output of one container.

use std::pin::Pin;

use futures::io::AsyncBufRead;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{Log, LogParams};

use super::lines;
use crate::backend::Result;
use crate::backend::kubernetes::fresh::Target;
use crate::backend::kubernetes::kind::Watched;
use crate::backend::kubernetes::raw::Raw;
use crate::model::Text;

/// How much of the output of one container is read at once, bytes.
const BYTES: i64 = 4 * 1024 * 1024;

impl Log for Raw {}

/// A container whose output is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Its pod.
    pub pod: String,
    /// Its name.
    pub container: String,
    /// Whether its pod has others that are read too.
    pub several: bool,
}

/// A line of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was written, as the kubelet says: sorts as it is.
    pub at: String,
    /// The end of the name of its pod, and the container where there are several.
    pub pod: String,
    /// What it says.
    pub text: String,
}

impl Stream {
    /// What tells it from others of the track.
    pub fn key(&self) -> String {
        format!("{}/{}", self.pod, self.container)
    }

    /// A line as the kubelet writes it, with its time before it.
    pub fn line(&self, written: &str) -> Line {
        let (at, text) = written.split_once(' ').filter(|(at, _)| is_time(at)).unwrap_or(("", written));
        let end = self.pod.rsplit('-').next().unwrap_or(&self.pod);
        let pod = if self.several { format!("{end}/{}", self.container) } else { end.to_owned() };
        Line { at: at.to_owned(), pod, text: text.to_owned() }
    }
}

impl Line {
    /// The line as it is shown.
    pub fn shown(self, several: bool) -> Text {
        if several { format!("{} │ {}", self.pod, self.text).into() } else { self.text.into() }
    }
}

/// The end of an output, or what came after `since`.
pub async fn end(
    target: &Target,
    stream: Stream,
    previous: bool,
    since: Option<String>,
    most: usize,
) -> (Stream, Result<Vec<Line>>) {
    let mut params = params(&stream, previous, since.as_deref());
    params.tail_lines = Some(i64::try_from(most).unwrap_or(i64::MAX));
    params.limit_bytes = Some(BYTES);
    let read = async {
        let mut bytes = open(target, &stream, &params).await?;
        let mut all = Vec::new();
        let what = format!("read the output of {}", stream.pod);
        while let Some(line) = target.within(&what, next(&mut bytes)).await? {
            let line = stream.line(&line);
            // Asked by seconds, so what was read of that second comes again.
            if since.as_ref().is_none_or(|since| line.at > *since) {
                all.push(line);
            }
        }
        Ok(all)
    };
    let read = read.await;
    (stream, read)
}

/// The output from `since` on, for as long as it is written.
///
/// # Errors
/// When it cannot be read.
pub async fn follow(
    target: &Target,
    stream: &Stream,
    since: Option<String>,
) -> Result<Pin<Box<dyn AsyncBufRead + Send>>> {
    let mut params = params(stream, false, since.as_deref());
    params.follow = true;
    if since.is_none() {
        params.tail_lines = Some(0);
    }
    open(target, stream, &params).await
}

/// The next line of an output.
pub async fn next(bytes: &mut (impl AsyncBufRead + Unpin)) -> kube::Result<Option<String>> {
    lines::next(bytes).await.map_err(kube::Error::ReadEvents)
}

async fn open(target: &Target, stream: &Stream, params: &LogParams) -> Result<Pin<Box<dyn AsyncBufRead + Send>>> {
    let client = target.watch.cluster.client().await?;
    let api: Api<Raw> = Api::namespaced_with(client, &target.namespace, &Watched::Pod.resource());
    let what = format!("read the output of {} in {}", stream.pod, target.namespace);
    let opened = target.within(&what, api.log_stream(&stream.pod, params)).await?;
    Ok(Box::pin(opened))
}

fn params(stream: &Stream, previous: bool, since: Option<&str>) -> LogParams {
    LogParams {
        container: Some(stream.container.clone()),
        previous,
        timestamps: true,
        since_time: since.and_then(|it| it.parse::<Timestamp>().ok()),
        ..LogParams::default()
    }
}

/// Whether a word is a time as the kubelet writes it: `2026-11-21T12:53:22.123456789Z`.
fn is_time(word: &str) -> bool {
    word.len() >= 20 && word.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_time_before_it() {
        let stream = Stream { pod: "checkout-5b5b-kf2gn".into(), container: "web".into(), several: false };
        let line = stream.line("2026-11-21T12:53:22.123456789Z ready to serve");
        assert_eq!((line.at.as_str(), line.text.as_str()), ("2026-11-21T12:53:22.123456789Z", "ready to serve"));
        assert_eq!(line.shown(true).as_str(), "kf2gn │ ready to serve");
        assert_eq!(stream.line("without a time").text, "without a time");
        assert_eq!(stream.line("").text, "");
    }
}

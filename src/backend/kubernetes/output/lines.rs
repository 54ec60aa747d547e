//! Lines of a stream of bytes, of bounded length: what is longer is cut off, what is no UTF-8 is replaced.

use futures::io::{AsyncBufRead, AsyncBufReadExt};

/// The longest line, bytes.
const LONGEST: usize = 16 * 1024;

/// The next line without its end; `None` when the stream is over.
///
/// # Errors
/// When the stream breaks.
pub async fn next(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut line: Vec<u8> = Vec::new();
    let mut left_out: u64 = 0;
    loop {
        let bytes = stream.fill_buf().await?;
        if bytes.is_empty() {
            return Ok((!line.is_empty()).then(|| text(&line, left_out)));
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let kept = part.get(..part.len().min(LONGEST - line.len())).unwrap_or_default();
        line.extend_from_slice(kept);
        left_out += (part.len() - kept.len()) as u64;
        let taken = part.len() + usize::from(end.is_some());
        stream.consume_unpin(taken);
        if end.is_some() {
            return Ok(Some(text(&line, left_out)));
        }
    }
}

fn text(line: &[u8], left_out: u64) -> String {
    let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
    if left_out == 0 { text } else { format!("{text}… ({left_out} bytes more)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(bytes: &[u8]) -> Vec<String> {
        let mut stream = bytes;
        let mut lines = Vec::new();
        while let Some(line) = next(&mut stream).await.expect("read") {
            lines.push(line);
        }
        lines
    }

    #[tokio::test]
    async fn lines_end_where_they_end() {
        assert_eq!(all(b"one\r\n\ntwo").await, ["one", "", "two"]);
        assert_eq!(all(b"\xff\n").await, ["\u{fffd}"]);
        assert!(all(b"").await.is_empty());
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_cut_off() {
        let long = [vec![b'a'; LONGEST * 2 + 3], b"\nnext".to_vec()].concat();
        let lines = all(&long).await;
        let ends: Vec<&str> = lines.iter().map(|line| line.trim_start_matches('a')).collect();
        assert_eq!(ends, ["… (16387 bytes more)", "next"]);
    }
}

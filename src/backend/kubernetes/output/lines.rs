//! Lines of a stream of bytes, of bounded length: what is longer is cut into several, what is no UTF-8 is replaced.

use futures::io::{AsyncBufRead, AsyncBufReadExt};

/// The longest line, bytes.
const LONGEST: usize = 16 * 1024;

/// The next line without its end; `None` when the stream is over.
///
/// # Errors
/// When the stream breaks.
pub async fn next(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut line: Vec<u8> = Vec::new();
    loop {
        let bytes = stream.fill_buf().await?;
        if bytes.is_empty() {
            return Ok((!line.is_empty()).then(|| text(&line)));
        }
        let room = LONGEST - line.len();
        let some = bytes.get(..bytes.len().min(room)).unwrap_or(bytes);
        let (taken, ended) = match some.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at, true),
            None => (some.len(), false),
        };
        line.extend_from_slice(some.get(..taken).unwrap_or_default());
        stream.consume_unpin(taken + usize::from(ended));
        if ended || line.len() >= LONGEST {
            return Ok(Some(text(&line)));
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
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
    async fn a_line_without_an_end_is_cut() {
        let lengths: Vec<usize> = all(&vec![b'a'; LONGEST * 2 + 3]).await.iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST, LONGEST, 3]);
    }
}

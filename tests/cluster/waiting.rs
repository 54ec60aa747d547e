//! Waiting for a state, with one bound for all.

use std::time::{Duration, Instant};

/// After this a state that was waited for is said never to have come. Long: controllers and watches that lost their server
/// wait for up to half a minute before they ask again, and two slow cores may have ten other things to do.
pub const BOUND: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(50);

/// Asks until there is an answer; fails with what was waited for and the last reason against it.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match ask().await {
            Ok(it) => return it,
            Err(reason) if start.elapsed() > BOUND => panic!("waited {BOUND:?} until {what}; still: {reason}"),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

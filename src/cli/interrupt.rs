//! Ctrl-C: ends a command at once, but lets an operation that has begun come to its end when pressed only once.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::aside;

/// Whether something is under way that should come to its end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    under_way: Arc<AtomicBool>,
    left: Arc<AtomicBool>,
}

impl Interrupt {
    /// Does `work`, which the first Ctrl-C does not end.
    pub async fn finishing<T>(&self, work: impl Future<Output = T>) -> T {
        self.under_way.store(true, Ordering::Relaxed);
        let answer = work.await;
        self.under_way.store(false, Ordering::Relaxed);
        answer
    }

    /// Does `work`, which deals with Ctrl-C itself.
    pub async fn leaving_to_it<T>(&self, work: impl Future<Output = T>) -> T {
        self.left.store(true, Ordering::Relaxed);
        let answer = work.await;
        self.left.store(false, Ordering::Relaxed);
        answer
    }

    /// Waits until somebody wants to stop. Without a way to learn of it nobody ever does.
    pub async fn wanted(&self) {
        loop {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            if self.left.load(Ordering::Relaxed) {
                continue;
            }
            if !self.under_way.swap(false, Ordering::Relaxed) {
                return;
            }
            aside::note("the operation has begun and comes to its end; Ctrl-C again leaves it");
        }
    }
}

//! Ports of loopback that nobody else takes meanwhile.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that the system gives to outgoing connections, so that a server that is stopped finds its own again.
const FIRST: u32 = 20_000;
const COUNT: u32 = 10_000;

/// A free port; each call gives another one, and processes begin at places of their own.
pub fn free() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(37);
    for _ in 0..COUNT {
        let next = start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + next % COUNT).unwrap();
        if is_free(port) {
            return port;
        }
    }
    panic!("no port of loopback is free from {FIRST} to {}", FIRST + COUNT);
}

/// Whether a server can listen there.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

//! The binary: the library's command line and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before the first TLS connection; it fails only when a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    flightdeck::cli::run(std::env::args_os())
}

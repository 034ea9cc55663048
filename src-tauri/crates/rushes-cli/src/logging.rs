//! Logging: lines of a profile's jobs go to that profile's folder, and all
//! lines to stderr if RUST_LOG asks for it. Never to stdout.

use std::path::Path;

use rushes_studio::logs::ProfileLogs;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Installs the subscriber of this process.
pub fn install(data_dir: &Path) {
    let profiles = ProfileLogs::new(data_dir.to_owned()).with_filter(LevelFilter::INFO);
    let terminal = std::env::var_os("RUST_LOG").map(|_| {
        tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_filter(EnvFilter::from_default_env())
    });
    // Fails if the embedding process already installed one, which is fine.
    let _ = tracing_subscriber::registry().with(profiles).with(terminal).try_init();
}

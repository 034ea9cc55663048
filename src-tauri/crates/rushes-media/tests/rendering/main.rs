//! Rendered finals, clip files and proxies of generated footage, checked frame by frame.
#![allow(clippy::unwrap_used)]

mod colours;
mod fields;
#[cfg(target_os = "linux")]
mod hardware;
mod montages;
mod proxies;
mod rates;
mod room;
mod tracks;

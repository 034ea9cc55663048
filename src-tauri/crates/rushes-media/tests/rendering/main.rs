//! What comes out of a rendering: clips, finals and proxies of footage made on
//! the spot, looked at picture by picture.
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

//! Operations on a data directory as a whole: opening and closing it, its
//! profiles, its library, and the work of this process across all profiles.
//!
//! This is the top of the crate. The handles themselves are in `session/`; what
//! belongs to one profile is in `ops/`.

mod library;
mod opening;
mod profiles;
mod work;

pub use opening::Closing;
pub use profiles::LeftBehind;
pub use work::WorkUnderWay;

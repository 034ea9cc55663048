//! The rows of the library as values, and the values that change them.
//!
//! Everything here crosses to the page and to `--json` unchanged. Times are
//! integer microseconds of footage (`_us`) or milliseconds since the Unix epoch
//! (`_ms`).

mod clip;
mod job;
mod page;
mod preset;
mod profile;
mod project;
mod segment;
mod source;

pub use clip::*;
pub use job::*;
pub use page::*;
pub use preset::*;
pub use profile::*;
pub use project::*;
pub use segment::*;
pub use source::*;

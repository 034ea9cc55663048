//! The rows of the library as Rust types, and the patches that change them.
//!
//! These types are also the JSON that the page and `--json` get. Times are integer
//! microseconds of footage (`_us`) or milliseconds since the Unix epoch (`_ms`).

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

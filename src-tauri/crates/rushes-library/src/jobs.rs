//! Background jobs: queueing, order, states, and what a state means for the clips that a
//! job works on. The state is written before the work starts and after it ends.

mod order;
mod queueing;
mod rows;
mod settling;
mod states;

pub use order::{QueueCounts, Standing, Waiting};
pub(crate) use queueing::insert;
pub(crate) use rows::{EventColumns, JobColumns, require, require_at_work};
pub use rows::{JobRow, NewJob};
pub(crate) use settling::settle_final;
pub use states::JobEnd;

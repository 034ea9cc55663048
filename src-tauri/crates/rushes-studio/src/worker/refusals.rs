//! How often a disk may refuse a job while reporting free space.

use std::time::{Duration, Instant};

/// How often a job is started whose disk refuses it while reporting free space.
pub(crate) const TRIES: u32 = 5;
/// Pause before the second try.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Factor for each later pause: more than three minutes in all.
const LONGER: u32 = 3;

/// How often a disk refused a job while reporting free space, and when the job
/// may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusals {
    count: u32,
    again_at: Instant,
}

impl Refusals {
    /// Counts one more refusal; `None` if another try is not worth it.
    pub fn after(before: Option<Self>, now: Instant) -> Option<Self> {
        let count = before.map_or(0, |before| before.count) + 1;
        (count < TRIES).then(|| Self { count, again_at: now + FIRST_PAUSE * LONGER.pow(count - 1) })
    }

    /// Whether it is too early to try again.
    pub fn is_pausing(self, now: Instant) -> bool {
        now < self.again_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_refuses_is_tried_ever_more_rarely_and_not_for_ever() {
        let mut now = Instant::now();
        let (begun, mut refusals) = (now, None);
        let mut pauses = Vec::new();
        while let Some(next) = Refusals::after(refusals, now) {
            assert!(next.is_pausing(now) && !next.is_pausing(next.again_at));
            pauses.push((next.again_at - now).as_secs());
            (now, refusals) = (next.again_at, Some(next));
        }
        assert_eq!(pauses, [5, 15, 45, 135]);
        assert_eq!((now - begun).as_secs(), 200);
    }
}

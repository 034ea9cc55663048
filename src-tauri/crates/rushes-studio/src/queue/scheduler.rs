//! Which waiting job starts next: resource classes, turns between profiles, and
//! the editor's focus. Pure logic, called by the runner.

use std::collections::{HashMap, HashSet};

use rushes_library::Waiting;
use rushes_library::model::JobClass;
use rushes_model::ids::{JobId, ProfileId};

use super::kinds::Kinds;
use crate::worker::limits::{Focus, Limits};

/// Brief jobs of one profile that may run at once: one that copies a whole
/// card, and whatever the editor requests meanwhile.
const BRIEF_AT_ONCE: usize = 2;

/// A running job, as far as scheduling is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Working {
    pub profile: ProfileId,
    pub class: JobClass,
}

/// Whether a job makes something the editor is waiting to see.
fn wants(focus: &Focus, job: &Waiting, kinds: Kinds) -> bool {
    let is_seen = (job.clip_id.is_some() && job.clip_id == focus.clip_id)
        || (job.source_id.is_some() && job.source_id == focus.source_id)
        || (job.project_id.is_some() && job.project_id == focus.project_id);
    is_seen && (kinds.descriptor)(job.kind).follows_focus
}

/// Fair scheduling: remembers when each profile was last served.
#[derive(Debug)]
pub(crate) struct Turns {
    kinds: Kinds,
    count: u64,
    served: HashMap<ProfileId, u64>,
}

impl Turns {
    /// No profile has been served yet.
    pub fn new(kinds: Kinds) -> Self {
        Self { kinds, count: 0, served: HashMap::new() }
    }

    /// The job that starts next, if any may. `waiting` is in the order of each
    /// profile's queue; `begun` are suspended jobs. Brief jobs come first, then
    /// the profile with the fewest other running jobs, and among equals the one
    /// that waited longest since its last turn. Within a profile, suspended
    /// jobs resume before others start.
    pub fn next(
        &mut self,
        waiting: &[Waiting],
        working: &[Working],
        begun: &HashSet<JobId>,
        limits: Limits,
        focus: &HashMap<ProfileId, Focus>,
    ) -> Option<JobId> {
        let at_work = |class| working.iter().filter(|job| job.class == class).count() as u32;
        let heavy = at_work(JobClass::Decode) + at_work(JobClass::Encode);
        let of_profile = |profile: ProfileId, brief: bool| {
            let counts = |job: &&Working| job.profile == profile && (job.class == JobClass::Brief) == brief;
            working.iter().filter(counts).count()
        };
        let may_start = |job: &&Waiting| {
            let class = job.class;
            let has_place = match class {
                JobClass::Brief => of_profile(job.profile_id, true) < BRIEF_AT_ONCE,
                JobClass::Light => true,
                JobClass::Decode | JobClass::Encode => heavy < limits.total(),
            };
            has_place && at_work(class) < limits.of(class)
        };
        let turn = |profile: ProfileId| {
            (of_profile(profile, false), self.served.get(&profile).copied().unwrap_or(0))
        };
        let wanted =
            |job: &Waiting| focus.get(&job.profile_id).is_some_and(|focus| wants(focus, job, self.kinds));
        // `min_by_key` keeps the first of equals, and with it the queue order.
        let next = waiting.iter().filter(may_start).min_by_key(|job| {
            (job.class != JobClass::Brief, turn(job.profile_id), !begun.contains(&job.id), !wanted(job))
        })?;
        self.count += 1;
        self.served.insert(next.profile_id, self.count);
        Some(next.id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rushes_library::model::JobKind;
    use rushes_model::ids::ClipId;

    use super::*;
    use crate::tasks::KINDS;

    const TWO: Limits = Limits { at_once: Some(2), quiet: false };

    fn job(profile: ProfileId, kind: JobKind) -> Waiting {
        Waiting {
            profile_id: profile,
            id: JobId::new(),
            kind,
            class: match kind {
                JobKind::Analyse => JobClass::Decode,
                JobKind::DeleteFiles | JobKind::Ingest => JobClass::Brief,
                _ => JobClass::Encode,
            },
            project_id: None,
            clip_id: None,
            source_id: None,
        }
    }

    /// The next job on a machine with two slots.
    fn next(waiting: &[Waiting], working: &[Working]) -> Option<JobId> {
        Turns::new(KINDS).next(waiting, working, &HashSet::new(), TWO, &HashMap::new())
    }

    /// Starts all waiting jobs one by one, each alone on the machine.
    fn order(mut waiting: Vec<Waiting>, focus: &HashMap<ProfileId, Focus>) -> Vec<JobId> {
        let mut turns = Turns::new(KINDS);
        let mut started = Vec::new();
        while let Some(id) = turns.next(&waiting, &[], &HashSet::new(), TWO, focus) {
            waiting.retain(|job| job.id != id);
            started.push(id);
        }
        started
    }

    #[test]
    fn a_profile_with_one_job_does_not_wait_for_another_ones_hundred() {
        let (ana, ben) = (ProfileId::new(), ProfileId::new());
        let mut waiting: Vec<_> = (0..100).map(|_| job(ana, JobKind::Render)).collect();
        waiting.push(job(ben, JobKind::Render));
        let started = order(waiting.clone(), &HashMap::new());
        assert_eq!(started[0], waiting[0].id);
        assert_eq!(started[1], waiting[100].id);
        assert_eq!(started[2..], waiting[1..100].iter().map(|job| job.id).collect::<Vec<_>>());
    }

    #[test]
    fn a_long_look_leaves_a_place_for_a_render() {
        let profile = ProfileId::new();
        let waiting = [job(profile, JobKind::Analyse), job(profile, JobKind::Render)];
        let working = [Working { profile, class: JobClass::Decode }];
        assert_eq!(next(&waiting, &working), Some(waiting[1].id));
        let working = [working[0], Working { profile, class: JobClass::Encode }];
        assert_eq!(next(&waiting, &working), None);
    }

    #[test]
    fn what_the_editor_looks_at_comes_first_but_no_final_changes_places() {
        let profile = ProfileId::new();
        let clip = ClipId::new();
        let of_clip = |kind| Waiting { clip_id: Some(clip), ..job(profile, kind) };
        let waiting =
            vec![job(profile, JobKind::Render), of_clip(JobKind::Render), of_clip(JobKind::ClipFile)];
        let focus = HashMap::from([(profile, Focus { clip_id: Some(clip), ..Focus::default() })]);
        let started = order(waiting.clone(), &focus);
        assert_eq!(started, [waiting[2].id, waiting[0].id, waiting[1].id]);
    }

    #[test]
    fn what_was_at_work_goes_on_before_what_the_editor_moved_or_looks_at() {
        let profile = ProfileId::new();
        let clip = ClipId::new();
        let waiting = [
            job(profile, JobKind::Render),
            Waiting { clip_id: Some(clip), ..job(profile, JobKind::ClipFile) },
            job(profile, JobKind::Render),
        ];
        let focus = HashMap::from([(profile, Focus { clip_id: Some(clip), ..Focus::default() })]);
        let begun = HashSet::from([waiting[2].id]);
        let next = Turns::new(KINDS).next(&waiting, &[], &begun, TWO, &focus);
        assert_eq!(next, Some(waiting[2].id));
    }

    #[test]
    fn a_copy_waits_for_no_encoder_but_for_another_copy() {
        let profile = ProfileId::new();
        let copy = Waiting { class: JobClass::Light, ..job(profile, JobKind::Render) };
        let waiting = [job(profile, JobKind::Render), copy];
        let encoding = Working { profile, class: JobClass::Encode };
        let mut working = vec![encoding, encoding];
        let next = |working: &[Working]| next(&waiting, working);
        assert_eq!(next(&working), Some(waiting[1].id));
        working.push(Working { profile, class: JobClass::Light });
        assert_eq!(next(&working), None);
    }

    #[test]
    fn adding_and_deleting_start_at_once_however_much_is_at_work() {
        let (ana, ben) = (ProfileId::new(), ProfileId::new());
        let quiet = Limits { at_once: Some(1), quiet: true };
        let next = |waiting: &[Waiting], working: &[Working]| {
            Turns::new(KINDS).next(waiting, working, &HashSet::new(), quiet, &HashMap::new())
        };
        let of = |profile, class| Working { profile, class };
        let mut working = vec![of(ana, JobClass::Encode), of(ana, JobClass::Light), of(ben, JobClass::Brief)];
        let waiting = [job(ana, JobKind::Render), job(ana, JobKind::DeleteFiles), job(ana, JobKind::Ingest)];
        assert_eq!(next(&waiting, &working), Some(waiting[1].id));
        working.push(of(ana, JobClass::Brief));
        assert_eq!(next(&waiting[2..], &working), Some(waiting[2].id));
        // The limit is per profile; others have their own slots.
        working.push(of(ana, JobClass::Brief));
        assert_eq!(next(&waiting[2..], &working), None);
        let his = [job(ben, JobKind::Ingest)];
        assert_eq!(next(&his, &working), Some(his[0].id));
    }

    #[test]
    fn a_long_copy_takes_no_turn_from_the_other_jobs_of_its_profile() {
        let (ana, ben) = (ProfileId::new(), ProfileId::new());
        let waiting = [job(ana, JobKind::Render), job(ben, JobKind::Render)];
        let copies = [Working { profile: ana, class: JobClass::Brief }; 2];
        assert_eq!(next(&waiting, &copies), Some(waiting[0].id));
    }

    #[test]
    fn quiet_means_one_at_a_time() {
        let profile = ProfileId::new();
        let limits = Limits { at_once: Some(8), quiet: true };
        let working = [Working { profile, class: JobClass::Encode }];
        let waiting = [job(profile, JobKind::Render)];
        let next = Turns::new(KINDS).next(&waiting, &working, &HashSet::new(), limits, &HashMap::new());
        assert_eq!(next, None);
        assert_eq!(Limits { at_once: Some(0), quiet: false }.total(), 1);
    }
}

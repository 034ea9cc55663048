/** Commands of the queue: listing, pausing, the log, and leftovers. */
import type { Job, QueueStatus } from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { setHasFile } from './clip-files';
import { type Library, OPEN } from './library';
import { outcome } from './projects';
import { checkWithin, invalid, notFound } from './rules';
import { ACTIVE, inOrder, type World } from './world';

type Part = Pick<
  Commands,
  | 'listJobs'
  | 'getJob'
  | 'getJobLog'
  | 'cancelJob'
  | 'retryJob'
  | 'pauseJob'
  | 'resumeJob'
  | 'moveJob'
  | 'cancelBatch'
  | 'retryFailedJobs'
  | 'getQueue'
  | 'holdQueue'
  | 'releaseQueue'
  | 'lookAt'
  | 'takeAskedFiles'
  | 'notify'
  | 'showProgress'
  | 'quit'
  | 'listOrphans'
  | 'settleOrphans'
>;

const MOVABLE: ReadonlySet<Job['state']> = new Set(['queued', 'paused']);

export function queueCommands(world: World): Part {
  const jobsOf = (library: Library) => [...library.jobs.values()];

  const status = (): QueueStatus => {
    const mine = jobsOf(world.library);
    const others = [...world.libraries.values()]
      .filter((library) => library !== world.library)
      .flatMap(jobsOf);
    const count = (jobs: readonly Job[], state: Job['state']) =>
      jobs.filter((job) => job.state === state).length;
    return {
      held: world.library.held,
      running: count(mine, 'running'),
      waiting: count(mine, 'queued'),
      paused: count(mine, 'paused'),
      others_running: count(others, 'running'),
      others_waiting: count(others, 'queued') + count(others, 'paused'),
      at_once: world.atOnce,
      quiet: world.settings.quiet,
    };
  };

  const cancel = (job: Job): Job => {
    if (!OPEN.has(job.state)) return job;
    const ended = { state: 'cancelled', pause_reason: null, stage: null, eta_s: null, speed_milli: null };
    Object.assign(job, { ...ended, ended_at_ms: world.now() });
    world.workOf(job).onCancelled?.();
    world.happened(world.library, job, 'cancelled');
    return job;
  };

  const resume = (job: Job): Job => {
    if (job.state === 'paused') world.resume(world.library, job);
    return job;
  };

  const retry = (job: Job): Job => {
    switch (job.state) {
      case 'done':
        throw new AppFailure({ code: 'job_over' });
      case 'queued':
      case 'running':
        return job;
      case 'paused':
        return resume(job);
      case 'interrupted':
        Object.assign(job, { state: 'queued', progress_bp: 0, stage: null });
        world.begun.delete(job.id);
        world.happened(world.library, job, 'requeued');
        return job;
      case 'failed':
      case 'cancelled': {
        const { kind, title, project_id, clip_id, batch_id } = job;
        const again = { kind, class: job.class, title, project_id, clip_id, batch_id };
        return world.queue(world.library, again, world.workOf(job));
      }
    }
  };

  /** Whether the same work was requested again since. */
  const answered = (job: Job) =>
    jobsOf(world.library).some(
      (other) =>
        other.id > job.id &&
        other.kind === job.kind &&
        other.clip_id === job.clip_id &&
        other.project_id === job.project_id &&
        world.workOf(other).key === world.workOf(job).key,
    );

  return {
    listJobs: async (query) => {
      const limit = checkWithin('limit', query.limit ?? 100, 1, 2_000);
      if (query.project_id) world.library.project(query.project_id);
      const jobs = jobsOf(world.library)
        .filter((job) => !query.project_id || job.project_id === query.project_id)
        .filter((job) => !query.batch_id || job.batch_id === query.batch_id)
        .filter((job) => !query.active || OPEN.has(job.state))
        .sort((a, b) => b.created_at_ms - a.created_at_ms || (a.id < b.id ? 1 : -1));
      return structuredClone(jobs.slice(0, limit));
    },
    getJob: async (id) => structuredClone(world.library.job(id)),
    getJobLog: async (id) => {
      world.library.job(id);
      return structuredClone(world.library.logs.get(id) ?? []);
    },
    cancelJob: async (id) => structuredClone(cancel(world.library.job(id))),
    retryJob: async (id) => structuredClone(retry(world.library.job(id))),
    pauseJob: async (id) => {
      const job = world.library.job(id);
      if (ACTIVE.has(job.state)) world.pause(world.library, job, 'editor');
      return structuredClone(job);
    },
    resumeJob: async (id) => structuredClone(resume(world.library.job(id))),
    moveJob: async (id, before) => {
      const { library } = world;
      const job = library.job(id);
      const other = before === null ? null : library.job(before);
      const waiting = jobsOf(library)
        .filter(({ state }) => MOVABLE.has(state))
        .sort(inOrder);
      if (!waiting.includes(job) || (other && !waiting.includes(other))) {
        throw invalid('job', { why: 'job_not_waiting' });
      }
      world.move(library, job, waiting, other);
      return structuredClone(job);
    },
    cancelBatch: async (batch) => {
      const members = jobsOf(world.library).filter((job) => job.batch_id === batch);
      if (members.length === 0) throw notFound('batch');
      return structuredClone(members.filter((job) => OPEN.has(job.state)).map(cancel));
    },
    retryFailedJobs: async () =>
      jobsOf(world.library)
        .filter((job) => job.state === 'failed' && !answered(job))
        .map((job) => outcome(job.id, () => retry(job))),
    getQueue: async () => status(),
    holdQueue: async () => {
      world.hold(world.library, 'editor');
      return status();
    },
    releaseQueue: async () => {
      world.release(world.library);
      return status();
    },
    lookAt: async (focus) => {
      if (focus.source_id !== null) world.library.source(focus.source_id);
      return null;
    },
    takeAskedFiles: async () => world.asked.splice(0),
    notify: async () => null,
    showProgress: async () => null,
    quit: async (choice) => {
      if (choice === 'cancel') jobsOf(world.library).forEach(cancel);
      return null;
    },
    listOrphans: async () => structuredClone([...world.library.orphans.values()]),
    settleOrphans: async (ids) => {
      const { library } = world;
      return ids.map((id) =>
        outcome(id, () => {
          const orphan = library.orphans.get(id);
          if (!orphan) throw notFound('left_over');
          if (orphan.name.endsWith('.lock')) {
            throw new AppFailure({ code: 'permission', failed: 'remove_file' });
          }
          library.orphans.delete(id);
          const clip = library.clips.get(orphan.clip_id ?? '')?.clip;
          if (clip && orphan.kind === 'clip_without_file') {
            setHasFile(clip, false);
            world.emit(library, { type: 'clips_changed', project_id: clip.project_id });
          }
          return null;
        }),
      );
    },
  };
}

/** Commands of the queue: listing, pausing, the log, and leftovers. */
import type { Job, QueueStatus } from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import type { Library } from './library';
import { outcome } from './projects';
import { invalid } from './rules';
import { ACTIVE, OPEN, type Work, type World } from './world';

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

const over = () => new AppFailure({ code: 'job_over' });

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
      held: world.held,
      running: count(mine, 'running'),
      waiting: count(mine, 'queued'),
      paused: count(mine, 'paused'),
      others_running: count(others, 'running'),
      others_waiting: count(others, 'queued'),
      at_once: world.atOnce,
      quiet: world.settings.quiet,
    };
  };

  const cancel = (job: Job): Job => {
    if (!OPEN.has(job.state)) return job;
    const ended = { state: 'cancelled', pause_reason: null, stage: null, eta_s: null, speed_milli: null };
    Object.assign(job, { ...ended, ended_at_ms: world.now() });
    world.works.get(job.id)?.onCancelled?.();
    world.works.delete(job.id);
    world.happened(world.library, job, 'cancelled');
    return job;
  };

  const retry = (job: Job): Job => {
    if (job.state === 'done') throw over();
    if (OPEN.has(job.state) && job.state !== 'interrupted') return job;
    const work: Work = { stage: job.kind === 'render' ? 'encoding' : 'analysing', seconds: 12 };
    if (job.state === 'interrupted') {
      Object.assign(job, { state: 'queued', progress_bp: 0, attempts: job.attempts + 1 });
      world.works.set(job.id, work);
      world.happened(world.library, job, 'requeued');
      return job;
    }
    const { kind, title, project_id, clip_id, batch_id } = job;
    return world.queue(world.library, { kind, title, project_id, clip_id, batch_id }, work);
  };

  /** Whether the same work was requested again since. */
  const answered = (job: Job) =>
    jobsOf(world.library).some(
      (other) => other.position > job.position && other.kind === job.kind && other.title === job.title,
    );

  return {
    listJobs: async (query) => {
      const jobs = jobsOf(world.library)
        .filter((job) => !query.project_id || job.project_id === query.project_id)
        .filter((job) => !query.batch_id || job.batch_id === query.batch_id)
        .filter((job) => !query.active || ACTIVE.has(job.state) || job.state === 'paused')
        .sort((a, b) => b.created_at_ms - a.created_at_ms || (a.id < b.id ? 1 : -1));
      return structuredClone(jobs.slice(0, query.limit ?? 100));
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
      if (!OPEN.has(job.state)) throw over();
      if (ACTIVE.has(job.state)) world.pause(world.library, job, 'editor');
      return structuredClone(job);
    },
    resumeJob: async (id) => {
      const job = world.library.job(id);
      if (!OPEN.has(job.state)) throw over();
      if (job.state === 'paused') world.resume(world.library, job);
      return structuredClone(job);
    },
    moveJob: async (id, before) => {
      const { library } = world;
      const job = library.job(id);
      if (!MOVABLE.has(job.state)) {
        throw invalid('job', { why: 'job_not_waiting' });
      }
      const rest = jobsOf(library)
        .filter((other) => MOVABLE.has(other.state) && other.id !== id)
        .sort((a, b) => a.position - b.position);
      const to = before === null ? rest.length : rest.findIndex((other) => other.id === before);
      const order = rest.toSpliced(to < 0 ? rest.length : to, 0, job);
      const places = order.map((each) => each.position).sort((a, b) => a - b);
      order.forEach((each, at) => {
        const position = places[at] ?? each.position;
        if (each.position === position) return;
        each.position = position;
        world.changed(library, each);
      });
      world.emit(library, { type: 'queue_changed' });
      return structuredClone(job);
    },
    cancelBatch: async (batch) =>
      structuredClone(
        jobsOf(world.library)
          .filter((job) => job.batch_id === batch && OPEN.has(job.state))
          .map(cancel),
      ),
    retryFailedJobs: async () =>
      jobsOf(world.library)
        .filter((job) => job.state === 'failed' && !answered(job))
        .map((job) => outcome(job.id, () => retry(job))),
    getQueue: async () => status(),
    holdQueue: async () => {
      if (world.held === null) world.hold('editor');
      return status();
    },
    releaseQueue: async () => {
      world.release();
      return status();
    },
    lookAt: async () => null,
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
          if (library.orphans.get(id)?.name.endsWith('.lock')) {
            throw new AppFailure({ code: 'permission', failed: 'remove_file' });
          }
          library.orphans.delete(id);
          return null;
        }),
      );
    },
  };
}

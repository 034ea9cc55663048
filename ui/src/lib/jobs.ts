/** Jobs of the queue for display: their groups, and actions for a failure. */
import type { Job, JobState, Notice } from '../platform/bindings';
import { noticeWords } from './notices';

export type JobGroup = 'running' | 'waiting' | 'held' | 'ended';

const GROUP_OF: Record<JobState, JobGroup> = {
  running: 'running',
  queued: 'waiting',
  paused: 'held',
  interrupted: 'held',
  failed: 'ended',
  done: 'ended',
  cancelled: 'ended',
};

const ORDER: readonly JobGroup[] = ['running', 'waiting', 'held', 'ended'];

const ended = (job: Job) => job.ended_at_ms ?? job.created_at_ms;

/**
 * Non-empty groups, most relevant first. Waiting jobs are in queue order;
 * finished ones start with failures that were not retried, then the latest.
 * Jobs of a batch are kept together, except waiting ones, which stay in queue
 * order.
 */
export function groupJobs(jobs: readonly Job[]): { group: JobGroup; jobs: Job[] }[] {
  const groups = new Map<JobGroup, Job[]>(ORDER.map((group) => [group, []]));
  for (const job of jobs) groups.get(GROUP_OF[job.state])?.push(job);
  const open = new Set(openFailures(jobs).map((job) => job.id));
  return ORDER.map((group) => {
    const members = groups.get(group) ?? [];
    if (group === 'ended') {
      members.sort((a, b) => Number(open.has(b.id)) - Number(open.has(a.id)) || ended(b) - ended(a));
    } else {
      members.sort((a, b) => a.position - b.position);
    }
    return { group, jobs: group === 'waiting' ? members : gather(members) };
  }).filter((entry) => entry.jobs.length > 0);
}

/** Groups jobs of a batch at the position of the first. */
function gather(jobs: readonly Job[]): Job[] {
  const heaps = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = job.batch_id ?? job.id;
    const heap = heaps.get(key);
    if (heap) heap.push(job);
    else heaps.set(key, [job]);
  }
  return [...heaps.values()].flat();
}

/** Whether a job is running, waiting or paused: it will end without being requested again. */
export function isActive(job: Job): boolean {
  return job.state === 'running' || job.state === 'queued' || job.state === 'paused';
}

/** Whether a paused queue stops a job: brief jobs continue. */
export function isStopped(job: Job): boolean {
  return job.state === 'paused' || (job.state === 'queued' && job.class !== 'brief');
}

export function canRetry(job: Job): boolean {
  return job.state === 'failed' || job.state === 'cancelled' || job.state === 'interrupted';
}

/** Unresolved failures: a later job for the same work, such as a retry, resolves an earlier failure. */
export function openFailures(jobs: readonly Job[]): Job[] {
  const newest = newestOfEach(jobs);
  return jobs.filter((job) => job.state === 'failed' && job.created_at_ms === newest.get(workOf(job)));
}

/** The work of a job: the same for every attempt at it. */
function workOf(job: Job): string {
  return [job.kind, job.project_id, job.clip_id, job.title].join('\n');
}

/** When each piece of work was last queued. */
function newestOfEach(jobs: readonly Job[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const job of jobs) {
    const work = workOf(job);
    newest.set(work, Math.max(job.created_at_ms, newest.get(work) ?? job.created_at_ms));
  }
  return newest;
}

const OVER: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled']);

export function isOver(job: Job): boolean {
  return OVER.has(job.state);
}

/** The newer of two states of a job: responses and events may arrive out of order. */
export function newerOf(known: Job | undefined, other: Job): Job {
  return known && known.revision > other.revision ? known : other;
}

/** A list of jobs from a response, merged with what arrived since it was requested. */
export function newestOf(known: readonly Job[] | undefined, answer: readonly Job[]): Job[] {
  const before = new Map(known?.map((job) => [job.id, job]));
  return answer.map((job) => newerOf(before.get(job.id), job));
}

/**
 * Jobs that ended between two states of the queue, including those queued and
 * ended in between: a job may fail before it was ever seen.
 */
export function endedSince(before: readonly Job[], now: readonly Job[]): Job[] {
  const known = new Map(before.map((job) => [job.id, job]));
  const newest = Math.max(...before.map((job) => job.created_at_ms));
  return now.filter((job) => {
    if (!isOver(job)) return false;
    const was = known.get(job.id);
    return was ? isActive(was) : job.created_at_ms >= newest;
  });
}

export type Remedy = 'source' | 'disk' | 'ffmpeg' | 'folder' | 'other';

const REMEDIES: Partial<Record<Notice['code'], Remedy>> = {
  source_missing: 'source',
  file_not_found: 'source',
  file_missing: 'source',
  file_unreadable: 'source',
  disk_full: 'disk',
  ffmpeg_missing: 'ffmpeg',
  ffmpeg_unsuitable: 'ffmpeg',
  folder_missing: 'folder',
  permission: 'folder',
};

export function remedyFor(error: Notice | null): Remedy {
  return (error && REMEDIES[error.code]) ?? 'other';
}

/** How long a job took, in seconds; null if it has not started or ended. */
export function tookSeconds(job: Job): number | null {
  if (job.started_at_ms === null || job.ended_at_ms === null) return null;
  return Math.max(0, (job.ended_at_ms - job.started_at_ms) / 1000);
}

/** The text of a failure report. Paths and names only appear if they are part of the error. */
export function diagnosticsOf(
  job: Job,
  machine: { version: string; platform: string; ffmpeg: string | null },
): string {
  const lines = [
    `Rushes ${machine.version} on ${machine.platform}, ffmpeg ${machine.ffmpeg ?? 'missing'}`,
    `job ${job.id}: ${job.kind}, ${job.state}, attempt ${job.attempts}, stage ${job.stage ?? '-'} at ${(job.progress_bp / 100).toFixed(1)} %`,
    `created ${new Date(job.created_at_ms).toISOString()}`,
    job.ended_at_ms === null ? '' : `ended ${new Date(job.ended_at_ms).toISOString()}`,
    job.error ? `${job.error.code}: ${noticeWords(job.error)}` : 'no error',
    job.error_detail ?? '',
  ];
  return lines.filter(Boolean).join('\n');
}

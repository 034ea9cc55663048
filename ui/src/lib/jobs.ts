/** The jobs of a queue as they are shown: their groups, and what can be done about a failure. */
import type { Job, JobState } from '../platform/bindings';

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
 * Groups in the order of what concerns the editor, without empty ones. What is
 * to come stands in the order of its turn; what is over with the failures that
 * nobody has answered first, and then the latest. Jobs of one batch stand
 * together, except where they wait: there the turn is the truth.
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

/** Brings jobs of one batch together, where the first of them stands. */
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

/** Whether a job works, waits or is held: it comes to an end without being asked for again. */
export function isActive(job: Job): boolean {
  return job.state === 'running' || job.state === 'queued' || job.state === 'paused';
}

/** Whether a job stands while the queue is held: what is brief goes on all the same. */
export function isStopped(job: Job): boolean {
  return job.state === 'paused' || (job.state === 'queued' && job.class !== 'brief');
}

export function canRetry(job: Job): boolean {
  return job.state === 'failed' || job.state === 'cancelled' || job.state === 'interrupted';
}

/**
 * Failures that have not been answered yet: a later job for the same thing, as
 * trying again makes one, answers an earlier failure.
 */
export function openFailures(jobs: readonly Job[]): Job[] {
  const newest = newestOfEach(jobs);
  return jobs.filter((job) => job.state === 'failed' && job.created_at_ms === newest.get(workOf(job)));
}

/** What a job works on, and how: the same for every attempt at it. */
function workOf(job: Job): string {
  return [job.kind, job.project_id, job.clip_id, job.title].join('\n');
}

/** When each work was last put in the queue. */
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

/** The newer of two states of a job: answers and events may overtake each other. */
export function newerOf(known: Job | undefined, other: Job): Job {
  return known && known.revision > other.revision ? known : other;
}

/** A list of jobs as it was answered, with what is known of each since it was asked for. */
export function newestOf(known: readonly Job[] | undefined, answer: readonly Job[]): Job[] {
  const before = new Map(known?.map((job) => [job.id, job]));
  return answer.map((job) => newerOf(before.get(job.id), job));
}

/**
 * Jobs that have ended between two looks at the queue, those among them that
 * were put in and ended in between: a job may fail before it was ever seen.
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

const REMEDIES: Record<string, Remedy> = {
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

export function remedyFor(code: string | null): Remedy {
  return REMEDIES[code ?? ''] ?? 'other';
}

/** How long a job took, in seconds; null where it did not start or end. */
export function tookSeconds(job: Job): number | null {
  if (job.started_at_ms === null || job.ended_at_ms === null) return null;
  return Math.max(0, (job.ended_at_ms - job.started_at_ms) / 1000);
}

/** What a report of a failure needs, as text. Paths and names only as far as the error itself tells them. */
export function diagnosticsOf(
  job: Job,
  machine: { version: string; platform: string; ffmpeg: string | null },
): string {
  const lines = [
    `Rushes ${machine.version} on ${machine.platform}, ffmpeg ${machine.ffmpeg ?? 'missing'}`,
    `job ${job.id}: ${job.kind}, ${job.state}, attempt ${job.attempts}, stage ${job.stage ?? '-'} at ${(job.progress_bp / 100).toFixed(1)} %`,
    `created ${new Date(job.created_at_ms).toISOString()}`,
    job.ended_at_ms === null ? '' : `ended ${new Date(job.ended_at_ms).toISOString()}`,
    `${job.error_code ?? 'no code'}: ${job.error_message ?? ''}`,
    job.error_detail ?? '',
  ];
  return lines.filter(Boolean).join('\n');
}

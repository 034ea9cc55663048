/** The queue as the editor reads it: jobs in groups, and what can be done about a failure. */
import type { Job, JobState } from '../platform';

export type JobGroup = 'running' | 'waiting' | 'interrupted' | 'failed' | 'done' | 'cancelled';

const GROUP_OF: Record<JobState, JobGroup> = {
  running: 'running',
  queued: 'waiting',
  interrupted: 'interrupted',
  failed: 'failed',
  done: 'done',
  cancelled: 'cancelled',
};

const ORDER: readonly JobGroup[] = ['running', 'waiting', 'interrupted', 'failed', 'done', 'cancelled'];

const ended = (job: Job) => job.ended_at_ms ?? job.created_at_ms;

/**
 * Groups in the order of what concerns the editor, without empty ones. What is
 * to come stands in the order of its turn, what is over with the latest first.
 */
export function groupJobs(jobs: readonly Job[]): { group: JobGroup; jobs: Job[] }[] {
  const groups = new Map<JobGroup, Job[]>(ORDER.map((group) => [group, []]));
  for (const job of jobs) groups.get(GROUP_OF[job.state])?.push(job);
  return ORDER.map((group) => {
    const members = groups.get(group) ?? [];
    const over = group === 'failed' || group === 'done' || group === 'cancelled';
    members.sort((a, b) => (over ? ended(b) - ended(a) : a.created_at_ms - b.created_at_ms));
    return { group, jobs: members };
  }).filter((entry) => entry.jobs.length > 0);
}

/** Whether a job still works or waits. */
export function isActive(job: Job): boolean {
  return job.state === 'running' || job.state === 'queued';
}

export function canRetry(job: Job): boolean {
  return job.state === 'failed' || job.state === 'cancelled' || job.state === 'interrupted';
}

/**
 * Failures that have not been answered yet: a later job for the same thing, as
 * trying again makes one, answers an earlier failure.
 */
export function openFailures(jobs: readonly Job[]): Job[] {
  const sameWork = (a: Job, b: Job) =>
    a.kind === b.kind && a.title === b.title && a.clip_id === b.clip_id && a.project_id === b.project_id;
  return jobs.filter(
    (job) =>
      job.state === 'failed' &&
      !jobs.some((other) => other.created_at_ms > job.created_at_ms && sameWork(job, other)),
  );
}

/** Jobs that have ended between two looks at the queue. */
export function endedSince(before: readonly Job[], now: readonly Job[]): Job[] {
  const active = new Set(before.filter(isActive).map((job) => job.id));
  return now.filter((job) => active.has(job.id) && !isActive(job) && job.state !== 'interrupted');
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

/** Overall progress of the queue, and its current state. */
import { isActive } from '../lib/jobs';
import type { Job, QueueStatus } from '../platform';

export interface QueueProgress {
  /** Jobs that are running or waiting, or resume by themselves. */
  active: number;
  /** Of all work added since the queue was last empty, in hundredths of a percent. */
  progress_bp: number;
}

/** Jobs paused by the editor do not count as active. */
const underWay = (job: Job) => isActive(job) && job.pause_reason !== 'editor';

/**
 * Jobs that ended since the queue was last empty count as done, so that the
 * ring does not go back when one job ends and another has just started.
 */
export function queueProgress(jobs: readonly Job[]): QueueProgress {
  const active = jobs.filter(underWay);
  if (active.length === 0) return { active: 0, progress_bp: 0 };
  let since = Math.min(...active.map((job) => job.created_at_ms));
  let count = active.length;
  let done = active.reduce((sum, job) => sum + job.progress_bp, 0);
  const ends = jobs
    .flatMap((job) => (isActive(job) || job.ended_at_ms === null ? [] : { job, at: job.ended_at_ms }))
    .sort((a, b) => b.at - a.at);
  for (const { job, at } of ends) {
    if (at < since) break;
    since = Math.min(since, job.created_at_ms);
    count += 1;
    done += 10_000;
  }
  return { active: active.length, progress_bp: Math.floor(done / count) };
}

export type QueueMood = 'idle' | 'working' | 'held' | 'failed';

/** What the indicator in the bar shows; failures the editor has seen do not count. */
export function moodOf(status: QueueStatus | undefined, jobs: readonly Job[], unseen: number): QueueMood {
  if (status && status.held !== null) return 'held';
  if (jobs.some((job) => job.state === 'running' || job.state === 'queued')) return 'working';
  if (unseen > 0) return 'failed';
  return jobs.some((job) => job.state === 'paused') ? 'held' : 'idle';
}

/**
 * Progress in the task bar: whole percents, so that it is updated a hundred
 * times instead of thousands; null if nothing is running.
 */
export function taskProgress(mood: QueueMood, progress: QueueProgress): number | null {
  return mood === 'working' ? Math.floor(progress.progress_bp / 100) * 100 : null;
}

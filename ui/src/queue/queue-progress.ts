/** How far the queue is as a whole, and what it is about at this moment. */
import { isActive } from '../lib/jobs';
import type { Job, QueueStatus } from '../platform';

export interface QueueProgress {
  /** Jobs that run or wait, or go on by themselves. */
  active: number;
  /** Of all the work that was put in since the queue was last empty, in hundredths of a percent. */
  progress_bp: number;
}

/** What the editor has laid aside is no work under way. */
const underWay = (job: Job) => isActive(job) && job.pause_reason !== 'editor';

/**
 * Jobs that ended since the queue was last empty count as done: the ring goes
 * forward when a job ends and another is still at its beginning.
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

/** What the sign in the bar tells; failures of which the editor knows are none. */
export function moodOf(status: QueueStatus | undefined, jobs: readonly Job[], unseen: number): QueueMood {
  if (status && status.held !== null) return 'held';
  if (jobs.some((job) => job.state === 'running' || job.state === 'queued')) return 'working';
  if (unseen > 0) return 'failed';
  return jobs.some((job) => job.state === 'paused') ? 'held' : 'idle';
}

/**
 * What the task bar shows: whole percents, so that it is told of a hundred
 * changes and not of thousands; null where nothing goes on.
 */
export function taskProgress(mood: QueueMood, progress: QueueProgress): number | null {
  return mood === 'working' ? Math.floor(progress.progress_bp / 100) * 100 : null;
}

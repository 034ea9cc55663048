/** How far the queue is as a whole. */
import type { Job } from '../platform';
import { isActive } from './jobs';

export interface QueueProgress {
  /** Jobs that run or wait. */
  active: number;
  /** Of all the work that was put in since the queue was last empty, in hundredths of a percent. */
  progress_bp: number;
}

/**
 * Jobs that ended since the oldest active one was put in count as done: the
 * ring goes forward when a job ends and another is still at its beginning.
 */
export function queueProgress(jobs: readonly Job[]): QueueProgress {
  const active = jobs.filter(isActive);
  if (active.length === 0) return { active: 0, progress_bp: 0 };
  const since = Math.min(...active.map((job) => job.created_at_ms));
  const ended = jobs.filter((job) => !isActive(job) && job.ended_at_ms !== null && job.ended_at_ms >= since);
  const done = ended.length * 10_000 + active.reduce((sum, job) => sum + job.progress_bp, 0);
  return { active: active.length, progress_bp: Math.round(done / (ended.length + active.length)) };
}

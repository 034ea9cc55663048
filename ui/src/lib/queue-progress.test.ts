import { describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { queueProgress } from './queue-progress';

function job(
  state: Job['state'],
  progress_bp: number,
  created_at_ms: number,
  ended_at_ms: number | null = null,
): Job {
  return { state, progress_bp, created_at_ms, ended_at_ms } as Job;
}

describe('the progress of the queue', () => {
  it('is nothing where nothing works', () => {
    expect(queueProgress([job('done', 10_000, 1, 5)])).toEqual({ active: 0, progress_bp: 0 });
  });

  it('counts what waits as not begun', () => {
    expect(queueProgress([job('running', 5_000, 1), job('queued', 0, 2)])).toEqual({
      active: 2,
      progress_bp: 2_500,
    });
  });

  it('does not fall back when one job of several ends', () => {
    const before = queueProgress([job('running', 9_900, 1), job('queued', 0, 1)]);
    const after = queueProgress([job('done', 10_000, 1, 9), job('running', 0, 1)]);
    expect(after.progress_bp).toBeGreaterThanOrEqual(before.progress_bp);
  });

  it('leaves out what had ended before the work began', () => {
    expect(queueProgress([job('done', 10_000, 1, 5), job('running', 2_000, 6)]).progress_bp).toBe(2_000);
  });
});

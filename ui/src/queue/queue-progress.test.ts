import { describe, expect, it } from 'vitest';
import type { Job, QueueStatus } from '../platform';
import { moodOf, queueProgress, taskProgress } from './queue-progress';

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

  it('does not fall back when the oldest job of several ends', () => {
    const jobs = [job('running', 9_900, 1), job('running', 5_000, 3), job('done', 10_000, 2, 4)];
    const before = queueProgress(jobs);
    const after = queueProgress([
      job('done', 10_000, 1, 9),
      job('running', 5_000, 3),
      job('done', 10_000, 2, 4),
    ]);
    expect(after.progress_bp).toBeGreaterThanOrEqual(before.progress_bp);
  });

  it('leaves out what the editor has laid aside', () => {
    const aside = { ...job('paused', 2_000, 1), pause_reason: 'editor' } as Job;
    expect(queueProgress([aside, job('running', 4_000, 2)])).toEqual({ active: 1, progress_bp: 4_000 });
  });

  it('leaves out what had ended before the work began', () => {
    expect(queueProgress([job('done', 10_000, 1, 5), job('running', 2_000, 6)]).progress_bp).toBe(2_000);
  });
});

describe('the mood of the queue', () => {
  const held = { held: 'editor' } as QueueStatus;
  const free = { held: null } as QueueStatus;
  const running = [job('running', 1_234, 1)];

  it('is held before anything else', () => {
    expect(moodOf(held, running, 3)).toBe('held');
  });

  it('tells of failures once nothing works any more', () => {
    expect(moodOf(free, running, 1)).toBe('working');
    expect(moodOf(free, [job('done', 10_000, 1, 2)], 1)).toBe('failed');
    expect(moodOf(free, [], 0)).toBe('idle');
  });

  it('shows the task bar whole percents, and nothing where nothing goes on', () => {
    expect(taskProgress('working', queueProgress(running))).toBe(1_200);
    expect(taskProgress('held', queueProgress(running))).toBeNull();
  });
});

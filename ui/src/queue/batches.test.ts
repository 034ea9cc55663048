import { describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { batchesOf, entriesOf } from './batches';

const job = (id: string, facts: Partial<Job> = {}): Job =>
  ({
    id,
    kind: 'render',
    title: id,
    project_id: 'p',
    clip_id: id,
    batch_id: 'x',
    state: 'queued',
    progress_bp: 0,
    created_at_ms: 1,
    ended_at_ms: null,
    ...facts,
  }) as Job;

const all = (_: string, run: readonly Job[]) => run;

describe('a batch', () => {
  it('tells how many are done, failed and to go, and how far it is', () => {
    const batch = batchesOf([
      job('a', { state: 'done', progress_bp: 10_000 }),
      job('b', { state: 'failed', progress_bp: 200 }),
      job('c', { state: 'running', progress_bp: 4_000 }),
      job('d'),
    ]).get('x');
    expect(batch).toMatchObject({
      count: 4,
      done: 1,
      failed: 1,
      open: 2,
      progress_bp: 6_000,
      kind: 'render',
    });
  });

  it('counts a work once, however often it was tried', () => {
    const again = { title: 'b', clip_id: 'b', created_at_ms: 9 };
    const batch = batchesOf([job('a'), job('b', { state: 'failed' }), job('b2', again)]).get('x');
    expect(batch).toMatchObject({ count: 2, failed: 0, open: 2 });
  });

  it('is none where it is a single job', () => {
    expect(batchesOf([job('a'), job('b', { batch_id: null })]).size).toBe(0);
  });
});

describe('the lines of the queue', () => {
  it('stand over each run of a batch, and tell it in full only once', () => {
    const jobs = [job('a'), job('b', { batch_id: null }), job('c')];
    const entries = entriesOf(jobs, batchesOf(jobs), new Set(), all);
    expect(entries.map((entry) => ('job' in entry ? entry.job.id : entry.first))).toEqual([
      true,
      'a',
      'b',
      false,
      'c',
    ]);
    expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length);
  });

  it('are the same ones as before for jobs that did not change', () => {
    const [a, b] = [job('a', { batch_id: null }), job('b', { batch_id: null })];
    const lines = (jobs: Job[]) => entriesOf(jobs, new Map(), new Set(), all);
    const [before, after] = [lines([a, b]), lines([{ ...a, progress_bp: 5 }, b])];
    expect(after[1]).toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { makingOf } from './making.svelte';

const job = (part: Partial<Job>) =>
  ({
    id: 'j',
    project_id: 'p',
    kind: 'generate',
    state: 'done',
    notes: [] as Job['notes'],
    created_at_ms: 0,
    ...part,
  }) as Job;

describe('making clips in a project', () => {
  it('shows the job that is under way', () => {
    const running = job({ id: 'b', state: 'running', created_at_ms: 2 });
    expect(makingOf([job({ id: 'a' }), running], 'p')).toEqual({ running, ended: null });
  });

  it('has a word about the newest job only, and only where there is something to say', () => {
    const failed = job({ id: 'a', state: 'failed', created_at_ms: 1 });
    expect(makingOf([failed], 'p').ended).toBe(failed);
    expect(makingOf([failed, job({ id: 'b', created_at_ms: 2 })], 'p').ended).toBeNull();
    const short = job({ id: 'c', notes: [{ code: 'fewer_clips', why: 'too_short' }], created_at_ms: 3 });
    expect(makingOf([failed, short], 'p').ended).toBe(short);
  });

  it('leaves renders and other projects alone', () => {
    const jobs = [job({ kind: 'render', state: 'running' }), job({ project_id: 'other', state: 'running' })];
    expect(makingOf(jobs, 'p')).toEqual({ running: null, ended: null });
  });
});

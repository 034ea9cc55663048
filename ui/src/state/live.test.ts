import { QueryClient } from '@tanstack/svelte-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../platform';
import { Live } from './live';

const FRAME_MS = 16;

const job = (id: number, facts: Partial<Job> = {}): Job =>
  ({ id: `job-${id}`, project_id: null, state: 'running', position: id, progress_bp: 0, ...facts }) as Job;

let client: QueryClient;
let live: Live;
let changes: number;

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  client.setQueryData(
    ['jobs'],
    Array.from({ length: 50 }, (_, id) => job(id)),
  );
  live = new Live(client);
  changes = 0;
  client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.query.queryKey[0] === 'jobs') changes += 1;
  });
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

const jobs = () => client.getQueryData<Job[]>(['jobs']) ?? [];
const take = (changed: Job) => live.take({ type: 'job_changed', job: changed });

describe('events of jobs', () => {
  it('that come in one frame make one change, with the latest of each', () => {
    for (let turn = 1; turn <= 10; turn += 1) {
      for (let id = 0; id < 50; id += 1) take(job(id, { progress_bp: turn * 100 }));
    }
    expect(changes).toBe(0);
    vi.advanceTimersByTime(FRAME_MS * 2);
    expect(changes).toBe(1);
    expect(jobs().every(({ progress_bp }) => progress_bp === 1_000)).toBe(true);
  });

  it('leave the jobs that did not change as they were', () => {
    const before = jobs();
    take(job(3, { progress_bp: 7 }));
    vi.advanceTimersByTime(FRAME_MS * 2);
    const changed = jobs().filter((each, at) => each !== before[at]);
    expect(changed.map(({ id }) => id)).toEqual(['job-3']);
  });

  it('ask the library for nothing again', () => {
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    for (let id = 0; id < 50; id += 1) take(job(id, { progress_bp: 42 }));
    vi.advanceTimersByTime(1_000);
    expect(invalidate).not.toHaveBeenCalled();
  });

  it('are taken where the window draws no frames', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    take(job(1, { state: 'done' }));
    vi.advanceTimersByTime(300);
    expect(jobs()[1]?.state).toBe('done');
    vi.unstubAllGlobals();
  });

  it('put a job in another place at once, where it was moved', () => {
    live.orderJobs(['job-2', 'job-0', 'job-1']);
    const order = jobs().toSorted((a, b) => a.position - b.position);
    expect(order.slice(0, 4).map(({ id }) => id)).toEqual(['job-2', 'job-0', 'job-1', 'job-3']);
  });
});

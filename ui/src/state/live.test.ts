import { QueryClient, QueryObserver } from '@tanstack/svelte-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clip, Job } from '../platform';
import { Live } from './live';
import { queries } from './queries';

const FRAME_MS = 16;

const job = (id: number, facts: Partial<Job> = {}): Job =>
  ({
    id: `job-${id}`,
    revision: 1,
    project_id: null,
    state: 'running',
    position: id,
    progress_bp: 0,
    ...facts,
  }) as Job;

const clip = (id: string, facts: Partial<Clip> = {}): Clip =>
  ({ id, project_id: 'p', name: id, flag: 'unflagged', rating: 0, changes: 0, ...facts }) as Clip;

/** A response of the library that the test resolves. */
function answer<T = void>() {
  let settle: { resolve: (value: T) => void; reject: (reason: Error) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  return {
    promise,
    come: async (value: T) => {
      settle?.resolve(value);
      await vi.advanceTimersByTimeAsync(0);
    },
    refuse: () => settle?.reject(new Error('refused')),
  };
}

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
  for (const release of releases.splice(0)) release();
  live.stop();
  vi.useRealTimers();
});

const releases: (() => void)[] = [];

/** Keeps a query active, and fetches it. */
function watch<T>(queryKey: readonly unknown[], queryFn: () => Promise<T>, more: object = {}): void {
  const observer = new QueryObserver<T>(client, { queryKey, queryFn, retry: false, ...more });
  releases.push(observer.subscribe(() => undefined));
}

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
    void live.orderJobs(['job-2', 'job-0', 'job-1'], () => new Promise(() => undefined));
    const order = jobs().toSorted((a, b) => a.position - b.position);
    expect(order.slice(0, 4).map(({ id }) => id)).toEqual(['job-2', 'job-0', 'job-1', 'job-3']);
  });
});

describe('a job', () => {
  const settle = () => vi.advanceTimersByTimeAsync(FRAME_MS * 2);

  it('that has ended stays so, whatever older answer comes after', async () => {
    live.takeJob(job(3, { state: 'failed', revision: 5 }));
    live.takeJob(job(3, { state: 'queued', revision: 2 }));
    await settle();
    expect(jobs()[3]?.state).toBe('failed');
    live.takeJob(job(3, { state: 'queued', revision: 2 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(jobs()[3]?.state).toBe('failed');
  });

  it('that has ended stays so when a list comes that was asked for before', async () => {
    const list = answer<Job[]>();
    const { queryKey, structuralSharing } = queries.jobs();
    watch(queryKey, () => list.promise, { structuralSharing });
    live.takeJob(job(3, { state: 'done', revision: 5 }));
    await settle();
    await list.come([job(3, { progress_bp: 9_900, revision: 4 })]);
    expect(jobs().find(({ id }) => id === 'job-3')?.state).toBe('done');
  });

  it('that came while a list was on its way is not lost with it', async () => {
    const lists = [answer<Job[]>(), answer<Job[]>()];
    let asked = 0;
    const { queryKey, structuralSharing } = queries.jobs();
    watch(queryKey, () => (lists[asked++] as (typeof lists)[0]).promise, { structuralSharing });
    live.takeJob(job(77, { state: 'failed' }));
    await settle();
    await lists[0]?.come([job(1)]);
    expect(jobs().some(({ id }) => id === 'job-77')).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toBe(2);
  });

  it('whose page is opened while it ends is shown as ended', async () => {
    const answers = [answer<Job>(), answer<Job>()];
    let asked = 0;
    const { queryKey, structuralSharing } = queries.job('job-1');
    watch(queryKey, () => (answers[asked++] as (typeof answers)[0]).promise, { structuralSharing });
    live.takeJob(job(1, { state: 'done', revision: 3 }));
    await settle();
    await answers[0]?.come(job(1, { revision: 2 }));
    await vi.advanceTimersByTimeAsync(500);
    await answers[1]?.come(job(1, { state: 'done', revision: 3 }));
    expect(client.getQueryData<Job>(queryKey)?.state).toBe('done');
  });
});

describe('the states of a job', () => {
  it('come in their order where it goes back and forth before it is over', async () => {
    live.takeJob(job(3, { state: 'running', revision: 4 }));
    live.takeJob(job(3, { state: 'paused', revision: 3 }));
    await vi.advanceTimersByTimeAsync(FRAME_MS * 2);
    expect(jobs()[3]?.state).toBe('running');
  });
});

describe('a verdict', () => {
  const KEY = ['clips', 'project', 'p'];
  const flags = () => client.getQueryData<Clip[]>(KEY)?.map(({ flag }) => flag);
  const pick = (id: string, work: () => Promise<unknown>) =>
    live.changeClips([id], (each) => ({ ...each, flag: 'picked' }), work);

  it('outlives a list that was asked for before it was given', async () => {
    const lists = [answer<Clip[]>(), answer<Clip[]>()];
    let asked = 0;
    client.setQueryData(KEY, [clip('a'), clip('b')]);
    watch(KEY, () => (lists[asked++] as (typeof lists)[0]).promise);
    await pick('a', () => Promise.resolve());
    expect(flags()).toEqual(['picked', 'unflagged']);
    await lists[0]?.come([clip('a'), clip('b')]);
    expect(flags()).toEqual(['picked', 'unflagged']);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toBe(2);
    await lists[1]?.come([clip('a', { flag: 'picked' }), clip('b')]);
    expect(flags()).toEqual(['picked', 'unflagged']);
  });

  it('shows in a list that comes while it is on its way, and is gone where it was refused', async () => {
    const lists = [answer<Clip[]>(), answer<Clip[]>()];
    let asked = 0;
    const library = answer();
    const done = pick('a', () => library.promise);
    watch(KEY, () => (lists[asked++] as (typeof lists)[0]).promise);
    await lists[0]?.come([clip('a'), clip('b')]);
    expect(flags()).toEqual(['picked', 'unflagged']);
    library.refuse();
    await expect(done).rejects.toThrow('refused');
    await vi.advanceTimersByTimeAsync(300);
    await lists[1]?.come([clip('a'), clip('b')]);
    expect(flags()).toEqual(['unflagged', 'unflagged']);
  });

  it('asks for the clips of the project no more, and shows what another window decided', async () => {
    let asked = 0;
    const all = [clip('a'), clip('b')];
    watch(KEY, async () => {
      asked += 1;
      return all;
    });
    await vi.advanceTimersByTimeAsync(0);
    await pick('a', () => Promise.resolve());
    const clips = [clip('a', { flag: 'picked', changes: 1 }), clip('b', { flag: 'rejected', changes: 1 })];
    live.take({ type: 'clips_updated', clips });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(flags()).toEqual(['picked', 'rejected']);
    expect(asked).toBe(1);
  });

  it('that an event told outlives an older list, and gives way to a newer one', async () => {
    const lists = [answer<Clip[]>(), answer<Clip[]>()];
    let asked = 0;
    watch(KEY, () => (lists[asked++] as (typeof lists)[0]).promise);
    live.take({ type: 'clips_updated', clips: [clip('a', { flag: 'picked', changes: 2 })] });
    await lists[0]?.come([clip('a', { flag: 'rejected', changes: 1 })]);
    expect(flags()).toEqual(['picked']);
    live.mark(KEY);
    await vi.advanceTimersByTimeAsync(300);
    await lists[1]?.come([clip('a', { flag: 'unflagged', changes: 3 })]);
    expect(flags()).toEqual(['unflagged']);
  });

  it('that is the later one of two counts, however their answers come', async () => {
    client.setQueryData(KEY, [clip('a')]);
    const [first, second] = [answer(), answer()];
    const rate = (rating: number, work: Promise<void>) =>
      live.changeClips(
        ['a'],
        (each) => ({ ...each, rating }),
        () => work,
      );
    const both = [rate(1, first.promise), rate(5, second.promise)];
    const list = answer<Clip[]>();
    watch(KEY, () => list.promise);
    await list.come([clip('a')]);
    await first.come();
    expect(client.getQueryData<Clip[]>(KEY)?.[0]?.rating).toBe(5);
    await second.come();
    await Promise.all(both);
  });
});

describe('what changes', () => {
  it('while a first answer is on its way is asked for once it is there', async () => {
    const answers = [answer<string>(), answer<string>()];
    let asked = 0;
    watch(['project', 'p'], () => (answers[asked++] as (typeof answers)[0]).promise);
    live.take({ type: 'projects_changed' });
    await vi.advanceTimersByTimeAsync(500);
    await answers[0]?.come('before');
    await vi.advanceTimersByTimeAsync(500);
    await answers[1]?.come('after');
    expect(client.getQueryData(['project', 'p'])).toBe('after');
  });
});

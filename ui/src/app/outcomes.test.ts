import { describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { Outcomes } from './outcomes';

const job = (id: string, facts: Partial<Job> = {}): Job =>
  ({
    id,
    kind: 'render',
    title: `Clip ${id} · TikTok`,
    project_id: 'p',
    clip_id: id,
    batch_id: 'x',
    state: 'running',
    progress_bp: 0,
    created_at_ms: 1,
    started_at_ms: 1_000,
    ended_at_ms: null,
    error: null,
    ...facts,
  }) as Job;

const at = { at: 'projects' } as const;
const done = (each: Job): Job => ({ ...each, state: 'done', ended_at_ms: 2_000 });
const failed = (each: Job): Job => ({
  ...each,
  state: 'failed',
  ended_at_ms: 2_000,
  error: { code: 'disk_full', why: 'full' },
});

describe('a batch that has ended', () => {
  const [a, b, c] = [job('a'), job('b'), job('c')] as const;

  it('is told of once, by one message and one notice, when its last job is over', () => {
    const outcomes = new Outcomes();
    expect(outcomes.take([a, b, c], [done(a), b, c], at)).toEqual({ words: [], notices: [] });
    expect(outcomes.take([done(a), b, c], [done(a), failed(b), c], at)).toEqual({ words: [], notices: [] });
    const { words, notices } = outcomes.take([done(a), failed(b), c], [done(a), failed(b), done(c)], at);
    expect(words).toMatchObject([
      {
        text: '2 of 3 finals are ready, 1 failed.',
        lines: ['The disk is full. Free some space and try again.'],
        tone: 'warn',
      },
    ]);
    expect(notices).toEqual([{ title: 'Finished', body: '2 of 3 finals are ready, 1 failed.' }]);
  });

  it('counts its finals where all went well, and leads to them', () => {
    const { words, notices } = new Outcomes().take([a, b, c], [a, b, c].map(done), at);
    expect(words).toMatchObject([
      { text: '3 finals are ready.', action: { route: { at: 'project', id: 'p', stage: 'finals' } } },
    ]);
    expect(notices).toEqual([{ title: 'Finished', body: '3 finals are ready.' }]);
  });

  it('is named after what it made', () => {
    const files = [a, b, c].map((each): Job => ({ ...each, kind: 'clip_file' }));
    const { words } = new Outcomes().take(files, files.map(done), at);
    expect(words).toMatchObject([{ text: '3 clip files are ready.', action: { route: { at: 'queue' } } }]);
  });

  it('is told of by its last try alone, when one was tried again', () => {
    const outcomes = new Outcomes();
    const over = [done(a), failed(b), done(c)];
    outcomes.take([a, b, c], over, at);
    const again = job('b2', { clip_id: 'b', title: b.title, created_at_ms: 5 });
    const { words } = outcomes.take([...over, again], [...over, done(again)], at);
    expect(words).toMatchObject([{ text: '1 final is ready.' }]);
  });

  it('is no news where the editor has cancelled all of it', () => {
    const cancelled = [a, b, c].map((each): Job => ({ ...each, state: 'cancelled', ended_at_ms: 2_000 }));
    expect(new Outcomes().take([a, b, c], cancelled, at)).toEqual({ words: [], notices: [] });
  });

  it('waits for what is paused', () => {
    const paused: Job = { ...c, state: 'paused' };
    expect(new Outcomes().take([a, b, c], [done(a), done(b), paused], at).words).toEqual([]);
  });
});

describe('a single job that has ended', () => {
  const long = job('a', { batch_id: null, ended_at_ms: null });

  it('is worth a notice of the system where it took long', () => {
    const ended: Job = { ...long, state: 'done', ended_at_ms: 31_000 };
    expect(new Outcomes().take([long], [ended], at).notices).toEqual([
      { title: 'Finished', body: long.title },
    ]);
    const quick: Job = { ...ended, ended_at_ms: 3_000 };
    expect(new Outcomes().take([long], [quick], at).notices).toEqual([]);
  });

  it('says nothing in the window where the queue is before the editor', () => {
    const ended: Job = { ...long, state: 'failed', ended_at_ms: 31_000 };
    const { words, notices } = new Outcomes().take([long], [ended], { at: 'queue' });
    expect(words).toEqual([]);
    expect(notices).toHaveLength(1);
  });
});

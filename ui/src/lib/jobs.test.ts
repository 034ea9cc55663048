import { describe, expect, it } from 'vitest';
import type { Job } from '../platform/bindings';
import { diagnosticsOf, endedSince, groupJobs, isStopped, openFailures, remedyFor } from './jobs';

const job = (id: string, patch: Partial<Job> = {}): Job => ({
  id,
  revision: 1,
  project_id: 'p',
  clip_id: 'c',
  batch_id: null,
  kind: 'render',
  class: 'encode',
  title: 'Clip 1 · TikTok',
  state: 'queued',
  pause_reason: null,
  position: 1,
  stage: null,
  progress_bp: 0,
  eta_s: null,
  speed_milli: null,
  attempts: 1,
  error: null,
  error_detail: null,
  notes: [],
  result: null,
  created_at_ms: 1,
  started_at_ms: null,
  ended_at_ms: null,
  ...patch,
});

describe('the queue', () => {
  it('shows what runs before what waits before what is over, and no empty group', () => {
    const groups = groupJobs([
      job('a', { state: 'done' }),
      job('b', { state: 'queued' }),
      job('c', { state: 'running' }),
    ]);
    expect(groups.map(({ group }) => group)).toEqual(['running', 'waiting', 'ended']);
  });

  it('lets the jobs that wait stand in the order of their turn, and those that are over latest first', () => {
    const groups = groupJobs([
      job('late', { position: 9, created_at_ms: 1 }),
      job('early', { position: 3, created_at_ms: 2 }),
      job('old', { state: 'done', ended_at_ms: 5 }),
      job('new', { state: 'done', ended_at_ms: 8 }),
    ]);
    expect(groups.map(({ jobs }) => jobs.map(({ id }) => id))).toEqual([
      ['early', 'late'],
      ['new', 'old'],
    ]);
  });

  it('knows what stands while the queue is held', () => {
    expect(isStopped(job('a', { state: 'queued' }))).toBe(true);
    expect(isStopped(job('a', { state: 'queued', class: 'brief' }))).toBe(false);
    expect(isStopped(job('a', { state: 'paused', class: 'brief' }))).toBe(true);
  });

  it('puts what is paused and what was interrupted among the held', () => {
    const groups = groupJobs([
      job('a', { state: 'paused', pause_reason: 'editor' }),
      job('b', { state: 'interrupted', position: 2 }),
    ]);
    expect(groups).toMatchObject([{ group: 'held', jobs: [{ id: 'a' }, { id: 'b' }] }]);
  });

  it('puts failures that nobody has answered before what ended later', () => {
    const [ended] = groupJobs([
      job('done', { state: 'done', title: 'Other', ended_at_ms: 9 }),
      job('failed', { state: 'failed', ended_at_ms: 5 }),
    ]);
    expect(ended?.jobs.map(({ id }) => id)).toEqual(['failed', 'done']);
  });

  it('brings jobs of one batch together, but not those that wait: there the turn is the truth', () => {
    const running = [
      job('a', { state: 'running', position: 1, batch_id: 'x' }),
      job('b', { state: 'running', position: 2 }),
      job('c', { state: 'running', position: 3, batch_id: 'x' }),
    ];
    expect(groupJobs(running)[0]?.jobs.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    const waiting = running.map((each) => ({ ...each, state: 'queued' as const }));
    expect(groupJobs(waiting)[0]?.jobs.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('does not take a pause for an end', () => {
    expect(endedSince([job('a', { state: 'running' })], [job('a', { state: 'paused' })])).toEqual([]);
  });

  it('takes a failure as answered once the same work was tried again', () => {
    const failed = job('first', { state: 'failed', created_at_ms: 1 });
    const other = job('other', { state: 'failed', created_at_ms: 2, title: 'Clip 2 · TikTok', clip_id: 'd' });
    const again = job('again', { state: 'running', created_at_ms: 3 });
    expect(openFailures([failed, other]).map(({ id }) => id)).toEqual(['first', 'other']);
    expect(openFailures([failed, other, again]).map(({ id }) => id)).toEqual(['other']);
  });

  it('tells which jobs have ended between two looks', () => {
    const before = [job('a', { state: 'running' }), job('b'), job('c', { state: 'done' })];
    const now = [job('a', { state: 'failed' }), job('b', { state: 'running' }), job('c', { state: 'done' })];
    expect(endedSince(before, now).map(({ id }) => id)).toEqual(['a']);
  });

  it('tells of a job that was put in and failed between two looks, and of none from before', () => {
    const before = [job('a', { state: 'running', created_at_ms: 5 })];
    const fresh = job('fresh', { state: 'failed', created_at_ms: 6 });
    const old = job('old', { state: 'failed', created_at_ms: 4 });
    expect(endedSince(before, [fresh, ...before, old]).map(({ id }) => id)).toEqual(['fresh']);
    expect(endedSince([], [fresh]).map(({ id }) => id)).toEqual(['fresh']);
  });

  it('knows what to do about a failure by its code, and says something of any other', () => {
    expect(remedyFor({ code: 'disk_full', why: 'full' })).toBe('disk');
    expect(remedyFor({ code: 'source_missing', name: 'A.MP4' })).toBe('source');
    expect(remedyFor({ code: 'internal' })).toBe('other');
    expect(remedyFor(null)).toBe('other');
  });

  it('puts code, words and detail of a failure into the diagnostics', () => {
    const failed = job('a', {
      state: 'failed',
      stage: 'encoding',
      progress_bp: 4200,
      error: { code: 'ffmpeg_failed', activity: 'rendering' },
      error_detail: 'exit status 137',
    });
    const text = diagnosticsOf(failed, { version: '0.1.0', platform: 'linux', ffmpeg: '7.1' });
    expect(text).toContain('Rushes 0.1.0 on linux, ffmpeg 7.1');
    expect(text).toContain('encoding at 42.0 %');
    expect(text).toMatch(/ffmpeg_failed: ffmpeg failed while rendering a final\..*\nexit status 137/);
  });
});
